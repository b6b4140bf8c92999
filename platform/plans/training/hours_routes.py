"""学时 over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.training import hours, sheets
from plans.training.routes import OfYear
from plans.training.schemas import HoursOut, PersonOut, UnitsHoursOut
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal

Without = Annotated[
    Literal["pre_service", "pledge"] | None, Parameter(description="Only those who serve and still lack it")
]


class StaffHoursController(Controller):
    """学时: a record, never a ranking."""

    path = "/api/staff-hours"
    tags = ("training",)

    @get("/", summary="Each person's hours in a year, by unit and name")
    async def list_people(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        unit_id: FromQuery[UUID | None] = None,
        below: FromQuery[bool] = False,
        without: Without = None,
    ) -> HoursOut:
        return await hours.people(session, principal, year=year, unit_id=unit_id, below=below, without=without)

    @get("/units", summary="Each unit's hours in a year, in the order of the tree")
    async def list_units(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> UnitsHoursOut:
        return await hours.units(session, principal, year=year)

    @get("/sheet", summary="学时登记表 as an official sheet", media_type=XLSX)
    async def get_sheet(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> Response[bytes]:
        made = await sheets.year_of_hours(session, principal, year=year)
        return attachment(made.content, made.name)

    @get("/{staff_id:uuid}", summary="A person's record over all years")
    async def get_person(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], staff_id: FromPath[UUID]
    ) -> PersonOut:
        return await hours.person(session, principal, staff_id)
