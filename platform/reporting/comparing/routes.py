"""Comparison over HTTP."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from reporting import queries
from reporting.comparing import statements, views
from reporting.comparing.document import MEDIA, make_document
from reporting.comparing.reading import Basis, Units
from reporting.comparing.schemas import ComparisonOut, PeriodsOut, StatementIn, StatementOut
from reporting.comparing.wording import Section
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

    @get("/statement", summary="The period told in words, drafted from figures")
    async def get_statement(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        locale: NamedDependency[str],
        unit_id: FromQuery[UUID | None] = None,
        basis: FromQuery[Basis] = "live",
        fields: Annotated[str, FIELDS] = "",
    ) -> StatementOut:
        codes = [code for code in fields.split(",") if code][:60]
        return await statements.statement_view(
            session, principal, cycle_id, unit_id, basis=basis, codes=codes, locale=locale
        )

    @post("/statement/document", summary="The edited words as a Word document", status_code=200, media_type=MEDIA)
    async def make_statement(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: JSONBody[StatementIn],
    ) -> Response[bytes]:
        await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
        content = make_document(
            title=data.title,
            sections=[Section(one.heading, one.text) for one in data.sections],
            unit=data.signed,
            dated=data.dated,
        )
        name = quote(f"{data.title}.docx")
        disposition = f"attachment; filename=\"statement.docx\"; filename*=UTF-8''{name}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
        return Response(content, media_type=MEDIA, headers=headers)
