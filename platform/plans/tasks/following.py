"""A share that carries a report goes where its report goes, in the same transaction.

Whoever acted on the report was authorised there; here nobody is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.tasks import letters, queries
from plans.tasks.lifecycle import FOLLOWING, subject_of
from plans.tasks.models import Assignment, AssignmentState, Task
from plans.tasks.on_share import AT_REST
from plans.tasks.rules import state_of_report
from reporting.carried.queries import Standing, list_standings
from reporting.following import follower
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Happened, Mail, perform

#: What an act on a report is called on the share, where the state alone doesn't say it.
_CALLED = {"recall": "withdraw", "withdraw": "withdraw", "decline": "withdraw", "abandon": "stand"}
_BY_STATE = {
    AssignmentState.ISSUED: "reissue",
    AssignmentState.IN_PROGRESS: "begin",
    AssignmentState.HANDED_IN: "hand_in",
    AssignmentState.ACCEPTED: "accept",
    AssignmentState.RETURNED: "send_back",
    AssignmentState.RECALLED: "recall",
}


@follower
async def follow_report(session: AsyncSession, actor: Principal, task_id: UUID, happened: Happened) -> None:
    """Take a share where its report went: state, deadline, lateness. Raises DeadlineBeyond for an extension past the
    deadline of the share that it is a part of."""
    (report,) = await list_standings(session, county_id=actor.county_id, submission_id=happened.subject.id)
    share, task = await queries.get_assignment(
        session, county_id=actor.county_id, assignment_id=report.submission_id, lock=True
    )
    target = state_of_report(report, share.state)
    moved = report.due_at != share.due_at
    if target is share.state and not moved and report.late == share.late:
        return
    if moved:
        await queries.require_within(session, county_id=actor.county_id, parent_id=share.parent_id, until=report.due_at)
    action = "grant_extension" if target is share.state else _action(target, happened.action)
    await perform(
        session,
        FOLLOWING,
        action,
        subject_of(share),
        actor=actor,
        reason=happened.reason,
        values=_values(task, share, report, target, happened.reason, moved=moved),
        mail=_mail(share, target, moved=moved),
        detail={"report": happened.action, **({"until": report.due_at.isoformat()} if moved else {})},
    )
    session.expire(share)


def _action(target: AssignmentState, action: str) -> str:
    if target is AssignmentState.ACCEPTED:
        return "accept" if action == "approve" else "stand"
    return _CALLED.get(action, _BY_STATE[target]) if target is AssignmentState.IN_PROGRESS else _BY_STATE[target]


def _values(
    task: Task, share: Assignment, report: Standing, target: AssignmentState, reason: str, *, moved: bool
) -> Mapping[str, Any]:
    now = clock.now()
    values: dict[str, Any] = {"late": report.late}
    if moved:
        values |= {"due_at": report.due_at, "asked_until": None, "asked_reason": "", "overdue_told_at": None}
    match target:
        case AssignmentState.IN_PROGRESS if share.acknowledged_at is None:
            values |= {"acknowledged_at": now, "acknowledged_amendment": task.amendment}
        case AssignmentState.HANDED_IN:
            values |= {
                "handed_in_at": now,
                "open_reason": report.missing_reason,
                "acknowledged_amendment": task.amendment,
                "progress": 100,
                "return_reason": "",
                "asked_until": None,
                "asked_reason": "",
            }
        case AssignmentState.ACCEPTED:
            values |= {"accepted_at": now, "return_reason": "", **AT_REST}
        case AssignmentState.RECALLED:
            values |= AT_REST
        case AssignmentState.RETURNED:
            values |= {"return_reason": reason, "accepted_at": None, "overdue_told_at": None}
    return values


def _mail(share: Assignment, target: AssignmentState, *, moved: bool) -> Sequence[Mail]:
    """The unit's item is its report's. What was asked or shown beside it is settled."""
    settled: list[Mail] = []
    if share.asked_until is not None and (moved or target is AssignmentState.HANDED_IN):
        settled.append(Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, closed=True))
    if share.state is AssignmentState.RECALLED and target is not share.state:
        settled.append(Mail(share.unit_id, Role.REPORTER, letters.RECALLED, closed=True))
    if target in (AssignmentState.ACCEPTED, AssignmentState.RECALLED) and target is not share.state:
        settled += letters.settled(share, carried=True)
    return settled
