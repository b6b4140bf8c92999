"""Overdue shares are told, once, to the unit and to whoever assigned them."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.jobs import CountyRef, pulse
from plans.tasks import letters, queries
from plans.tasks.lifecycle import ASSIGNMENT
from plans.tasks.models import Assignment
from workflow.lifecycle import post

_AT_ONCE = 500


@pulse("plans.overdue", every=60)
async def tell_overdue(session: AsyncSession, county: CountyRef) -> None:
    """Tell what has become overdue since the last beat. That it is overdue is reckoned when read; this only says so."""
    found = await queries.list_newly_overdue(session, county_id=county.id, limit=_AT_ONCE)
    if not found:
        return
    await session.execute(
        update(Assignment)
        .where(Assignment.county_id == county.id, Assignment.id.in_([share.id for share, _ in found]))
        .values(overdue_told_at=clock.now())
    )
    told = [(share, task, letters.apart(task, [letters.owed(task, share, overdue=True)])) for share, task in found]
    items = [(share.id, share.version, own) for share, _, (own, _) in told]
    await post(session, county, ASSIGNMENT.kind, items)
    carrying = {task.id: task for _, task, (_, anew) in told if anew is not None}
    for task_id, task in carrying.items():
        anew = {share.id: facts for share, of, (_, facts) in told if of.id == task_id}
        await letters.tell_anew(session, county, task, anew)
