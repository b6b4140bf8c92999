"""The official sheet: a form's figures by unit, its texts and its row tables, as a workbook that an office can print.

Written row by row from plain data; memory does not grow with the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from forms.definition import FormDefinition, MoneyUnit, RowTable
from forms.fields import FieldType, FormField, Label, ValueRules
from forms.formula.numbers import plain
from forms.layout import header, printed_columns
from reporting.workbook.groups import FigureGroup, figure_groups, listed_fields, unit_of, units_of
from reporting.workbook.lines import Line, LineKind, Progress, SheetFacts, UnitRow
from reporting.workbook.looks import FIGURE, MARK, NAME, TEXT, Look, Looks
from reporting.workbook.page import (
    LINE_HEIGHT,
    TALLEST,
    TOP_ROWS,
    LeadColumn,
    Page,
    lines_of,
    set_up,
    width_of,
    write_foot,
    write_header,
    write_mark,
    write_top,
)
from reporting.workbook.stream import Cells, StreamCell, StreamSheet

#: Who has not reported is marked so; a zero stands only where somebody wrote it.
NOT_REPORTED = "未报"
#: A field that the unit is not asked.
NOT_ASKED = "—"

_SHADE = {LineKind.TOTAL: "FFE3E7EC", LineKind.SUBTOTAL: "FFF1F3F6"}
_TEN_THOUSAND = 4
_EVERY = 200  # rows between two calls of the progress callback

_NUMBER = LeadColumn("序号", 5)
_UNIT = LeadColumn("单位名称", 19)
_REMARK = LeadColumn("备注", 9)


def official_sheet(
    form: FormDefinition,
    path: Path,
    *,
    facts: SheetFacts,
    lines: Sequence[Line],
    rows: Mapping[str, Sequence[UnitRow]] | None = None,
    progress: Progress | None = None,
) -> None:
    """Writes the workbook to `path`: a sheet for each group of figures, one for texts, one for each row table.

    `rows` maps row tables to the rows of all units, in printed order; a table without rows prints the form's zero
    report. `progress` is told rows written and rows in all.
    """
    workbook = Workbook(write_only=True)
    book = _Book(workbook, form, facts, rows or {}, progress, lines)
    for group in figure_groups(form, facts.money):
        book.figures(group)
    book.texts()
    for table in form.tables:
        if isinstance(table, RowTable):
            book.row_table(table)
    workbook.save(path)


class _Book:
    def __init__(
        self,
        workbook: Workbook,
        form: FormDefinition,
        facts: SheetFacts,
        rows: Mapping[str, Sequence[UnitRow]],
        progress: Progress | None,
        lines: Sequence[Line],
    ) -> None:
        self._workbook = workbook
        self._form = form
        self._facts = facts
        self._rows = rows
        self._lines = lines
        self._cells = Cells(Looks(workbook))
        self._progress = progress or (lambda done, total: None)
        self._total = len(figure_groups(form, facts.money)) * len(lines) + sum(map(len, rows.values()))
        self._done = 0
        self._marked = facts.mark is None

    def figures(self, group: FigureGroup) -> None:
        sheet = StreamSheet(self._workbook, group.title)
        remarks = any(line.remark for line in self._lines if line.cells is not None)
        tail = [_REMARK] if remarks else []
        figures = [_width(field, self._lines, self._facts.money) for field in group.fields]
        page = set_up(sheet, [_NUMBER.width, _UNIT.width, *figures, *(column.width for column in tail)])
        units = units_of(group.fields, self._facts.money)
        self._freeze(sheet, len(group.header))
        write_top(sheet, self._cells, self._form, self._facts, units, page)
        write_header(sheet, self._cells, [_NUMBER, _UNIT], group.header, tail, page)
        writers = {kind: [self._writer(field, kind) for field in group.fields] for kind in LineKind}
        number = 0
        for line in self._lines:
            number += line.kind is LineKind.UNIT
            numbered = str(number) if line.kind is LineKind.UNIT else ""
            look = replace(MARK, fill=_SHADE.get(line.kind))
            cells = [self._cells.text(numbered, look), self._cells.text(line.name, _name_look(line.kind))]
            if line.cells is None:
                cells.append(self._cells.text(line.remark or NOT_REPORTED, MARK))
                cells += [self._cells.empty(MARK)] * (len(group.fields) - 1 + len(tail))
            else:
                cells += [write(line.cells) for write in writers[line.kind]]
                cells += [self._cells.text(line.remark, look)] * len(tail)
            sheet.write(cells, _height(lines_of(line.name, page.widths[1] - _indent(line.kind) * 2)))
            self._step()
        self._foot(sheet, group.notes, page)

    def texts(self) -> None:
        """What doesn't add up, listed by unit; units that wrote nothing are left out."""
        fields = listed_fields(self._form)
        written = [
            line
            for line in self._lines
            if line.cells is not None and any(line.cells.get(field.code) for field in fields)
        ]
        if not written:
            return
        sheet = StreamSheet(self._workbook, "文字")
        page = set_up(sheet, [_NUMBER.width, _UNIT.width, *(_text_width(field) for field in fields)])
        headings = header([(field.code, field.path) for field in fields])
        self._freeze(sheet, len(headings))
        write_top(sheet, self._cells, self._form, self._facts, "", page)
        write_header(sheet, self._cells, [_NUMBER, _UNIT], headings, [], page)
        for number, line in enumerate(written, 1):
            texts = [(line.cells or {}).get(field.code) or "" for field in fields]
            self._text_row(sheet, number, line.name, texts, page.widths)
        self._foot(sheet, (), page)

    def row_table(self, table: RowTable) -> None:
        sheet = StreamSheet(self._workbook, table.title.zh)
        printed = printed_columns(table)
        codes = {column.code: column for column in table.columns}
        wide = [sum(_text_width(codes[code]) for code in one.columns) for one in printed]
        page = set_up(sheet, [_NUMBER.width, 13, *(min(width, 20) for width in wide)])
        headings = header([(one.columns[0], one.path) for one in printed])
        self._freeze(sheet, len(headings))
        write_top(sheet, self._cells, self._form, self._facts, "", page)
        write_header(sheet, self._cells, [_NUMBER, _UNIT], headings, [], page)
        rows = self._rows.get(table.code, ())
        for number, row in enumerate(rows, 1):
            texts = [" ".join(text for code in one.columns if (text := row.cells.get(code))) for one in printed]
            self._text_row(sheet, number, row.unit, texts, page.widths)
            self._step()
        if not rows and self._form.zero_report is not None:
            blank = [self._cells.empty(MARK)] * (len(page.widths) - 2)
            sentence = self._cells.text(self._form.zero_report.zh, replace(NAME, horizontal="center"))
            line = sheet.write([self._cells.empty(MARK), sentence, *blank], 24)
            sheet.merge(line, 2, 1, len(page.widths) - 1)
        self._foot(sheet, table.notes, page)

    def _foot(self, sheet: StreamSheet, notes: Sequence[Label], page: Page) -> None:
        write_foot(sheet, self._cells, self._form, self._facts, notes, page)
        if not self._marked and self._facts.mark is not None:
            self._marked = True
            write_mark(sheet, self._cells, self._facts.mark, page)

    def _text_row(
        self, sheet: StreamSheet, number: int, unit: str, texts: Sequence[str], widths: Sequence[float]
    ) -> None:
        cells = [self._cells.text(str(number), MARK), self._cells.text(unit, replace(NAME, size=TEXT.size))]
        cells += [self._cells.text(text, TEXT) for text in texts]
        tallest = max(lines_of(text, width) for text, width in zip([unit, *texts], widths[1:], strict=True))
        sheet.write(cells, _height(tallest))

    def _freeze(self, sheet: StreamSheet, levels: int) -> None:
        """Headings, column numbers and names stay in sight. Said before the first row, ahead of which it is written."""
        sheet.freeze_panes = f"C{TOP_ROWS + levels + 2}"

    def _writer(self, field: FormField, kind: LineKind) -> Callable[[Mapping[str, str | None]], StreamCell]:
        code, shade = field.code, _SHADE.get(kind)
        bold = kind is LineKind.TOTAL
        look = replace(FIGURE, number_format=figure_format(field), fill=shade, bold=bold)
        blank = self._cells.empty(look)
        not_asked = self._cells.text(NOT_ASKED, replace(MARK, fill=shade))
        in_ten_thousands = field.type is FieldType.MONEY and self._facts.money is MoneyUnit.WAN_YUAN
        number = self._cells.number

        def write(cells: Mapping[str, str | None]) -> StreamCell:
            if code not in cells:
                return not_asked
            text = cells[code]
            if text is None:
                return blank
            return number(_ten_thousands(text) if in_ten_thousands else text, look)

        return write

    def _step(self) -> None:
        self._done += 1
        if self._done % _EVERY == 0 or self._done == self._total:
            self._progress(self._done, self._total)


