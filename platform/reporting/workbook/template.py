"""The workbook that a unit fills off line: pre-filled, locked where nothing is typed, with drop-downs.

Fixed tables go down the page, a line a field; matrices keep their shape; every row table has a sheet of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from forms.compiled import CompiledForm
from forms.definition import FixedTable, MatrixTable, MoneyUnit, RowTable
from forms.fields import FieldType, FormField, Label
from forms.outcome import Cells as Figures
from forms.outcome import Row
from forms.program import Program
from reporting.workbook.groups import unit_of
from reporting.workbook.inputs import COMPUTED, COMPUTED_TEXT, Guards, filled, input_look
from reporting.workbook.looks import FACT, FIGURE, HEAD, MARK, NAME, PAGE_TITLE, TEXT, Look, Looks
from reporting.workbook.marks import HIDDEN, VALUE, Marks, SheetKind, anchor
from reporting.workbook.page import A4, LINE_HEIGHT, lines_of
from reporting.workbook.stream import Cells, StreamCell, StreamSheet

#: Blank rows offered below those that a row table has.
SPARE_ROWS = 200
GUIDE = "只填白色的格子，灰色的格子不用填。填好存盘，回到填报页点“导入 Excel”上传；上传后还可以改，点“上报”才算交。"
MASKED = "带 * 的是已有人员的个人信息，留着不动就保持原样。新增的人请在下面空行里填。"
_LABEL = replace(NAME, fill="FFF8F9FB")
_LAST = replace(FIGURE, fill="FFF1F3F6", color="FF5B6776")
_HELP = replace(TEXT, size=9, color="FF5B6776", boxed=True, vertical="center", fill="FFF8F9FB")
_KEY_WIDTH = 4.0


@dataclass(frozen=True, slots=True)
class TemplateContent:
    """What stands in the workbook when it goes out. Personal values in `rows` come masked."""

    unit: str
    period: str
    cells: Figures
    previous: Figures | None
    rows: Mapping[str, Sequence[Row]]


def write_template(form: CompiledForm, program: Program, path: Path, *, marks: Marks, content: TemplateContent) -> None:
    """Write the workbook to `path`."""
    workbook = Workbook(write_only=True)
    book = _Template(workbook, form, program, content)
    for table in form.definition.tables:
        if isinstance(table, RowTable):
            book.row_table(table)
        elif isinstance(table, MatrixTable):
            book.matrix(table)
        else:
            book.fixed(table)
    write_hidden(workbook, book.cells, marks, book.guards)
    workbook.save(path)


def write_hidden(workbook: Workbook, cells: Cells, marks: Marks, guards: Guards) -> None:
    """The hidden sheet: of what the workbook is, and the lists of its drop-downs."""
    sheet = StreamSheet(workbook, HIDDEN)
    sheet.sheet_state = "hidden"
    look = Look(number_format="@")
    lines = marks.lines()
    for place in range(max([len(lines), *(len(values) for values in guards.lists)])):
        told = lines[place] if place < len(lines) else ("", "")
        listed = [values[place] if place < len(values) else "" for values in guards.lists]
        sheet.write([cells.text(text, look) for text in (*told, *listed)])


def protect(sheet: StreamSheet) -> None:
    """Lock what isn't unlocked, without a password: against slips, not against people."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.formatCells = False


