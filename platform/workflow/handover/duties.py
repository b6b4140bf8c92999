"""What belongs to a post, as packages above declare it."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.models import Role
from tenancy.principal import Principal


@dataclass(frozen=True, slots=True)
class Post:
    """A person's membership that is handed over."""

    membership_id: UUID
    account_id: UUID
    name: str
    unit_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something open at a post, in words a page can show: facts, never contents. Times are ISO."""

    #: `fill`, `draft`, `returned`, `signing`, `review`, `claim`, `contact`, `officer`.
    kind: str
    unit: str = ""
    form: str = ""
    form_en: str = ""
    period: str = ""
    due_at: str | None = None
    #: How many, where one line stands for several.
    number: int = 1


class Duties(Protocol):
    """One package's part. Both run in the request's transaction, for an actor who administers the post's unit."""

    def list(self, session: AsyncSession, *, actor: Principal, post: Post) -> Awaitable[Sequence[Duty]]: ...

    def move(self, session: AsyncSession, *, actor: Principal, post: Post, successor: str) -> Awaitable[None]: ...


_DECLARED: list[Duties] = []


def declare(duties: Duties) -> None:
    """Have a package's duties listed and moved with every hand-over."""
    _DECLARED.append(duties)


async def list_duties(session: AsyncSession, *, actor: Principal, post: Post) -> list[Duty]:
    """What is open at a post."""
    return [duty for declared in _DECLARED for duty in await declared.list(session, actor=actor, post=post)]


async def move_duties(session: AsyncSession, *, actor: Principal, post: Post, successor: str) -> None:
    """Release what the leaver holds alone, and put the successor's name where theirs stood."""
    for declared in _DECLARED:
        await declared.move(session, actor=actor, post=post, successor=successor)
