"""Files of documents at the edge."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from workflow.enclosures.service import LIMIT
from workflow.models import Enclosure

#: Files that were gathered under `outgoing` (or that the document goes with already), in their order.
FileIds = Annotated[list[UUID], Field(max_length=LIMIT)]


class EnclosureOut(BaseModel):
    id: UUID
    name: str
    media_type: str
    #: Bytes.
    size: int


class EnclosurePage(BaseModel):
    items: list[EnclosureOut]


def enclosure_out(one: Enclosure) -> EnclosureOut:
    return EnclosureOut(id=one.id, name=one.name, media_type=one.media_type, size=one.size)
