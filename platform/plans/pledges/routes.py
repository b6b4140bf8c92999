"""保密承诺书 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.pledges import queries, service, views
from plans.pledges.schemas import PledgeOut, PledgePage, PledgeSignIn, PledgeTextIn, PledgeVoidIn
from plans.pledges.service import Given
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit

OfYear = Annotated[int, Parameter(ge=2020, le=2100, description="A year in China")]


class PledgeController(Controller):
    """保密承诺书."""

    path = "/api/pledges"
    tags = ("training",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="A year's pledge: its text, who signed, who has not")
    async def get_year(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        unit_id: FromQuery[UUID | None] = None,
        below: FromQuery[bool] = False,
    ) -> PledgePage:
        return await views.year_page(session, principal, year=year, unit_id=unit_id, below=below)

    @post("/texts", summary="Issue a year's text, or a newer one")
    async def issue(self, edit: NamedDependency[Edit], data: JSONBody[PledgeTextIn]) -> PledgePage:
        given = Given(year=data.year, title=data.title, text=data.text, due_on=data.due_on)
        await edit.make(service.issue, given=given)
        return await views.year_page(edit.session, edit.principal, year=data.year, unit_id=None, below=False)

    @post("/", summary="Sign")
    async def sign(self, edit: NamedDependency[Edit], data: JSONBody[PledgeSignIn]) -> PledgeOut:
        made = await edit.make(service.sign, staff_id=data.staff_id, year=data.year, signature=data.signature)
        return await views.pledge_view(edit.session, edit.principal, made)

    @get("/{pledge_id:uuid}", summary="A signed pledge")
    async def get_pledge(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], pledge_id: FromPath[UUID]
    ) -> PledgeOut:
        return await views.pledge_view(session, principal, pledge_id)

    @post("/{pledge_id:uuid}/void", summary="作废, with a reason: it is signed anew", status_code=200)
    async def make_void(
        self, edit: NamedDependency[Edit], pledge_id: FromPath[UUID], data: JSONBody[PledgeVoidIn]
    ) -> PledgeOut:
        await edit.make(service.make_void, pledge_id=pledge_id, reason=data.reason)
        return await views.pledge_view(edit.session, edit.principal, pledge_id)

    @get("/{pledge_id:uuid}/signature", summary="Its signature, a PNG", media_type="image/png")
    async def get_signature(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], pledge_id: FromPath[UUID]
    ) -> Response[bytes]:
        pledge = await queries.get_pledge(session, county_id=principal.county_id, pledge_id=pledge_id)
        headers = {"Cache-Control": "private, no-store", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return Response(pledge.signature, media_type="image/png", headers=headers)
