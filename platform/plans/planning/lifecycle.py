"""The lifecycles of a plan, of its items and of the summaries of its periods."""

from __future__ import annotations

from uuid import UUID

from plans.planning.models import ItemState, Plan, PlanItem, PlanState, PlanSummary, SummaryState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_WRITTEN = frozenset({PlanState.DRAFT, PlanState.RETURNED})
_SUBMITTED = frozenset({PlanState.SUBMITTED})
_APPROVED = frozenset({PlanState.APPROVED})
_OWN, _ABOVE = (Relation.OWN, Role.REPORTER), (Relation.REVIEWER, Role.REVIEWER)

PLAN = Lifecycle(
    kind="plan",
    model=Plan,
    transitions=(
        Transition("save", _WRITTEN, *_OWN, None, False, Role.REVIEWER),
        Transition("submit", _WRITTEN, *_OWN, PlanState.SUBMITTED, False, Role.REVIEWER),
        Transition("recall", _SUBMITTED, *_OWN, PlanState.DRAFT, False, Role.REVIEWER),
        Transition("approve", _SUBMITTED, *_ABOVE, PlanState.APPROVED, False, Role.LEADER),
        Transition("return", _SUBMITTED, *_ABOVE, PlanState.RETURNED, True, Role.LEADER),
        Transition("change", _APPROVED, *_OWN, PlanState.DRAFT, True, Role.REVIEWER),
        Transition("abandon", _WRITTEN, *_OWN, PlanState.APPROVED, False, Role.REVIEWER),
    ),
)

_OPEN = frozenset({ItemState.OPEN})
PLAN_ITEM = Lifecycle(
    kind="plan_item",
    model=PlanItem,
    transitions=(
        Transition("progress", _OPEN, *_OWN, None, False, Role.REVIEWER),
        Transition("finish", _OPEN, *_OWN, ItemState.DONE, False, Role.REVIEWER),
        Transition("reopen", frozenset({ItemState.DONE}), *_OWN, ItemState.OPEN, True, Role.REVIEWER),
    ),
)

_DRAFT, _SENT = frozenset({SummaryState.DRAFT}), frozenset({SummaryState.SENT})
#: The unit that it was sent to: the county's own has none.
_TO = (Relation.SUPERIOR, Role.REVIEWER)
PLAN_SUMMARY = Lifecycle(
    kind="plan_summary",
    model=PlanSummary,
    transitions=(
        Transition("save", _DRAFT, *_OWN, None, False, Role.REVIEWER),
        Transition("send", _DRAFT, *_OWN, SummaryState.SENT, False, Role.REVIEWER),
        Transition("accept", _SENT, *_TO, SummaryState.ACCEPTED, False, Role.LEADER),
        Transition("return", _SENT, *_TO, SummaryState.RETURNED, True, Role.LEADER),
    ),
)


def subject_of(plan: Plan) -> Subject:
    """The lifecycle's view of a plan."""
    place = tuple(plan.place)
    return Subject(plan.id, plan.state, plan.version, plan.unit_id, plan.reviewer_unit_id, place, place[1:])


def part_of(plan: Plan, part: PlanItem | PlanSummary) -> Subject:
    """The lifecycle's view of an item or a summary of a plan."""
    to = (sent_to(plan, part) or plan.unit_id) if isinstance(part, PlanSummary) else plan.reviewer_unit_id
    above = (to,) if to != plan.unit_id else ()
    return Subject(part.id, part.state, part.version, plan.unit_id, to, tuple(part.place), above)


def sent_to(plan: Plan, summary: PlanSummary) -> UUID | None:
    """Which unit a summary was sent to; None of the county's, and of one that is being written. One sent before this
    was written down went to the plan's reviewer."""
    if summary.state is SummaryState.DRAFT or plan.reviewer_unit_id == plan.unit_id:
        return None
    return summary.reviewer_unit_id or plan.reviewer_unit_id


def allowed_of(plan: Plan, actions: list[str]) -> list[str]:
    """Without what needs an edition in force where there is none."""
    return [one for one in actions if one != "abandon" or plan.in_force]
