"""Requests that no page sends: each is refused in words, as problem+json, and nothing fails."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from litestar.testing import AsyncTestClient

from kit.db.session import Database
from tenancy.models import AdminKind
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
DEEP = 50_000


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=1, villages=1)


@pytest.fixture
async def village(database: Database, world: World) -> Person:
    return await people.person(database, world, "A1")


def refused(answer: Any, *statuses: int) -> None:
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["detail"] and told["code"] and told["status"] == answer.status_code


async def save(client: Client, world: World, who: Person, content: bytes | str, kind: str = "application/json") -> Any:
    return await client.patch(
        f"/api/submissions/{world.submission('A1')}/draft",
        content=content,
        headers={**who.headers, "content-type": kind},
    )


class TestBodies:
    @pytest.mark.parametrize(
        "text",
        [
            '{"cells": [{"code": "pc", "base": null, "new": "a\\u0000b"}]}',
            '{"reasons": {"W1": "\\u0000"}}',
            '{"reasons": {"\\u0000": "x"}}',
            '{"rows": [{"table": "people", "id": "\\u0000", "new": {"xm": "1"}}]}',
            '{"rows": [{"table": "people", "id": "1", "new": {"zt": "\\u0000"}}]}',
        ],
    )
    async def test_a_nul_can_not_be_kept(self, client: Client, world: World, village: Person, text: str) -> None:
        refused(await save(client, world, village, text), 422)

    @pytest.mark.parametrize("text", ['"\\ud800"', '"\\udc00\\ud800"'])
    async def test_half_a_character(self, client: Client, world: World, village: Person, text: str) -> None:
        body = '{"cells": [{"code": "pc", "base": null, "new": ' + text + "}]}"
        refused(await save(client, world, village, body), 400, 422)

    @pytest.mark.parametrize("opening", ["[", '{"cells":', '{"cells": [{"code":'])
    async def test_a_bottomless_one(self, client: Client, world: World, village: Person, opening: str) -> None:
        refused(await save(client, world, village, opening * DEEP), 400, 422)

    async def test_one_that_is_not_utf8(self, client: Client, world: World, village: Person) -> None:
        refused(await save(client, world, village, '{"reasons": {"W1": "核实"}}'.encode("gb18030")), 400, 422)

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "???"])
    async def test_an_unknown_content_type(self, client: Client, world: World, village: Person, kind: str) -> None:
        answer = await save(client, world, village, "<a/>", kind)
        refused(answer, 400, 415, 422)

    async def test_one_too_large(self, client: Client, world: World, village: Person) -> None:
        refused(await save(client, world, village, b" " * (21 * 1024 * 1024)), 413)

    async def test_a_table_without_end(self, client: Client, world: World, village: Person) -> None:
        rows = orjson.dumps({"rows": [{"table": "people", "id": str(n), "new": {}} for n in range(100_000)]})
        refused(await save(client, world, village, rows), 422)

    async def test_a_table_that_grows_without_end(self, client: Client, world: World, village: Person) -> None:
        def rows(first: int) -> bytes:
            return orjson.dumps(
                {"rows": [{"table": "people", "id": str(n), "new": {}} for n in range(first, first + 5000)]}
            )

        assert (await save(client, world, village, rows(0))).status_code == 200
        answer = await save(client, world, village, rows(1))
        refused(answer, 422)
        assert answer.json()["code"] == "too_many_rows"

    async def test_rare_characters_are_kept(self, client: Client, world: World, village: Person) -> None:
        row = '{"rows": [{"table": "people", "id": "r1", "new": {"xm": "莫𡐓𠮷", "zt": "在办"}}]}'
        assert (await save(client, world, village, row)).status_code == 200
        seen = await client.get(f"/api/submissions/{world.submission('A1')}", headers=village.headers)
        assert seen.json()["rows"]["people"][0]["cells"]["xm"] == "莫𡐓𠮷"


class TestAddresses:
    @pytest.mark.parametrize(
        "path", ["/api/submissions/none", "/api/cycles/1/rollup", "/api/nothing", "/api/files/%00"]
    )
    async def test_that_name_nothing(self, client: Client, village: Person, path: str) -> None:
        refused(await client.get(path, headers=village.headers), 404)

    async def test_another_method(self, client: Client, village: Person) -> None:
        refused(await client.delete("/api/cycles", headers=village.headers), 405)

    @pytest.mark.parametrize("value", ["-1", "99999999999", "abc", "*", '"1", "2"', "½"])
    async def test_an_if_match_that_is_no_version(
        self, client: Client, world: World, village: Person, value: str
    ) -> None:
        url = f"/api/submissions/{world.submission('A1')}/submit"
        headers = {**village.headers, "if-match": value}
        raw = {name.encode(): text.encode() for name, text in headers.items()}
        refused(await client.post(url, json={"zero": True}, headers=raw), 422)

    async def test_a_membership_that_is_none(self, client: Client, village: Person) -> None:
        refused(await client.get("/api/inbox", headers={**village.headers, "x-jiceng-membership": "x"}), 422)

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    async def test_days_at_the_ends_of_time(self, client: Client, village: Person, day: str) -> None:
        answer = await client.get("/api/units", params={"as_of": day}, headers=village.headers)
        assert answer.status_code == 200

    @pytest.mark.parametrize("day", ["10000-01-01", "2026-02-30", "x"])
    async def test_days_that_are_none(self, client: Client, village: Person, day: str) -> None:
        refused(await client.get("/api/units", params={"as_of": day}, headers=village.headers), 422)

    @pytest.mark.parametrize("key", ["0001-01", "9999-12", "0000", "2026-H1"])
    async def test_periods_at_the_ends_of_time(
        self, client: Client, database: Database, world: World, key: str
    ) -> None:
        county = await people.person(database, world, "C")
        body = {"form_id": str(world.opened.form_id), "period_key": key}
        refused(await client.post("/api/cycles", json=body, headers=county.headers), 422)

    @pytest.mark.parametrize(
        "after",
        ["x", "2026-01-01T00:00:00Z_0", "2026-01-01_00000000-0000-0000-0000-000000000000", "莫"],
    )
    async def test_the_mark_of_a_page_that_was_never_given(
        self, client: Client, database: Database, world: World, after: str
    ) -> None:
        audit = await people.admin(database, world, AdminKind.AUDIT)
        refused(await client.get("/api/audit", params={"after": after}, headers=audit.headers), 422)


class TestWords:
    @pytest.mark.parametrize(
        ("wanted", "word"),
        [
            ("en", "Not found"),
            ("en-US,en;q=0.9", "Not found"),
            ("zh-CN,en", "没有找到"),
            ("*", "没有找到"),
            ("", "没有找到"),
        ],
    )
    async def test_a_refusal_speaks_the_reader_s_language(
        self, client: Client, village: Person, wanted: str, word: str
    ) -> None:
        headers = {**village.headers, "accept-language": wanted}
        answer = await client.get("/api/submissions/00000000-0000-0000-0000-000000000000", headers=headers)
        assert word in answer.json()["detail"]


class TestLists:
    async def test_an_id_named_twice_is_approved_once(
        self, client: Client, database: Database, world: World, village: Person
    ) -> None:
        url = f"/api/submissions/{world.submission('A1')}/submit"
        done = await client.post(url, json={"zero": True}, headers={**village.headers, "if-match": "1"})
        line = {"id": str(world.submission("A1")), "version": done.json()["version"]}
        township = await people.person(database, world, "A")
        answer = await client.post(
            f"/api/cycles/{world.opened.id}/approvals", json={"submissions": [line, line]}, headers=township.headers
        )
        assert answer.json() == {"done": [line["id"]], "refused": []}

    async def test_merging_a_unit_with_itself(self, client: Client, database: Database, world: World) -> None:
        system = await people.admin(database, world, AdminKind.SYSTEM)
        unit = str(world.units["A1"])
        body = {"effective_on": "2026-07-01", "unit_ids": [unit, unit], "into_unit_id": unit}
        refused(await client.post("/api/units/merge", json=body, headers=system.headers), 422)
