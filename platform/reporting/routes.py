"""Reporting over HTTP: cycles and rollups."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit.jobs import enqueue
from reporting import cycle_views, cycles, exports, queries, reminders, review, rollup_views
from reporting.rollup_schemas import RollupOut, RowsOut, TrendOut
from reporting.schemas import (
    ApprovalsIn,
    CycleBrief,
    CycleOpened,
    CyclePage,
    ExportIn,
    JobStarted,
    MissingPage,
    OpenCycleIn,
    RemindIn,
    RemindOut,
    SubmissionPage,
)
from tenancy.principal import Principal
from tenancy.queries import get_county
from workflow.bulk import BulkOut, bulk_out

PERIOD = Parameter(pattern=r"^\d{4}(-[0-9A-Z-]{2,5})?$", description="A month, or a period's key")


class CycleController(Controller):
    """期次."""

    path = "/api/cycles"
    tags = ("cycles",)

    @get("/", summary="The cycles the acting unit takes part in")
    async def list_cycles(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        period: Annotated[str | None, PERIOD] = None,
    ) -> CyclePage:
        return await cycle_views.cycle_page(session, principal, period)

    @post("/", summary="Open a cycle by hand (补开)")
    async def open_cycle(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[OpenCycleIn]
    ) -> CycleOpened:
        county = await get_county(session, principal.county_id)
        cycle_id = await cycles.open_by_hand(
            session, actor=principal, county=county, form_id=data.form_id, period_key=data.period_key
        )
        return CycleOpened(cycle_id=cycle_id)

    @get("/{cycle_id:uuid}", summary="One cycle as the acting unit sees it")
    async def get_cycle(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], cycle_id: FromPath[UUID]
    ) -> CycleBrief:
        return await cycle_views.cycle_view(session, principal, cycle_id)

    @get("/{cycle_id:uuid}/submissions", summary="The submissions of direct subordinates")
    async def list_submissions(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        parent_id: FromQuery[UUID | None] = None,
    ) -> SubmissionPage:
        return await cycle_views.submission_page(session, principal, cycle_id, parent_id)

    @get("/{cycle_id:uuid}/missing", summary="Who has not reported, with a line to copy into a chat group")
    async def list_missing(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], cycle_id: FromPath[UUID]
    ) -> MissingPage:
        return await cycle_views.missing_page(session, principal, cycle_id)

    @post("/{cycle_id:uuid}/reminders", summary="Remind those who have not reported (催报)")
    async def remind(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: JSONBody[RemindIn],
    ) -> RemindOut:
        number = await reminders.remind(session, actor=principal, cycle_id=cycle_id, unit_ids=data.unit_ids)
        return RemindOut(reminded=number)

    @post("/{cycle_id:uuid}/approvals", summary="Approve several submissions")
    async def approve_many(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: JSONBody[ApprovalsIn],
        locale: NamedDependency[str],
    ) -> BulkOut:
        await cycle_views.cycle_view(session, principal, cycle_id)
        outcomes = await review.approve_many(
            session, actor=principal, submissions={line.id: line.version for line in data.submissions}
        )
        return bulk_out(outcomes, locale)

    @get("/{cycle_id:uuid}/rollup", summary="The rollup of a unit: both figures, rows by subordinate")
    async def get_rollup(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        locale: NamedDependency[str],
        unit_id: FromQuery[UUID | None] = None,
    ) -> RollupOut:
        return await rollup_views.rollup_view(session, principal, cycle_id, unit_id, locale=locale)

    @get("/{cycle_id:uuid}/rows", summary="The rows of a row table, by unit, personal values masked")
    async def list_rows(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        table: FromQuery[str],
        unit_id: FromQuery[UUID | None] = None,
    ) -> RowsOut:
        return await rollup_views.rows_view(session, principal, cycle_id, unit_id, table)

    @post(
        "/{cycle_id:uuid}/exports",
        summary="Make a file in the background: a sheet or a list",
        status_code=202,
    )
    async def export(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: JSONBody[ExportIn],
        site_address: NamedDependency[str],
    ) -> JobStarted:
        unit = await rollup_views.require_rollup(session, principal, cycle_id, data.unit_id)
        cycle, _, _ = await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
        form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
        job_id = await enqueue(
            session,
            kind=exports.JOB,
            title=exports.title_of(form, cycle, unit, data.kind),
            payload={
                "cycle_id": str(cycle_id),
                "unit_id": str(data.unit_id or principal.unit_id),
                "acting_unit_id": str(principal.unit_id),
                "basis": data.basis,
                "kind": data.kind,
                "address": site_address,
            },
            requested_by=principal.account_id,
        )
        return JobStarted(job_id=job_id)


class TrendController(Controller):
    """Figures over periods."""

    path = "/api/forms/{form_id:uuid}/trend"
    tags = ("cycles",)

    @get("/", summary="Both figures of some fields over the last periods")
    async def get_trend(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        fields: Annotated[str, Parameter(description="Field codes, separated by commas", max_length=2000)],
        unit_id: FromQuery[UUID | None] = None,
    ) -> TrendOut:
        codes = [code for code in fields.split(",") if code][:60]
        return await rollup_views.trend_view(session, principal, form_id, unit_id, codes)
