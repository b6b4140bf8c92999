"""服务站 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.station import service, sheets, views
from plans.station.schemas import GridPhone, SheetKind, StationIn, StationOut, StationsOut
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

OfYear = Annotated[int, Parameter(ge=2000, le=2100, description="A year in China")]


class StationController(Controller):
    """服务站."""

    path = "/api/stations"
    tags = ("stations",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="A unit (the acting one unless one is named), those directly below it, and the sums")
    async def get_overview(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        under: FromQuery[UUID | None] = None,
    ) -> StationsOut:
        return await views.overview(session, principal, unit_id=under or principal.unit_id, year=year)

    @get(
        "/sheet",
        summary="基本情况表, 经费使用情况表 or 花名册 of a unit and those below",
        media_type=XLSX,
    )
    async def get_sheet(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        kind: FromQuery[SheetKind] = SheetKind.BASICS,
    ) -> Response[bytes]:
        made = await sheets.make(session, principal, kind=kind, year=year)
        return attachment(made.content, made.name)

    @get("/{unit_id:uuid}", summary="A unit's station, and what its standard asks for and is not there")
    async def get_station(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], unit_id: FromPath[UUID]
    ) -> Response[StationOut]:
        view = await views.station_view(session, principal, unit_id)
        return tagged(view, view.version)

    @put("/{unit_id:uuid}", summary="Save one section; If-Match names the version read, 0 before anything was said")
    async def save(
        self, edit: NamedDependency[Edit], unit_id: FromPath[UUID], data: JSONBody[StationIn]
    ) -> Response[StationOut]:
        await edit.carry_out(service.save, unit_id=unit_id, given=data.given)
        view = await views.station_view(edit.session, edit.principal, unit_id)
        return tagged(view, view.version)

    @post(
        "/{unit_id:uuid}/grid/{member_id:uuid}/phone",
        summary="A 网格员's number itself, on the record",
        status_code=200,
    )
    async def reveal(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        member_id: FromPath[UUID],
    ) -> GridPhone:
        found = await service.reveal(session, actor=principal, unit_id=unit_id, member_id=member_id)
        return GridPhone(phone=found)
