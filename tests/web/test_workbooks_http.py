"""Filling off line over HTTP: the workbook down, filled, up again, and into the draft by the ordinary save."""

from __future__ import annotations

import io
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import Workbook, load_workbook

from kit.db.session import Database
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
ROW = {"id": "r1", "cells": {"xm": "张三丰", "sfz": "11010519491231002X", "zt": "在办"}}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


@pytest.fixture
async def village(database: Database, world: World) -> Person:
    return await people.person(database, world, "A1")


def url(world: World, code: str = "A1") -> str:
    return f"/api/submissions/{world.submission(code)}"


async def save(client: Client, world: World, who: Person, **body: Any) -> None:
    answer = await client.patch(f"{url(world)}/draft", json=body, headers=who.headers)
    assert answer.status_code == 200, answer.text


async def down(client: Client, world: World, who: Person, code: str = "A1") -> Workbook:
    answer = await client.get(f"{url(world, code)}/workbook", headers=who.headers)
    assert answer.status_code == 200, answer.text
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    return load_workbook(io.BytesIO(answer.content))


async def up(client: Client, world: World, who: Person, book: Workbook, name: str = "填报.xlsx") -> Any:
    stream = io.BytesIO()
    book.save(stream)
    files = {"data": (name, stream.getvalue(), "application/octet-stream")}
    return await client.post(f"{url(world)}/workbook", files=files, headers=who.headers)


async def test_what_is_typed_off_line_comes_back_and_nothing_is_stored(
    client: Client, world: World, village: Person
) -> None:
    await save(
        client,
        world,
        village,
        cells=[{"code": "pc", "base": None, "new": "3"}],
        rows=[{"table": "people", "id": ROW["id"], "new": ROW["cells"]}],
    )
    book = await down(client, world, village)
    figures, listed = book.worksheets[0], book.worksheets[1]
    assert [cell.value for cell in listed[6]][2:5] == ["张**", "110***********002X", "在办"]
    figures["E6"], figures["E7"] = 4, "１０"
    listed["E6"] = "办结"
    listed["C7"], listed["D7"], listed["E7"] = "王𠮷", "440308199901101512", "在办"
    answer = await up(client, world, village, book)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(c["code"], c["base"], c["value"], c["conflict"]) for c in found["cells"]] == [
        ("pc", "3", "4", False),
        ("rc", None, "10", False),
    ]
    rows = found["tables"][0]["rows"]
    assert [(row["state"], row["cells"]) for row in rows] == [
        ("changed", {"xm": "张三丰", "sfz": "11010519491231002X", "zt": "办结"}),
        ("added", {"xm": "王𠮷", "sfz": "440308199901101512", "zt": "在办"}),
    ]
    assert (found["troubles"], found["tables"][0]["conflict"]) == ([], False)
    now = (await client.get(url(world), headers=village.headers)).json()
    assert now["cells"]["pc"] == "3"
    assert now["rows"]["people"] == [ROW]


async def test_what_changed_meanwhile_is_a_conflict(client: Client, world: World, village: Person) -> None:
    book = await down(client, world, village)
    book.worksheets[0]["E6"] = 4
    book.worksheets[1]["C6"] = "王五"
    await save(
        client,
        world,
        village,
        cells=[{"code": "pc", "base": None, "new": "9"}],
        rows=[{"table": "people", "id": ROW["id"], "new": ROW["cells"]}],
    )
    found = (await up(client, world, village, book)).json()
    assert [(c["code"], c["value"], c["now"], c["conflict"]) for c in found["cells"]] == [("pc", "4", "9", True)]
    assert found["tables"][0]["conflict"]
    assert found["tables"][0]["removed"] == ["r1"]


async def test_a_file_with_faults_says_where_and_what(client: Client, world: World, village: Person) -> None:
    book = await down(client, world, village)
    book.worksheets[0]["E6"] = "三"
    found = (await up(client, world, village, book)).json()
    trouble = found["troubles"][0]
    assert (trouble["sheet"], trouble["cell"], trouble["code"]) == ("工作", "E6", "pc")
    assert "不是数字" in trouble["message"]


async def test_a_workbook_of_another_unit_is_refused(
    client: Client, world: World, village: Person, database: Database
) -> None:
    other = await people.person(database, world, "A2")
    answer = await up(client, world, village, await down(client, world, other, "A2"))
    assert (answer.status_code, answer.json()["fields"]["why"]) == (422, "wrong_unit")
    assert "其他单位" in answer.json()["detail"]


async def test_a_workbook_of_another_period_is_refused(
    client: Client, world: World, village: Person, database: Database
) -> None:
    book = await down(client, world, village)
    form_id = world.opened.form_id
    answer = await client.post(
        "/api/cycles",
        json={"form_id": str(form_id), "period_key": "2026-09"},
        headers=(await people.person(database, world, "C")).headers,
    )
    assert answer.status_code == 201
    briefs = (await client.get("/api/cycles", params={"period": "2026-09"}, headers=village.headers)).json()["items"]
    world.submissions[world.units["A1"]] = briefs[0]["own"]["submission_id"]
    refused = await up(client, world, village, book)
    assert (refused.status_code, refused.json()["fields"]["why"]) == (422, "wrong_period")


async def test_a_superior_and_a_reader_are_not_permitted(
    client: Client, world: World, database: Database, village: Person
) -> None:
    township = await people.person(database, world, "A")
    assert (await client.get(f"{url(world)}/workbook", headers=township.headers)).status_code == 403


async def test_after_handing_in_there_is_nothing_to_fill(client: Client, world: World, village: Person) -> None:
    body = {"cells": {"pc": "3", "rc": "5"}, "rows": {}, "reasons": {}}
    await client.post(f"{url(world)}/submit", json=body, headers={**village.headers, "if-match": '"1"'})
    answer = await client.get(f"{url(world)}/workbook", headers=village.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_allowed")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [("a.et", b"x", "et"), ("a.xlsm", b"x", "macros"), ("a.xlsx", b"x", "broken"), ("a.csv", b"x", "kinds")],
)
async def test_other_files_are_refused_in_words(
    client: Client, world: World, village: Person, name: str, content: bytes, why: str
) -> None:
    files = {"data": (name, content, "application/octet-stream")}
    answer = await client.post(f"{url(world)}/workbook", files=files, headers=village.headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]["why"]) == (422, "file_refused", why)
