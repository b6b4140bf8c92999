"""A filled workbook, read: which cells changed, which rows there are, and what has to be mended where.

Nothing here stores anything, and nothing is guessed: what can't be read is told with its sheet and cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from forms.compiled import CompiledForm
from forms.fields import FieldType, Label, ValueRules
from forms.program import Program, TypedCell
from forms.values import ValueFault
from forms.wording import sentence
from reporting.workbook.book import Sheet, place
from reporting.workbook.errors import told
from reporting.workbook.marks import VALUE, Keyed, Marks, SheetKind, keyed

#: Problems told at most; a file with more is another kind of file.
MOST_TROUBLES = 300
#: What Excel can't keep as a number.
_EXACT = 1e15


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to mend, and where: sheet and cell as Excel shows them, and what of the form it is."""

    message: Label
    sheet: str
    cell: str
    code: str | None = None
    table: str | None = None
    row: str | None = None


@dataclass(frozen=True, slots=True)
class ReadCell:
    """A cell of the form as it came back: `value` is what would be stored; `base` what went out."""

    code: str
    base: str | None
    value: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that came back. `id` is empty for an added one; a masked value that was left alone is still masked."""

    id: str
    cells: Mapping[str, str | None]
    sheet: str
    number: int
    faulty: bool


@dataclass(slots=True)
class Filled:
    """What a workbook says. `cells` are only those that differ from what went out."""

    cells: list[ReadCell] = field(default_factory=list)
    rows: dict[str, list[ReadRow]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    #: How many cells to fill were found.
    found: int = 0

    def tell(self, trouble: Trouble) -> None:
        if len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(trouble)


def read_filled(sheets: Mapping[str, Sheet], marks: Marks, form: CompiledForm, program: Program) -> Filled:
    """Read what a unit typed. Cells that are computed, or that nobody asked for, are passed over."""
    out = Filled()
    reader = _Reader(form, out)
    typed = {cell.code: cell for cell in program.typed}
    tables = {table.code: table for table in program.tables}
    seen: set[str] = set()
    for sheet in sheets.values():
        found = keyed(sheet)
        if found is None or found.kind is SheetKind.UNITS:
            continue
        if found.kind is SheetKind.ROWS:
            table = tables.get(found.table)
            if table is not None and found.table not in out.rows:
                out.rows[found.table] = reader.rows(found, table.typed)
            continue
        for code, row, column in _cells(found):
            if code not in typed:
                continue
            if code in seen:
                reader.tell_twice(found, row, column, code)
                continue
            seen.add(code)
            base = marks.base.get(code)
            value = reader.value(found, typed[code], row, column)
            if value is not _FAULT and value != (base or None):
                out.cells.append(ReadCell(code, base or None, value, sheet.name, place(row, column)))
    out.found = len(seen)
    for code in typed:
        if code not in seen:
            name = form.plan.labels[code]
            out.tell(
                Trouble(
                    told("cell_missing", zh=name.zh, en=name.en),
                    "",
                    "",
                    code,
                )
            )
    return out


def _cells(found: Keyed) -> Iterator[tuple[str, int, int]]:
    for key, row in found.rows:
        if not key:
            continue
        for column_key, columns in found.columns.items():
            for column in columns:
                yield key if column_key == VALUE else f"{key}_{column_key}", row, column


#: A cell that can't be read: told, and left as it was.
_FAULT = "\0fault"


class _Reader:
    def __init__(self, form: CompiledForm, out: Filled) -> None:
        self._plan = form.plan
        self._out = out

    def value(
        self,
        found: Keyed,
        cell: TypedCell,
        row: int,
        column: int,
        *,
        table: str | None = None,
        row_id: str | None = None,
    ) -> str | None:
        """What would be stored; `_FAULT` after telling why it can't be."""
        sheet = found.sheet
        why = unreadable(sheet, cell.rules, row, column)
        if why is None:
            text = sheet.text(row, column)
            try:
                return cell.read(text)[0]
            except ValueFault as fault:
                why = sentence(self._plan, f"cell.{fault.code}", cell.code, table, fault.params)
        self._out.tell(Trouble(why, sheet.name, place(row, column), cell.code, table, row_id))
        return _FAULT

    def tell_twice(self, found: Keyed, row: int, column: int, code: str) -> None:
        name = self._plan.labels[code]
        message = told("cell_twice", zh=name.zh, en=name.en)
        self._out.tell(Trouble(message, found.sheet.name, place(row, column), code))

    def rows(self, found: Keyed, typed: tuple[TypedCell, ...]) -> list[ReadRow]:
        """The rows of a row table that say anything."""
        columns = {cell.code: found.columns[cell.code][0] for cell in typed if cell.code in found.columns}
        for cell in typed:
            if cell.code not in columns:
                name = self._plan.labels[cell.code]
                message = told("column_missing", zh=name.zh, en=name.en)
                self._out.tell(Trouble(message, found.sheet.name, "", cell.code, found.table))
        read: list[ReadRow] = []
        seen: set[str] = set()
        for key, row in found.rows:
            if not any(found.sheet.text(row, column).strip() for column in columns.values()):
                continue
            if key and key in seen:
                self._out.tell(Trouble(told("row_twice"), found.sheet.name, f"A{row + 1}", None, found.table, key))
                continue
            seen.add(key)
            read.append(self._row(found, typed, columns, key, row))
        return read

    def _row(
        self, found: Keyed, typed: tuple[TypedCell, ...], columns: Mapping[str, int], key: str, row: int
    ) -> ReadRow:
        cells: dict[str, str | None] = {}
        faulty = False
        for cell in typed:
            column = columns.get(cell.code)
            if column is None:
                continue
            text = found.sheet.text(row, column).strip()
            if cell.rules.personal and "*" in text:
                if key:
                    cells[cell.code] = text
                    continue
                self._out.tell(
                    Trouble(told("mask_left"), found.sheet.name, place(row, column), cell.code, found.table, None)
                )
                faulty = True
                continue
            value = self.value(found, cell, row, column, table=found.table, row_id=key or None)
            if value is _FAULT:
                faulty = True
            else:
                cells[cell.code] = value
        return ReadRow(key, cells, found.sheet.name, row + 1, faulty)


def unreadable(sheet: Sheet, rules: ValueRules, row: int, column: int) -> Label | None:
    """Why a cell must not be taken as it is, whatever it says."""
    if (row, column) in sheet.shape.formulas:
        return told("formula")
    if sheet.merged_over(row, column):
        return told("merged")
    raw = sheet.at(row, column)
    if rules.numeric and isinstance(raw, date):
        return told("date_for_number")
    kept_as_text = rules.type in (FieldType.IDENTITY, FieldType.PHONE, FieldType.TEXT, FieldType.LONG_TEXT)
    if kept_as_text and isinstance(raw, float) and abs(raw) >= _EXACT:
        return told("lost_digits")
    return None
