"""An uploaded workbook that was looked over, as sheets of cells.

Cells keep what the file says, and are turned into text where their kind is known. The old binary format is read in
a process of its own with a limit of memory: it does not say beforehand how large it will be.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from reporting.workbook.errors import FileRefused
from reporting.workbook.inspection import MAX_COLUMNS, MAX_ROWS, SheetShape, inspect

#: What calamine makes of a cell.
Raw = int | float | str | bool | date | datetime | time | timedelta

#: Excel keeps so many significant digits; the rest of a stored binary fraction is noise.
_DIGITS = 15
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by row and column from 0; what lies beyond is blank."""

    name: str
    rows: list[list[Raw]]
    shape: SheetShape = field(default_factory=SheetShape)

    def at(self, row: int, column: int) -> Raw:
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""

    def text(self, row: int, column: int) -> str:
        return text_of(self.at(row, column))

    def merged_over(self, row: int, column: int) -> bool:
        """Whether the cell lies in a merged range."""
        return any(t <= row <= b and left <= column <= right for t, left, b, right in self.shape.merged)


def place(row: int, column: int) -> str:
    """How a person finds the cell: C12."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def open_book(content: bytes, name: str) -> dict[str, Sheet]:
    """The sheets of an .xlsx or .xls file by name. Raises FileRefused."""
    found = inspect(content, name)
    sheets = read_sheets(content) if found.shapes else _apart(content)
    return {title: Sheet(title, rows, found.shapes.get(title, SheetShape())) for title, rows in sheets.items()}


def read_sheets(content: bytes) -> dict[str, list[list[Raw]]]:
    """Every sheet's cells. A formula counts as its stored value; macros are never run."""
    sheets = {}
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for title in book.sheet_names:
            sheet = book.get_sheet_by_name(title)
            if sheet.total_height > MAX_ROWS or sheet.total_width > MAX_COLUMNS:
                raise FileRefused("too_many_rows", rows=MAX_ROWS, columns=MAX_COLUMNS)
            sheets[title] = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefused("broken") from error
    return sheets


def _apart(content: bytes) -> dict[str, list[list[Raw]]]:
    """Read in another process that may take 1 GB and a minute."""
    command = [sys.executable, "-I", "-c", _CHILD, str(MAX_ROWS), str(MAX_COLUMNS)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise FileRefused("broken") from error
    read: dict[str, list[list[Raw]]] | None = pickle.loads(done.stdout)
    if read is None:
        raise FileRefused("too_many_rows", rows=MAX_ROWS, columns=MAX_COLUMNS)
    return read


_CHILD = """
import pickle, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from io import BytesIO
from python_calamine import CalamineWorkbook
book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
sheets = {}
for title in book.sheet_names:
    sheet = book.get_sheet_by_name(title)
    if sheet.total_height > int(sys.argv[1]) or sheet.total_width > int(sys.argv[2]):
        sheets = None
        break
    sheets[title] = sheet.to_python(skip_empty_area=False)
sys.stdout.buffer.write(pickle.dumps(sheets))
"""


def text_of(raw: Raw) -> str:
    """A cell as somebody would have typed it: 370303001.0 is 370303001, a date is 2026-01-31."""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        return _number(raw)
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, date | time):
        return raw.isoformat()
    return str(raw)


def _number(raw: float) -> str:
    value = Decimal(f"{raw:.{_DIGITS}g}")
    return f"{value.normalize():f}" if value else "0"
