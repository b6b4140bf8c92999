"""导出: the official sheet of a cycle, and lists to work with, made by a job.

Read in one REPEATABLE READ snapshot and added up from that snapshot alone: every total on the sheet is the sum of the
lines under it, whatever happens meanwhile.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock, files
from kit.db.session import Identity
from kit.jobs import JobContext, job
from kit.settings import settings
from reporting import listings, personal, printed, queries
from reporting.briefs import label_of
from reporting.models import Cycle, CycleUnit, Revision, SignStep
from reporting.rollup_views import finalised
from reporting.snapshot import REPORTED, STATUS, Snapshot, load_snapshot
from reporting.workbook.lines import Line, LineKind, Mark, Progress, SheetFacts, UnitRow
from reporting.workbook.listing import Listing, write_csv, write_listings
from reporting.workbook.sheet import official_sheet

JOB = "reporting.export"
#: How long a made file can be fetched.
KEPT = timedelta(days=7)
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class SheetData:
    """What is printed: the facts round the table, its lines, and the rows of row tables."""

    form: CompiledForm
    facts: SheetFacts
    lines: list[Line]
    rows: dict[str, list[UnitRow]]
    file_name: str


async def read_sheet(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID, basis: str, address: str = ""
) -> SheetData:
    """Everything the official sheet of a unit says. The session acts for the reader and has not begun.

    `address` is where the platform is reached, for the code on the sheet.
    """
    snapshot, top = await load_snapshot(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit_id, basis=basis)
    form, cycle = snapshot.form, snapshot.cycle
    period = label_of(form.definition.period.kind.value, cycle.period_key)
    money = form.definition.money_printed_in[top.tier]
    return SheetData(
        form=form,
        facts=SheetFacts(
            unit=top.name,
            period=period,
            money=money,
            status=STATUS[basis],
            signatures=_signature_line(form, snapshot.counted(top)),
            mark=_mark(snapshot, top, address),
        ),
        lines=_lines(snapshot, top, LineKind.TOTAL),
        rows={code: _rows(snapshot, top, code) for code in form.plan.tables},
        file_name=f"{title_of(form, cycle, top, 'official')}.xlsx",
    )


#: What a list is called in its file's name; the official sheet is called by its form alone.
LISTS = {
    "official": "",
    "detail": "_分单位明细",
    "csv": "_分单位明细",
    "periods": "_各期对比",
    "completeness": "_完成情况",
}


def title_of(form: CompiledForm, cycle: Cycle, unit: CycleUnit, kind: str) -> str:
    """What a file of a kind is called, without its ending. Pure."""
    period = label_of(form.definition.period.kind.value, cycle.period_key)
    return f"{form.definition.name.zh}_{period}_{unit.short_name}{LISTS[kind]}"


@dataclass(frozen=True, slots=True)
class Made:
    """A file to be: its name, its kind, and how it is written, telling how far it is."""

    file_name: str
    media_type: str
    write: Callable[[Path, Progress], None]


def _mark(snapshot: Snapshot, top: CycleUnit, address: str) -> Mark | None:
    """Which revision is printed. Live figures, and the county's, are the fold of many and no revision of their own."""
    revision = snapshot.counted(top)
    if revision is None or snapshot.basis != REPORTED or top.parent_id is None:
        return None
    token = printed.token_of(revision.county_id, revision.id)
    return Mark(revision.no, f"{address}/v/{token}" if address else "")


def _signature_line(form: CompiledForm, revision: Revision | None) -> list[tuple[str, str]]:
    """制表、审核、签批 by name where the unit signed inside; else lines to sign by hand."""
    names = {} if revision is None else {entry["step"]: entry["name"] for entry in revision.signatures}
    steps: list[SignStep | None] = [SignStep.PREPARE, SignStep.CHECK, SignStep.SIGN]
    steps += [None] * (len(form.definition.signatures) - len(steps))
    return [
        (label.zh, names.get(step, "") if step is not None else "")
        for label, step in zip(form.definition.signatures, steps, strict=False)
    ]


def _lines(snapshot: Snapshot, unit: CycleUnit, kind: LineKind) -> list[Line]:
    """The unit's total, its own figures, its subordinates in the order of their codes."""
    state = snapshot.state(unit)
    cells = finalised(snapshot.form, snapshot.cycle, unit.tier, state)
    name = "合计" if kind is LineKind.TOTAL else unit.name
    remark = "" if cells is not None else ("未汇总上报" if snapshot.basis == REPORTED else "")
    lines = [Line(name, cells, kind, remark)]
    if unit.asked:
        own = snapshot.counted(unit)
        lines.append(Line(f"{unit.short_name}本级", None if own is None else own.cells, LineKind.OWN))
    for child, revision in snapshot.below(unit):
        if child.has_children:
            lines += _lines(snapshot, child, LineKind.SUBTOTAL)
        else:
            exempt = "" if child.exempt_reason is None else "免报"
            lines.append(Line(child.name, None if revision is None else revision.cells, LineKind.UNIT, exempt))
    return lines


