"""转任务: a decision or finding becomes a task in one act, issued as any other; and how far it has come since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.follow_up import queries
from plans.follow_up.errors import DueMissing, NobodyNamed, TaskedAlready
from plans.follow_up.models import Followed
from plans.follow_up.rules import state_of, title_of
from plans.follow_up.schemas import FollowOut
from plans.tasks import issuing
from plans.tasks.models import AssignmentState, Priority, TaskKind
from plans.tasks.queries import count_by_task
from tenancy.principal import Principal


async def make_task(
    session: AsyncSession,
    *,
    actor: Principal,
    line: Followed,
    kind: TaskKind,
    source: str,
    unit_ids: Sequence[UUID],
    due_on: date | None,
    made: UUID,
    also: Sequence[Write],
    kept: Mapping[str, Any] | None = None,
) -> None:
    """Issue a line as a task to units below, due at the end of a day, and keep on the line which task it became with
    further columns (`kept`). The caller holds the line's lock. `source` says in the task's text where it comes from.

    Raises TaskedAlready, NobodyNamed, DueMissing, and what `tasks.issuing.issue` raises.
    """
    if line.task_id is not None:
        raise TaskedAlready
    if not unit_ids:
        raise NobodyNamed
    if due_on is None:
        raise DueMissing
    given = issuing.Given(
        title=title_of(line.text),
        text=f"{line.text}\n\n{source}",
        kind=kind,
        priority=Priority.NORMAL,
        due_at=clock.end_of_day(due_on),
        evidence="",
        to=[ChoiceIn(kind=ChoiceKind.UNIT, unit_id=one) for one in unit_ids],
    )
    became = change(type(line), county_id=line.county_id, id=line.id, task_id=made, due_on=due_on, **(kept or {}))
    await issuing.issue(session, actor=actor, given=given, made=made, also=[*also, became])


async def follow(session: AsyncSession, principal: Principal, lines: Iterable[Followed]) -> dict[UUID, FollowOut]:
    """Task → how far it has come. A task of which the acting unit sees no share is left out, unless it issued it."""
    task_ids = [line.task_id for line in lines if line.task_id is not None]
    if not task_ids:
        return {}
    county_id = principal.county_id
    counted = await count_by_task(session, county_id=county_id, task_ids=task_ids)
    firsts = await queries.list_first_shares(session, county_id=county_id, task_ids=task_ids, unit_id=principal.unit_id)
    found: dict[UUID, FollowOut] = {}
    for task in await queries.list_tasks(session, county_id=county_id, task_ids=task_ids):
        shares = counted.get(task.id, [])
        if not shares and task.issuer_unit_id != principal.unit_id:
            continue
        found[task.id] = FollowOut(
            task_id=task.id,
            number=task.number,
            state=state_of(task.state, shares),
            due_at=task.due_at,
            share_id=firsts.get(task.id),
            shares=sum(one.number for one in shares),
            accepted=sum(one.number for one in shares if one.state is AssignmentState.ACCEPTED),
            overdue=any(one.overdue for one in shares),
        )
    return found
