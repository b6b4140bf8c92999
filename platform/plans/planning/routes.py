"""年度工作计划 over HTTP."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.planning import overview, progress, service, sheets, summaries, views, writing
from plans.planning.models import SummaryPeriod
from plans.planning.schemas import (
    BeginPlanIn,
    BeginSummaryIn,
    DraftedOut,
    ItemActIn,
    OverviewOut,
    OwnYearOut,
    PlanActIn,
    PlanLineIn,
    PlansSummaryOut,
    PlanSummaryOut,
    SavePlanIn,
    SummaryActIn,
    SummaryIn,
    TakenUpOut,
    WorkPlanOut,
)
from plans.planning.writing import Given
from reporting.comparing.document import MEDIA
from reporting.comparing.wording import Section
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

OfYear = Annotated[int, Parameter(ge=2000, le=2100, description="A year in China")]
MaybeYear = Annotated[int | None, Parameter(ge=2000, le=2100, description="A year in China; this one without it")]

PlanAnswer = Response[WorkPlanOut]
SummaryAnswer = Response[PlanSummaryOut]


async def _plan(edit: Edit, plan_id: UUID) -> PlanAnswer:
    view = await views.plan_view(edit.session, edit.principal, plan_id)
    return tagged(view, view.version)


async def _summary(edit: Edit, summary_id: UUID) -> SummaryAnswer:
    view = await views.summary_view(edit.session, edit.principal, summary_id)
    return tagged(view, view.version)


def _given(line: PlanLineIn) -> Given:
    return Given(**line.model_dump())


class PlanController(Controller):
    """年度工作计划."""

    path = "/api/plans"
    tags = ("plans",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/summary", summary="Plans of the acting unit and those below by state, and how their items stand")
    async def get_year_summary(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: MaybeYear = None
    ) -> PlansSummaryOut:
        return await overview.year_summary(session, principal, year=year)

    @get("/overview", summary="A unit and its direct subordinates with their plans, and a bar for each item")
    async def get_overview(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        unit_id: FromQuery[UUID | None] = None,
    ) -> OverviewOut:
        return await overview.overview(session, principal, year=year, unit_id=unit_id)

    @get("/own", summary="The acting unit's year: its plan, or what it could begin with")
    async def get_own_year(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> OwnYearOut:
        return await views.own_year_view(session, principal, year)

    @post("/", summary="Begin the acting unit's plan of a year: blank, from last year's, from the emphases above")
    async def begin(self, edit: NamedDependency[Edit], data: JSONBody[BeginPlanIn]) -> PlanAnswer:
        return await _plan(edit, await edit.make(writing.begin, year=data.year, start=data.start))

    @get("/{plan_id:uuid}", summary="A plan with its items, progress and summaries")
    async def get_plan(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], plan_id: FromPath[UUID]
    ) -> PlanAnswer:
        view = await views.plan_view(session, principal, plan_id)
        return tagged(view, view.version)

    @put("/{plan_id:uuid}/draft", summary="Keep what is being written")
    async def save(
        self, edit: NamedDependency[Edit], plan_id: FromPath[UUID], data: JSONBody[SavePlanIn]
    ) -> PlanAnswer:
        await edit.carry_out(writing.save, plan_id=plan_id, items=[_given(line) for line in data.items])
        return await _plan(edit, plan_id)

    @post(
        "/{plan_id:uuid}/acts", summary="上报、撤回、审核通过、退回、变更…: one act of its lifecycle", status_code=200
    )
    async def act(self, edit: NamedDependency[Edit], plan_id: FromPath[UUID], data: JSONBody[PlanActIn]) -> PlanAnswer:
        await edit.carry_out(service.act, plan_id=plan_id, action=data.action.value, text=data.text)
        return await _plan(edit, plan_id)

    @get(
        "/{plan_id:uuid}/taken-up", summary="Which units directly below took up which item of a plan, and which did not"
    )
    async def get_taken_up(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], plan_id: FromPath[UUID]
    ) -> TakenUpOut:
        return await views.taken_up_view(session, principal, plan_id)

    @get("/{plan_id:uuid}/sheet", summary="年度工作计划表 as a workbook", media_type=XLSX)
    async def get_sheet(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], plan_id: FromPath[UUID]
    ) -> Response[bytes]:
        name, content = await sheets.plan_sheet(session, principal, plan_id)
        return attachment(content, name)

    @get("/{plan_id:uuid}/drafted", summary="A period's summary as it would be drafted now; nothing is kept")
    async def get_drafted(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        plan_id: FromPath[UUID],
        period: FromQuery[SummaryPeriod],
    ) -> DraftedOut:
        return await views.drafted_view(session, principal, plan_id, period)

    @post("/{plan_id:uuid}/summaries", summary="Begin a version of a period's summary, drafted from what was recorded")
    async def begin_summary(
        self, edit: NamedDependency[Edit], plan_id: FromPath[UUID], data: JSONBody[BeginSummaryIn]
    ) -> SummaryAnswer:
        return await _summary(edit, await edit.make(summaries.begin, plan_id=plan_id, period=data.period))


class PlanItemController(Controller):
    """进展."""

    path = "/api/plan-items"
    tags = ("plans",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/{item_id:uuid}/acts", summary="Record how far an item is, or that it is done", status_code=200)
    async def act(self, edit: NamedDependency[Edit], item_id: FromPath[UUID], data: JSONBody[ItemActIn]) -> PlanAnswer:
        await edit.carry_out(
            progress.act_on_item,
            item_id=item_id,
            action=data.action.value,
            text=data.text,
            percent=data.percent,
            done_on=data.done_on,
        )
        return await _plan(edit, await views.plan_of_item(edit.session, edit.principal, item_id))


class PlanSummaryController(Controller):
    """小结、总结."""

    path = "/api/plan-summaries"
    tags = ("plans",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/{summary_id:uuid}", summary="One version of a summary")
    async def get_summary(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], summary_id: FromPath[UUID]
    ) -> SummaryAnswer:
        view = await views.summary_view(session, principal, summary_id)
        return tagged(view, view.version)

    @put("/{summary_id:uuid}", summary="Keep the edited words")
    async def save(
        self, edit: NamedDependency[Edit], summary_id: FromPath[UUID], data: JSONBody[SummaryIn]
    ) -> SummaryAnswer:
        sections = [Section(one.heading, one.text) for one in data.sections]
        await edit.carry_out(summaries.save, summary_id=summary_id, title=data.title, sections=sections)
        return await _summary(edit, summary_id)

    @post("/{summary_id:uuid}/acts", summary="报送; 收下、退回 by the unit above", status_code=200)
    async def act(
        self, edit: NamedDependency[Edit], summary_id: FromPath[UUID], data: JSONBody[SummaryActIn]
    ) -> SummaryAnswer:
        await edit.carry_out(summaries.act, summary_id=summary_id, action=data.action.value, text=data.text)
        return await _summary(edit, summary_id)

    @get("/{summary_id:uuid}/document", summary="A summary as a Word document", media_type=MEDIA)
    async def get_document(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], summary_id: FromPath[UUID]
    ) -> Response[bytes]:
        name, content = await sheets.summary_document(session, principal, summary_id)
        disposition = f"attachment; filename=\"summary.docx\"; filename*=UTF-8''{quote(name)}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
        return Response(content, media_type=MEDIA, headers=headers)
