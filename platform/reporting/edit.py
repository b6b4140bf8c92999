"""Edits of submissions: see `workflow.edit`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from reporting import submission_views
from reporting.schemas import SubmissionOut
from tenancy.principal import Principal
from workflow import edit
from workflow.edit import tagged

T = TypeVar("T")


class Edit(edit.Edit):
    """One request that changes a submission."""

    async def perform(self, submission_id: UUID, command: Callable[..., Awaitable[T]], **given: object) -> T | None:
        """Carry out a command on a submission."""
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
