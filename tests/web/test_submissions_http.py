"""Submissions over HTTP as a weak network and a hurried hand would use them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import insert, text

from kit.db.session import Database
from kit.ids import new_id
from tenancy.models import Membership, Role
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
ROW = {"id": "r1", "cells": {"xm": "张三丰", "sfz": "11010519491231002X", "zt": "在办"}}
FIGURES = {"cells": {"pc": "3", "rc": "5"}, "rows": {}, "reasons": {}}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


@pytest.fixture
async def village(database: Database, world: World) -> Person:
    return await people.person(database, world, "A1")


@pytest.fixture
async def township(database: Database, world: World) -> Person:
    return await people.person(database, world, "A")


async def submit(
    client: Client, world: World, who: Person, *, version: int = 1, key: str = "", body: Any = None
) -> Any:
    headers = {**who.headers, "if-match": f'"{version}"'}
    if key:
        headers["idempotency-key"] = key
    return await client.post(f"/api/submissions/{world.submission('A1')}/submit", json=body or FIGURES, headers=headers)


class TestVersions:
    async def test_an_edit_without_if_match_is_428(self, client: Client, world: World, village: Person) -> None:
        url = f"/api/submissions/{world.submission('A1')}/submit"
        answer = await client.post(url, json=FIGURES, headers=village.headers)
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")

    async def test_a_stale_one_is_412(self, client: Client, world: World, village: Person) -> None:
        await submit(client, world, village)
        answer = await submit(client, world, village)
        assert (answer.status_code, answer.json()["code"]) == (412, "stale")

    async def test_the_answer_carries_the_etag(self, client: Client, world: World, village: Person) -> None:
        answer = await submit(client, world, village)
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
        assert answer.json()["receipt"]["revision_no"] == 1


class TestIdempotency:
    async def test_the_same_request_twice_is_done_once(self, client: Client, world: World, village: Person) -> None:
        first = await submit(client, world, village, key="key-12345678")
        second = await submit(client, world, village, key="key-12345678")
        assert first.json() == second.json()
        assert second.json()["revision_no"] == 1

    async def test_twins_at_the_same_moment_are_done_once(self, client: Client, world: World, village: Person) -> None:
        answers = await asyncio.gather(*(submit(client, world, village, key="key-twins-1") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.json()["revision_no"] for answer in answers} == {1}

    async def test_the_same_key_for_another_body_is_refused(
        self, client: Client, world: World, village: Person
    ) -> None:
        await submit(client, world, village, key="key-12345678")
        other = await submit(client, world, village, key="key-12345678", body={"zero": True})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


class TestProblems:
    async def test_each_is_told_with_its_cells_and_what_to_do(
        self, client: Client, world: World, village: Person
    ) -> None:
        body = {"cells": {"pc": "5", "rc": "3"}, "rows": {}, "reasons": {}}
        answer = await submit(client, world, village, body=body)
        assert answer.status_code == 422
        problem = answer.json()["problems"][0]
        assert (problem["code"], problem["severity"]) == ("E1", "error")
        assert "不应少于" in problem["message"]
        english = await client.post(
            f"/api/submissions/{world.submission('A1')}/submit",
            json=body,
            headers={**village.headers, "if-match": "1", "accept-language": "en"},
        )
        assert "less than" in english.json()["problems"][0]["message"]

    @pytest.mark.parametrize(
        "value", ["=1+1", "1e9999999", "９", "1,000", "-1", "", " 5 ", "𡐓", "0x10", "NaN", "1" * 4000]
    )
    async def test_whatever_is_typed_is_answered_not_broken(
        self, client: Client, world: World, village: Person, value: str
    ) -> None:
        body = {"cells": {"pc": value, "rc": "9"}, "rows": {}, "reasons": {}}
        assert (await submit(client, world, village, body=body)).status_code in (200, 422)

    @pytest.mark.parametrize("body", ["[]", "{", '{"cells": 7}', '{"unknown": 1}', "null", ""])
    async def test_a_malformed_body_is_the_sender_s_fault(
        self, client: Client, world: World, village: Person, body: str
    ) -> None:
        answer = await client.post(
            f"/api/submissions/{world.submission('A1')}/submit",
            content=body,
            headers={**village.headers, "if-match": "1", "content-type": "application/json"},
        )
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == "application/problem+json"


class TestPersonalValues:
    async def hand_in(self, client: Client, world: World, village: Person) -> None:
        body = {"cells": {"pc": "1", "rc": "1"}, "rows": {"people": [ROW]}, "reasons": {}}
        answer = await submit(client, world, village, body=body)
        assert answer.status_code == 200, answer.text

    async def test_are_masked_for_others(self, client: Client, world: World, village: Person, township: Person) -> None:
        await self.hand_in(client, world, village)
        url = f"/api/submissions/{world.submission('A1')}"
        seen = (await client.get(url, headers=township.headers)).text
        assert "11010519491231002X" not in seen
        assert "张三丰" not in seen
        assert "110***********002X" in seen

    async def test_are_shown_with_a_reason_on_the_record(
        self, client: Client, database: Database, world: World, village: Person, township: Person
    ) -> None:
        await self.hand_in(client, world, village)
        url = f"/api/submissions/{world.submission('A1')}/unmask"
        assert (await client.post(url, json={"reason": " "}, headers=township.headers)).status_code == 422
        seen = await client.post(url, json={"reason": "核对身份"}, headers=township.headers)
        assert "11010519491231002X" in seen.text

    async def test_are_not_stored_in_the_clear(
        self, client: Client, database: Database, world: World, village: Person
    ) -> None:

        await self.hand_in(client, world, village)
        async with database.transaction(world.identity) as session:
            stored = await session.scalar(text("SELECT rows::text || partials::text FROM revision"))
        assert "11010519491231002X" not in str(stored)
        assert "张三丰" not in str(stored)


class TestInbox:
    async def test_one_inbox_over_several_memberships(
        self, client: Client, database: Database, world: World, village: Person
    ) -> None:
        async with database.transaction(world.identity) as session:
            await session.execute(
                insert(Membership).values(
                    county_id=world.county.id,
                    id=new_id(),
                    account_id=village.account_id,
                    unit_id=world.units["B1"],
                    roles=[Role.REPORTER.value],
                )
            )
        items = (await client.get("/api/inbox", headers=village.headers)).json()["items"]
        assert {item["unit_name"] for item in items} == {"A1村", "B1村"}

    async def test_what_is_handed_in_leaves_it_and_reaches_the_reviewer(
        self, client: Client, world: World, village: Person, township: Person
    ) -> None:
        await submit(client, world, village)
        assert (await client.get("/api/inbox", headers=village.headers)).json()["items"] == []
        topics = [item["topic"] for item in (await client.get("/api/inbox", headers=township.headers)).json()["items"]]
        assert sorted(topics) == ["fill", "review"]
