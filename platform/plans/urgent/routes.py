"""Urgent matters over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.urgent import service, views
from plans.urgent.schemas import ActIn, ReportIn, UrgentOut, UrgentPage
from plans.urgent.service import Given
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

AFTER = Parameter(max_length=100, description="`next` of the page before")

Answer = Response[UrgentOut]


async def _matter(edit: Edit, matter_id: UUID) -> Answer:
    view = await views.matter_view(edit.session, edit.principal, matter_id)
    return tagged(view, view.version)


class UrgentController(Controller):
    """紧急事项."""

    path = "/api/urgent-matters"
    tags = ("urgent",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="Matters of the acting unit and those below it")
    async def list_matters(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        after: Annotated[str | None, AFTER] = None,
        everything: FromQuery[bool] = False,
    ) -> UrgentPage:
        return await views.matter_page(session, principal, open_only=not everything, after=after)

    @post("/", summary="Report what can't wait; everybody above has it at once")
    async def report(self, edit: NamedDependency[Edit], data: JSONBody[ReportIn]) -> Answer:
        return await _matter(edit, await edit.make(service.report, given=Given(data.kind, data.title, data.text)))

    @get("/{matter_id:uuid}", summary="A matter with the log of its handling")
    async def get_matter(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], matter_id: FromPath[UUID]
    ) -> Answer:
        view = await views.matter_view(session, principal, matter_id)
        return tagged(view, view.version)

    @post("/{matter_id:uuid}/acts", summary="签收、续报、批示、办结…: one act of its lifecycle", status_code=200)
    async def act(self, edit: NamedDependency[Edit], matter_id: FromPath[UUID], data: JSONBody[ActIn]) -> Answer:
        await edit.carry_out(service.act, matter_id=matter_id, action=data.action.value, text=data.text)
        return await _matter(edit, matter_id)
