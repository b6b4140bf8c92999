"""Requests for coordination over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.coordination import service, views
from plans.coordination.queries import Side, Wanted
from plans.coordination.schemas import ActIn, FromReportIn, RaiseIn, RequestOut, RequestPage
from plans.coordination.service import Given
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

AFTER = Parameter(max_length=100, description="`next` of the page before")
WORDS = Parameter(max_length=100, description="Words that stand in the title or the text")
_MOST_WORDS = 8

Answer = Response[RequestOut]


async def _request(edit: Edit, request_id: UUID) -> Answer:
    view = await views.request_view(edit.session, edit.principal, request_id)
    return tagged(view, view.version)


class CoordinationController(Controller):
    """提请协调."""

    path = "/api/coordination-requests"
    tags = ("coordination",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="Requests of the acting unit and those below it, the newest first")
    async def list_requests(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        after: Annotated[str | None, AFTER] = None,
        search: Annotated[str, WORDS] = "",
        side: FromQuery[Side] = Side.ALL,
        everything: FromQuery[bool] = False,
        submission_id: FromQuery[UUID | None] = None,
    ) -> RequestPage:
        wanted = Wanted(side, not everything, search.split()[:_MOST_WORDS], submission_id)
        return await views.request_page(session, principal, wanted=wanted, after=after)

    @post("/", summary="Send a difficulty or an opinion to the unit above")
    async def raise_request(self, edit: NamedDependency[Edit], data: JSONBody[RaiseIn]) -> Answer:
        given = Given(data.kind, data.title, data.text)
        return await _request(edit, await edit.make(service.raise_request, given=given))

    @post("/from-report", summary="Send up what stands in a field of a report")
    async def raise_from_report(self, edit: NamedDependency[Edit], data: JSONBody[FromReportIn]) -> Answer:
        made = await edit.make(service.raise_from_report, submission_id=data.submission_id, field=data.field)
        return await _request(edit, made)

    @get("/{request_id:uuid}", summary="A request with the log of its handling")
    async def get_request(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], request_id: FromPath[UUID]
    ) -> Answer:
        view = await views.request_view(session, principal, request_id)
        return tagged(view, view.version)

    @post("/{request_id:uuid}/acts", summary="受理、答复、上报协调…: one act of its lifecycle", status_code=200)
    async def act(self, edit: NamedDependency[Edit], request_id: FromPath[UUID], data: JSONBody[ActIn]) -> Answer:
        await edit.carry_out(service.act, request_id=request_id, action=data.action.value, text=data.text)
        return await _request(edit, request_id)
