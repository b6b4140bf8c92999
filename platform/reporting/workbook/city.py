"""A workbook of somebody else's design: looked at to be mapped, and filled without touching its look."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reporting.workbook.book import text_of
from reporting.workbook.errors import FileRefused
from reporting.workbook.inspection import inspect
from reporting.workbook.stream import clean_text

#: What is shown of a sheet, and can be mapped.
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 300, 80, 12
#: A form of the city's is far below; a register is no form.
MOST_CELLS = 100_000
_GENERAL = "General"
#: What a file may hold that does not survive being filled, and where it shows.
_LOST = {
    "charts": re.compile(r"^xl/charts/|^xl/chartsheets/"),
    "images": re.compile(r"^xl/media/"),
    "controls": re.compile(r"^xl/(ctrlProps|activeX)/"),
    "pivots": re.compile(r"^xl/(pivotTables|slicers|timelines)/"),
    "threads": re.compile(r"^xl/threadedComments/"),
}
_SHAPES = re.compile(rb"<(?:\w+:)?(?:sp|grpSp|cxnSp|graphicFrame)[ >]")
_EXTENSIONS = re.compile(rb"<(?:\w+:)?ext [^>]*uri=")


@dataclass(frozen=True, slots=True)
class CityCell:
    """A cell as it is shown; rows and columns count from 1. `kind`: text, number, formula or blank."""

    ref: str
    row: int
    column: int
    rows: int
    columns: int
    kind: str
    text: str
    bold: bool
    align: str


@dataclass(frozen=True, slots=True)
class CityPage:
    """A sheet as far as it can be mapped. `cut`: there is more of it."""

    name: str
    rows: int
    columns: int
    widths: list[float]
    cells: list[CityCell]
    cut: bool
    #: Cells under a merged range's first one.
    covered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CityBook:
    pages: list[CityPage]
    #: What filling would lose, out of charts, images, controls, pivots, threads, shapes, extensions.
    losses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CityPut:
    """What is written into a cell; None leaves it blank. `decimals` of a number in a cell without a format."""

    sheet: str
    cell: str
    value: Decimal | str | None
    decimals: int = 0


def column_letter(column: int) -> str:
    """1 is A."""
    return get_column_letter(column)


def look_at(content: bytes, name: str) -> CityBook:
    """Raises FileRefused for what can't be kept: the old format, macros, what is broken or no form by its size."""
    found = inspect(content, name)
    if not found.shapes:
        raise FileRefused("old_format")
    if sum(shape.cells for shape in found.shapes.values()) > MOST_CELLS:
        raise FileRefused("no_form", cells=MOST_CELLS)
    book = _open(content)
    pages = [_page(sheet) for sheet in book.worksheets[:MOST_SHEETS] if sheet.sheet_state == "visible"]
    if not pages:
        raise FileRefused("broken")
    return CityBook(pages, losses_of(content))


def _open(content: bytes) -> Workbook:
    try:
        return load_workbook(BytesIO(content), rich_text=True)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, SyntaxError) as error:
        raise FileRefused("broken") from error


def losses_of(content: bytes) -> list[str]:
    """What of a workbook is not kept when it is filled."""
    lost: set[str] = set()
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            lost |= {what for what, pattern in _LOST.items() if pattern.match(name)}
            if name.startswith("xl/drawings/") and name.endswith(".xml") and _SHAPES.search(archive.read(name)):
                lost.add("shapes")
            if name.startswith("xl/worksheets/sheet") and _EXTENSIONS.search(archive.read(name)):
                lost.add("extensions")
    return sorted(lost - ({"shapes"} if "charts" in lost else set()))


def _page(sheet: Worksheet) -> CityPage:
    rows, columns = min(sheet.max_row, MOST_ROWS), min(sheet.max_column, MOST_COLUMNS)
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: set[str] = set()
    for area in sheet.merged_cells.ranges:
        spans[area.min_row, area.min_col] = (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        covered |= {
            f"{get_column_letter(c)}{r}"
            for r in range(area.min_row, min(area.max_row, rows) + 1)
            for c in range(area.min_col, min(area.max_col, columns) + 1)
        } - {f"{get_column_letter(area.min_col)}{area.min_row}"}
    cells = []
    for line in sheet.iter_rows(1, rows, 1, columns):
        for cell in line:
            if isinstance(cell, MergedCell):
                continue
            height, width = spans.get((cell.row, cell.column), (1, 1))
            kind, text = _shown(cell.value, cell.data_type)
            cells.append(
                CityCell(
                    cell.coordinate,
                    cell.row,
                    cell.column,
                    min(height, rows - cell.row + 1),
                    min(width, columns - cell.column + 1),
                    kind,
                    text,
                    bool(cell.font.b),
                    cell.alignment.horizontal or ("right" if kind == "number" else "left"),
                )
            )
    widths = [float(sheet.column_dimensions[get_column_letter(c)].width or 9) for c in range(1, columns + 1)]
    cut = sheet.max_row > rows or sheet.max_column > columns
    return CityPage(sheet.title, rows, columns, widths, cells, cut, frozenset(covered))


def _shown(value: Any, kind: str) -> tuple[str, str]:
    if value is None or value == "":
        return "blank", ""
    if kind == "f":
        return "formula", str(getattr(value, "text", value))[:80]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return ("number" if number else "text"), text_of(value if number else str(value))[:300]


def fill_city(source: Path, target: Path, puts: Sequence[CityPut]) -> None:
    """Write values into a copy; everything else stays. Formulas are reckoned anew when it is opened.

    Raises FileRefused where a cell is a formula's, or lies under a merged one: mapping has refused both before.
    """
    book = _open(source.read_bytes())
    for put in puts:
        cell = book[put.sheet][put.cell]
        if isinstance(cell, MergedCell) or cell.data_type == "f":
            raise FileRefused("city_cell", sheet=put.sheet, cell=put.cell)
        if isinstance(put.value, str):
            text = clean_text(put.value)
            cell.value = text
            # Whatever it begins with, it is text.
            cell.data_type = "s"
            cell.quotePrefix = text.startswith(("=", "+", "-", "@", "\t", "\r"))
            continue
        cell.value = put.value
        if put.value is not None and put.decimals and cell.number_format == _GENERAL:
            cell.number_format = "0." + "0" * put.decimals
    calculation = book.calculation
    if calculation is not None:
        calculation.fullCalcOnLoad = True
    book.save(target)
