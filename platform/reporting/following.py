"""Who hears of a report that a task carries.

Reporting knows no tasks; whoever opens a cycle for one registers what is to be told of every act on its reports, in the
act's own transaction. What a follower raises undoes the act.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.principal import Principal
from workflow.lifecycle import Happened

#: Told with the task's id.
Follower = Callable[[AsyncSession, Principal, UUID, Happened], Awaitable[None]]

_followers: list[Follower] = []


def follower(told: Follower) -> Follower:
    """Register who is told. A module that opens cycles for tasks imports the one that follows them."""
    _followers.append(told)
    return told


async def tell(session: AsyncSession, actor: Principal, task_id: UUID, happened: Happened) -> None:
    """Tell of an act on a report that a task carries. Raises RuntimeError where nobody is registered: rather no act
    than a task that says otherwise than its report."""
    if not _followers:
        raise RuntimeError("a report that a task carries was changed, and nobody follows it")
    for told in _followers:
        await told(session, actor, task_id, happened)
