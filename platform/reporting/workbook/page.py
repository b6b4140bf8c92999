"""The printed page: title, facts and headings above, signatures below, A4 landscape, one page wide."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from forms.definition import FormDefinition
from forms.fields import Label
from forms.layout import HeaderCell
from reporting.workbook.lines import Mark, SheetFacts
from reporting.workbook.looks import FACT, HEAD, NOTE, ORDINAL, PAGE_TITLE, Look
from reporting.workbook.mark import HEIGHT as CODE_HEIGHT
from reporting.workbook.mark import Code
from reporting.workbook.stream import Cells, StreamSheet

A4 = 9
#: A page so wide, in characters, prints at about full size on A4 landscape.
PAGE_WIDTH = 118.0
#: Rows above the headings: title, three of the block at top right, the line of facts.
TOP_ROWS = 5
#: Points of a line of text.
LINE_HEIGHT = 13.5
TALLEST = 400.0
_MM = 1 / 25.4
#: Characters that the code takes.
_CODE_WIDTH = 14


def width_of(text: str) -> int:
    """Columns of a text: a Chinese character is two wide, rare ones outside the basic plane too."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def lines_of(text: str, width: float) -> int:
    """Lines that a text needs in a column so many characters wide."""
    usable = max(width - 1, 2)
    return sum(max(1, math.ceil(width_of(part) / usable)) for part in text.split("\n"))


def row_height(lines: int) -> float:
    """Points for so many lines in a list or a sheet to fill, no more than a row can have."""
    return min(max(22.0, lines * (LINE_HEIGHT + 1.5) + 6), TALLEST)


@dataclass(frozen=True, slots=True)
class Page:
    """Column widths, and how much larger than the page they are: what is to be read at full size is enlarged by it."""

    widths: tuple[float, ...]

    @property
    def zoom(self) -> float:
        return max(1.0, sum(self.widths) / PAGE_WIDTH)

    def look(self, look: Look) -> Look:
        return replace(look, size=round(look.size * self.zoom))


@dataclass(frozen=True, slots=True)
class LeadColumn:
    """A column before the form's own: 序号, 单位名称."""

    heading: str
    width: float


def set_up(sheet: StreamSheet, widths: Sequence[float]) -> Page:
    """Paper, margins, footer and column widths; narrow tables are stretched to fill the page."""
    stretch = max(1.0, PAGE_WIDTH / sum(widths))
    final = [round(width * stretch, 2) for width in widths]
    for place, width in enumerate(final):
        sheet.column_dimensions[get_column_letter(place + 1)].width = width
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 10 * _MM, 10 * _MM, 15 * _MM, 15 * _MM
    margins.header, margins.footer = 7 * _MM, 7 * _MM
    sheet.oddFooter.center.text = "第 &P 页  共 &N 页"
    sheet.oddFooter.center.size = 9
    return Page(tuple(final))


def write_top(
    sheet: StreamSheet, cells: Cells, form: FormDefinition, facts: SheetFacts, units: str, page: Page
) -> None:
    """Title; 表号, 制发机关, 依据, 有效期至 at top right; 填报单位, 报告期, 计量单位 on the line above the table."""
    count, look = len(page.widths), page.look(PAGE_TITLE)
    title = f"{form.name.zh}（{facts.status}）" if facts.status else form.name.zh
    row = sheet.write([cells.text(title if place == 0 else "", look) for place in range(count)], 32 * page.zoom)
    sheet.merge(row, 1, 1, count)
    block = [
        f"表    号：{form.table_no}",
        f"制发机关：{form.issuer.zh}",
        f"依    据：{form.basis.zh}",
        f"有效期至：{form.valid_until.year}年{form.valid_until.month}月{form.valid_until.day}日",
    ]
    right = _right_block(page, max(width_of(text) for text in block))
    for text in block[:-1]:
        segments(sheet, cells, [(0, ""), (right, text)], page)
    left = [f"填报单位：{facts.unit}", f"报告期：{facts.period}"]
    if units:
        left.append(f"计量单位：{units}")
    segments(sheet, cells, [*side_by_side(left, page.widths[:right]), (right, block[-1])], page)


def _right_block(page: Page, characters: int) -> int:
    """The first of the columns that together hold the block at top right."""
    room, place = 0.0, len(page.widths)
    while place > 1 and room < (characters + 2) * page.zoom:
        place -= 1
        room += page.widths[place]
    return place


def side_by_side(texts: Sequence[str], widths: Sequence[float]) -> list[tuple[int, str]]:
    """Texts at columns that give each room by its length; all in one place when there are too few columns."""
    if len(widths) < len(texts):
        return [(0, "    ".join(texts))]
    lengths = [width_of(text) + 4 for text in texts]
    total, starts, passed = sum(widths), [0], 0.0
    for place, width in enumerate(widths):
        left = len(texts) - len(starts)
        share = total * sum(lengths[: len(starts)]) / sum(lengths)
        if left and place and (passed + width / 2 >= share or len(widths) - place <= left):
            starts.append(place)
        passed += width
    return list(zip(starts, texts, strict=True))