class _Template:
    def __init__(self, workbook: Workbook, form: CompiledForm, program: Program, content: TemplateContent) -> None:
        self._workbook = workbook
        self._form = form
        self._content = content
        self._typed = {cell.code for cell in program.typed}
        self._asked = program.asked
        self.cells = Cells(Looks(workbook))
        self.guards = Guards(workbook)

    def fixed(self, table: FixedTable) -> None:
        fields = [field for field in table.fields if field.code in self._asked]
        if not fields:
            return
        levels = max(len(field.path) for field in fields)
        wide = [_KEY_WIDTH, *[20.0] * levels, 8, 16, 14, 44]
        sheet = self._sheet(table.title, SheetKind.FIXED, table.code, wide, 3)
        headings = ["", "项目", *[""] * (levels - 1), "计量单位", "本期", "上期", "说明"]
        keys = ["", *[""] * levels, "", VALUE, "", ""]
        row = self._head(sheet, headings, keys, anchor(SheetKind.FIXED, table.code))
        sheet.merge(row - 1, 2, 1, levels)
        above: tuple[Label, ...] = ()
        for field in fields:
            names = [
                "" if level < len(field.path) - 1 and field.path[: level + 1] == above[: level + 1] else part.zh
                for level, part in enumerate(field.path)
            ]
            names += [""] * (levels - len(names))
            above = field.path
            helped = field.help.zh if field.help else ""
            line = [
                self.cells.text(field.code, MARK),
                *(self.cells.text(name, _LABEL) for name in names),
                self.cells.text(unit_of(field, MoneyUnit.YUAN), MARK),
                self._value(field),
                self._last(field),
                self.cells.text(helped, _HELP),
            ]
            tall = max(lines_of(helped, 44), *(lines_of(name, 20) for name in names))
            number = sheet.write(line, max(22.0, tall * LINE_HEIGHT + 6))
            if field.code in self._typed:
                self.guards.put(sheet, field, number, levels + 3)

    def matrix(self, table: MatrixTable) -> None:
        by_code = {field.code: field for field in table.fields if field.code in self._asked}
        if not by_code:
            return
        columns = table.columns
        wide = [_KEY_WIDTH, 30, *[13.0] * len(columns)]
        sheet = self._sheet(table.title, SheetKind.MATRIX, table.code, wide, 3)
        headings = ["", table.corner.zh, *(_with_unit(c.label.zh, c.unit_of_measure) for c in columns)]
        self._head(sheet, headings, ["", "", *(c.code for c in columns)], anchor(SheetKind.MATRIX, table.code))
        for one in table.rows:
            line = [self.cells.text(one.code, MARK), self.cells.text(one.label.zh, _LABEL)]
            for column in columns:
                field = by_code.get(f"{one.code}_{column.code}")
                line.append(self.cells.empty(COMPUTED) if field is None else self._value(field))
            number = sheet.write(line, max(22.0, lines_of(one.label.zh, 30) * LINE_HEIGHT + 6))
            for place, column in enumerate(columns):
                if f"{one.code}_{column.code}" in self._typed:
                    self.guards.put(sheet, column, number, place + 3)

    def row_table(self, table: RowTable) -> None:
        columns = table.columns
        rows = self._content.rows.get(table.code, ())
        wide = [_KEY_WIDTH, 6, *(_row_width(column.type) for column in columns)]
        masked = any(column.personal for column in columns) and bool(rows)
        sheet = self._sheet(table.title, SheetKind.ROWS, table.code, wide, 3, MASKED if masked else "")
        headings = ["", "序号", *(column.label.zh + ("" if column.required else "\n（可不填）") for column in columns)]
        self._head(sheet, headings, ["", "", *(c.code for c in columns)], anchor(SheetKind.ROWS, table.code))
        looks = [input_look(column) if column.formula is None else COMPUTED for column in columns]
        first = sheet.row_count + 1
        spare = max(min(table.max_rows, len(rows) + SPARE_ROWS) - len(rows), 0)
        for number, row in enumerate([*rows, *[Row("", {})] * spare], 1):
            line = [self.cells.text(row.id, MARK), self.cells.text(str(number), MARK)]
            line += [
                filled(self.cells, column, row.cells.get(column.code), look)
                if column.formula is None
                else self.cells.empty(look)
                for column, look in zip(columns, looks, strict=True)
            ]
            sheet.write(line, 22)
        for place, column in enumerate(columns):
            if column.formula is None and sheet.row_count >= first:
                self.guards.put(sheet, column, first, place + 3, sheet.row_count)

    def _value(self, field: FormField) -> StreamCell:
        if field.code not in self._typed:
            return self.cells.text(COMPUTED_TEXT, COMPUTED)
        return filled(self.cells, field, self._content.cells.get(field.code), input_look(field))

    def _last(self, field: FormField) -> StreamCell:
        text = (self._content.previous or {}).get(field.code)
        return filled(self.cells, field, text, _LAST)

    def _sheet(
        self, title: Label, kind: SheetKind, table: str, wide: Sequence[float], top: int, note: str = ""
    ) -> StreamSheet:
        """A protected sheet with its title and what to do; the headings follow."""
        sheet = StreamSheet(self._workbook, title.zh)
        set_up_input(sheet, wide, f"C{top + 3}")
        form = self._form.definition
        sheet.write([self.cells.empty(MARK), self.cells.text(f"{form.name.zh}　{title.zh}", TITLE_LOOK)], 30)
        told = f"填报单位：{self._content.unit}　　报告期：{self._content.period}"
        sheet.write([self.cells.empty(MARK), self.cells.text(told, FACT)], 18)
        sheet.write([self.cells.empty(MARK), self.cells.text(f"{GUIDE}{note}", GUIDE_LOOK)], 18)
        return sheet

    def _head(self, sheet: StreamSheet, headings: Sequence[str], keys: Sequence[str], told: str) -> int:
        return write_head(sheet, self.cells, headings, keys, told)


TITLE_LOOK = replace(PAGE_TITLE, size=14, horizontal="left")
GUIDE_LOOK = replace(FACT, color="FF8A5A12")


def set_up_input(sheet: StreamSheet, wide: Sequence[float], freeze: str) -> None:
    """Widths, the hidden first column, the lock, and a page that prints."""
    for place, width in enumerate(wide):
        sheet.column_dimensions[get_column_letter(place + 1)].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = freeze
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    protect(sheet)


def write_head(sheet: StreamSheet, cells: Cells, headings: Sequence[str], keys: Sequence[str], told: str) -> int:
    """The headings, then the hidden row of keys just above the first line to fill; tells its number."""
    sheet.write([cells.text(text, HEAD if place else MARK) for place, text in enumerate(headings)], 34)
    sheet.row_dimensions[sheet.row_count + 1].hidden = True
    return sheet.write([cells.text(text, MARK) for text in (told, *keys[1:])])


def _with_unit(label: str, unit: Label | None) -> str:
    return label if unit is None or label.endswith(unit.zh) else f"{label}\n（{unit.zh}）"


def _row_width(kind: FieldType) -> float:
    return {FieldType.LONG_TEXT: 30.0, FieldType.IDENTITY: 22.0, FieldType.TEXT: 18.0}.get(kind, 14.0)
