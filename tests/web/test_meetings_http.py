"""Meetings and visits over HTTP: repeated requests, hostile words in the ledgers, no room where there is no server."""

from __future__ import annotations

import io
from datetime import timedelta
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


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2, names={"A1": "莫𡐓村"})


def cells(content: bytes) -> list[Any]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    return [cell.value for row in page.iter_rows() for cell in row]


async def test_from_a_meeting_and_a_visit_to_their_ledgers(database: Database, client: Client, world: World) -> None:
    town = await people.person(database, world, "A")
    start = clock.now() - timedelta(hours=3)
    called = {
        "title": HOSTILE,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "guests": "+1",
    }
    assert (await client.get("/api/meetings/rooms", headers=town.headers)).json() == {"offered": False}
    refused = await client.post("/api/meetings", json={**called, "room": True}, headers=town.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "room_not_offered")
    script = await client.post("/api/meetings", json={**called, "link": "javascript:alert(1)"}, headers=town.headers)
    assert script.status_code == 422

    once = {**town.headers, "idempotency-key": "meeting-1"}
    first, again = [(await client.post("/api/meetings", json=called, headers=once)).json() for _ in range(2)]
    assert first["id"] == again["id"]
    path = f"/api/meetings/{first['id']}"
    unasked = await client.post(f"{path}/acts", json={"action": "hold"}, headers=town.headers)
    assert unasked.status_code == 428
    held = await client.post(f"{path}/acts", json={"action": "hold"}, headers={**town.headers, "if-match": '"1"'})
    assert held.json()["state"] == "held"
    unit_id = str(world.units["A1"])
    minutes = {"text": "议定", "decisions": [{"text": HOSTILE, "unit_ids": [unit_id], "due_on": "2099-12-31"}]}
    written = await client.put(f"{path}/minutes", json=minutes, headers={**town.headers, "if-match": '"2"'})
    (decision,) = written.json()["decisions"]
    task = f"/api/meeting-decisions/{decision['id']}/task"
    twice = {**town.headers, "idempotency-key": "decision-1"}
    one, two = [(await client.post(task, json={}, headers=twice)).json() for _ in range(2)]
    assert one["decisions"][0]["follow"]["task_id"] == two["decisions"][0]["follow"]["task_id"]
    assert (await client.post(task, json={}, headers=town.headers)).json()["code"] == "tasked_already"
    ledger = await client.get("/api/meetings/ledger", params={"year": clock.today().year}, headers=town.headers)
    assert HOSTILE in cells(ledger.content)

    seen = {
        "kind": "guidance",
        "unit_id": unit_id,
        "visited_on": clock.today().isoformat(),
        "people": [{"name": HOSTILE[:40], "post": "@SUM(1)"}],
        "text": HOSTILE,
        "findings": [{"text": HOSTILE}],
    }
    made = await client.post("/api/visits", json=seen, headers=town.headers)
    assert made.status_code == 201
    year = {"year": clock.today().year}
    guided = cells((await client.get("/api/visits/ledger", params=year, headers=town.headers)).content)
    assert HOSTILE in guided
    assert "0/1" in guided
    village = await people.person(database, world, "A1")
    own = await client.get("/api/visits/ledger", params=year, headers=village.headers)
    assert HOSTILE in cells(own.content)


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "code"),
    [
        ("2099-01-02T09:00:00+08:00", "2099-01-02T08:00:00+08:00", "meeting_times_impossible"),
        ("2099-01-02T09:00:00+08:00", "2099-01-02T09:00:00+08:00", "meeting_times_impossible"),
        ("2099-01-02T09:00:00+08:00", "2099-01-20T09:00:00+08:00", "meeting_times_impossible"),
        # As late as there are dates, and later than that once it is told in UTC.
        ("0001-01-01T00:00:00+14:00", "0001-01-01T01:00:00+14:00", "invalid"),
        ("9999-12-31T20:00:00-12:00", "9999-12-31T23:00:00-12:00", "invalid"),
    ],
)
async def test_times_that_are_none_are_refused(
    database: Database, client: Client, world: World, starts_at: str, ends_at: str, code: str
) -> None:
    town = await people.person(database, world, "A")
    given = {"title": "例会", "starts_at": starts_at, "ends_at": ends_at}
    refused = await client.post("/api/meetings", json=given, headers=town.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_the_last_days_there_are_can_be_meant(database: Database, client: Client, world: World) -> None:
    town = await people.person(database, world, "A")
    given = {"title": "例会", "starts_at": "9999-12-30T00:00:00+08:00", "ends_at": "9999-12-31T23:00:00+08:00"}
    called = await client.post("/api/meetings", json=given, headers=town.headers)
    assert called.status_code == 201, called.text
    listed = await client.get("/api/meetings", headers=town.headers)
    assert [one["id"] for one in listed.json()["items"]] == [called.json()["id"]]


async def test_an_attendance_that_was_not_taken_is_blank_in_the_ledger(
    database: Database, client: Client, world: World
) -> None:
    town = await people.person(database, world, "A")
    start = clock.now() + timedelta(hours=1)
    given = {
        "title": "例会",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
        "to": [{"kind": "below", "unit_id": str(world.units["A"])}],
    }
    path = f"/api/meetings/{(await client.post('/api/meetings', json=given, headers=town.headers)).json()['id']}"
    hold = await client.post(f"{path}/acts", json={"action": "hold"}, headers={**town.headers, "if-match": '"1"'})
    assert hold.status_code == 200

    async def there() -> Any:
        year = {"year": start.astimezone(clock.SHANGHAI).year}
        sheet = cells((await client.get("/api/meetings/ledger", params=year, headers=town.headers)).content)
        # 应到 2, then 实到, then 请假 0.
        at = next(no for no, value in enumerate(sheet) if value == 2 and sheet[no + 2] == 0)
        return sheet[at + 1]

    assert await there() is None
    for units, expected in (([], 0), ([str(world.units["A1"])], 1)):
        version = (await client.get(path, headers=town.headers)).json()["version"]
        tick = {**town.headers, "if-match": f'"{version}"'}
        assert (await client.put(f"{path}/attendance", json={"unit_ids": units}, headers=tick)).status_code == 200
        assert await there() == expected