def _rows(snapshot: Snapshot, unit: CycleUnit, table: str) -> list[UnitRow]:
    found: list[UnitRow] = []
    own = snapshot.counted(unit) if unit.asked else None
    sources: Sequence[tuple[CycleUnit, Revision | None]] = [(unit, own), *snapshot.below(unit)]
    for source, revision in sources:
        if source is not unit and source.has_children:
            found += _rows(snapshot, source, table)
        elif revision is not None:
            shown = personal.masked(snapshot.form.definition, {table: revision.rows.get(table, [])})[table]
            found += [UnitRow(source.short_name, row["cells"]) for row in shown]
    return found


@job(JOB, seconds=600)
async def export(context: JobContext, payload: dict[str, Any]) -> None:
    """Make the file for whoever asked, seeing what they see. Run again after a crash it makes it again."""
    acting = UUID(payload["acting_unit_id"])
    identity = Identity.of_unit(context.county.id, acting)
    made = await _read(context, identity, payload)
    await context.progress(0.2)
    files_dir = settings().files_dir
    await asyncio.to_thread(files_dir.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files_dir) as folder:
        path = Path(folder) / "made"
        await _write(context, made, path)
        async with context.transaction(identity) as session:
            file_id = await files.keep(
                session,
                files_dir=files_dir,
                county_id=context.county.id,
                made=path,
                name=made.file_name,
                media_type=made.media_type,
                created_by=context.requested_by,
                # The county's housekeeping takes it away when its time is over.
                place=list(dict.fromkeys((acting, context.county.unit_id))),
                expires_at=clock.now() + KEPT,
            )
            await context.complete(session, {"file_id": str(file_id)})


async def _read(context: JobContext, identity: Identity, payload: Mapping[str, Any]) -> Made:
    """What the wanted kind of file says, read as the reader sees it."""
    where = {
        "county_id": context.county.id,
        "cycle_id": UUID(payload["cycle_id"]),
        "unit_id": UUID(payload["unit_id"]),
    }
    kind, basis = payload.get("kind", "official"), payload["basis"]
    async with context.reading(identity) as session:
        if kind == "official":
            data = await read_sheet(session, **where, basis=basis, address=payload.get("address", ""))
            return Made(data.file_name, XLSX, partial(write_sheet, data))
        if kind == "periods":
            cycle = await queries.get_cycle(session, county_id=context.county.id, cycle_id=where["cycle_id"])
            found = [
                await listings.several_periods(
                    session,
                    county_id=context.county.id,
                    county_unit_id=context.county.unit_id,
                    cycle=cycle,
                    unit_id=where["unit_id"],
                    basis=basis,
                )
            ]
            form = await get_compiled(session, county_id=context.county.id, version_id=cycle.form_version_id)
            top = await queries.get_cycle_unit(session, **where)
        else:
            snapshot, top = await load_snapshot(session, **where, basis=basis)
            form, cycle = snapshot.form, snapshot.cycle
            of_kind = listings.completeness if kind == "completeness" else listings.detail
            found = of_kind(snapshot, top)
    name = title_of(form, cycle, top, kind)
    if kind == "csv":
        return Made(f"{name}.csv", CSV, partial(_write_csv, found[0]))
    return Made(f"{name}.xlsx", XLSX, partial(_write_listings, found))


def _write_csv(listing: Listing, path: Path, _progress: Progress | None = None) -> None:
    write_csv(path, listing)


def _write_listings(found: Sequence[Listing], path: Path, progress: Progress | None = None) -> None:
    write_listings(path, found, progress)


def write_sheet(data: SheetData, path: Path, progress: Progress | None = None) -> None:
    """Write the official sheet."""
    official_sheet(data.form.definition, path, facts=data.facts, lines=data.lines, rows=data.rows, progress=progress)


async def _write(context: JobContext, made: Made, path: Path) -> None:
    """Write beside the event loop, telling how far it is."""
    done = [0, 1]

    def tell(rows: int, of: int) -> None:
        done[:] = rows, max(of, 1)

    writing = asyncio.create_task(asyncio.to_thread(made.write, path, tell))
    while not writing.done():
        await asyncio.wait([writing], timeout=0.5)
        await context.progress(0.2 + 0.75 * done[0] / done[1])
    await writing
