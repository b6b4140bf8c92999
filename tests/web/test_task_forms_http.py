"""A task with a table over HTTP: as typed by a hurried hand, twice, hostile, and from another county."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from kit.settings import Settings
from tests.plans import form_steps as on
from tests.reporting.test_exports import made
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_county_with_people, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
HOSTILE = "=cmd|' /C calc'!A0"


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2, names={"A1": "莫𡐓村"})


@pytest.fixture
async def county(database: Database, world: World) -> Person:
    return await people.person(database, world, "C")


def body(table: Any, **more: Any) -> dict[str, Any]:
    due_at = (clock.now() + timedelta(days=20)).isoformat()
    to = [{"kind": "tier", "tier": "village"}]
    return {"title": "莫𡐓村等摸底", "kind": "data", "due_at": due_at, "to": to, "table": table, **more}


async def issue(client: Client, who: Person, table: Any, *, key: str = "") -> Any:
    headers = {**who.headers, **({"idempotency-key": key} if key else {})}
    return await client.post("/api/tasks", json=body(table), headers=headers)


async def test_names_are_enough_and_twice_is_once(client: Client, world: World, county: Person) -> None:
    table = {"fields": [{"name": "户数"}, {"name": "人数"}]}
    sent = body(table)
    headers = {**county.headers, "idempotency-key": "table-12345678"}
    first = await client.post("/api/tasks", json=sent, headers=headers)
    again = await client.post("/api/tasks", json=sent, headers=headers)
    assert first.status_code == 201, first.text
    assert first.json()["table"] == again.json()["table"]
    cycle_id = first.json()["table"]["cycle_id"]
    listed = (await client.get("/api/cycles", headers=county.headers)).json()["items"]
    assert [(one["id"], one["task_id"]) for one in listed] == [(cycle_id, first.json()["id"])]
    assert (await client.get("/api/forms", headers=county.headers)).json()["items"] == []
    amended = await client.post(
        f"/api/tasks/{first.json()['id']}/amend",
        json={"reason": "加一列", "table": table},
        headers={**county.headers, "if-match": '"1"'},
    )
    assert (amended.status_code, amended.json()["code"]) == (409, "table_fixed")


@pytest.mark.parametrize(
    "table",
    [{"fields": [{"name": "户"}] * 61}, {"fields": [{"name": "长" * 61}]}, {"fields": []}, {"fields": "x"}],
)
async def test_what_is_no_table_is_refused(client: Client, county: Person, table: Any) -> None:
    answer = await issue(client, county, table)
    assert answer.status_code in (400, 422), answer.text


async def test_another_county_s_form_does_not_exist(client: Client, database: Database, county: Person) -> None:
    other = await make_world(database)
    answer = await issue(client, county, {"form_version_id": str(other.opened.form_version_id)})
    assert answer.status_code == 404


async def test_what_is_typed_stays_text_in_workbooks(
    client: Client, database: Database, settings: Settings, world: World, county: Person
) -> None:
    fields = [{"name": HOSTILE}, {"name": "面积", "kind": "decimal", "unit": "=1+1"}, {"name": "备注", "kind": "text"}]
    answer = await issue(client, county, {"title": HOSTILE, "fields": fields})
    await on.turn_to(database, world, UUID(answer.json()["id"]))
    await on.hand_in(database, world, "A1", c1="3", c2="1.25", c3=HOSTILE)
    await on.approve(database, world, "A1", by="A")
    for kind in ("official", "detail"):
        _, content = await made(database, settings, world, "C", "live", kind)
        book = load_workbook(BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        shown = {str(cell.value) for cell in cells}
        assert any("莫𡐓村" in text for text in shown) and {"3", "1.25"} <= shown, shown
