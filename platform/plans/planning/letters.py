"""What inboxes are told of plans."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from kit.db.batch import Write
from plans.planning.lifecycle import PLAN
from plans.planning.models import Plan, PlanSummary
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Mail, mail_writes

#: A unit is to make its plan, for the plan above is there. Its subject is the plan above.
DUE = "plan_due"
#: A plan waits to be reviewed.
REVIEW = "plan_review"
#: A plan came back.
RETURNED = "plan_returned"
#: Only told: approved; a summary came up.
APPROVED, SUMMARY = "plan_approved", "plan_summary"
#: Items are past their last day.
LATE = "plan_late"


def _facts(plan: Plan, **more: Any) -> dict[str, Any]:
    return {"unit": plan.unit_name, "year": plan.year, **more}


def owed(unit_id: UUID, plan: Plan | None = None, *, closed: bool = False) -> Mail:
    """The unit is to make its plan of the year of a plan above; closed without one."""
    facts = {} if plan is None else {"by": plan.unit_name, "year": plan.year}
    return Mail(unit_id, Role.REPORTER, DUE, closed=closed, facts=facts)


def review(plan: Plan, reviewer: UUID, *, closed: bool = False) -> Mail:
    facts = _facts(plan, changed=True) if plan.in_force else _facts(plan)
    return Mail(reviewer, Role.REVIEWER, REVIEW, closed=closed, facts=facts)


def returned(plan: Plan, *, closed: bool = False, reason: str = "") -> Mail:
    return Mail(plan.unit_id, Role.REPORTER, RETURNED, closed=closed, facts=_facts(plan, reason=reason))


def approved(plan: Plan, by: str) -> Mail:
    return Mail(plan.unit_id, Role.REPORTER, APPROVED, facts=_facts(plan, by=by))


def late(plan: Plan, count: int) -> Mail:
    """So many items are late; none closes it."""
    return Mail(plan.unit_id, Role.REPORTER, LATE, closed=count == 0, facts=_facts(plan, count=count))


def told_late(actor: Principal, plan: Plan, count: int) -> list[Write]:
    """As `late`, beside another act; the plan's `late_no` goes up with it."""
    return mail_writes(actor, PLAN.kind, plan.id, plan.late_no + 1, [late(plan, count)])


def summary(plan: Plan, summary: PlanSummary) -> Mail:
    facts = _facts(plan, period=summary.period.value, title=summary.title, plan_id=str(plan.id))
    return Mail(plan.reviewer_unit_id, Role.REVIEWER, SUMMARY, facts=facts)
