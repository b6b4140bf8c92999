"""Plans at the edge."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.planning.lifecycle import PLAN, PLAN_ITEM, PLAN_SUMMARY
from plans.planning.models import PlanState, SummaryPeriod, SummaryState
from plans.planning.rules import MOST_ITEMS, ChangeKind, ItemStanding
from reporting.comparing.schemas import PRINTED, Heading
from tenancy.tiers import Tier

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=PRINTED)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=PRINTED)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED)]
#: A hundred items with what was recorded of each.
Passage = Annotated[str, StringConstraints(max_length=60_000, pattern=PRINTED)]

#: What may be done with a plan, by the names of its lifecycle; saving is a request of its own.
PlanAction = enum.StrEnum(  # type: ignore[misc] # made from the lifecycle, so that the two can't differ
    "PlanAction", {one.action.upper(): one.action for one in PLAN.transitions if one.action != "save"}
)
ItemAction = enum.StrEnum("ItemAction", {one.action.upper(): one.action for one in PLAN_ITEM.transitions})  # type: ignore[misc] # as above
SummaryAction = enum.StrEnum(  # type: ignore[misc] # as above
    "SummaryAction", {one.action.upper(): one.action for one in PLAN_SUMMARY.transitions if one.action != "save"}
)


class BeginPlanIn(BaseModel):
    """What a plan begins with: nothing, last year's items, the emphases of the unit above."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    start: Literal["blank", "last_year", "emphases"] = "blank"


class PlanLineIn(BaseModel):
    """One item. `id` of one that is there already. Dates are days in China."""

    id: UUID | None = None
    section: Word = ""
    what: Line
    owner: Word = ""
    staff_id: UUID | None = None
    start_on: date
    end_on: date
    measure: Text = ""
    serves_id: UUID | None = None


class SavePlanIn(BaseModel):
    items: Annotated[list[PlanLineIn], Field(max_length=MOST_ITEMS)]


class PlanActIn(BaseModel):
    """What is done, and what is said with it."""

    action: PlanAction
    text: Text = ""


class ItemActIn(BaseModel):
    """进展: percent 0–99 with `progress`; `done_on` with `finish`, today without it; a reason with `reopen`."""

    action: ItemAction
    text: Text = ""
    percent: Annotated[int | None, Field(ge=0, le=99)] = None
    done_on: date | None = None


class BeginSummaryIn(BaseModel):
    period: SummaryPeriod


class SummarySection(BaseModel):
    heading: Heading
    text: Passage


class SummaryIn(BaseModel):
    title: Title
    sections: Annotated[list[SummarySection], Field(max_length=20)]


class SummaryActIn(BaseModel):
    """报送; 收下, 退回 (with a reason) by the unit above."""

    action: SummaryAction
    text: Text = ""


class PlanLineOut(BaseModel):
    id: UUID
    section: str
    what: str
    owner: str
    staff_id: UUID | None
    start_on: date
    end_on: date
    #: The quarter that it lies in; none of one that is longer.
    quarter: int | None
    measure: str
    serves_id: UUID | None
    #: The emphasis that it serves, in words.
    serves: str


class ProgressOut(BaseModel):
    action: str
    by: str
    at: datetime
    text: str
    percent: int | None


class PlanItemOut(PlanLineOut):
    version: int
    standing: ItemStanding
    percent: int
    note: str
    progressed_at: datetime | None
    done_on: date | None
    actions: list[str]
    progress: list[ProgressOut]
    #: Units at or below that took it up: how many, and how many of their items are done.
    taken_up: int
    taken_up_done: int


class ChangeOut(BaseModel):
    kind: ChangeKind
    before: PlanLineOut | None
    after: PlanLineOut | None


class EditionOut(BaseModel):
    """A handed-in state: what it proposes, and what it changes of the items in force then."""

    no: int
    reason: str
    submitted_at: datetime
    by: str
    approved_at: datetime | None
    approver: str
    items: list[PlanLineOut]
    changes: list[ChangeOut]


class EmphasisOut(BaseModel):
    """工作重点 of a unit above."""

    id: UUID
    unit: str
    section: str
    what: str
    start_on: date
    end_on: date
    measure: str


class CountsOut(BaseModel):
    """Items in force: those neither done, late nor under way wait for their first day."""

    total: int
    done: int
    late: int
    under_way: int


