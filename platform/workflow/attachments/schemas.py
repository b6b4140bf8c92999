"""What the routes of attachments answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class AttachmentOut(BaseModel):
    id: UUID
    kind: str
    name: str
    media_type: str
    #: Bytes.
    size: int
    #: Which handed-in state of the subject it belongs to; null until it is handed in.
    number: int | None
    added_at: datetime
    by_name: str
    withdrawn_at: datetime | None
    withdrawn_by: str
    may_withdraw: bool


class AttachmentPage(BaseModel):
    items: list[AttachmentOut]
    #: The kinds that the actor may add now.
    may_add: list[str]
    #: Files of one kind that the subject carries at most.
    limit: int
    #: Bytes of one file at most.
    max_bytes: int
