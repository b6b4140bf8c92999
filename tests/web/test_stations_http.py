"""Stations over HTTP: repeated and stale requests, amounts that are none, hostile words in the sheets."""

from __future__ import annotations

import io
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from tests.web import people
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
HOSTILE = "=cmd|' /C calc'!A0莫𡐓村"
YEAR = clock.today().year


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2, names={"A1": "莫𡐓村"})


def cells(content: bytes) -> list[Any]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    return [cell.value for row in page.iter_rows() for cell in row]


async def test_a_village_says_what_it_has_and_the_county_reads_it(
    database: Database, client: Client, world: World
) -> None:
    village, county = await people.person(database, world, "A1"), await people.person(database, world, "C")
    path = f"/api/stations/{world.units['A1']}"

    async def put(version: int | None, given: dict[str, Any], **headers: str) -> Any:
        match = {} if version is None else {"if-match": f'"{version}"'}
        return await client.put(path, json={"given": given}, headers={**village.headers, **match, **headers})

    own = {"section": "organisation", "standing": "own", "veterans": 45, "head": HOSTILE, "head_post": "both"}
    assert (await put(None, own)).status_code == 428
    first, again = [await put(0, own, **{"idempotency-key": "station-1"}) for _ in range(2)]
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    assert again.json()["version"] == 1
    assert (await put(0, own)).status_code == 412

    funds = {"section": "funds", "year": YEAR}
    for wrong in ("1e30", 1e30, "0.001", 0.001, -1, "-0.01", "NaN", "Infinity", "=1+1"):
        refused = await put(1, {**funds, "budget": wrong})
        assert (wrong, refused.status_code) == (wrong, 422)
    assert (await put(1, {**funds, "year": 1999})).status_code == 422
    assert (await put(1, {"section": "secrets"})).status_code == 422
    much = [{"name": "赵"}] * 201
    assert (await put(1, {"section": "grid", "grid": much})).status_code == 422
    money = {**funds, "budget": "12000.10", "arrived": "12000.20", "spent": 0.3, "note": HOSTILE}
    saved = (await put((await client.get(path, headers=village.headers)).json()["version"], money)).json()
    (row,) = saved["funds"]
    assert (row["budget"], row["spent"], row["warnings"]) == ("12000.10", "0.30", ["over_budget"])

    listed = (await client.get("/api/stations", params={"year": YEAR}, headers=county.headers)).json()
    assert listed["total"]["budget"] == "12000.10"
    for kind in ("basics", "funds"):
        params: dict[str, Any] = {"year": YEAR, "kind": kind}
        sheet = cells((await client.get("/api/stations/sheet", params=params, headers=county.headers)).content)
        assert HOSTILE in sheet
        assert "莫𡐓村" in sheet
    assert sheet.count(12000.1) == 3, "the village, its township with it, and all"


async def test_the_roster_is_a_sheet_of_those_who_serve_without_their_numbers(
    database: Database, client: Client, world: World
) -> None:
    town, village = await people.person(database, world, "A"), await people.person(database, world, "A1")
    sibling = await people.person(database, world, "A2")
    serves = {
        "name": HOSTILE[:40],
        "post": "+1",
        "kind": "contracted",
        "background": "preferential",
        "duties": ["liaison", "window"],
        "certificates": [{"name": "@SUM(1)", "on": "2025-03-01"}, {"name": "电工证"}],
        "started_on": "2024-02-03",
        "phone": "13812345678",
    }
    assert (await client.post("/api/staff", json=serves, headers=village.headers)).status_code == 201
    gone = (await client.post("/api/staff", json={**serves, "name": "已走"}, headers=village.headers)).json()["member"]
    left = await client.post(
        f"/api/staff/{gone['id']}/leave",
        json={"on": clock.today().isoformat()},
        headers={**village.headers, "if-match": '"1"'},
    )
    assert left.status_code == 200
    params: dict[str, Any] = {"year": YEAR, "kind": "roster"}
    for reader in (village, town):
        sheet = cells((await client.get("/api/stations/sheet", params=params, headers=reader.headers)).content)
        for told in ("莫𡐓村", HOSTILE[:40], "+1", "购买服务", "烈属军属等优抚对象", "信息联络员、窗口接待"):
            assert told in sheet
        assert "@SUM(1)（2025-03-01）、电工证" in sheet
        assert "已走" not in sheet and not any("5678" in str(one) for one in sheet)
    theirs = cells((await client.get("/api/stations/sheet", params=params, headers=sibling.headers)).content)
    assert HOSTILE[:40] not in theirs
