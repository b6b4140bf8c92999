"""A filled workbook of villages × fields, looked over: what would be handed in for whom. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.fields import Label
from forms.outcome import Problem
from forms.program import TypedCell
from forms.values import NO, YES
from kit.errors import JicengError
from reporting.behalf_books.desks import Desk, list_desks, row_tables
from reporting.behalf_books.making import WAY, WHO, WHY, ZERO, line_of, marks_of, side_columns
from reporting.explaining import reason_key, unanswered
from reporting.templates import require_same
from reporting.workbook.book import Sheet, open_book, place
from reporting.workbook.errors import FileRefused, told
from reporting.workbook.filled import Trouble
from reporting.workbook.marks import SheetKind, keyed, read_marks
from reporting.workbook.units import ReadSheet, ReadUnit, UnitReader
from tenancy.principal import Principal

LONGEST = {WAY: 50, WHO: 300, WHY: 1000}


class LineState(StrEnum):
    """What may be done with a village's line."""

    READY = "ready"
    EXPLAIN = "explain"  # 须说明: reasons are missing
    BLOCKED = "blocked"  # 须改正
    FAULTY = "faulty"  # something in the line can't be read
    REFUSED = "refused"  # the unit's report can't be handed in for any more


@dataclass(frozen=True, slots=True)
class Change:
    code: str
    name: Label
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class BookLine:
    """A village's line that says something new."""

    desk: Desk
    number: int
    state: LineState
    refusal: JicengError | None
    basis: str
    zero: bool
    cells: dict[str, str | None]
    changes: list[Change]
    problems: list[Problem]
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class FoundBook:
    """What a workbook says. `unchanged` lines say what is there already, or nothing."""

    lines: list[BookLine]
    unchanged: int
    troubles: list[Trouble]
    tables: list[Label]


async def read_book(session: AsyncSession, *, actor: Principal, cycle_id: UUID, content: bytes, name: str) -> FoundBook:
    """Raises FileRefused for what is no workbook of this township and cycle, and what `list_desks` raises."""
    cycle, form, desks = await list_desks(session, actor=actor, cycle_id=cycle_id)
    wanted = marks_of(actor, cycle, form)

    def read() -> FoundBook:
        sheets = open_book(content, name)
        require_same(read_marks(sheets), wanted)
        return look_over(form, desks, sheets)

    return await asyncio.to_thread(read)


def look_over(form: CompiledForm, desks: Sequence[Desk], sheets: Mapping[str, Sheet]) -> FoundBook:
    """What the sheet of units says, line by line. Pure."""
    sheet = next((s for s in sheets.values() if (k := keyed(s)) is not None and k.kind is SheetKind.UNITS), None)
    if sheet is None:
        raise FileRefused("not_ours")
    typed: dict[str, TypedCell] = {cell.code: cell for desk in desks for cell in desk.program.typed}
    by_code = {desk.filed.unit.code: desk for desk in desks}
    read = UnitReader(form, typed.values(), [line_of(desk, "") for desk in desks]).read(sheet, {})
    assert read is not None
    _missing(form, typed, read)
    for row, said in read.unmatched:
        read.tell(Trouble(told("unit_unknown", name=said), sheet.name, place(row - 1, 0)))
    found: list[BookLine] = []
    for unit in read.units:
        line = _line(form, by_code[unit.code], unit, read)
        if line is not None:
            found.append(line)
    tables = [form.plan.tables[code].table.title for code in row_tables(form, desks)]
    return FoundBook(found, len(desks) - len(found), read.troubles, tables)


def _missing(form: CompiledForm, typed: Mapping[str, TypedCell], read: ReadSheet) -> None:
    names = {code: form.plan.labels[code] for code in typed}
    names |= {c.key: Label(zh=c.title, en=c.title) for c in side_columns(form) if c.key}
    for code, name in names.items():
        if code not in read.columns:
            read.tell(Trouble(told("column_missing", zh=name.zh, en=name.en), read.name, "", code))


def _line(form: CompiledForm, desk: Desk, unit: ReadUnit, read: ReadSheet) -> BookLine | None:
    """None for a line that says nothing new."""
    there = {} if desk.standing is None else desk.standing.cells
    zero = unit.said.get(ZERO, "") == YES
    changes = [
        Change(code, form.plan.labels[code], there.get(code), value)
        for code, value in unit.cells.items()
        if (value or None) != (there.get(code) or None)
    ]
    if desk.refusal is not None:
        same_zero = zero and desk.standing is not None and desk.standing.zero_report
        if not unit.faulty and (same_zero or not changes):
            return None
        return BookLine(
            desk, unit.number, LineState.REFUSED, desk.refusal, _basis(unit), zero, dict(unit.cells), changes, [], {}
        )
    if not unit.faulty and not changes and not any(unit.said.values()):
        return None
    faulty = _faults(desk, unit, read, zero=zero) or unit.faulty
    problems = [] if faulty else _problems(desk, unit, zero=zero)
    why = unit.said.get(WHY, "")
    reasons = {reason_key(p): why for p in problems if not p.blocking and why}
    left = unanswered(problems, reasons)
    if faulty:
        state = LineState.FAULTY
    elif any(p.blocking for p in left):
        state = LineState.BLOCKED
    else:
        state = LineState.EXPLAIN if left else LineState.READY
    cells = {} if zero else dict(unit.cells)
    return BookLine(desk, unit.number, state, None, _basis(unit), zero, cells, changes, problems, reasons)


def _basis(unit: ReadUnit) -> str:
    return f"{unit.said.get(WAY, '')}：{unit.said.get(WHO, '')}"


def _faults(desk: Desk, unit: ReadUnit, read: ReadSheet, *, zero: bool) -> bool:
    """Tells what of the words beside the figures must be mended."""
    code, row = desk.filed.unit.code, unit.number - 1

    def tell(message: Label, key: str) -> None:
        read.tell(Trouble(message, read.name, place(row, read.columns[key]), None, None, code))

    before = len(read.troubles)
    said = {key: text for key, text in unit.said.items() if key in read.columns}
    for key, text in said.items():
        if len(text) > LONGEST.get(key, LONGEST[WHY]):
            tell(told("text_long", limit=LONGEST[key]), key)
    for key in (WAY, WHO):
        if key in said and not said[key]:
            tell(told("basis_missing"), key)
            break
    if said.get(ZERO, "") not in ("", YES, NO):
        tell(told("zero_word"), ZERO)
    if zero and any(value not in (None, "", "0") for value in unit.cells.values()):
        tell(told("zero_with_figures"), ZERO)
    return len(read.troubles) > before or not {WAY, WHO} <= set(said)


def _problems(desk: Desk, unit: ReadUnit, *, zero: bool) -> list[Problem]:
    if not zero:
        return list(desk.form.evaluate(unit.cells, desk.rows(), desk.context()).problems)
    context = desk.context(zero=True)
    report = desk.form.zero_report(context)
    return list(report.refusals) or list(desk.form.evaluate(report.cells, {}, context).problems)
