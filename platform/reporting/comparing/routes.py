"""Comparison over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.comparing import views
from reporting.comparing.reading import Basis, Units
from reporting.comparing.schemas import ComparisonOut, PeriodsOut
from tenancy.principal import Principal

COUNT = Parameter(ge=1, le=views.MOST_PERIODS, description="How many periods, this one included")
FIELDS = Parameter(max_length=2000, description="Field codes, separated by commas; all without it")


class ComparisonController(Controller):
    """对比."""

    path = "/api/cycles/{cycle_id:uuid}"
    tags = ("cycles",)

    @get("/comparison", summary="This period, year to date, last period, the same period last year, and changes")
    async def get_comparison(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        unit_id: FromQuery[UUID | None] = None,
        basis: FromQuery[Basis] = "live",
        units: FromQuery[Units] = "then",
    ) -> ComparisonOut:
        return await views.comparison_view(session, principal, cycle_id, unit_id, basis=basis, units=units)

    @get("/periods", summary="Several periods side by side, by unit")
    async def get_periods(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        unit_id: FromQuery[UUID | None] = None,
        basis: FromQuery[Basis] = "live",
        units: FromQuery[Units] = "then",
        count: Annotated[int, COUNT] = 12,
        fields: Annotated[str, FIELDS] = "",
    ) -> PeriodsOut:
        codes = [code for code in fields.split(",") if code][:60]
        return await views.periods_view(
            session, principal, cycle_id, unit_id, basis=basis, units=units, count=count, codes=codes
        )
