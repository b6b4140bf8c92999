"""Every SELECT of tasks and assignments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kit import clock
from kit.db.queries import get_row
from kit.errors import NotFound
from kit.paging import Mark, beyond
from plans.tasks.errors import DeadlineBeyond
from plans.tasks.lifecycle import OPEN, OWED
from plans.tasks.models import Assignment, AssignmentState, Task, TaskAmendment, TaskState


async def next_serial(session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID, year: int) -> int:
    """The issuer's next number of the year. Two who issue at once wait for one another."""
    key = f"task {county_id} {issuer_unit_id} {year}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    statement = select(func.coalesce(func.max(Task.serial), 0) + 1).where(
        Task.county_id == county_id, Task.issuer_unit_id == issuer_unit_id, Task.year == year
    )
    return (await session.scalars(statement)).one()


async def get_task(session: AsyncSession, *, county_id: UUID, task_id: UUID, lock: bool = False) -> Task:
    """A task of the county. Who may see it is decided in `access`. Raises NotFound."""
    return await get_row(session, Task, county_id=county_id, id=task_id, lock=lock)


async def get_assignment(
    session: AsyncSession, *, county_id: UUID, assignment_id: UUID, lock: bool = False
) -> tuple[Assignment, Task]:
    """An assignment whose place the acting unit stands in, with its task. Raises NotFound."""
    statement = (
        select(Assignment, Task)
        .join(Task, and_(Task.county_id == Assignment.county_id, Task.id == Assignment.task_id))
        .where(Assignment.county_id == county_id, Assignment.id == assignment_id)
    )
    if lock:
        statement = statement.with_for_update(of=Assignment)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def hold_task_of(session: AsyncSession, *, county_id: UUID, assignment_id: UUID) -> UUID | None:
    """Keep a share's task from being changed until the transaction ends; the cycle that it carries. Taken before the
    share's own lock, as those do who change the task and then its shares."""
    statement = (
        select(Task.cycle_id)
        .join(Assignment, and_(Assignment.county_id == Task.county_id, Assignment.task_id == Task.id))
        .where(Assignment.county_id == county_id, Assignment.id == assignment_id)
        .with_for_update(of=Task, read=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def require_within(session: AsyncSession, *, county_id: UUID, parent_id: UUID | None, until: datetime) -> None:
    """Raises DeadlineBeyond for a deadline after that of the share it is a part of. Locks that share, so that its own
    deadline can't be cut meanwhile."""
    if parent_id is None:
        return
    above, _ = await get_assignment(session, county_id=county_id, assignment_id=parent_id, lock=True)
    if until > above.due_at:
        raise DeadlineBeyond(until=f"{above.due_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}")


async def find_due(session: AsyncSession, *, county_id: UUID, assignment_id: UUID | None) -> datetime | None:
    """A share's deadline, where the acting unit may see it."""
    statement = select(Assignment.due_at).where(Assignment.county_id == county_id, Assignment.id == assignment_id)
    return None if assignment_id is None else (await session.scalars(statement)).one_or_none()


async def find_share(session: AsyncSession, *, county_id: UUID, task_id: UUID, unit_id: UUID) -> Assignment | None:
    """A unit's own share of a task."""
    statement = select(Assignment).where(
        Assignment.county_id == county_id, Assignment.task_id == task_id, Assignment.unit_id == unit_id
    )
    return (await session.scalars(statement)).one_or_none()


async def has_shares(
    session: AsyncSession, *, county_id: UUID, task_id: UUID, states: frozenset[AssignmentState] | None = None
) -> bool:
    """Whether any unit at or below the acting one has a share of a task, in some states or in any."""
    statement = select(Assignment.id).where(Assignment.county_id == county_id, Assignment.task_id == task_id).limit(1)
    if states is not None:
        statement = statement.where(Assignment.state.in_(states))
    return (await session.scalars(statement)).one_or_none() is not None


async def list_shares(
    session: AsyncSession,
    *,
    county_id: UUID,
    task_id: UUID,
    parent_id: UUID | None = None,
    top: bool = False,
    states: frozenset[AssignmentState] | None = None,
    lock: bool = False,
) -> Sequence[Assignment]:
    """Shares of a task that the acting unit may see: all, those directly under one (`parent_id`), or those that come
    from the issuer (`top`). Locked ones in the order of their ids, so that two commands wait and never deadlock."""
    statement = select(Assignment).where(Assignment.county_id == county_id, Assignment.task_id == task_id)
    if parent_id is not None:
        statement = statement.where(Assignment.parent_id == parent_id)
    if top:
        statement = statement.where(Assignment.parent_id.is_(None))
    if states is not None:
        statement = statement.where(Assignment.state.in_(states))
    if lock:
        statement = statement.order_by(Assignment.id).with_for_update()
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class Counted:
    """Shares in one state: how many, how many of them are overdue, and how many are supervised."""

    state: AssignmentState
    number: int
    overdue: int
    supervised: int


def _overdue_now() -> ColumnElement[bool]:
    return and_(Assignment.state.in_(OWED), Assignment.due_at < clock.now())


def _supervised() -> ColumnElement[bool]:
    return and_(Assignment.state.in_(OPEN), Assignment.supervised_by != "")


async def _count(session: AsyncSession, by: Any, where: Sequence[ColumnElement[bool]]) -> dict[UUID, list[Counted]]:
    statement = (
        select(
            by,
            Assignment.state,
            func.count(),
            func.count(case((_overdue_now(), 1))),
            func.count(case((_supervised(), 1))),
        )
        .where(*where)
        .group_by(by, Assignment.state)
    )
    found: dict[UUID, list[Counted]] = {}
    for key, *line in await session.execute(statement):
        found.setdefault(key, []).append(Counted(*line))
    return found


async def count_by_task(
    session: AsyncSession, *, county_id: UUID, task_ids: Sequence[UUID]
) -> dict[UUID, list[Counted]]:
    """Task → its shares by state, as far as the acting unit may see them. Counted, not stored: right when read."""
    where = [Assignment.county_id == county_id, Assignment.task_id.in_(task_ids)]
    return await _count(session, Assignment.task_id, where)


async def count_below(
    session: AsyncSession, *, county_id: UUID, parent_ids: Sequence[UUID]
) -> dict[UUID, list[Counted]]:
    """Assignment → the shares directly under it by state; one without any has no entry."""
    where = [Assignment.county_id == county_id, Assignment.parent_id.in_(parent_ids)]
    return await _count(session, Assignment.parent_id, where)


async def count_troubled(session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID) -> tuple[int, int, int]:
    """Of the tasks that a unit issued and has not closed: how many, with a share overdue, with one supervised."""
    statement = (
        select(
            func.count(Task.id.distinct()),
            func.count(case((_overdue_now(), Task.id)).distinct()),
            func.count(case((_supervised(), Task.id)).distinct()),
        )
        .outerjoin(Assignment, and_(Assignment.county_id == Task.county_id, Assignment.task_id == Task.id))
        .where(
            Task.county_id == county_id,
            Task.issuer_unit_id == issuer_unit_id,
            Task.state.in_((TaskState.AWAITING, TaskState.ISSUED)),
        )
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1], row[2]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for: a part of the title, deadlines from `since` and before `until`."""

    search: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def of(self, due_at: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """As conditions on a task's title and a deadline."""
        found: list[ColumnElement[bool]] = []
        if self.search:
            # A search would tell of a 检举控告 what its list keeps.
            found += [Task.title.contains(self.search, autoescape=True), Task.guarded.is_(False)]
        if self.since is not None:
            found.append(due_at >= self.since)
        if self.until is not None:
            found.append(due_at < self.until)
        return found


async def list_issued(
    session: AsyncSession,
    *,
    county_id: UUID,
    issuer_unit_id: UUID,
    states: Sequence[TaskState],
    wanted: Wanted,
    after: Mark | None,
    limit: int,
) -> Sequence[Task]:
    """What a unit issued, soonest deadline first."""
    statement = select(Task).where(
        Task.county_id == county_id,
        Task.issuer_unit_id == issuer_unit_id,
        Task.state.in_(states),
        *wanted.of(Task.due_at.expression),
        *beyond(after, Task.due_at, Task.id),
    )
    return (await session.scalars(statement.order_by(Task.due_at, Task.id).limit(limit))).all()


async def list_received(
    session: AsyncSession,
    *,
    county_id: UUID,
    unit_id: UUID,
    states: Sequence[AssignmentState],
    wanted: Wanted,
    after: Mark | None,
    limit: int,
) -> list[tuple[Assignment, Task]]:
    """A unit's own shares, soonest deadline first."""
    statement = (
        select(Assignment, Task)
        .join(Task, and_(Task.county_id == Assignment.county_id, Task.id == Assignment.task_id))
        .where(
            Assignment.county_id == county_id,
            Assignment.unit_id == unit_id,
            Assignment.state.in_(states),
            *wanted.of(Assignment.due_at.expression),
            *beyond(after, Assignment.due_at, Assignment.id),
        )
    )
    rows = await session.execute(statement.order_by(Assignment.due_at, Assignment.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


async def list_amendments(session: AsyncSession, *, county_id: UUID, task_id: UUID) -> Sequence[TaskAmendment]:
    """What changed since the task was issued, oldest first."""
    statement = (
        select(TaskAmendment)
        .where(TaskAmendment.county_id == county_id, TaskAmendment.task_id == task_id)
        .order_by(TaskAmendment.no)
    )
    return (await session.scalars(statement)).all()


async def list_newly_overdue(session: AsyncSession, *, county_id: UUID, limit: int) -> list[tuple[Assignment, Task]]:
    """Shares past their time of which nobody was told. Reads as the county; locks what it returns."""
    statement = (
        select(Assignment, Task)
        .join(Task, and_(Task.county_id == Assignment.county_id, Task.id == Assignment.task_id))
        .where(
            Assignment.county_id == county_id,
            Assignment.state.in_(OWED),
            Assignment.due_at < clock.now(),
            Assignment.overdue_told_at.is_(None),
        )
        .order_by(Assignment.id)
        .limit(limit)
        .with_for_update(of=Assignment)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_due_beside(
    session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID, since: datetime, until: datetime
) -> Sequence[Task]:
    """What else the unit has asked for by a deadline in that time."""
    statement = (
        select(Task)
        .where(
            Task.county_id == county_id,
            Task.issuer_unit_id == issuer_unit_id,
            Task.state == TaskState.ISSUED,
            Task.due_at.between(since, until),
        )
        .order_by(Task.due_at)
        .limit(20)
    )
    return (await session.scalars(statement)).all()


async def list_carrying(session: AsyncSession, *, county_id: UUID) -> list[tuple[Task, list[Assignment]]]:
    """Every task that carries a cycle, with its shares. Reads as the county."""
    tasks = select(Task).where(Task.county_id == county_id, Task.cycle_id.is_not(None)).order_by(Task.issued_at)
    found = {task.id: (task, list[Assignment]()) for task in await session.scalars(tasks)}
    shares = select(Assignment).where(Assignment.county_id == county_id, Assignment.task_id.in_(found))
    for share in await session.scalars(shares):
        found[share.task_id][1].append(share)
    return list(found.values())


async def list_late_children(session: AsyncSession, *, county_id: UUID) -> list[tuple[Assignment, Assignment]]:
    """Breaches of the rule that a share is never due after the one it is a part of: (share, the one above)."""
    above = aliased(Assignment, name="above")
    statement = (
        select(Assignment, above)
        .join(above, and_(above.county_id == Assignment.county_id, above.id == Assignment.parent_id))
        .where(Assignment.county_id == county_id, Assignment.state.in_(OPEN), Assignment.due_at > above.due_at)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def count_of_unit(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, since: datetime, until: datetime
) -> tuple[int, int, int]:
    """A unit's shares of tasks that were issued between two moments: all that stand, those accepted, and those overdue
    now. The unit is the acting one or below it."""
    open_now = Assignment.state.not_in([AssignmentState.ACCEPTED, AssignmentState.HANDED_IN])
    statement = (
        select(
            func.count(),
            func.count().filter(Assignment.state == AssignmentState.ACCEPTED),
            func.count().filter(open_now & (Assignment.due_at < clock.now())),
        )
        .join(Task, and_(Task.county_id == Assignment.county_id, Task.id == Assignment.task_id))
        .where(
            Assignment.county_id == county_id,
            Assignment.unit_id == unit_id,
            Assignment.state != AssignmentState.RECALLED,
            Task.issued_at >= since,
            Task.issued_at < until,
        )
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1], row[2]
