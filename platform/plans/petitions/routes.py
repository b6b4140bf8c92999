"""Petitions over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from plans.petitions import service, views
from plans.petitions.schemas import PetitionActIn, PetitionOut
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged


class PetitionController(Controller):
    """信访交办的法定期限."""

    path = "/api/petitions/{task_id:uuid}"
    tags = ("tasks",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="The course of the petition that a task carries, with its statutory limits")
    async def get_petition(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], task_id: FromPath[UUID]
    ) -> Response[PetitionOut]:
        view = await views.petition_view(session, principal, task_id)
        return tagged(view, view.version)

    @post("/acts", summary="受理、告知、延期、办结、复查…: one step of its course", status_code=200)
    async def act(
        self, edit: NamedDependency[Edit], task_id: FromPath[UUID], data: JSONBody[PetitionActIn]
    ) -> Response[PetitionOut]:
        await edit.carry_out(service.act, task_id=task_id, given=data)
        view = await views.petition_view(edit.session, edit.principal, task_id)
        return tagged(view, view.version)
