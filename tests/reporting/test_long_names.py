"""Names of 33 characters, and with characters of four bytes, in every workbook: whole, readable, files named right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kit.db.session import Database
from kit.settings import Settings
from reporting import templates
from reporting.behalf_books.making import make_book
from reporting.workbook.page import LINE_HEIGHT, lines_of
from tests.large_county import RARE, long_name
from tests.reporting.steps import approve, hand_in
from tests.reporting.test_exports import made
from tests.world import World, make_world

pytestmark = pytest.mark.anyio

NAMES = {
    "A": long_name("第1", "镇"),
    "A1": long_name("甲", "村委会"),
    "A2": f"2号{RARE}",
    "B": "第2𡐓镇",
    "B1": "𡐓" * 33,
}
OWN = {"A": f"{NAMES['A']}本级", "B": f"{NAMES['B']}本级"}
#: kind → the names that it bears when the county asks.
KINDS = {
    "official": {*NAMES.values(), *OWN.values()},
    "detail": {*NAMES.values()},
    "completeness": {*NAMES.values()},
    "periods": {NAMES["A"], NAMES["B"]},
}


@pytest.fixture
async def begun(database: Database) -> World:
    assert {len(NAMES[code]) for code in ("A", "A1", "B1")} == {33}
    return await make_world(database, names=NAMES)


@pytest.fixture
async def world(database: Database, begun: World) -> World:
    """Everything approved."""
    for code, above in (("A1", "A"), ("A2", "A"), ("B1", "B"), ("B2", "B"), ("A", "C"), ("B", "C")):
        await hand_in(database, begun, code, {"pc": "1", "rc": "2"})
        await approve(database, begun, code, above)
    return begun


def cells_of(content: bytes) -> Iterator[tuple[Worksheet, Cell]]:
    book = load_workbook(BytesIO(content))
    for sheet in book.worksheets:
        assert len(sheet.title.encode("utf-16-le")) <= 62
        assert re.fullmatch(r"[^\[\]:*?/\\']+", sheet.title)
        for row in sheet.iter_rows():
            yield from ((sheet, cell) for cell in row if isinstance(cell, Cell) and cell.value is not None)


def room_of(sheet: Worksheet, cell: Cell) -> tuple[float, float]:
    """Width in characters and height in points of a cell with what is merged to it."""
    block = next((b for b in sheet.merged_cells.ranges if cell.coordinate in b), None)
    columns = range(cell.column, (block.max_col if block else cell.column) + 1)
    rows = range(cell.row, (block.max_row if block else cell.row) + 1)
    width = sum(sheet.column_dimensions[get_column_letter(column)].width for column in columns)
    return width, sum(sheet.row_dimensions[row].height or 15 for row in rows)


def assert_readable(content: bytes, names: set[str]) -> None:
    """Every name is there unharmed, and where a line is not enough it is wrapped and has the height for it."""
    seen = set()
    for sheet, cell in cells_of(content):
        text = str(cell.value)
        assert "\ufffd" not in text
        if text in names:
            seen.add(text)
            width, height = room_of(sheet, cell)
            lines = lines_of(text, width)
            assert lines == 1 or cell.alignment.wrap_text, (sheet.title, cell.coordinate)
            assert height >= lines * LINE_HEIGHT, (sheet.title, cell.coordinate, lines, height)
    assert seen == names


@pytest.mark.parametrize("kind", KINDS)
async def test_an_export_shows_the_whole_name(database: Database, settings: Settings, world: World, kind: str) -> None:
    basis = "reported" if kind == "official" else "live"
    _, content = await made(database, settings, world, "C", basis, kind)
    assert_readable(content, KINDS[kind])


@pytest.mark.parametrize("kind", [*KINDS, "csv"])
async def test_a_file_is_named_after_the_unit(database: Database, settings: Settings, world: World, kind: str) -> None:
    for code in ("A", "B"):
        name, content = await made(database, settings, world, code, "live", kind)
        assert NAMES[code] in name and name.startswith("小表_2026年10月_")
        assert name.endswith(".csv" if kind == "csv" else ".xlsx")
        assert len(name.encode()) <= 255, "what a folder on Linux takes"
        if kind == "csv":
            assert NAMES[f"{code}1"] in content.decode("utf-8-sig")


async def test_the_sheet_to_fill_says_whose_it_is(database: Database, begun: World) -> None:
    for code in ("A1", "A2", "B1"):
        actor = begun.actor(code)
        async with database.transaction(actor.identity) as session:
            given = await templates.make_template(session, actor=actor, submission_id=begun.submission(code))
        assert NAMES[code] in given.name
        told = [str(cell.value) for _, cell in cells_of(given.content)]
        assert f"填报单位：{NAMES[code]}　　报告期：2026年10月" in told


async def test_the_book_of_others_reports_shows_the_whole_name(database: Database, world: World) -> None:
    actor = world.actor("A")
    async with database.transaction(actor.identity) as session:
        given = await make_book(session, actor=actor, cycle_id=world.opened.id)
    assert NAMES["A"] in given.name
    assert_readable(given.content, {NAMES["A"], NAMES["A1"], NAMES["A2"]})
