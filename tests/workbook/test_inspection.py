"""Workbooks that mean harm, or are merely broken: each is refused in words, before anything unpacks or allocates it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from reporting.workbook import inspection
from reporting.workbook.book import open_book, text_of
from reporting.workbook.errors import FileRefused
from reporting.workbook.tables import read_table

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def plain(change: Callable[[Workbook], object] = lambda _: None) -> bytes:
    book = Workbook()
    book.active["A1"] = "编码"  # type: ignore[index] # a new book has a page
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(name: str, content: bytes, base: bytes | None = None) -> bytes:
    """A workbook with one part put in, or put in the place of another."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or plain())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in source.infolist():
            if entry.filename != name:
                made.writestr(entry.filename, source.read(entry.filename))
        made.writestr(name, content)
    return out.getvalue()


def lying(content: bytes, name: str) -> bytes:
    """The same archive, declaring one part to be a hundred bytes long."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(name).file_size.to_bytes(4, "little")
    assert content.count(size) >= 2
    return content.replace(size, (100).to_bytes(4, "little"))


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
FOOT = b"</sheetData></worksheet>"
FAR_CELL = HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + FOOT
MILLION = HEAD + b"<row><c><v>1</v></c></row>" * 1_000_000 + FOOT
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="inlineStr">'
    b"<is><t>&b;</t></is></c></row></sheetData></worksheet>"
)
ELSEWHERE = b'<Relationships xmlns="x"><Relationship Id="rId1" Target="/x.xml"/></Relationships>'
BOMB = with_part("xl/media/image1.png", b"\0" * (inspection.MAX_UNPACKED + 1))

HOSTILE = {
    "a cell in the farthest corner": (with_part(SHEET, FAR_CELL), "a.xlsx", "too_many_rows"),
    "a million rows": (with_part(SHEET, MILLION), "a.xlsx", "too_many_rows"),
    "entities that grow": (with_part(SHEET, ENTITIES), "a.xlsx", "broken"),
    "a zip bomb that says so": (BOMB, "a.xlsx", "unpacked"),
    "a zip bomb that lies": (lying(BOMB, "xl/media/image1.png"), "a.xlsx", ("broken", "unpacked")),
    "macros by name": (plain(), "a.xlsm", "macros"),
    "macros inside": (with_part("xl/vbaProject.bin", b"x"), "a.xlsx", "macros"),
    "macros in the old format": (OLE + "_VBA_PROJECT_CUR".encode("utf-16-le"), "a.xls", "macros"),
    "a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "locked"),
    "WPS's own format": (OLE, "a.et", "et"),
    "not a workbook": (b"hello", "a.xlsx", "broken"),
    "an archive of something else": (with_part("a.txt", b"x")[:-30], "a.xlsx", "broken"),
    "nothing": (b"", "a.xlsx", "broken"),
    "too many bytes": (b"PK\x03\x04" + b"\0" * inspection.MAX_BYTES, "a.xlsx", "too_large"),
    "the old format, cut short": (OLE + b"\0" * 512, "a.xls", "broken"),
    "another kind of file": (plain(), "a.ods", "kinds"),
    "a sheet elsewhere": (
        with_part(
            "xl/_rels/workbook.xml.rels",
            b'<Relationships xmlns="x"><Relationship Id="rId1" Target="/x.xml"/></Relationships>',
        ),
        "a.xlsx",
        "broken",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_refused_with_what_to_do(case: str) -> None:
    content, name, why = HOSTILE[case]
    with pytest.raises(FileRefused) as refused:
        open_book(content, name)
    assert refused.value.fields["why"] in ((why,) if isinstance(why, str) else why)
    assert refused.value.message("zh-CN").startswith("文件不能使用：")


def test_formulas_and_merged_cells_are_found() -> None:
    def change(book: Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet["B2"] = "=1+1"
        sheet.merge_cells("C3:D4")

    sheet = open_book(plain(change), "a.xlsx")["Sheet"]
    assert sheet.shape.formulas == {(1, 1)}
    assert sheet.merged_over(3, 3)
    assert not sheet.merged_over(1, 1)


@pytest.mark.parametrize(
    ("raw", "text"),
    [(370303001.0, "370303001"), (9.95, "9.95"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (True, "是"), (-0.0, "0")],
)
def test_numbers_as_somebody_would_have_typed_them(raw: float, text: str) -> None:
    assert text_of(raw) == text


@pytest.mark.anyio
async def test_plain_tables_are_read_by_the_same_guard() -> None:
    assert await read_table(plain(), name="units.xlsx") == [["编码"]]
    with pytest.raises(FileRefused):
        await read_table(with_part(SHEET, FAR_CELL), name="units.xlsx")
