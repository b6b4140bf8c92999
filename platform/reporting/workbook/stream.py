"""A worksheet written row by row: exact numbers, texts that can't become formulas, no object per cell.

openpyxl's write-only sheet makes an object for each styled cell and prints numbers with 16 significant digits, which
shows 9.95 as 9.949999999999999. Here a cell is (text, kind, style number), and a number is written as its decimal text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.datavalidation import DataValidationList
from openpyxl.worksheet.dimensions import ColumnDimension, RowDimension
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.page import PageMargins, PrintOptions, PrintPageSetup
from openpyxl.worksheet.properties import WorksheetProperties
from openpyxl.worksheet.protection import SheetProtection

from reporting.workbook.looks import Look, Looks

#: Excel keeps 15 significant digits; a longer number would be changed silently, so it is written as text.
EXACT_DIGITS = 15
#: Most characters of a cell.
LONGEST_TEXT = 32_767

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


class StreamCell(NamedTuple):
    """`kind` is n for a number, s for text; an empty cell is text without any."""

    text: str
    kind: Literal["n", "s"]
    style: int


class _Cell:
    """What openpyxl's row writer reads of a cell. One object serves a whole row."""

    __slots__ = ("_value", "coordinate", "data_type", "style_id")
    _value: str
    coordinate: str
    data_type: str
    style_id: int
    has_style = True
    hyperlink = None
    parent = None
    _comment = None


class StreamSheet(WriteOnlyWorksheet):
    """Rows are sequences of StreamCell from the first column on.

    Widths, page and frozen panes are said before the first row: openpyxl writes them ahead of it.
    """

    row_dimensions: dict[int, RowDimension]
    column_dimensions: dict[str, ColumnDimension]
    merged_cells: MultiCellRange
    page_setup: PrintPageSetup
    page_margins: PageMargins
    print_options: PrintOptions
    sheet_properties: WorksheetProperties
    oddFooter: HeaderFooterItem
    protection: SheetProtection
    auto_filter: AutoFilter
    sheet_state: Literal["visible", "hidden"]
    data_validations: DataValidationList

    def __init__(self, workbook: Workbook, title: str) -> None:
        super().__init__(workbook, sheet_name(workbook, title))
        workbook._add_sheet(self)  # type: ignore[attr-defined] # the stubs leave out what begins with _
        self.row_count = 0
        self._letters: list[str] = []

    def write(self, cells: Sequence[StreamCell], height: float | None = None) -> int:
        """Writes the next row, `height` points high, and tells its number."""
        self.row_count += 1
        while len(self._letters) < len(cells):
            self._letters.append(get_column_letter(len(self._letters) + 1))
        if height is not None:
            self.row_dimensions[self.row_count].height = height
        self.append(list(cells))
        return self.row_count

    def merge(self, row: int, column: int, rows: int, columns: int) -> None:
        """Rows and columns count from 1. Cheap for headings, not meant for every row of a long table."""
        if rows > 1 or columns > 1:
            last = f"{get_column_letter(column + columns - 1)}{row + rows - 1}"
            self.merged_cells.add(f"{get_column_letter(column)}{row}:{last}")

    def picture(self, image: Image) -> None:
        """A picture, at its own anchor."""
        self._images.append(image)  # type: ignore[attr-defined] # the stubs leave out what begins with _

    def _values_to_row(self, values: Sequence[StreamCell], row_idx: int) -> Iterator[_Cell]:
        cell, row = _Cell(), str(row_idx)
        for letter, (cell._value, cell.data_type, cell.style_id) in zip(self._letters, values, strict=False):
            cell.coordinate = letter + row
            yield cell


def sheet_name(workbook: Workbook, title: str) -> str:
    """A name that Excel takes: at most 31 units of UTF-16, of which 4-byte characters take two; none of []:*?/\\', and
    not twice."""
    name = _begin(_SHEET_NAME.sub(" ", clean_text(title)).strip(), 28) or "Sheet"
    taken = {existing.casefold() for existing in workbook.sheetnames}
    candidates = [name, *(f"{name}{n}" for n in range(2, 1000))]
    return next(candidate for candidate in candidates if candidate.casefold() not in taken)


def _begin(text: str, units: int) -> str:
    """As many whole characters as so many units of UTF-16 hold."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore").rstrip()


def clean_text(text: str) -> str:
    """Without what a workbook can't hold, and no longer than a cell."""
    return _ILLEGAL.sub("", text)[:LONGEST_TEXT]


class Cells:
    """Makes cells of one workbook."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def empty(self, look: Look) -> StreamCell:
        return StreamCell("", "s", self._looks.number(look))

    def text(self, text: str, look: Look) -> StreamCell:
        """Text, and never a formula: what begins like one is marked as quoted."""
        clean = clean_text(text)
        risky = clean.startswith(_FORMULA_STARTS)
        return StreamCell(clean, "s", self._looks.quoted(look) if risky else self._looks.number(look))

    def number(self, text: str, look: Look) -> StreamCell:
        """A number in plain decimal notation, to the last digit."""
        digits = len(text) - text.count("-") - text.count(".")
        if digits > EXACT_DIGITS and len(text.replace(".", "").strip("-0")) > EXACT_DIGITS:
            return StreamCell(text, "s", self._looks.number(look))
        return StreamCell(text, "n", self._looks.number(look))
