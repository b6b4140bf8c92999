"""Meetings at the edge."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from plans.addressing.schemas import MOST_CHOICES, ChoiceIn
from plans.follow_up.schemas import FollowOut, LineText, UnitIds
from plans.meetings.models import MeetingKind, MeetingState, ReplyState
from tenancy.tiers import Tier
from workflow.enclosures.schemas import EnclosureOut, FileIds

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
#: Of a meeting on line: shown as an address to open, so nothing that a browser would run.
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://\S+)?$")]


class MeetingAction(enum.StrEnum):
    """催复、取消、召开、印发纪要."""

    REMIND = "remind"
    CANCEL = "cancel"
    HOLD = "hold"
    ISSUE_MINUTES = "issue_minutes"


class ArrangedIn(BaseModel):
    """When and where. `room`: one on the platform's own meeting server, where there is one."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    agenda: Text = ""
    venue: Words = ""
    link: Link = ""
    room: bool = False
    guests: Words = ""


class CallIn(ArrangedIn):
    """Without `to` a meeting among one's own, which may be over already."""

    kind: MeetingKind = MeetingKind.REGULAR
    title: Title
    to: Annotated[list[ChoiceIn], Field(max_length=MOST_CHOICES)] = []
    #: Files that were gathered under `outgoing`, in their order.
    file_ids: FileIds = []


class AmendMeetingIn(ArrangedIn):
    """`file_ids` is the whole list of papers from now on; left out, they stay."""

    reason: Words
    file_ids: FileIds | None = None


class MeetingActIn(BaseModel):
    action: MeetingAction
    text: Words = ""


class ReplyIn(BaseModel):
    """参会 with names, or 请假 with a reason."""

    names: Words = ""
    leave_reason: Words = ""


class AttendanceIn(BaseModel):
    """The units that were there; the others who were asked were not."""

    unit_ids: UnitIds


class DecisionIn(BaseModel):
    id: UUID | None = None
    text: LineText
    unit_ids: UnitIds = []
    due_on: date | None = None


class MinutesIn(BaseModel):
    """`file_ids` is the whole list of files from now on; left out, they stay."""

    text: Text
    decisions: Annotated[list[DecisionIn], Field(max_length=50)] = []
    file_ids: FileIds | None = None


class RoomsOut(BaseModel):
    """Whether the platform makes rooms of its own."""

    offered: bool


class JoinOut(BaseModel):
    url: str


class MeetingBrief(BaseModel):
    """A meeting in a list. Counts are of units at or below the acting one."""

    id: UUID
    kind: MeetingKind
    title: str
    issuer_unit_id: UUID
    issuer: str
    state: MeetingState
    starts_at: datetime
    ends_at: datetime
    venue: str
    on_line: bool
    asked: int
    coming: int
    on_leave: int
    present: int
    #: What the acting unit answered; null where it was not asked.
    own: ReplyState | None


class MeetingPage(BaseModel):
    items: list[MeetingBrief]
    next: str | None


class InvitedOut(BaseModel):
    unit_id: UUID
    unit: str
    tier: Tier
    state: ReplyState
    names: str
    leave_reason: str
    answered_at: datetime | None
    answerer: str
    present: bool | None


class NamedUnit(BaseModel):
    id: UUID
    name: str


class DecisionOut(BaseModel):
    """`follow` is null until it is a task, and where the acting unit has no part in the task."""

    id: UUID
    text: str
    units: list[NamedUnit]
    due_on: date | None
    tasked: bool
    follow: FollowOut | None


class MeetingLog(BaseModel):
    """One act. `changes` names what an amendment made different, with what it was before and after (of the papers: only
    that they are others)."""

    action: str
    by: str
    at: datetime
    text: str
    changes: dict[str, list[Any]]


class MeetingOut(MeetingBrief):
    """A meeting's page. `caller`: the acting unit called it; `may_join`: it may enter on line now."""

    version: int
    agenda: str
    guests: str
    link: str
    room: bool
    #: What the unit itself answered; the names that it gave before it was asked anew.
    own_names: str
    own_reason: str
    #: Papers of the call, and those of the minutes with these.
    files: list[EnclosureOut]
    minutes_files: list[EnclosureOut]
    creator: str
    called_at: datetime
    cancelled_reason: str
    caller: bool
    may_join: bool
    may_reply: bool
    #: Empty until they are issued, but for who called it.
    minutes: str
    minutes_at: datetime | None
    decisions: list[DecisionOut]
    #: Units at or below the acting one.
    invited: list[InvitedOut]
    actions: list[str]
    log: list[MeetingLog]