def _ten_thousands(yuan: str) -> str:
    """元 as 万元, exactly: 12345.6 is 1.23456."""
    return plain(Decimal(yuan).scaleb(-_TEN_THOUSAND))


def figure_format(field: FormField) -> str:
    """Thousands separators; as many decimals as the field has, 万元 with two."""
    if field.type is FieldType.PERCENT:
        return "0." + "0" * field.decimals if field.decimals else "0"
    return "#,##0." + "0" * min(field.decimals, 6) if field.decimals else "#,##0"


def _name_look(kind: LineKind) -> Look:
    return replace(NAME, fill=_SHADE.get(kind), bold=kind is LineKind.TOTAL, indent=_indent(kind))


def _indent(kind: LineKind) -> int:
    return 1 if kind in (LineKind.UNIT, LineKind.OWN) else 0


def _height(lines: int) -> float:
    return min(max(lines * LINE_HEIGHT + 3, 18), TALLEST)


def _width(field: FormField, lines: Sequence[Line], money: MoneyUnit) -> float:
    """Room for the longest figure with its separators, and for its heading in two lines."""
    texts = (text for line in lines if line.cells and (text := line.cells.get(field.code)))
    if field.type is FieldType.MONEY and money is MoneyUnit.WAN_YUAN:
        digits = max((len(text.partition(".")[0]) for text in texts), default=1) - _TEN_THOUSAND
        figure = max(digits, 1) + 3
    else:
        figure = max((len(text) for text in texts), default=1)
    separators = (figure - 1) // 3
    heading = max(width_of(field.path[-1].zh) / 2, width_of(unit_of(field, money)) + 4 if field.numeric else 0)
    return float(min(max((figure + separators) * 1.15 + 1.2, min(heading, 8.5), 5.5), 26))


def _text_width(rules: ValueRules) -> float:
    if rules.type is FieldType.TEXT and rules.max_length <= _SHORT:
        return 8
    return _TEXT_WIDTHS.get(rules.type, 13)


#: A text no longer than this is a name.
_SHORT = 50
_TEXT_WIDTHS = {
    FieldType.LONG_TEXT: 18,
    FieldType.IDENTITY: 20,
    FieldType.PHONE: 12.5,
    FieldType.DATE: 11,
    FieldType.CHOICE: 10,
    FieldType.YES_NO: 8,
}
