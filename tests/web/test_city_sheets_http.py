"""套表: the city's workbook uploaded, mapped, and filled with its look kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Font, Side

import reporting.city.filling  # noqa: F401 - declares the job
from forms.catalogue import load_definition, publish
from kit.db.session import Database
from kit.jobs.runner import run_one
from reporting.workbook.city import CityPut, fill_city, look_at
from reporting.workbook.errors import FileRefused
from tests.reporting.steps import approve, hand_in, open_period
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world, tiny

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]


def city_book() -> Workbook:
    """A sheet such as a city sends: a title over merged cells, figures in rows, a block of townships, a total."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "报表"
    page.merge_cells("A1:E1")
    page["A1"] = "接访情况统计表"
    page["A1"].font = Font(name="黑体", size=18, bold=True)
    page["A2"], page["C2"], page["D2"] = "填报单位", "期间", None
    page["A3"], page["A4"] = "批次", "人次"
    page["B3"].border = Border(bottom=Side("thick"))
    page["B4"].number_format = "#,##0"
    page["B4"] = 999
    page["C4"] = "=B3+B4"
    page["A6"], page["B6"], page["C6"] = "镇街", "批次", "人次"
    page["A7"], page["A8"] = "A镇", "B镇"
    page["A9"], page["B9"], page["C9"] = "合计", "=SUM(B7:B8)", "=SUM(C7:C8)"
    page.column_dimensions["A"].width = 33
    page.print_area = "A1:E9"
    page.print_title_rows = "1:2"
    return book


