"""Workbooks of units × fields: a line a unit, a column a field, a sheet a period (or one).

The same hidden keys as in a unit's own template say which unit a line is and which field a column. A plain summary
sheet that an office kept is read too, where its headings name fields and its lines name units.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from forms.compiled import CompiledForm
from forms.definition import MoneyUnit
from forms.fields import Choice, FieldType, Label, ValueRules
from forms.layout import header
from forms.program import TypedCell
from forms.values import ValueFault
from forms.wording import sentence
from reporting.workbook.book import Sheet, place
from reporting.workbook.errors import told
from reporting.workbook.filled import MOST_TROUBLES, Trouble, unreadable
from reporting.workbook.groups import unit_of, with_unit
from reporting.workbook.inputs import COMPUTED, Guards, filled, input_look
from reporting.workbook.looks import HEAD, MARK, NAME, Look, Looks
from reporting.workbook.marks import Marks, SheetKind, anchor, keyed
from reporting.workbook.page import lines_of, row_height
from reporting.workbook.stream import Cells, StreamSheet
from reporting.workbook.template import GUIDE_LOOK, TITLE_LOOK, set_up_input, write_hidden

#: Headings under which a plain sheet names its units.
UNIT_HEADINGS = frozenset({"单位", "单位名称", "填报单位", "村", "村（社区）", "村(社区)", "镇街", "名称"})
CODE_HEADINGS = frozenset({"单位代码", "代码", "行政区划代码", "区划代码"})
#: Lines of a plain sheet that are nobody's own figures.
TOTALS = frozenset({"合计", "总计", "小计", "全县", "全区", "全镇"})
_HEADING_ROWS = 12
_LABEL = replace(NAME, fill="FFF8F9FB")
_SHOWN = replace(_LABEL, horizontal="center")


#: Hidden keys of columns that are not the form's begin with this.
BESIDE = "@"


@dataclass(frozen=True, slots=True)
class SideColumn:
    """A column that is not the form's: what is said of a unit beside its figures. Without a key it is only shown."""

    key: str
    title: str
    width: float
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit that may have a line. `asked` are the fields that it types; `said` what stands in the columns beside, by
    title. A line with a `tint` is shown in that colour and locked."""

    code: str
    name: str
    short_name: str
    above: str
    asked: frozenset[str]
    cells: Mapping[str, str | None] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    tint: str | None = None


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """A sheet to fill: the period that it is of, its units, and what stands between their names and their figures."""

    period: str
    title: str
    units: Sequence[UnitLine]
    beside: Sequence[SideColumn] = ()


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A line that came back, under the code of its unit."""

    code: str
    name: str
    number: int
    cells: Mapping[str, str | None]
    faulty: bool
    #: What stands in the columns beside, by key.
    said: Mapping[str, str]