def segments(
    sheet: StreamSheet, cells: Cells, parts: Sequence[tuple[int, str]], page: Page, height: float = 16
) -> None:
    """One row of texts, each from its column to the next one's."""
    texts, look, count = dict(parts), page.look(FACT), len(page.widths)
    row = sheet.write([cells.text(texts.get(place, ""), look) for place in range(count)], height * page.zoom)
    for start, end in pairwise([*(place for place, _ in parts), count]):
        sheet.merge(row, start + 1, 1, end - start)


def write_header(
    sheet: StreamSheet,
    cells: Cells,
    lead: Sequence[LeadColumn],
    headings: Sequence[Sequence[HeaderCell]],
    tail: Sequence[LeadColumn],
    page: Page,
) -> None:
    """Header rows with their merges, the row of column numbers, frozen panes, and the rows repeated on every page."""
    depth, first = len(headings), sheet.row_count + 1
    offset, count = len(lead), len(page.widths)
    grid: list[list[str]] = [[""] * count for _ in range(depth)]
    spans: list[tuple[int, int, int, int]] = []
    beside = [(place, column.heading) for place, column in enumerate(lead)]
    beside += [(count - len(tail) + place, column.heading) for place, column in enumerate(tail)]
    for place, heading in beside:
        grid[0][place] = heading
        spans.append((0, place, depth, 1))
    for cell in (cell for level in headings for cell in level):
        grid[cell.row][offset + cell.column] = cell.label.zh
        spans.append((cell.row, offset + cell.column, cell.rows, cell.columns))
    heights = _heights(depth, spans, grid, page.widths)
    for texts, height in zip(grid, heights, strict=True):
        sheet.write([cells.text(text, HEAD) for text in texts], height)
    for row, place, rows, columns in spans:
        sheet.merge(first + row, place + 1, rows, columns)
    numbers = ["甲", "乙", "丙"][:offset] + [str(n) for n in range(1, count - offset - len(tail) + 1)]
    sheet.write([cells.text(text, ORDINAL) for text in [*numbers, *[""] * len(tail)]], 13)
    sheet.print_title_rows = f"{first}:{sheet.row_count}"


def _heights(
    depth: int, spans: Sequence[tuple[int, int, int, int]], grid: Sequence[Sequence[str]], widths: Sequence[float]
) -> list[float]:
    """Heights of header rows: enough for the tallest heading of each, headings over several rows sharing them."""
    heights = [18.0] * depth
    for row, place, rows, columns in sorted(spans, key=lambda span: span[2]):
        needed = lines_of(grid[row][place], sum(widths[place : place + columns])) * LINE_HEIGHT + 5
        missing = needed - sum(heights[row : row + rows])
        if missing > 0:
            heights[row + rows - 1] += missing
    return [min(height, TALLEST) for height in heights]


def write_foot(
    sheet: StreamSheet, cells: Cells, form: FormDefinition, facts: SheetFacts, notes: Sequence[Label], page: Page
) -> None:
    """The signature line, then the notes of the form and of the tables on this sheet."""
    count, look = len(page.widths), page.look(NOTE)
    signatures = facts.signatures or [(label.zh, "") for label in form.signatures]
    segments(sheet, cells, side_by_side([f"{title}：{name}" for title, name in signatures], page.widths), page, 26)
    for number, note in enumerate([*form.notes, *notes], 1):
        text = f"{'说明：' if number == 1 else '      '}{number}. {note.zh}"
        height = lines_of(text, sum(page.widths) / page.zoom) * (LINE_HEIGHT + 2) * page.zoom
        row = sheet.write([cells.text(text if place == 0 else "", look) for place in range(count)], height)
        sheet.merge(row, 1, 1, count)


def write_mark(sheet: StreamSheet, cells: Cells, mark: Mark, page: Page) -> None:
    """第 n 次上报, beside the code that tells whether this is still current. Once a workbook, after its first sheet."""
    count = len(page.widths)
    # The code is wider than the first column: the words begin where it has ended.
    start, room = 0, 0.0
    while mark.address and start < count - 1 and room < _CODE_WIDTH * page.zoom:
        room += page.widths[start]
        start += 1
    told = f"第 {mark.number} 次上报。"
    if mark.address:
        told += "扫描左侧二维码，可核验本表是否现行有效。"
    look = page.look(replace(NOTE, vertical="center"))
    height = (CODE_HEIGHT if mark.address else 18) * page.zoom
    row = sheet.write([cells.text(told if place == start else "", look) for place in range(count)], height)
    sheet.merge(row, start + 1, 1, count - start)
    if mark.address:
        sheet.picture(Code(mark.address, f"A{row}", zoom=page.zoom))
