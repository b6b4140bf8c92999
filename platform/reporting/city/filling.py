"""导出套表: the city's workbook filled for a period, by a job."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, files
from kit.jobs import JobContext, job
from kit.settings import settings
from reporting.briefs import label_of
from reporting.city import queries
from reporting.city.errors import NothingMapped, SheetUnsettled
from reporting.city.figures import read_puts
from reporting.city.models import CitySheet
from reporting.city.planning import CityProblem, Plan, make_plan
from reporting.city.service import read_book, require_reader
from reporting.city.targets import Target, TextTarget
from reporting.exports import KEPT, XLSX
from reporting.snapshot import begin_snapshot
from reporting.workbook.city import CityPut, fill_city
from tenancy.principal import Principal
from tenancy.queries import get_county

JOB = "reporting.fill_city_sheet"
_TARGETS: TypeAdapter[list[Target]] = TypeAdapter(list[Target])
WORDS = {
    "no_cycle": ("“{detail}”的报表没有这一期", "there is no cycle of the form of “{detail}”"),
    "field_gone": ("这一期的报表里已经没有“{detail}”", "the form no longer has “{detail}”"),
    "field_renamed": ("填报项改了名：{detail}，请重新对应", "the field has another name: {detail}; map it again"),
    "unit_gone": ("所选单位不在这一期里（{detail}）", "the unit is not in this period ({detail})"),
    "rows_short": ("单位比行多（{detail}），请在套表里加行后重新上传", "there are more units than rows ({detail})"),
    "name_unknown": ("“{detail}”不是这一期的单位名称", "“{detail}” is no unit of this period"),
    "units_left": ("这些单位在表里没有行：{detail}", "these units have no row: {detail}"),
}


def targets_of(sheet: CitySheet) -> list[Target]:
    """What goes where, as it was kept."""
    return _TARGETS.validate_python(sheet.targets)


def words_of(problem: CityProblem, locale: str) -> str:
    """Why a cell stays blank."""
    zh, en = WORDS[problem.code]
    return (en if locale == "en" else zh).format(detail=problem.detail)


def title_of(sheet: CitySheet, period: str) -> str:
    """What the filled workbook is called, without its ending. Pure."""
    return f"{sheet.title}_{label_of('month', period)}"


def month_of(key: str) -> date:
    """The first day of a month's key."""
    return date(int(key[:4]), int(key[5:7]), 1)


async def plan_of(
    session: AsyncSession, *, county_id: UUID, county_unit_id: UUID, sheet_id: UUID, period: str
) -> tuple[CitySheet, Plan]:
    """Raises NotFound, NothingMapped."""
    sheet = await queries.get_sheet(session, county_id=county_id, sheet_id=sheet_id)
    if not sheet.targets:
        raise NothingMapped
    plan = await make_plan(
        session,
        county_id=county_id,
        county_unit_id=county_unit_id,
        book=await read_book(sheet),
        targets=targets_of(sheet),
        month=month_of(period),
    )
    return sheet, plan


async def look_ahead(
    session: AsyncSession, *, actor: Principal, sheet_id: UUID, period: str
) -> tuple[CitySheet, Sequence[CityProblem]]:
    """The sheet, and what would stay blank in a period. Raises NotFound, Forbidden, NothingMapped."""
    await queries.get_sheet(session, county_id=actor.county_id, sheet_id=sheet_id)
    require_reader(actor)
    sheet, plan = await plan_of(
        session, county_id=actor.county_id, county_unit_id=actor.county_unit_id, sheet_id=sheet_id, period=period
    )
    return sheet, plan.problems


def refuse_unsettled(problems: Sequence[CityProblem], *, partial: bool) -> None:
    """Raises SheetUnsettled unless blanks are meant."""
    if problems and not partial:
        first = problems[0]
        raise SheetUnsettled(
            count=len(problems),
            cell=f"{first.sheet} {first.cell}",
            zh=words_of(first, "zh-CN"),
            en=words_of(first, "en"),
        )


@job(JOB, seconds=600)
async def fill(context: JobContext, payload: dict[str, Any]) -> None:
    """Fill it from one snapshot for whoever asked. Run again after a crash it is filled again."""
    county_id, identity = context.county.id, context.county_identity
    period: str = payload["period"]
    async with context.reading(identity) as session:
        await begin_snapshot(session)
        sheet, plan = await plan_of(
            session,
            county_id=county_id,
            county_unit_id=context.county.unit_id,
            sheet_id=UUID(payload["sheet_id"]),
            period=period,
        )
        refuse_unsettled(plan.problems, partial=payload["partial"])
        puts = await read_puts(session, plan)
        county = await get_county(session, county_id)
    texts = {
        "period": label_of("month", period),
        "unit": county.name,
        "date": f"{clock.today():%Y}年{clock.today().month}月{clock.today().day}日",
        "signer": str(payload["name"]),
    }
    puts += [
        CityPut(target.sheet, target.cell, target.text or texts[target.kind])
        for target in targets_of(sheet)
        if isinstance(target, TextTarget)
    ]
    await context.progress(0.6)
    folder = settings().files_dir
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / "filled.xlsx"
        await asyncio.to_thread(fill_city, files.path_of(folder, sheet), path, puts)
        async with context.transaction(identity) as session:
            file_id = await files.keep(
                session,
                files_dir=folder,
                county_id=county_id,
                made=path,
                name=f"{title_of(sheet, period)}.xlsx",
                media_type=XLSX,
                created_by=context.requested_by,
                place=[context.county.unit_id],
                expires_at=clock.now() + KEPT,
            )
            await context.complete(session, {"file_id": str(file_id)})
