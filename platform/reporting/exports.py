"""导出: the official sheet of a cycle, made by a job.

Read in one REPEATABLE READ snapshot and added up from that snapshot alone: every total on the sheet is the sum of the
lines under it, whatever happens meanwhile.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock, files
from kit.db.session import Identity
from kit.jobs import JobContext, job
from kit.settings import settings
from reporting import personal, queries
from reporting.briefs import label_of
from reporting.models import Cycle, CycleUnit, Revision, Submission
from reporting.rollup_views import finalised
from reporting.workbook.lines import Line, LineKind, Progress, SheetFacts, UnitRow
from reporting.workbook.sheet import official_sheet

#: How long a made file can be fetched.
KEPT = timedelta(days=7)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIVE, REPORTED = "live", "reported"
STATUS = {LIVE: "含待审", REPORTED: "已审"}


@dataclass(frozen=True, slots=True)
class SheetData:
    """What is printed: the facts round the table, its lines, and the rows of row tables."""

    form: CompiledForm
    facts: SheetFacts
    lines: list[Line]
    rows: dict[str, list[UnitRow]]
    file_name: str


@dataclass(slots=True)
class _Snapshot:
    """A cycle as one snapshot saw it."""

    form: CompiledForm
    cycle: Cycle
    basis: str
    submissions: Mapping[UUID, Submission]
    revisions: Mapping[UUID, Revision]
    children: dict[UUID, list[CycleUnit]] = field(default_factory=dict)

    def counted(self, unit: CycleUnit) -> Revision | None:
        """The revision of a unit that the sheet shows."""
        submission = self.submissions.get(unit.unit_id)
        if submission is None:
            return None
        wanted = submission.live_revision_id if self.basis == LIVE else submission.approved_revision_id
        return None if wanted is None else self.revisions.get(wanted)

    def below(self, unit: CycleUnit) -> list[tuple[CycleUnit, Revision | None]]:
        """Direct subordinates with what is shown of them. Of a unit that handed in, 已审 shows what it listed then."""
        children = self.children.get(unit.unit_id, [])
        if self.basis == LIVE or unit.parent_id is None:
            return [(child, self.counted(child)) for child in children]
        handed_in = self.counted(unit)
        listed = {UUID(s["unit_id"]): s["revision_id"] for s in (handed_in.sources or [])} if handed_in else {}
        return [
            (child, self.revisions.get(UUID(revision_id)) if (revision_id := listed.get(child.unit_id)) else None)
            for child in children
        ]

    def state(self, unit: CycleUnit) -> Partials:
        """A unit's rollup."""
        own = self.counted(unit)
        if self.basis == REPORTED and unit.parent_id is not None:
            return aggregate.empty() if own is None or own.frozen is None else aggregate.merge([_partials(own.frozen)])
        parts = [] if own is None else [_partials(own.partials)]
        for child, revision in self.below(unit):
            if child.has_children:
                parts.append(self.state(child))
            elif revision is not None:
                parts.append(_partials(revision.partials))
        return aggregate.merge(parts)


def _partials(stored: Any) -> Partials:
    state: Partials = stored
    return state


async def read_sheet(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID, basis: str) -> SheetData:
    """Everything the official sheet of a unit says. The session acts for the reader and has not begun."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    cycle = await queries.get_cycle(session, county_id=county_id, cycle_id=cycle_id)
    form = await get_compiled(session, county_id=county_id, version_id=cycle.form_version_id)
    units = await queries.list_cycle_units(session, county_id=county_id, cycle_id=cycle_id)
    snapshot = _Snapshot(
        form,
        cycle,
        basis,
        await queries.list_all_submissions(session, county_id=county_id, cycle_id=cycle_id),
        await queries.list_all_revisions(session, county_id=county_id, cycle_id=cycle_id),
    )
    for unit in units:
        if unit.parent_id is not None:
            snapshot.children.setdefault(unit.parent_id, []).append(unit)
    top = next(unit for unit in units if unit.unit_id == unit_id)
    period = label_of(form.definition.period.kind.value, cycle.period_key)
    money = form.definition.money_printed_in[top.tier]
    return SheetData(
        form=form,
        facts=SheetFacts(unit=top.name, period=period, money=money, status=STATUS[basis]),
        lines=_lines(snapshot, top, LineKind.TOTAL),
        rows={code: _rows(snapshot, top, code) for code in form.plan.tables},
        file_name=f"{form.definition.name.zh}_{period}_{top.short_name}.xlsx",
    )


def _lines(snapshot: _Snapshot, unit: CycleUnit, kind: LineKind) -> list[Line]:
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


def _rows(snapshot: _Snapshot, unit: CycleUnit, table: str) -> list[UnitRow]:
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


@job("reporting.export", seconds=600)
async def export(context: JobContext, payload: dict[str, Any]) -> None:
    """Make the sheet for whoever asked, seeing what they see. Run again after a crash it makes it again."""
    acting = UUID(payload["acting_unit_id"])
    async with context.reading(Identity.of_unit(context.county.id, acting)) as session:
        data = await read_sheet(
            session,
            county_id=context.county.id,
            cycle_id=UUID(payload["cycle_id"]),
            unit_id=UUID(payload["unit_id"]),
            basis=payload["basis"],
        )
    await context.progress(0.2)
    files_dir = settings().files_dir
    await asyncio.to_thread(files_dir.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files_dir) as folder:
        made = Path(folder) / "sheet.xlsx"
        await _write(context, data, made)
        async with context.transaction(Identity.of_unit(context.county.id, acting)) as session:
            file_id = await files.keep(
                session,
                files_dir=files_dir,
                county_id=context.county.id,
                made=made,
                name=data.file_name,
                media_type=XLSX,
                created_by=context.requested_by,
                # The county's housekeeping takes it away when its time is over.
                place=list(dict.fromkeys((acting, context.county.unit_id))),
                expires_at=clock.now() + KEPT,
            )
            await context.complete(session, {"file_id": str(file_id)})


def write_sheet(data: SheetData, path: Path, progress: Progress | None = None) -> None:
    """Write the official sheet."""
    official_sheet(data.form.definition, path, facts=data.facts, lines=data.lines, rows=data.rows, progress=progress)


async def _write(context: JobContext, data: SheetData, path: Path) -> None:
    """Write beside the event loop, telling how far it is."""
    done = [0, 1]

    def tell(rows: int, of: int) -> None:
        done[:] = rows, max(of, 1)

    writing = asyncio.create_task(asyncio.to_thread(write_sheet, data, path, tell))
    while not writing.done():
        await asyncio.wait([writing], timeout=0.5)
        await context.progress(0.2 + 0.75 * done[0] / done[1])
    await writing
