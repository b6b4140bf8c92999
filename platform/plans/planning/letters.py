"""What inboxes are told of plans."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from kit import clock
from kit.db.batch import Write
from plans.planning.lifecycle import PLAN
from plans.planning.models import Plan, PlanSummary
from plans.planning.queries import Late
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Mail, mail_writes

#: A unit is to make its plan, for the plan above is there. Its subject is the plan above.
DUE = "plan_due"
#: A plan waits to be reviewed.
REVIEW = "plan_review"
#: The county's own waits for its leaders.
APPROVE = "plan_approve"
#: A plan came back.
RETURNED = "plan_returned"
#: Only told: approved.
APPROVED = "plan_approved"
#: A summary came up, and is accepted or returned; it came back.
SUMMARY, SUMMARY_RETURNED = "plan_summary", "plan_summary_returned"
#: Items are past their last day.
LATE = "plan_late"


def _facts(plan: Plan, **more: Any) -> dict[str, Any]:
    return {"unit": plan.unit_name, "year": plan.year, **more}


def owed(unit_id: UUID, plan: Plan | None = None, *, closed: bool = False) -> Mail:
    """The unit is to make its plan of the year of a plan above; closed without one."""
    facts = {} if plan is None else {"by": plan.unit_name, "year": plan.year}
    return Mail(unit_id, Role.REPORTER, DUE, closed=closed, facts=facts)


def review(plan: Plan, reviewer: UUID, *, closed: bool = False) -> list[Mail]:
    """What the county makes for itself its leaders approve; whoever reviews may, too."""
    facts = _facts(plan, changed=True) if plan.in_force else _facts(plan)
    if reviewer != plan.unit_id:
        return [Mail(reviewer, Role.REVIEWER, REVIEW, closed=closed, facts=facts)]
    return [
        Mail(reviewer, Role.REVIEWER, REVIEW, closed=closed, facts=facts),
        Mail(reviewer, Role.LEADER, APPROVE, closed=closed, facts=facts),
    ]


def returned(plan: Plan, *, closed: bool = False, reason: str = "") -> Mail:
    return Mail(plan.unit_id, Role.REPORTER, RETURNED, closed=closed, facts=_facts(plan, reason=reason))


def approved(plan: Plan, by: str) -> Mail:
    return Mail(plan.unit_id, Role.REPORTER, APPROVED, facts=_facts(plan, by=by))


def late(plan: Plan, found: Late) -> Mail:
    """So many items are late, the first since the end of its last day; none closes it."""
    due_at = None if found.first is None else clock.start_of_day(found.first + timedelta(days=1))
    facts = _facts(plan, count=found.count)
    return Mail(plan.unit_id, Role.REPORTER, LATE, closed=found.count == 0, facts=facts, due_at=due_at)


def told_late(actor: Principal, plan: Plan, found: Late) -> list[Write]:
    """As `late`, beside another act; the plan's `late_no` goes up with it."""
    return mail_writes(actor, PLAN.kind, plan.id, plan.late_no + 1, [late(plan, found)])


def summary(plan: Plan, summary: PlanSummary, to: UUID, *, closed: bool = False) -> Mail:
    facts = _facts(plan, period=summary.period.value, title=summary.title, plan_id=str(plan.id))
    return Mail(to, Role.REVIEWER, SUMMARY, closed=closed, facts=facts)


def summary_returned(plan: Plan, summary: PlanSummary, *, closed: bool = False, reason: str = "") -> Mail:
    facts = _facts(plan, period=summary.period.value, title=summary.title, reason=reason)
    return Mail(plan.unit_id, Role.REPORTER, SUMMARY_RETURNED, closed=closed, facts=facts)
