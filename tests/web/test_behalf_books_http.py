"""代报 in one workbook over HTTP: down, filled, up, looked over, handed in village by village."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from kit.db.session import Database
from reporting.models import SubmissionState
from tests.reporting.steps import approve, hand_in, prove, recall, send_back
from tests.reporting.test_submissions import open_topics, state_of
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
BASIS = {"@way": "电话报送", "@who": "莫𡐓村王主任"}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=2, villages=4)


@pytest.fixture
async def town(database: Database, world: World) -> Person:
    return await people.person(database, world, "A")


def url(world: World, what: str = "behalf-book") -> str:
    return f"/api/cycles/{world.opened.id}/{what}"


async def down(client: Client, world: World, who: Person) -> Workbook:
    answer = await client.get(url(world), headers=who.headers)
    assert answer.status_code == 200, answer.text
    return load_workbook(io.BytesIO(answer.content))


def keys_of(page: Worksheet) -> tuple[int, dict[str, int]]:
    head = next(row for row in range(1, 20) if str(page.cell(row, 1).value).startswith("@jiceng"))
    return head, {str(c.value): int(c.column or 0) for c in page[head][1:] if c.value}


def row_of(page: Worksheet, code: str) -> int:
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == code)


def type_in(book: Workbook, code: str, values: Mapping[str, Any], *, force: bool = False) -> None:
    page = book.worksheets[0]
    _, keys = keys_of(page)
    for key, value in values.items():
        cell = page.cell(row_of(page, code), keys[key])
        assert force or not cell.protection.locked, f"{code} {key} is locked"
        cell.value = value


async def up(client: Client, world: World, who: Person, book: Workbook, name: str = "代报.xlsx") -> Any:
    stream = io.BytesIO()
    book.save(stream)
    files = {"data": (name, stream.getvalue(), "application/octet-stream")}
    return await client.post(url(world), files=files, headers=who.headers)


async def looked_over(client: Client, world: World, who: Person, book: Workbook) -> dict[str, Any]:
    answer = await up(client, world, who, book)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sent(lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    kept = ("submission_id", "version", "basis", "zero", "cells", "reasons")
    return {"lines": [{**{key: line[key] for key in kept}, **more} for line in lines]}


async def send(client: Client, world: World, who: Person, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    answer = await client.post(url(world, "behalf"), json=sent(lines, **more), headers=who.headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def of(found: dict[str, Any]) -> dict[str, str]:
    return {line["unit"]["code"]: line["state"] for line in found["lines"]}


async def test_several_villages_are_handed_in_from_one_workbook(
    client: Client, world: World, town: Person, database: Database
) -> None:
    book = await down(client, world, town)
    type_in(book, "A1", {**BASIS, "pc": 3, "rc": "１２"})
    type_in(book, "A2", {**BASIS, "pc": 150, "rc": 200, "@why": "庙会"})
    type_in(book, "A3", {**BASIS, "@zero": "是"})
    found = await looked_over(client, world, town, book)
    assert (of(found), found["unchanged"], found["troubles"]) == ({"A1": "ready", "A2": "ready", "A3": "ready"}, 1, [])
    assert found["tables"] == ["人员"]
    first, second, third = found["lines"]
    assert [(c["name"], c["was"], c["now"]) for c in first["changes"]] == [
        ("来访·批次", None, "3"),
        ("来访·人次", None, "12"),
    ]
    assert (first["basis"], second["reasons"], third["zero"]) == ("电话报送：莫𡐓村王主任", {"W1": "庙会"}, True)
    assert (await state_of(database, world, "A1")).state is SubmissionState.NOT_STARTED, "looking over stores nothing"

    done = await send(client, world, town, found["lines"])
    assert (len(done["done"]), done["refused"]) == (3, [])
    for code in ("A1", "A2", "A3"):
        assert (await state_of(database, world, code)).state is SubmissionState.SUBMITTED
        assert "behalf" in await open_topics(database, world, code)
    await prove(database, world)
    village = await people.person(database, world, "A1")
    seen = (await client.get(f"/api/submissions/{world.submission('A1')}", headers=village.headers)).json()
    assert (seen["behalf"]["kind"], seen["behalf"]["basis"]) == ("filled", "电话报送：莫𡐓村王主任")
    assert "object" in seen["actions"]

    again = await looked_over(client, world, town, book)
    assert (again["lines"], again["unchanged"]) == ([], 4), "the same file has nothing more to say"
    retried = await send(client, world, town, found["lines"])
    assert (len(retried["done"]), retried["refused"]) == (3, []), "a lost answer is given again"
    assert (await state_of(database, world, "A1")).revision_no == 1


async def test_the_workbook_shows_what_the_township_may_see(
    client: Client, world: World, town: Person, database: Database
) -> None:
    village = await people.person(database, world, "A1")
    edit = {"cells": [{"code": "pc", "base": None, "new": "77"}]}
    answer = await client.patch(f"/api/submissions/{world.submission('A1')}/draft", json=edit, headers=village.headers)
    assert answer.status_code == 200
    await hand_in(database, world, "A2", {"pc": "5", "rc": "5"})
    await hand_in(database, world, "A3", {"pc": "6", "rc": "6"})
    await send_back(database, world, "A3", "A")
    await hand_in(database, world, "A4", {"pc": "8", "rc": "8"})
    await recall(database, world, "A4")
    page = (await down(client, world, town)).worksheets[0]
    _, keys = keys_of(page)

    def at(code: str) -> tuple[str, Any, bool]:
        row = row_of(page, code)
        figure = page.cell(row, keys["pc"])
        return str(page.cell(row, 5).value), figure.value, figure.protection.locked

    assert at("A1") == ("填报中", None, False), "a draft is the village's own"
    assert at("A2") == ("待审核，不能再填", 5, True)
    assert at("A3") == ("已退回", 6, False)
    assert at("A4") == ("填报中", None, False), "what was recalled is not shown"
    ways = [one.formula1 for one in page.data_validations.dataValidation if one.type == "list"]
    assert '"电话报送,纸质报送,微信等报送,其他"' in ways
    assert not [row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == "B1"]


async def test_one_that_handed_in_itself_is_refused_and_the_rest_goes(
    client: Client, world: World, town: Person, database: Database
) -> None:
    book = await down(client, world, town)
    for code in ("A1", "A2"):
        type_in(book, code, {**BASIS, "pc": 3, "rc": 3})
    before = await looked_over(client, world, town, book)
    await hand_in(database, world, "A1", {"pc": "9", "rc": "9"})
    done = await send(client, world, town, before["lines"])
    assert [one["code"] for one in done["refused"]] == ["stale"]
    assert len(done["done"]) == 1
    found = await looked_over(client, world, town, book)
    assert of(found) == {"A1": "refused"}
    assert "已经上报" in found["lines"][0]["refusal"]
    assert found["lines"][0]["changes"][0]["was"] == "9"
    await prove(database, world)


async def test_faults_are_told_by_cell_and_checks_by_village(client: Client, world: World, town: Person) -> None:
    book = await down(client, world, town)
    type_in(book, "A1", {**BASIS, "pc": "三", "rc": 3})
    type_in(book, "A2", {"pc": 3, "rc": 3})
    type_in(book, "A3", {**BASIS, "pc": 5, "rc": 3})
    type_in(book, "A4", {**BASIS, "pc": 101, "rc": 200})
    found = await looked_over(client, world, town, book)
    assert of(found) == {"A1": "faulty", "A2": "faulty", "A3": "blocked", "A4": "explain"}
    page = book.worksheets[0]
    _, keys = keys_of(page)
    places = {(one["cell"], one["row"]) for one in found["troubles"]}
    assert places == {
        (page.cell(row_of(page, "A1"), keys["pc"]).coordinate, "A1"),
        (page.cell(row_of(page, "A2"), keys["@way"]).coordinate, "A2"),
    }
    assert any("不应少于" in p["message"] for p in found["lines"][2]["problems"])
    picked = [found["lines"][3]]
    refused = await send(client, world, town, picked)
    assert [one["code"] for one in refused["refused"]] == ["checks_failed"]
    done = await send(client, world, town, picked, reasons={"W1": "集中接访"})
    assert len(done["done"]) == 1


async def test_what_was_damaged_on_the_way_is_told(client: Client, world: World, town: Person) -> None:
    book = await down(client, world, town)
    page = book.worksheets[0]
    _, keys = keys_of(page)
    type_in(book, "A1", {**BASIS, "@zero": "是", "pc": 4})
    type_in(book, "A2", {**BASIS, "@zero": "没有", "@who": "长" * 301})
    page.cell(row_of(page, "A3"), 1).value = "B1"
    page.cell(row_of(page, "B1"), keys["pc"]).value = 3
    page.cell(row_of(page, "A4"), keys["pc"]).value = "=1+1"
    page.cell(row_of(page, "A4"), keys["rc"]).value = '=cmd|" /C calc"!A0'
    told = "\n".join(one["message"] for one in (await looked_over(client, world, town, book))["troubles"])
    for words in ("零报告：是", "只填“是”或“否”", "最多写 300 个字", "“B1”不在本期", "这里是公式"):
        assert words in told
    page.delete_cols(keys["rc"])
    told = "\n".join(one["message"] for one in (await looked_over(client, world, town, book))["troubles"])
    assert "少了“来访·人次”这一列" in told


async def test_exempt_and_approved_units_are_locked(
    client: Client, world: World, town: Person, database: Database
) -> None:
    await hand_in(database, world, "A1", {"pc": "5", "rc": "5"})
    await approve(database, world, "A1", "A")
    county = await people.person(database, world, "C")
    answer = await client.post(
        f"/api/submissions/{world.submission('A2')}/exempt",
        json={"reason": "整村搬迁"},
        headers={**county.headers, "if-match": '"1"'},
    )
    assert answer.status_code == 200
    book = await down(client, world, town)
    page = book.worksheets[0]
    assert page.cell(row_of(page, "A1"), 5).value == "已审核，不能再填"
    assert page.cell(row_of(page, "A2"), 5).value == "免报，不用填"
    type_in(book, "A1", {"pc": 6}, force=True)
    type_in(book, "A2", {"pc": 6}, force=True)
    found = await looked_over(client, world, town, book)
    assert of(found) == {"A1": "refused", "A2": "refused"}


async def test_files_of_others_are_refused(client: Client, world: World, town: Person, database: Database) -> None:
    sibling = await people.person(database, world, "B")
    answer = await up(client, world, sibling, await down(client, world, town))
    assert (answer.status_code, answer.json()["fields"]["why"]) == (422, "wrong_unit")
    village = await people.person(database, world, "A1")
    single = await client.get(f"/api/submissions/{world.submission('A1')}/workbook", headers=village.headers)
    answer = await up(client, world, town, load_workbook(io.BytesIO(single.content)))
    assert (answer.status_code, answer.json()["fields"]["why"]) == (422, "wrong_kind")
    for name, why in (("a.xlsm", "macros"), ("a.xlsx", "broken"), ("a.et", "et")):
        files = {"data": (name, b"x", "application/octet-stream")}
        answer = await client.post(url(world), files=files, headers=town.headers)
        assert (answer.status_code, answer.json()["fields"]["why"]) == (422, why)


async def test_who_may_not(client: Client, world: World, town: Person, database: Database) -> None:
    book = await down(client, world, town)
    type_in(book, "A1", {**BASIS, "pc": 1, "rc": 1})
    lines = (await looked_over(client, world, town, book))["lines"]
    sibling = await people.person(database, world, "B")
    answer = await client.post(url(world, "behalf"), json=sent(lines), headers=sibling.headers)
    assert answer.status_code == 404
    village = await people.person(database, world, "A1")
    assert (await client.get(url(world), headers=village.headers)).json()["code"] == "nobody_below"
    assert (await client.post(url(world, "behalf"), json=sent(lines), headers=village.headers)).status_code == 404