def bytes_of(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
async def world(database: Database) -> World:
    world = await make_world(database)
    for village, township, n in (("A1", "A", "3"), ("A2", "A", "4"), ("B1", "B", "5"), ("B2", "B", "6")):
        await hand_in(database, world, village, {"pc": n, "rc": "20"})
        await approve(database, world, village, township)
    return world


@pytest.fixture
async def county(database: Database, world: World) -> Person:
    return await people.person(database, world, "C")


async def upload(client: Client, who: Person, content: bytes, name: str = "接访.xlsx", **query: str) -> Any:
    files = {"data": (name, content, "application/octet-stream")}
    return await client.post("/api/city-sheets", files=files, params=query, headers=who.headers)


async def kept(client: Client, who: Person, book: Workbook | None = None, **query: str) -> str:
    answer = await upload(client, who, bytes_of(book or city_book()), **query)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def map_it(client: Client, who: Person, sheet: str, targets: list[dict[str, Any]], version: int = 1) -> Any:
    headers = {**who.headers, "if-match": f'"{version}"'}
    return await client.put(f"/api/city-sheets/{sheet}/targets", json={"targets": targets}, headers=headers)


def figure(world: World, cell: str, field: str, **more: Any) -> dict[str, Any]:
    form_id = str(world.opened.form_id)
    source = {"field": field}
    return {
        "kind": "figure",
        "sheet": "报表",
        "cell": cell,
        "form_id": form_id,
        "basis": "live",
        "source": source,
        **more,
    }


async def filled(
    client: Client, database: Database, world: World, who: Person, sheet: str, period: str = "2026-10", **body: Any
) -> Workbook:
    answer = await client.post(f"/api/city-sheets/{sheet}/fill", json={"period": period, **body}, headers=who.headers)
    assert answer.status_code == 202, answer.text
    assert await run_one(database, world.county.id)
    job = (await client.get(f"/api/jobs/{answer.json()['job_id']}", headers=who.headers)).json()
    assert (job["state"], job["message"]) == ("done", ""), job
    file = await client.get(f"/api/files/{job['file']['id']}", headers=who.headers)
    return load_workbook(io.BytesIO(file.content))


async def test_matched_by_words_and_filled_with_its_look_kept(
    client: Client, database: Database, world: World, county: Person
) -> None:
    sheet = await kept(client, county, title="接访套表")
    how = {"sheet": "报表", "form_id": str(world.opened.form_id), "basis": "live"}
    answer = await client.post(f"/api/city-sheets/{sheet}/proposals", json=how, headers=county.headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert {(t["kind"], t.get("cell"), t.get("first_row"), t.get("last_row")) for t in found["targets"]} == {
        ("figure", "B3", None, None),
        ("figure", "B4", None, None),
        ("block", None, 7, 8),
    }
    block = next(t for t in found["targets"] if t["kind"] == "block")
    assert (block["named"], block["units"], sorted(block["columns"])) == (True, "township", ["B", "C"])
    assert "最少" in found["unmatched"]
    words = [
        {"kind": "unit", "sheet": "报表", "cell": "B2"},
        {"kind": "period", "sheet": "报表", "cell": "D2"},
        {"kind": "signer", "sheet": "报表", "cell": "E2", "text": '=cmd|" /C calc"!A0'},
        figure(world, "E3", "pc", unit_id=str(world.units["A"])),
        figure(world, "E4", "lo"),
    ]
    answer = await map_it(client, county, sheet, [*found["targets"], *words])
    assert (answer.status_code, answer.json()["version"]) == (200, 2), answer.text
    assert (await map_it(client, county, sheet, [])).status_code == 412

    page = (await filled(client, database, world, county, sheet))["报表"]
    assert (page["B3"].value, page["B4"].value, page["E3"].value) == (18, 80, 7)
    assert [(page[f"B{n}"].value, page[f"C{n}"].value) for n in (7, 8)] == [(7, 40), (11, 40)]
    assert (page["B9"].value, page["C4"].value) == ("=SUM(B7:B8)", "=B3+B4")
    assert (page["B2"].value, page["D2"].value, page["E4"].value) == ("测试县", "2026年10月", None)
    assert (page["E2"].data_type, page["E2"].quotePrefix) == ("s", True)
    looks = (page["A1"].font.name, page["B3"].border.bottom.style, page["B4"].number_format)
    assert looks == ("黑体", "thick", "#,##0")
    assert (page.column_dimensions["A"].width, str(page.merged_cells), page.print_title_rows) == (33, "A1:E1", "$1:$2")
    assert page.print_area == "'报表'!$A$1:$E$9"


async def test_spans_and_a_block_whose_names_are_written(
    client: Client, database: Database, world: World, county: Person
) -> None:
    await open_period(database, world, "2026-11")
    await hand_in(database, world, "A1", {"pc": "10", "rc": "20"})
    book = city_book()
    for cell in ("A7", "A8"):
        book["报表"][cell] = None
    sheet = await kept(client, county, book)
    block = {
        "kind": "block",
        "sheet": "报表",
        "first_row": 7,
        "last_row": 8,
        "name_column": "A",
        "units": "township",
        "form_id": str(world.opened.form_id),
        "basis": "live",
        "columns": {"B": {"field": "pc"}},
    }
    spans = [
        figure(world, f"B{row}", "pc", span=span) for row, span in ((2, "year"), (3, "previous"), (4, "last_year"))
    ]
    assert (await map_it(client, county, sheet, [block, *spans])).status_code == 200
    page = (await filled(client, database, world, county, sheet, "2026-11"))["报表"]
    assert [page[f"B{row}"].value for row in (2, 3, 4)] == [28, 18, None]
    assert [(page[f"A{n}"].value, page[f"B{n}"].value) for n in (7, 8)] == [("A镇", 10), ("B镇", None)]


async def test_what_cannot_be_written_is_refused_when_it_is_mapped(
    client: Client, world: World, county: Person
) -> None:
    sheet = await kept(client, county)
    wrong = [
        figure(world, "C4", "pc"),
        figure(world, "B1", "pc"),
        figure(world, "B3", "xm"),
        figure(world, "ZZ99", "pc"),
        figure(world, "B2", "pc"),
        figure(world, "B2", "rc"),
    ]
    answer = await map_it(client, county, sheet, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "city_targets_invalid")
    assert "报表 C4 是公式" in answer.json()["detail"]
    told = [(one["cell"], one["zh"], one["en"]) for one in answer.json()["fields"]["faults"]]
    assert [(cell, zh) for cell, zh, _ in told] == [
        ("报表 C4", "是公式，不能填"),
        ("报表 B1", "在合并格里面，请点合并格的左上角"),
        ("报表 B3", "报表里没有“xm”这一项数"),
        ("报表 ZZ99", "表里没有这一格"),
        ("报表 B2", "设了两次"),
    ]
    assert all(en.isascii() or "“xm”" in en for _, _, en in told)
    english = await client.put(
        f"/api/city-sheets/{sheet}/targets",
        json={"targets": wrong},
        headers={**county.headers, "if-match": '"1"', "accept-language": "en"},
    )
    assert "报表 C4: is a formula" in english.json()["detail"]
    empty = await client.post(f"/api/city-sheets/{sheet}/fill", json={"period": "2026-10"}, headers=county.headers)
    assert (empty.status_code, empty.json()["code"]) == (409, "city_nothing_mapped")


async def test_a_field_that_a_later_version_drops_is_told_and_never_filled(
    client: Client, database: Database, world: World, county: Person
) -> None:
    sheet = await kept(client, county)
    assert (
        await map_it(client, county, sheet, [figure(world, "B3", "hi"), figure(world, "B4", "pc")])
    ).status_code == 200
    definition = tiny().model_dump(mode="json")
    table = definition["tables"][0]
    table["fields"] = [f for f in table["fields"] if f["code"] != "hi"]
    actor = world.actor("C")
    async with database.transaction(world.identity) as session:
        later = await load_definition(
            session,
            actor=actor,
            definition=type(tiny()).model_validate(definition),
            applies_from=world.opened.ends_on,
        )
        await publish(session, actor=actor, version=later)
    await open_period(database, world, "2026-11")
    await hand_in(database, world, "A1", {"pc": "10", "rc": "20"})
    found = (
        await client.get(f"/api/city-sheets/{sheet}/problems", params={"period": "2026-11"}, headers=county.headers)
    ).json()["items"]
    assert [(one["cell"], "已经没有“最多”" in one["message"]) for one in found] == [("B3", True)]
    body = {"period": "2026-11"}
    refused = await client.post(f"/api/city-sheets/{sheet}/fill", json=body, headers=county.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "city_sheet_unsettled")
    page = (await filled(client, database, world, county, sheet, "2026-11", partial=True))["报表"]
    assert (page["B3"].value, page["B4"].value) == (None, 10)
    nothing = (
        await client.get(f"/api/city-sheets/{sheet}/problems", params={"period": "2020-01"}, headers=county.headers)
    ).json()["items"]
    assert all("没有这一期" in one["message"] for one in nothing) and len(nothing) == 2


async def test_others_of_the_county_see_nothing_of_it(
    client: Client, database: Database, world: World, county: Person
) -> None:
    sheet = await kept(client, county, title="接访套表")
    taken = await upload(client, county, bytes_of(city_book()), title="接访套表")
    assert (taken.status_code, taken.json()["code"]) == (409, "city_title_taken")
    town = await people.person(database, world, "A")
    assert (await client.get("/api/city-sheets", headers=town.headers)).status_code == 403
    assert (await client.get(f"/api/city-sheets/{sheet}", headers=town.headers)).status_code == 404
    gone = await client.delete(f"/api/city-sheets/{sheet}", headers=county.headers)
    assert gone.status_code == 204
    assert (await client.get(f"/api/city-sheets/{sheet}", headers=county.headers)).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old_format"),
        ("a.xlsm", b"PK", "macros"),
        ("a.xlsx", b"PK\x03\x04 no zip", "broken"),
        ("a.et", b"x", "et"),
    ],
)
async def test_other_files_are_refused_in_words(
    client: Client, county: Person, name: str, content: bytes, why: str
) -> None:
    answer = await upload(client, county, content, name)
    assert (answer.status_code, answer.json()["fields"]["why"]) == (422, why), answer.text


def test_what_filling_loses_is_told() -> None:
    made = io.BytesIO(bytes_of(city_book()))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/media/image1.png", b"png")
        archive.writestr("xl/drawings/drawing9.xml", b'<xdr:wsDr xmlns:xdr="x"><xdr:sp macro=""></xdr:sp></xdr:wsDr>')
    assert look_at(made.getvalue(), "a.xlsx").losses == ["images", "shapes"]
    assert look_at(bytes_of(city_book()), "a.xlsx").losses == []


def test_a_formula_is_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "city.xlsx"
    city_book().save(source)
    for cell in ("B9", "C1"):
        with pytest.raises(FileRefused):
            fill_city(source, tmp_path / "out.xlsx", [CityPut("报表", cell, "x")])


def test_a_register_is_no_form() -> None:
    book = Workbook()
    for _ in range(2_001):
        book.worksheets[0].append(["x"] * 50)
    with pytest.raises(FileRefused, match="100000"):
        look_at(bytes_of(book), "a.xlsx")
