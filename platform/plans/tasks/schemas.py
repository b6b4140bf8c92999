"""Tasks at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.addressing.schemas import Choices, PreviewOut
from plans.petitions.schemas import PetitionIn
from plans.tasks.models import AssignmentState, Priority, TaskKind, TaskState
from plans.tasks.notice_schemas import Deadline
from plans.tasks.table_schemas import TableIn, TableOut
from tenancy.tiers import Tier
from workflow.bulk import Lines
from workflow.enclosures.schemas import EnclosureOut, FileIds

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Text = Annotated[str, StringConstraints(max_length=20_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class IssueIn(BaseModel):
    """A task as it is sent."""

    title: Title
    text: Text = ""
    kind: TaskKind = TaskKind.KEY_WORK
    priority: Priority = Priority.NORMAL
    due_at: Deadline
    #: What is to be handed in with it, in words.
    evidence: Line = ""
    to: Choices
    #: Units further down get it through the units between; otherwise each answers to the issuer.
    through: bool = True
    section_id: UUID | None = None
    file_ids: FileIds = []
    table: TableIn | None = None
    #: Of a 信访交办, and of nothing else.
    petition: PetitionIn | None = None


class SummaryOut(BaseModel):
    """The acting unit's own tasks that are not closed: all of them, those with a share overdue, with one supervised.
    `short`: how many of this year's gave under the minimum notice, at the county those of its townships too."""

    open: int
    overdue: int
    supervised: int
    short: int


class Progress(BaseModel):
    """Shares by state. Counted when read."""

    total: int
    by_state: dict[AssignmentState, int]
    overdue: int
    supervised: int


class TaskBrief(BaseModel):
    """A task in a list of what a unit issued."""

    id: UUID
    number: str
    title: str
    kind: TaskKind
    priority: Priority
    issuer: str
    state: TaskState
    due_at: datetime
    issued_at: datetime | None
    #: Working days that it gave, and whether that was under the county's minimum.
    notice_days: int
    short_notice: bool
    progress: Progress


class AmendmentOut(BaseModel):
    no: int
    before: dict[str, str]
    after: dict[str, str]
    reason: str
    by: str
    at: datetime


class ShareOut(BaseModel):
    """A share as a line of the task's tree."""

    id: UUID
    unit_id: UUID
    unit: str
    tier: Tier
    state: AssignmentState
    version: int
    due_at: datetime
    overdue: bool
    late: bool
    percent: int
    note: str
    acknowledged_at: datetime | None
    handed_in_at: datetime | None
    accepted_at: datetime | None
    signs_again: bool
    asked_until: datetime | None
    asked_reason: str
    urged: int
    supervised: bool
    #: 承办科室 of the unit; seen at the unit alone.
    section_id: UUID | None
    below: Progress | None
    actions: list[str]


class TaskOut(BaseModel):
    """A task's page: the text, the counters, the first level of its tree, and the acting unit's own share."""

    id: UUID
    version: int
    number: str
    title: str
    text: str
    kind: TaskKind
    priority: Priority
    evidence: str
    files: list[EnclosureOut]
    issuer: str
    issuer_unit_id: UUID
    #: 归口科室 of the issuer; empty for none.
    section: str
    #: 检举控告 that is not this person's to read: title, text and files are left out.
    withheld: bool
    creator: str
    state: TaskState
    due_at: datetime
    issued_at: datetime | None
    notice_days: int
    short_notice: bool
    confirmed_by: str
    amendments: list[AmendmentOut]
    progress: Progress
    #: Shares directly below the issuer, or directly below the acting unit's own share.
    shares: list[ShareOut]
    own: ShareOut | None
    #: To whom it will go, while it waits for the issuer's leader.
    addressed: PreviewOut | None
    table: TableOut | None
    actions: list[str]


class SharesOut(BaseModel):
    items: list[ShareOut]


class EventOut(BaseModel):
    """A step in a share's history."""

    action: str
    from_state: str
    to_state: str
    reason: str
    by: str
    at: datetime
    detail: dict[str, object]


class AssignmentOut(BaseModel):
    """One unit's share: the task it is of, where it stands, what was said."""

    id: UUID
    version: int
    task: TaskBrief
    #: 归口科室 of the issuer, who sent it, and who answered for a short notice; each empty for none.
    section: str
    creator: str
    confirmed_by: str
    text: str
    evidence: str
    files: list[EnclosureOut]
    instruction: str
    share: ShareOut
    #: 附表; the report that the share carries has its id.
    table: TableOut | None
    result: str
    open_reason: str
    #: The deadline of the share that it is a part of, past which it is not extended. None of one from the issuer,
    #: and for who does not see that share.
    latest: datetime | None
    return_reason: str
    supervised_reason: str
    amendments: list[AmendmentOut]
    history: list[EventOut]
    withheld: bool


class TaskPage(BaseModel):
    items: list[TaskBrief]
    next: str | None


class ReceivedLine(BaseModel):
    """A unit's own share in a list."""

    task: TaskBrief
    share: ShareOut


class ReceivedPage(BaseModel):
    items: list[ReceivedLine]
    next: str | None


class AmendIn(BaseModel):
    title: Title | None = None
    text: Text | None = None
    evidence: Line | None = None
    priority: Priority | None = None
    due_at: Deadline | None = None
    #: The files that it goes with from now on, all of them, in their order.
    file_ids: FileIds | None = None
    reason: Reason
    #: Refused: the fields of a table don't change once it was sent.
    table: TableIn | None = None


class ReasonIn(BaseModel):
    reason: Reason = ""


class ProgressIn(BaseModel):
    percent: Annotated[int, Field(ge=0, le=100)]
    note: Line = ""


class HandInIn(BaseModel):
    result: Text
    #: Why it is handed in with shares below still open.
    open_reason: Reason = ""


class ExtensionIn(BaseModel):
    until: Deadline
    reason: Reason


class GrantIn(BaseModel):
    """Until when; as asked without it."""

    until: Deadline | None = None


class TaskSectionIn(BaseModel):
    """To which of the unit's sections; None gives it to the whole unit."""

    section_id: UUID | None


class PassOnIn(BaseModel):
    to: Choices
    due_at: Deadline
    instruction: Text = ""


class AcceptancesIn(BaseModel):
    shares: Lines


class ExtensionsIn(BaseModel):
    """Until when, for which units, and why."""

    shares: Lines
    until: Deadline
    reason: Reason


class UrgeIn(BaseModel):
    """Everybody who owes, unless some are named."""

    assignment_ids: Annotated[list[UUID], Field(max_length=3000)] | None = None


class UrgedOut(BaseModel):
    urged: int
