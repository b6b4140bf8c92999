"""Excel both ways for one submission: the workbook to fill off line, and what a filled one says.

Reading stores nothing. What the reader takes over goes the way of everything that is typed: `submissions.save_draft`.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.fields import Label
from forms.outcome import Row
from forms.program import Program
from kit import crypto
from kit.ids import new_id
from reporting import figures, personal, queries
from reporting.briefs import label_of
from reporting.figures import Baseline, Content
from reporting.filing import require_standing, subject_of
from reporting.lifecycle import SUBMISSION
from reporting.queries import Filed
from reporting.workbook.book import open_book
from reporting.workbook.errors import FileRefused
from reporting.workbook.filled import Filled, ReadRow, Trouble, read_filled
from reporting.workbook.marks import Marks, read_marks
from reporting.workbook.template import TemplateContent, write_template
from tenancy.principal import Principal

UNIT_TEMPLATE = "unit"


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell that the workbook changes. `now` is what the draft has: a conflict when it is neither base nor value."""

    code: str
    name: Label
    base: str | None
    value: str | None
    now: str | None
    conflict: bool
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row that the workbook has. `state`: same, changed or added."""

    id: str
    cells: dict[str, str | None]
    state: str
    faulty: bool
    sheet: str
    number: int


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A row table of the workbook. `conflict`: the draft's rows are not those that went out."""

    table: str
    title: Label
    rows: list[FoundRow]
    #: Ids that the draft has and the workbook doesn't.
    removed: list[str]
    conflict: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a filled workbook would change, and what has to be mended in it."""

    cells: list[FoundCell]
    tables: list[FoundTable]
    troubles: list[Trouble]
    found: int


@dataclass(frozen=True, slots=True)
class _Desk:
    """A submission that the actor may type in, with everything its workbook is made from."""

    filed: Filed
    form: CompiledForm
    program: Program
    baseline: Baseline
    content: Content
    #: The draft's rows as typed; those with an id the period before had were carried over.
    rows: dict[str, list[dict[str, Any]]]

    @property
    def marks(self) -> Marks:
        cycle = self.filed.cycle
        base = {code: value for code, value in self.content.cells.items() if value}
        base |= {f"rows:{table}": rows_digest(self.rows.get(table, [])) for table in self.form.plan.tables}
        return Marks(
            kind=UNIT_TEMPLATE,
            county=str(cycle.county_id),
            form=self.form.definition.code,
            version=str(cycle.form_version_id),
            period=cycle.period_key,
            unit=str(self.filed.submission.unit_id),
            base=base,
        )


async def _desk(session: AsyncSession, actor: Principal, submission_id: UUID) -> _Desk:
    """Raises NotFound, Forbidden, ActionNotAllowed, and what `require_standing` raises."""
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id)
    SUBMISSION.check("submit", subject_of(filed), actor)
    await require_standing(session, filed, "save")
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    content = figures.content_of(filed, form, baseline)
    program = form.program(figures.context_of(filed, form, baseline))
    return _Desk(filed, form, program, baseline, content, personal.unsealed(form.definition, content.rows))


def rows_digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """Whether rows are still the ones that went out; keyed, because they may hold personal values."""
    told = [[row["id"], sorted((code, value) for code, value in row["cells"].items() if value)] for row in rows]
    return crypto.keyed_hash(json.dumps(told, ensure_ascii=False), context="workbook.rows")


@dataclass(frozen=True, slots=True)
class MadeTemplate:
    name: str
    content: bytes


async def make_template(session: AsyncSession, *, actor: Principal, submission_id: UUID) -> MadeTemplate:
    """The workbook of a submission that the actor may type in, personal values masked."""
    desk = await _desk(session, actor, submission_id)
    definition = desk.form.definition
    period = label_of(definition.period.kind.value, desk.filed.cycle.period_key)
    shown = personal.masked(definition, desk.content.rows)
    previous = desk.baseline.previous
    content = TemplateContent(
        unit=desk.filed.unit.name,
        period=period,
        cells=desk.content.cells,
        previous=None if previous is None else previous.cells,
        rows={table: [Row(row["id"], row["cells"]) for row in rows] for table, rows in shown.items()},
    )

    def write() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "template.xlsx"
            write_template(desk.form, desk.program, path, marks=desk.marks, content=content)
            return path.read_bytes()

    made = await asyncio.to_thread(write)
    return MadeTemplate(f"{definition.name.zh}_{period}_{desk.filed.unit.short_name}_填报.xlsx", made)


async def read_template(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, content: bytes, name: str
) -> Found:
    """What a filled workbook would change in the draft. Raises FileRefused, and what `make_template` raises."""
    desk = await _desk(session, actor, submission_id)
    wanted = desk.marks

    def read() -> tuple[Marks, Filled]:
        sheets = open_book(content, name)
        marks = read_marks(sheets)
        require_same(marks, wanted)
        return marks, read_filled(sheets, marks, desk.form, desk.program)

    marks, filled = await asyncio.to_thread(read)
    return Found(
        cells=_cells(desk, filled),
        tables=[_table(desk, marks, code, rows) for code, rows in filled.rows.items()],
        troubles=filled.troubles,
        found=filled.found,
    )


def require_same(marks: Marks, wanted: Marks) -> None:
    """Raises FileRefused saying which of them is another: kind, county, form, version, period or unit."""
    for what in ("kind", "county", "form", "period", "unit", "version"):
        if getattr(marks, what) != getattr(wanted, what):
            raise FileRefused(f"wrong_{what}", period=marks.period)


def _cells(desk: _Desk, filled: Filled) -> list[FoundCell]:
    found = []
    for read in filled.cells:
        now = desk.content.cells.get(read.code) or None
        if now == read.value:
            continue
        found.append(
            FoundCell(
                code=read.code,
                name=desk.form.plan.labels[read.code],
                base=read.base,
                value=read.value,
                now=now,
                conflict=now != read.base,
                sheet=read.sheet,
                cell=read.cell,
            )
        )
    return found


def _table(desk: _Desk, marks: Marks, code: str, read: Sequence[ReadRow]) -> FoundTable:
    have = {row["id"]: row["cells"] for row in desk.rows.get(code, [])}
    planned = desk.form.plan.tables[code]
    rows = [_row(desk, code, line, have.get(line.id)) for line in read]
    kept = {row.id for row in rows}
    removed = [row_id for row_id in have if row_id not in kept]
    touched = bool(removed) or any(row.state != "same" for row in rows)
    moved = marks.base.get(f"rows:{code}") != rows_digest(desk.rows.get(code, []))
    return FoundTable(code, planned.table.title, rows, removed, moved and touched)


def _row(desk: _Desk, table: str, read: ReadRow, have: Mapping[str, str | None] | None) -> FoundRow:
    """A row of the file over the one that the draft has: a masked value stands for what it hides."""
    columns = desk.form.plan.tables[table].columns
    cells: dict[str, str | None] = {}
    for code, planned in columns.items():
        before = None if have is None else have.get(code)
        value = read.cells.get(code, before)
        kind = planned.column.personal
        if kind is not None and value is not None and "*" in value:
            value = before if before and personal.mask(kind, before) == value else None
        cells[code] = value
    typed = [code for code, planned in columns.items() if planned.formula is None]
    if have is None:
        state = "added"
    else:
        state = "same" if all((cells[c] or None) == (have.get(c) or None) for c in typed) else "changed"
    return FoundRow(read.id if have is not None else str(new_id()), cells, state, read.faulty, read.sheet, read.number)