@dataclass(slots=True)
class ReadSheet:
    """A sheet that came back. `unmatched` are lines of no unit (row, name), `unknown` headings of no field; `columns`
    says where the fields and the columns beside stand."""

    name: str
    period: str | None
    units: list[ReadUnit] = field(default_factory=list)
    unmatched: list[tuple[int, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    headings: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def tell(self, trouble: Trouble) -> None:
        if len(self.troubles) < MOST_TROUBLES:
            self.troubles.append(trouble)


def write_units(form: CompiledForm, path: Path, *, marks: Marks, sheets: Sequence[UnitSheet], guide: str) -> None:
    """Write a workbook with a sheet for each period; a column for every field that some unit on it types."""
    workbook = Workbook(write_only=True)
    cells, guards = Cells(Looks(workbook)), Guards(workbook)
    for one in sheets:
        _write_sheet(workbook, cells, guards, form, one, guide)
    write_hidden(workbook, cells, marks, guards)
    workbook.save(path)


def _write_sheet(
    workbook: Workbook, cells: Cells, guards: Guards, form: CompiledForm, one: UnitSheet, guide: str
) -> None:
    asked = frozenset[str]().union(*(unit.asked for unit in one.units))
    fields = [p.field for code, p in form.plan.fields.items() if code in asked]
    headings = header([(f.code, with_unit(f.path, unit_of(f, MoneyUnit.YUAN))) for f in fields])
    depth = max(len(headings), 1)
    sheet = StreamSheet(workbook, one.title)
    left = 4 + len(one.beside)
    wide = [4.0, 14, 14, 24, *(column.width for column in one.beside), *[11.0] * len(fields)]
    set_up_input(sheet, wide, f"{get_column_letter(left + 1)}{depth + 4}")
    sheet.write([cells.empty(MARK), cells.text(f"{form.definition.name.zh}　{one.title}", TITLE_LOOK)], 30)
    sheet.write([cells.empty(MARK), cells.text(guide, GUIDE_LOOK)], 18)
    first = sheet.row_count + 1
    grid = [[""] * (len(fields) + left) for _ in range(depth)]
    grid[0][1:left] = ["上级单位", "单位代码", "单位名称", *(column.title for column in one.beside)]
    spans = [(0, column, depth, 1) for column in range(1, left)]
    for cell in (cell for level in headings for cell in level):
        grid[cell.row][cell.column + left] = cell.label.zh
        spans.append((cell.row, cell.column + left, cell.rows, cell.columns))
    for texts in grid:
        sheet.write([cells.text(text, HEAD if place_ else MARK) for place_, text in enumerate(texts)], 34)
    for row, column, rows, columns in spans:
        sheet.merge(first + row, column + 1, rows, columns)
    sheet.row_dimensions[sheet.row_count + 1].hidden = True
    beside = (column.key for column in one.beside)
    keys = (anchor(SheetKind.UNITS, one.period), "", "", "", *beside, *(f.code for f in fields))
    sheet.write([cells.text(key, MARK) for key in keys])
    top = sheet.row_count + 1
    side = [_side_rules(column) for column in one.beside]
    open_looks = [_LABEL] * 3 + [input_look(r) if c.key else _SHOWN for r, c in zip(side, one.beside, strict=True)]
    open_looks += [input_look(f) for f in fields]
    looks: dict[str | None, list[Look]] = {None: open_looks}
    for unit in one.units:
        if unit.tint not in looks:
            looks[unit.tint] = [replace(look, unlocked=False, fill=unit.tint) for look in open_looks]
        wearing = looks[unit.tint]
        told_ = (unit.above, unit.code, unit.name, *(unit.said.get(column.title, "") for column in one.beside))
        line = [cells.text(unit.code, MARK), *map(cells.text, told_, wearing)]
        line += [
            filled(cells, f, unit.cells.get(f.code), look) if f.code in unit.asked else cells.empty(COMPUTED)
            for f, look in zip(fields, wearing[left - 1 :], strict=True)
        ]
        tall = max(lines_of(text, width) for text, width in zip(told_, wide[1:left], strict=True))
        sheet.write(line, row_height(tall))
    if one.units:
        for place_, rules in enumerate([*side, *fields]):
            guards.put(sheet, rules, top, place_ + 5, sheet.row_count)


def _side_rules(column: SideColumn) -> ValueRules:
    """What Excel lets in beside the figures."""
    kind = FieldType.CHOICE if column.choices else FieldType.TEXT
    choices = tuple(Choice(label=Label(zh=value, en=value)) for value in column.choices)
    return ValueRules.model_validate({"type": kind, "choices": choices})


class UnitReader:
    """Reads lines of units, under hidden keys or plain headings."""

    def __init__(self, form: CompiledForm, typed: Iterable[TypedCell], units: Sequence[UnitLine]) -> None:
        self._form = form
        self._typed = {cell.code: cell for cell in typed}
        self._by_code = {unit.code: unit for unit in units}
        names: dict[str, list[UnitLine]] = {}
        for unit in units:
            for name in {plain_heading(unit.name), plain_heading(unit.short_name)}:
                names.setdefault(name, []).append(unit)
        #: A name that two units bear names neither.
        self._by_name = {name: found[0] for name, found in names.items() if len(found) == 1}
        self._titles = titles_of(form, self._typed)

    def read(self, sheet: Sheet, mapping: Mapping[str, str]) -> ReadSheet | None:
        """The lines of a sheet; None for one that has nothing to do with the form. `mapping`: heading → field."""
        found = keyed(sheet)
        if found is not None and found.kind is SheetKind.UNITS:
            out = ReadSheet(sheet.name, found.table, headings=len(found.columns))
            columns = {code: places[0] for code, places in found.columns.items() if code in self._typed}
            beside = {key: places[0] for key, places in found.columns.items() if key.startswith(BESIDE)}
            out.columns = columns | beside
            for code, places in found.columns.items():
                if code in columns and len(places) > 1:
                    name = self._form.plan.labels[code]
                    message = told("cell_twice", zh=name.zh, en=name.en)
                    out.tell(Trouble(message, sheet.name, place(found.row, places[1]), code))
            for key, row in found.rows:
                self._line(out, sheet, row, key, self._by_code.get(key), columns, beside)
            return out
        return self._plain_sheet(sheet, mapping)

    def _plain_sheet(self, sheet: Sheet, mapping: Mapping[str, str]) -> ReadSheet | None:
        for top in range(min(len(sheet.rows), _HEADING_ROWS)):
            texts = [plain_heading(sheet.text(top, column)) for column in range(len(sheet.rows[top]))]
            name_at = next((i for i, text in enumerate(texts) if text in UNIT_HEADINGS), None)
            code_at = next((i for i, text in enumerate(texts) if text in CODE_HEADINGS), None)
            if name_at is None and code_at is None:
                continue
            out = ReadSheet(sheet.name, None)
            columns: dict[str, int] = {}
            for column, heading in self._headings(sheet, top):
                if column in (name_at, code_at):
                    continue
                code = mapping.get(heading) or self._titles.get(heading)
                if code in self._typed and code is not None and code not in columns:
                    columns[code] = column
                elif heading not in ("序号", "上级单位", "镇街", "备注"):
                    out.unknown.append(heading)
            out.headings = len(columns)
            for row in range(top + 1, len(sheet.rows)):
                name = sheet.text(row, name_at).strip() if name_at is not None else ""
                told_code = sheet.text(row, code_at).strip() if code_at is not None else ""
                if plain_heading(name) in TOTALS or not (name or told_code):
                    continue
                unit = self._by_code.get(told_code) or self._by_name.get(plain_heading(name))
                self._line(out, sheet, row, name or told_code, unit, columns, {})
            return out
        return None

    @staticmethod
    def _headings(sheet: Sheet, top: int) -> list[tuple[int, str]]:
        return [
            (column, heading)
            for column in range(len(sheet.rows[top]))
            if (heading := plain_heading(sheet.text(top, column)))
        ]

    def _line(
        self,
        out: ReadSheet,
        sheet: Sheet,
        row: int,
        name: str,
        unit: UnitLine | None,
        columns: Mapping[str, int],
        beside: Mapping[str, int],
    ) -> None:
        places = (*columns.values(), *beside.values())
        # A formula says something even where no program has reckoned it yet.
        if not any(sheet.text(row, at).strip() or (row, at) in sheet.shape.formulas for at in places):
            return
        if unit is None:
            out.unmatched.append((row + 1, name))
            return
        if any(one.code == unit.code for one in out.units):
            out.tell(Trouble(told("unit_twice", name=unit.name), sheet.name, f"A{row + 1}"))
            return
        cells: dict[str, str | None] = {}
        faulty = False
        for code, column in columns.items():
            if code not in unit.asked:
                continue
            why = unreadable(sheet, self._typed[code].rules, row, column)
            if why is None:
                try:
                    cells[code] = self._typed[code].read(sheet.text(row, column))[0]
                    continue
                except ValueFault as fault:
                    why = sentence(self._form.plan, f"cell.{fault.code}", code, None, fault.params)
            out.tell(Trouble(why, sheet.name, place(row, column), code, None, unit.code))
            faulty = True
        said = {key: sheet.text(row, column).strip() for key, column in beside.items()}
        out.units.append(ReadUnit(unit.code, unit.name, row + 1, cells, faulty, said))


def titles_of(form: CompiledForm, codes: Iterable[str]) -> dict[str, str]:
    """Heading → field, by the whole path, its last part, and the code; a heading that two fields bear is neither's."""
    found: dict[str, set[str]] = {}
    for code in codes:
        path = form.plan.fields[code].field.path
        whole = form.plan.labels[code].zh
        for text in (whole, "".join(part.zh for part in path), path[-1].zh, code):
            found.setdefault(plain_heading(text), set()).add(code)
    return {text: next(iter(codes)) for text, codes in found.items() if len(codes) == 1}


def plain_heading(text: str) -> str:
    """A name or heading without what people vary: width, blanks, a unit of measure in brackets at its end."""
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    head, bracket, _ = flat.rpartition("(")
    return head if bracket and flat.endswith(")") and head else flat
