"""Who hears that somebody came to a roster or left it.

The roster knows nothing of what is owed by who serves; whoever asks something of everybody registers what is to be told
in the act's own transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.principal import Principal


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody serves at a unit from now on, or does so no more."""

    staff_id: UUID
    unit_id: UUID
    serves: bool


Follower = Callable[[AsyncSession, Principal, Moved], Awaitable[None]]

_followers: list[Follower] = []


def follower(told: Follower) -> Follower:
    """Register who is told."""
    _followers.append(told)
    return told


async def tell(session: AsyncSession, actor: Principal, moved: Moved) -> None:
    for told in _followers:
        await told(session, actor, moved)
