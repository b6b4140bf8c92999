"""调研走访 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.guidance import queries, service, sheets, views
from plans.guidance.models import VisitKind
from plans.guidance.queries import Wanted
from plans.guidance.schemas import RecordVisitIn, RectifyIn, VisitActIn, VisitedUnits, VisitOut, VisitPage
from plans.guidance.service import Found, Given, Visitor
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal
from tenancy.tiers import Tier
from workflow.edit import Edit, provide_edit, tagged

SEARCH = Parameter(max_length=60, description="Words of the station's name or the text, separated by spaces")
AFTER = Parameter(max_length=100, description="`next` of the page before")
OfYear = Annotated[int, Parameter(ge=2020, le=2100, description="A year in China")]
_MOST_WORDS = 5

Answer = Response[VisitOut]


async def _visit(session: AsyncSession, principal: Principal, visit_id: UUID) -> Answer:
    view = await views.visit_view(session, principal, visit_id)
    return tagged(view, view.version)


class VisitController(Controller):
    """领导调研 and 调研指导."""

    path = "/api/visits"
    tags = ("visits",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="Visits to the acting unit and those below it, the latest written down first")
    async def list_visits(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        after: Annotated[str | None, AFTER] = None,
        search: Annotated[str, SEARCH] = "",
        kind: FromQuery[VisitKind | None] = None,
        made: FromQuery[bool] = False,
        unit_id: FromQuery[UUID | None] = None,
    ) -> VisitPage:
        wanted = Wanted(kind, made, unit_id, search.split()[:_MOST_WORDS])
        return await views.visit_page(session, principal, wanted=wanted, after=after)

    @get("/units", summary="Who has not been visited for how long, and how often in a year")
    async def list_units(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        tier: FromQuery[Tier | None] = None,
        anybody: FromQuery[bool] = False,
    ) -> VisitedUnits:
        return await views.visited_units(session, principal, year=year, tier=tier, anybody=anybody)

    @get("/ledger", summary="调研指导台账 or 领导调研台账: a year as an official sheet", media_type=XLSX)
    async def get_ledger(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        kind: FromQuery[VisitKind] = VisitKind.GUIDANCE,
    ) -> Response[bytes]:
        made = await sheets.ledger(session, principal, kind=kind, year=year)
        return attachment(made.content, made.name)

    @post("/", summary="Write down a leader's visit to the own station, or a guidance visit to one below")
    async def record(self, edit: NamedDependency[Edit], data: JSONBody[RecordVisitIn]) -> Answer:
        given = Given(
            kind=data.kind,
            unit_id=data.unit_id,
            visited_on=data.visited_on,
            people=[Visitor(one.name, one.post) for one in data.people],
            text=data.text,
            requirements=data.requirements,
            findings=[Found(one.text, one.due_on) for one in data.findings],
        )
        return await _visit(edit.session, edit.principal, await edit.make(service.record, given=given))

    @get("/{visit_id:uuid}", summary="A visit with its findings and how far they are rectified")
    async def get_visit(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], visit_id: FromPath[UUID]
    ) -> Answer:
        return await _visit(session, principal, visit_id)

    @post("/{visit_id:uuid}/acts", summary="回复、补充、作废: one act of its lifecycle", status_code=200)
    async def act(self, edit: NamedDependency[Edit], visit_id: FromPath[UUID], data: JSONBody[VisitActIn]) -> Answer:
        await edit.carry_out(service.act, visit_id=visit_id, action=data.action.value, text=data.text)
        return await _visit(edit.session, edit.principal, visit_id)


class VisitFindingController(Controller):
    """发现问题."""

    path = "/api/visit-findings/{finding_id:uuid}"
    tags = ("visits",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/task", summary="转整改: issue it to the station that was visited, due at the end of the day named")
    async def to_task(
        self, edit: NamedDependency[Edit], finding_id: FromPath[UUID], data: JSONBody[RectifyIn]
    ) -> Answer:
        await edit.make(service.to_task, finding_id=finding_id, due_on=data.due_on)
        county_id = edit.principal.county_id
        finding = await queries.get_finding(edit.session, county_id=county_id, finding_id=finding_id)
        return await _visit(edit.session, edit.principal, finding.visit_id)
