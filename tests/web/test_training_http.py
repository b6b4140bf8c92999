"""Trainings over HTTP: repeated and stale requests, sheets with hostile names, pictures as they are served."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from tests.plans.signatures import SIGNED, png
from tests.plans.training_steps import member
from tests.web import people
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2, names={"A1": "莫𡐓村"})


def body(world: World, **more: Any) -> dict[str, Any]:
    start = clock.now() + timedelta(days=10)
    session = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat(), "hours": "3.5"}
    return {
        "title": HOSTILE,
        "kind": "pre_service",
        "to": [{"kind": "tier", "tier": "village"}],
        "sign_up_until": (clock.now() + timedelta(days=5)).isoformat(),
        "sessions": [{**session, "venue": "+1", "quota": 1}],
        **more,
    }


def cells(content: bytes) -> list[list[Any]]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert page.page_setup.paperSize == 9
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in page.iter_rows()]


async def test_from_announcement_to_the_sheets(database: Database, client: Client, world: World) -> None:
    county, village = await people.person(database, world, "C"), await people.person(database, world, "A1")
    once = {**county.headers, "idempotency-key": "announce-1"}
    announced = body(world)
    first, again = [(await client.post("/api/trainings", json=announced, headers=once)).json() for _ in range(2)]
    assert first["id"] == again["id"]
    assert (await client.post("/api/trainings", json=body(world, title="另一个"), headers=once)).status_code == 422
    assert len((await client.get("/api/trainings/issued", headers=county.headers)).json()["items"]) == 1
    session_id = first["sessions"][0]["id"]
    staff_id = await member(database, world, "A1", "=1+1")
    signing = {"staff_ids": [str(staff_id)]}
    for _ in range(2):
        signed = await client.post(
            f"/api/training-sessions/{session_id}/sign-up", json=signing, headers=village.headers
        )
        assert signed.status_code == 204
    beside = await people.person(database, world, "A2")
    other = await member(database, world, "A2", "张")
    full = await client.post(
        f"/api/training-sessions/{session_id}/sign-up", json={"staff_ids": [str(other)]}, headers=beside.headers
    )
    assert (full.status_code, full.json()["code"]) == (409, "session_full")
    hold = f"/api/trainings/{first['id']}/hold"
    assert (await client.post(hold, headers=county.headers)).status_code == 428
    assert (await client.post(hold, headers={**county.headers, "if-match": '"7"'})).status_code == 412
    assert (await client.post(hold, headers={**county.headers, "if-match": '"1"'})).status_code == 200
    shown = (await client.get(f"/api/training-sessions/{session_id}/code", headers=county.headers)).json()
    checked = {"session_id": session_id, "code": shown["code"]}
    asked = (await client.post("/api/trainings/check-in", json=checked, headers=village.headers)).json()
    assert [asked["state"], *(one["name"] for one in asked["choices"])] == ["choose", "=1+1"]
    checked["staff_id"] = str(staff_id)
    states = [
        (await client.post("/api/trainings/check-in", json=checked, headers=village.headers)).json()["state"]
        for _ in range(2)
    ]
    assert states == ["done", "again"]
    beyond = await client.post("/api/trainings/check-in", json=checked, headers=beside.headers)
    assert beyond.json()["code"] == "not_signed_up"
    year = {"year": str(clock.today().year)}
    sheet = await client.get(f"/api/trainings/{first['id']}/sheet", headers=county.headers)
    assert cells(sheet.content)[3][1:3] == ["莫𡐓村", "=1+1"]
    assert cells(sheet.content)[3][9] == 3.5
    ledger = cells((await client.get("/api/trainings/ledger", params=year, headers=county.headers)).content)
    ours = next((row for row in ledger if row[2] == HOSTILE), None)
    if clock.today().year == (clock.now() + timedelta(days=10)).year:
        assert ours is not None
        assert ours[4:8] == ["+1", 3.5, 1, 1]
    hours = cells((await client.get("/api/staff-hours/sheet", params=year, headers=county.headers)).content)
    assert {row[2] for row in hours[3:-1]} == {"=1+1", "张"}


@pytest.mark.parametrize(
    "broken",
    [
        {"sessions": []},
        {"sessions": [{"starts_at": "2099-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z", "hours": "1"}]},
        {"title": "x" * 121},
        {"title": "a\u0001b"},
        {"text": "x" * 20_001},
        {"sign_up_until": "2026-11-23T08:00:00"},
        {"to": []},
        {"file_ids": ["00000000-0000-0000-0000-000000000000"]},
    ],
    ids=lambda broken: f"{next(iter(broken))}-{len(str(broken))}",
)
async def test_what_can_not_be_announced(
    database: Database, client: Client, world: World, broken: dict[str, Any]
) -> None:
    county = await people.person(database, world, "C")
    answer = await client.post("/api/trainings", json=body(world, **broken), headers=county.headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["detail"]


async def test_a_link_that_a_browser_would_run(database: Database, client: Client, world: World) -> None:
    county = await people.person(database, world, "C")
    given = body(world)
    given["sessions"][0]["link"] = "javascript:alert(1)"
    assert (await client.post("/api/trainings", json=given, headers=county.headers)).status_code in (400, 422)


async def test_a_signature_is_served_as_a_picture_alone(database: Database, client: Client, world: World) -> None:
    county, village = await people.person(database, world, "C"), await people.person(database, world, "A1")
    today = clock.today()
    text = {"year": today.year, "title": "承诺书", "text": "严守秘密", "due_on": today.isoformat()}
    assert (await client.post("/api/pledges/texts", json=text, headers=county.headers)).status_code == 201
    staff_id = await member(database, world, "A1", "莫𡐓")
    given = {"staff_id": str(staff_id), "year": today.year, "signature": SIGNED}
    once = {**village.headers, "idempotency-key": "pledge-12"}
    made = [(await client.post("/api/pledges", json=given, headers=once)).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    answer = await client.get(f"/api/pledges/{made[0]}/signature", headers=county.headers)
    assert answer.content == png()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "private, no-store"
    refused = await client.post("/api/pledges", json={**given, "signature": "A" * 140_001}, headers=village.headers)
    assert refused.status_code in (400, 422)
