"""Notices at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, StringConstraints

from plans.addressing.schemas import Choices, PreviewOut
from plans.notices.job_posts import JobPost, JobPostOut
from plans.notices.models import NoticeKind, NoticeState
from reporting.comparing.schemas import PRINTED
from tenancy.tiers import Tier
from workflow.enclosures.schemas import EnclosureOut, FileIds

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTED)]
Text = Annotated[str, StringConstraints(max_length=50_000, pattern=PRINTED)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class NoticeIssueIn(BaseModel):
    """A notice as it is sent."""

    kind: NoticeKind = NoticeKind.NOTICE
    title: Title
    text: Text = ""
    #: Of a job post, and of nothing else.
    job: JobPost | None = None
    to: Choices
    #: A unit says that it has read it; otherwise opening it is reading it.
    receipt: bool = False
    #: Published then; at once without it.
    publish_at: AwareDatetime | None = None
    pinned_until: AwareDatetime | None = None
    file_ids: FileIds = []


class PinIn(BaseModel):
    """Until when it stands on top; null takes it down."""

    until: AwareDatetime | None


class WithdrawIn(BaseModel):
    reason: Reason


class NoticeBrief(BaseModel):
    """A notice in a list. `read` is about the acting unit; null where it was not addressed."""

    id: UUID
    kind: NoticeKind
    title: str
    issuer: str
    publish_at: datetime
    state: NoticeState
    receipt: bool
    pinned: bool
    read: bool | None
    #: Among the units that the acting one may see; null in a list of what was received.
    addressed: int | None
    readings: int | None
    job: JobPostOut | None


class ReceivedNotices(BaseModel):
    """What stands on top comes with the first page alone."""

    pinned: list[NoticeBrief]
    items: list[NoticeBrief]
    next: str | None


class IssuedNotices(BaseModel):
    items: list[NoticeBrief]
    next: str | None


class NoticeOut(BaseModel):
    """A notice's page."""

    id: UUID
    version: int
    kind: NoticeKind
    title: str
    text: str
    job: JobPostOut | None
    files: list[EnclosureOut]
    issuer: str
    creator: str
    publish_at: datetime
    state: NoticeState
    receipt: bool
    pinned_until: datetime | None
    withdrawn_reason: str
    read_at: datetime | None
    addressed_to_us: bool
    addressed: int
    readings: int
    #: Whether the acting unit may ask who has read it.
    receipts: bool
    #: To whom it will go, for its issuer, while it waits for its time.
    to: PreviewOut | None
    actions: list[str]


class ReceiptOut(BaseModel):
    unit_id: UUID
    unit: str
    tier: Tier
    #: The unit above it when the notice was published.
    above_id: UUID | None
    read_at: datetime | None
    reader: str
    reminded_at: datetime | None


class ReceiptsOut(BaseModel):
    items: list[ReceiptOut]
