"""套表 over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import PurePath
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from forms.fields import FieldType
from kit.errors import NotFound, PreconditionRequired
from kit.idempotency import Asked
from kit.jobs import enqueue
from reporting import queries as reporting_queries
from reporting.city import filling, queries, service
from reporting.city.models import CitySheet
from reporting.city.proposing import How, Names, numeric_codes, propose
from reporting.city.schemas import (
    CityCellOut,
    CityFieldOut,
    CityFormOut,
    CityPageOut,
    CityProblemOut,
    CityProblemPage,
    CitySheetBrief,
    CitySheetOut,
    CitySheetPage,
    FillIn,
    ProposedOut,
    ProposeIn,
    TargetsIn,
)
from reporting.city.targets import BlockTarget, FigureTarget
from reporting.schemas import JobStarted
from reporting.workbook_routes import Upload, words
from tenancy.models import Role
from tenancy.principal import Principal

Title = Annotated[str, Parameter(min_length=1, max_length=60)]
MonthKey = Annotated[str, Parameter(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$", description="A month")]


class CitySheetController(Controller):
    """套表."""

    path = "/api/city-sheets"
    tags = ("city sheets",)

    @get("/", summary="The city's workbooks that the county keeps")
    async def list_sheets(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> CitySheetPage:
        service.require_reader(principal)
        found = await queries.list_sheets(session, county_id=principal.county_id)
        return CitySheetPage(items=[_brief(sheet) for sheet in found], may_keep=_may_keep(principal))

    @post("/", summary="Keep a workbook of the city's, to be filled every period")
    async def add(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: Upload,
        title: FromQuery[Title | None] = None,
    ) -> CitySheetBrief:
        named = (title or PurePath(data.filename).stem).strip()[:60] or data.filename[:60]
        sheet_id = await service.add(
            session, actor=principal, title=named, content=await data.read(), name=data.filename[:200]
        )
        return _brief(await queries.get_sheet(session, county_id=principal.county_id, sheet_id=sheet_id))

    @get("/{sheet_id:uuid}", summary="A workbook as it looks, and what goes where")
    async def get_sheet(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        sheet_id: FromPath[UUID],
        locale: NamedDependency[str],
    ) -> CitySheetOut:
        sheet = await queries.get_sheet(session, county_id=principal.county_id, sheet_id=sheet_id)
        service.require_reader(principal)
        book = await service.read_book(sheet)
        forms = await service.newest_forms(session, county_id=principal.county_id)
        return CitySheetOut(
            **_brief(sheet).model_dump(),
            may_keep=_may_keep(principal),
            targets=filling.targets_of(sheet),
            losses=book.losses,
            pages=[
                CityPageOut(
                    name=page.name,
                    rows=page.rows,
                    columns=page.columns,
                    widths=page.widths,
                    cells=[CityCellOut(**asdict(cell)) for cell in page.cells],
                    cut=page.cut,
                )
                for page in book.pages
            ],
            forms=[
                CityFormOut(
                    id=form_id,
                    name=words(form.definition.name, locale),
                    fields=[
                        CityFieldOut(
                            code=code,
                            name=words(form.plan.labels[code], locale),
                            money=form.plan.fields[code].field.type is FieldType.MONEY,
                        )
                        for code in numeric_codes(form)
                    ],
                )
                for form_id, form in forms.items()
            ],
        )

    @put("/{sheet_id:uuid}/targets", summary="Say what goes into which cell", status_code=200)
    async def map_targets(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        asked: NamedDependency[Asked],
        sheet_id: FromPath[UUID],
        data: JSONBody[TargetsIn],
    ) -> CitySheetBrief:
        if asked.if_match is None:
            raise PreconditionRequired
        await service.map_targets(
            session, actor=principal, sheet_id=sheet_id, version=asked.if_match, targets=data.targets
        )
        session.expire_all()
        return _brief(await queries.get_sheet(session, county_id=principal.county_id, sheet_id=sheet_id))

    @post("/{sheet_id:uuid}/proposals", summary="Where the sheet's words are those of a form", status_code=200)
    async def propose(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        sheet_id: FromPath[UUID],
        data: JSONBody[ProposeIn],
        locale: NamedDependency[str],
    ) -> ProposedOut:
        sheet = await queries.get_sheet(session, county_id=principal.county_id, sheet_id=sheet_id)
        service.require_keeper(principal)
        form = (await service.newest_forms(session, county_id=principal.county_id)).get(data.form_id)
        book = await service.read_book(sheet)
        page = next((one for one in book.pages if one.name == data.sheet), None)
        if form is None or page is None:
            raise NotFound
        cycles = await reporting_queries.list_cycles_of_form(
            session, county_id=principal.county_id, form_id=data.form_id, limit=1
        )
        units = [
            unit
            for cycle in cycles
            for unit in await reporting_queries.list_cycle_units(
                session, county_id=principal.county_id, cycle_id=cycle.id
            )
        ]
        found = propose(page, form, Names.of(units), How(data.form_id, data.basis, data.span))
        used = {target.source.field for target in found if isinstance(target, FigureTarget)}
        used |= {s.field for target in found if isinstance(target, BlockTarget) for s in target.columns.values()}
        left = [words(form.plan.labels[code], locale) for code in numeric_codes(form) if code not in used]
        return ProposedOut(targets=found, unmatched=left)

    @get("/{sheet_id:uuid}/problems", summary="What would stay blank in a period, and why")
    async def list_problems(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        sheet_id: FromPath[UUID],
        period: FromQuery[MonthKey],
        locale: NamedDependency[str],
    ) -> CityProblemPage:
        _, found = await filling.look_ahead(session, actor=principal, sheet_id=sheet_id, period=period)
        return CityProblemPage(
            items=[
                CityProblemOut(sheet=one.sheet, cell=one.cell, message=filling.words_of(one, locale))
                for one in found[:200]
            ]
        )

    @post("/{sheet_id:uuid}/fill", summary="Fill it for a period in the background", status_code=202)
    async def fill(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        sheet_id: FromPath[UUID],
        data: JSONBody[FillIn],
    ) -> JobStarted:
        sheet, found = await filling.look_ahead(session, actor=principal, sheet_id=sheet_id, period=data.period)
        filling.refuse_unsettled(found, partial=data.partial)
        payload = {
            "sheet_id": str(sheet_id),
            "period": data.period,
            "partial": data.partial,
            "name": principal.display_name,
        }
        return JobStarted(
            job_id=await enqueue(
                session,
                kind=filling.JOB,
                title=filling.title_of(sheet, data.period),
                payload=payload,
                requested_by=principal.account_id,
            )
        )

    @delete("/{sheet_id:uuid}", summary="Throw a workbook of the city's away")
    async def remove(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], sheet_id: FromPath[UUID]
    ) -> None:
        await service.remove(session, actor=principal, sheet_id=sheet_id)


def _may_keep(principal: Principal) -> bool:
    return principal.has(Role.REVIEWER, Role.ADMINISTRATOR)


def _brief(sheet: CitySheet) -> CitySheetBrief:
    return CitySheetBrief(
        id=sheet.id,
        title=sheet.title,
        name=sheet.name,
        version=sheet.version,
        mapped=len(sheet.targets),
        updated_at=sheet.updated_at,
        updater_name=sheet.updater_name,
    )
