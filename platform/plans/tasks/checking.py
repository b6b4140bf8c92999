"""What must be true of shares that carry reports: for `jiceng check`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks import queries
from plans.tasks.models import Assignment, AssignmentState, Task, TaskState
from plans.tasks.rules import state_of_report
from reporting.carried.queries import Standing, list_standings


async def check_shares(session: AsyncSession, *, county_id: UUID) -> tuple[int, list[str]]:
    """How many shares carry a report, and what is not as it must be between the two. Reads as the county."""
    looked_at, faults = 0, list[str]()
    for task, shares in await queries.list_carrying(session, county_id=county_id):
        reports = await list_standings(session, county_id=county_id, cycle_id=task.cycle_id)
        looked_at += len(shares)
        faults += [f"{task.number} {fault}" for fault in share_faults(task, shares, reports)]
    return looked_at, faults


def share_faults(task: Task, shares: Sequence[Assignment], reports: Sequence[Standing]) -> list[str]:
    """What is not as it must be between a task's shares and their reports. Pure."""
    by_id = {report.submission_id: report for report in reports}
    faults = [f"report {report_id}: has no share" for report_id in by_id.keys() - {share.id for share in shares}]
    for share in shares:
        report = by_id.get(share.id)
        if report is None or report.unit_id != share.unit_id:
            faults.append(f"{share.unit_name}: its share has no report")
            continue
        expected = expected_state(task, share, report)
        if share.state is not expected:
            faults.append(f"{share.unit_name}: is {share.state.value}, its report says {expected.value}")
        if share.due_at != report.due_at:
            faults.append(f"{share.unit_name}: its report has another deadline")
    return faults


def expected_state(task: Task, share: Assignment, report: Standing) -> AssignmentState:
    """Where a share must stand. A task at its end has taken back what was open. Pure."""
    state = state_of_report(report, share.state)
    if task.state is TaskState.ISSUED or state is AssignmentState.ACCEPTED:
        return state
    return AssignmentState.RECALLED
