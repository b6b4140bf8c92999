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
