"""Reading a plain table that somebody uploads: .xlsx, .xls or .csv, as rows of text. Hostile files are refused."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile

from python_calamine import CalamineError, CalamineWorkbook

from reporting.workbook.errors import FileRefused

MAX_BYTES = 10 * 1024 * 1024
#: What a workbook may unpack to: a zip bomb is far beyond, a register of a county far below.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60


async def read_table(content: bytes, *, name: str) -> list[list[str]]:
    """The rows of the first sheet, every cell as text, trailing blanks cut. Raises FileRefused.

    Runs beside the event loop. A formula counts as its stored value; macros are never run.
    """
    return await asyncio.to_thread(_read, content, name.lower())


def _read(content: bytes, name: str) -> list[list[str]]:
    if len(content) > MAX_BYTES:
        raise FileRefused(problem="文件超过10MB")
    if name.endswith((".xlsx", ".xlsm", ".xls")):
        return _limited(_workbook(content, zipped=not name.endswith(".xls")))
    if name.endswith(".csv"):
        return _limited(_csv(content))
    if name.endswith(".et"):
        raise FileRefused(problem="WPS 的 .et 文件请先另存为 .xlsx 再上传")
    raise FileRefused(problem="只支持 .xlsx、.xls、.csv 文件")


def _workbook(content: bytes, *, zipped: bool) -> list[list[str]]:
    if zipped:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
        except zipfile.BadZipFile as error:
            raise FileRefused(problem="文件已损坏，或不是 Excel 文件") from error
        if unpacked > MAX_UNPACKED:
            raise FileRefused(problem="文件解压后过大")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
            raise FileRefused(problem=f"表格超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列，请删去多余的空行空列")
        return [[_text(cell) for cell in row] for row in sheet.to_python()]
    except (CalamineError, IndexError, ValueError) as error:
        raise FileRefused(problem="文件已损坏，或不是 Excel 文件") from error


def _text(cell: object) -> str:
    """A code typed as a number comes back as a float: 370303001.0 is 370303001."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(content.decode(encoding)))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise FileRefused(problem="文件编码无法识别，请另存为 UTF-8 或 .xlsx")


def _limited(rows: list[list[str]]) -> list[list[str]]:
    if len(rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in rows):
        raise FileRefused(problem=f"表格超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列")
    return [row for row in rows if any(row)]