class PlanBrief(BaseModel):
    id: UUID
    version: int
    unit_id: UUID
    unit: str
    tier: Tier
    year: int
    state: PlanState
    #: An edition was approved and stands, whatever is being changed meanwhile.
    in_force: bool
    submitted_at: datetime | None
    approved_at: datetime | None


class SummaryBrief(BaseModel):
    id: UUID
    plan_id: UUID
    period: SummaryPeriod
    no: int
    title: str
    state: SummaryState
    written_at: datetime
    writer: str
    sent_at: datetime | None


class PlanLogLine(BaseModel):
    action: str
    by: str
    at: datetime
    text: str


class WorkPlanOut(PlanBrief):
    return_reason: str
    change_reason: str
    actions: list[str]
    counts: CountsOut
    #: In force.
    items: list[PlanItemOut]
    #: What is being written: for the unit alone.
    draft: list[PlanLineOut] | None
    #: What waits for review.
    waiting: EditionOut | None
    #: Approved before, and what each changed; the newest first.
    editions: list[EditionOut]
    summaries: list[SummaryBrief]
    log: list[PlanLogLine]


class OwnYearOut(BaseModel):
    """The acting unit's year: its plan if there is one, and what it could begin with."""

    year: int
    plan_id: UUID | None
    may_begin: bool
    #: Last year's items, as they would stand in this one.
    last_year: list[PlanLineOut]
    emphases: list[EmphasisOut]
    sections: list[str]


class ServingOut(BaseModel):
    """One unit's item that serves an emphasis, itself or through an item between."""

    item_id: UUID
    emphasis_id: UUID
    unit_id: UUID
    unit: str
    tier: Tier
    plan_id: UUID
    what: str
    standing: ItemStanding
    percent: int


class TakenUpUnit(BaseModel):
    """A direct subordinate of the plan's unit, and its own plan if that was handed in."""

    unit_id: UUID
    unit: str
    plan_id: UUID | None
    in_force: bool
    #: The items of the plan that it serves itself: item → the standing of what serves it.
    serves: dict[UUID, ItemStanding]
    #: Item → how many units under it serve it.
    below: dict[UUID, int]


class EmphasisTaken(BaseModel):
    """An item of the plan, and how far it was taken up by direct subordinates."""

    id: UUID
    section: str
    what: str
    end_on: date
    taken_up: int
    done: int


class TakenUpOut(BaseModel):
    plan_id: UUID
    unit: str
    year: int
    emphases: list[EmphasisTaken]
    units: list[TakenUpUnit]


class BarOut(BaseModel):
    """An item on the timeline."""

    id: UUID
    section: str
    what: str
    owner: str
    start_on: date
    end_on: date
    standing: ItemStanding
    percent: int
    done_on: date | None


class StatesOut(BaseModel):
    """Units by the state of their plan; `changing` are those approved whose change is under way."""

    units: int
    approved: int
    changing: int
    submitted: int
    returned: int
    draft: int
    missing: int


class UnitRow(BaseModel):
    """One unit in the overview; `below` counts the units under it."""

    unit_id: UUID
    unit: str
    short_name: str
    tier: Tier
    own: bool
    plan_id: UUID | None
    #: None: there is no plan, or none that was handed in yet.
    state: PlanState | None
    in_force: bool
    submitted_at: datetime | None
    counts: CountsOut
    bars: list[BarOut]
    below: StatesOut
    below_counts: CountsOut
    #: The newest summaries that were sent, by period.
    summaries: list[SummaryBrief]


class TrailOut(BaseModel):
    unit_id: UUID
    unit: str


class OverviewOut(BaseModel):
    year: int
    today: date
    unit_id: UUID
    unit: str
    #: The line from the acting unit down to this one.
    trail: list[TrailOut]
    rows: list[UnitRow]
    states: StatesOut
    counts: CountsOut


class PlansSummaryOut(BaseModel):
    """For a home page: plans of the acting unit and those below, and their items."""

    year: int
    states: StatesOut
    counts: CountsOut


class PlanSummaryOut(SummaryBrief):
    version: int
    unit: str
    year: int
    sections: list[SummarySection]
    actions: list[str]
    #: Why it came back.
    return_reason: str
    #: What was done with it above, oldest first.
    log: list[PlanLogLine]
    #: Whether the acting unit may begin the period's next version, for this one came back.
    may_revise: bool


class DraftedOut(BaseModel):
    """Words drafted from what was recorded; nothing is kept."""

    title: str
    sections: list[SummarySection]
