"""One request that changes something: on which version, and whether it was carried out before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write
from kit.errors import PreconditionRequired
from kit.idempotency import Asked, Attempt, once
from reporting import submission_views
from reporting.schemas import SubmissionOut
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

    async def carry_out(self, command: Callable[..., Awaitable[T]], **given: Any) -> T | None:
        """Run a command once under the request's Idempotency-Key; its result, or None when it was done before.

        Raises PreconditionRequired without If-Match.
        """
        results: list[T] = []

        async def run(also: Sequence[Write]) -> None:
            if self.if_match is None:
                raise PreconditionRequired
            results.append(await command(self.session, actor=self.principal, version=self.if_match, also=also, **given))

        await once(self.session, self.attempt, run)
        return results[0] if results else None

    async def perform(self, submission_id: UUID, command: Callable[..., Awaitable[T]], **given: Any) -> T | None:
        """The same, of a command on a submission."""
        return await self.carry_out(command, submission_id=submission_id, **given)

    async def view(self, submission_id: UUID) -> Response[SubmissionOut]:
        """The submission as it is now, with its version as ETag."""
        view = await submission_views.submission_view(self.session, self.principal, submission_id, locale=self.locale)
        return tagged(view, view.version)


async def provide_edit(
    session: NamedDependency[AsyncSession],
    principal: NamedDependency[Principal],
    asked: NamedDependency[Asked],
) -> Edit:
    return Edit(session, principal, asked.attempt, asked.if_match, asked.locale)


def tagged(content: T, version: int) -> Response[T]:
    return Response(content, headers={"ETag": f'"{version}"'})
