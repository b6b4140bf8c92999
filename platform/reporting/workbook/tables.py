"""Reading a plain table that somebody uploads: .xlsx, .xls or .csv, as rows of text. Hostile files are refused."""

from __future__ import annotations

import asyncio
import csv
import io

from reporting.workbook.book import open_book, text_of
from reporting.workbook.errors import FileRefused
from reporting.workbook.inspection import MAX_BYTES

MAX_ROWS = 20_000
MAX_COLUMNS = 60


async def read_table(content: bytes, *, name: str) -> list[list[str]]:
    """The rows of the first sheet, every cell as text, empty rows left out. Raises FileRefused.

    Runs beside the event loop. A formula counts as its stored value; macros are never run.
    """
    return await asyncio.to_thread(_read, content, name.lower())


def _read(content: bytes, name: str) -> list[list[str]]:
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large")
    if name.endswith(".csv"):
        return _limited(_csv(content))
    sheets = open_book(content, name)
    if not sheets:
        raise FileRefused("broken")
    first = next(iter(sheets.values()))
    return _limited([[text_of(cell).strip() for cell in row] for row in first.rows])


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(content.decode(encoding)))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise FileRefused("encoding")


def _limited(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows):
        raise FileRefused("too_many_rows", rows=MAX_ROWS, columns=MAX_COLUMNS)
    return [row for row in rows if any(row)]
