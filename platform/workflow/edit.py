"""One request that changes something: on which version, and whether it was carried out before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write
from kit.errors import PreconditionRequired
from kit.idempotency import Asked, Attempt, once, outcome_of
from kit.ids import new_id
from tenancy.principal import Principal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit:
    """One request that changes something: by whom, on which version, and whether it was carried out before."""

    session: AsyncSession
    principal: Principal
    attempt: Attempt
    if_match: int | None
    locale: str

    async def carry_out(self, command: Callable[..., Awaitable[T]], **given: object) -> T | None:
        """Run a command on the version that the request names, once under its Idempotency-Key; its result, or None
        when it was done before.

        Raises PreconditionRequired without If-Match.
        """

        results: list[T] = []

        async def run(also: Sequence[Write]) -> None:
            if self.if_match is None:
                raise PreconditionRequired
            results.append(await command(self.session, actor=self.principal, version=self.if_match, also=also, **given))

        await once(self.session, self.attempt, run)
        # Commands write past the session's objects.
        self.session.expire_all()
        return results[0] if results else None

    async def make(self, command: Callable[..., Awaitable[object]], **given: object) -> UUID:
        """Run a command that makes something, once under the request's Idempotency-Key; the id of what it made, now or
        at the earlier try. The command is told the id."""
        made = new_id()

        async def run(also: Sequence[Write]) -> None:
            await command(self.session, actor=self.principal, made=made, also=also, **given)

        ran = await once(self.session, self.attempt, run, outcome={"id": str(made)})
        self.session.expire_all()
        return made if ran else UUID((await outcome_of(self.session, self.attempt))["id"])


async def provide_edit(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    asked: NamedDependency[Asked],
) -> Edit:
    return Edit(session, principal, asked.attempt, asked.if_match, asked.locale)


def tagged(content: T, version: int) -> Response[T]:
    """An answer with the version as ETag."""
    return Response(content, headers={"ETag": f'"{version}"'})
