"""下载记录: what somebody had made, for them alone; made again when it failed or is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select, update

from kit import clock
from kit.db.session import Database
from kit.housekeeping import tidy
from kit.jobs.registry import CountyRef
from kit.jobs.runner import run_one
from kit.models import Job, StoredFile
from reporting import exports
from tests.reporting.steps import approve, hand_in
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]


@pytest.fixture
async def world(database: Database) -> World:
    world = await make_world(database)
    await hand_in(database, world, "A1", {"pc": "3", "rc": "20"})
    await approve(database, world, "A1", "A")
    return world


@pytest.fixture
async def town(database: Database, world: World) -> Person:
    return await people.person(database, world, "A")


async def ask(client: Client, world: World, who: Person, kind: str = "detail") -> str:
    answer = await client.post(
        f"/api/cycles/{world.opened.id}/exports", json={"kind": kind, "basis": "live"}, headers=who.headers
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


async def listed(client: Client, who: Person, **headers: str) -> list[dict[str, Any]]:
    answer = await client.get("/api/downloads", headers={**who.headers, **headers})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def again(client: Client, who: Person, job_id: str) -> Any:
    return await client.post(f"/api/downloads/{job_id}/again", headers=who.headers)


async def test_what_was_made_is_kept_for_its_maker_alone(
    client: Client, database: Database, world: World, town: Person
) -> None:
    job_id = await ask(client, world, town)
    [waiting] = await listed(client, town)
    assert (waiting["id"], waiting["state"], waiting["file_id"]) == (job_id, "queued", None)
    assert await run_one(database, world.county.id)
    [made] = await listed(client, town)
    assert made["state"] == "done"
    assert made["file_name"] == f"{made['title']}.xlsx"
    assert made["title"].endswith("_A镇_分单位明细")
    assert made["size"] > 1000
    assert made["kept_until"] is not None
    refused = await again(client, town, job_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "download_stands")
    file = f"/api/files/{made['file_id']}"
    assert (await client.get(file, headers=town.headers)).content.startswith(b"PK")

    colleague, county = await people.person(database, world, "A"), await people.person(database, world, "C")
    for other in (colleague, county):
        assert await listed(client, other) == []
        for path in (file, f"/api/jobs/{job_id}"):
            assert (await client.get(path, headers=other.headers)).status_code == 404
        assert (await again(client, other, job_id)).status_code == 404


async def test_every_kind_is_named_as_its_file_is(
    client: Client, database: Database, world: World, town: Person
) -> None:
    for kind in exports.LISTS:
        await ask(client, world, town, kind)
        assert await run_one(database, world.county.id)
    found = await listed(client, town)
    assert len(found) == len(exports.LISTS)
    assert all(one["file_name"].rsplit(".", 1)[0] == one["title"] for one in found)


async def test_what_failed_says_why_in_both_languages_and_is_made_again(
    client: Client, database: Database, world: World, town: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await ask(client, world, town)
    with monkeypatch.context() as broken:
        broken.setattr("kit.jobs.leases.MAX_ATTEMPTS", 1)
        broken.setattr("reporting.exports.load_snapshot", None)
        assert await run_one(database, world.county.id)
    [zh], [en] = await listed(client, town), await listed(client, town, **{"accept-language": "en"})
    assert (zh["state"], en["state"]) == ("failed", "failed")
    assert "处理时出错" in zh["why"]
    assert "Something went wrong" in en["why"]
    assert (await again(client, town, job_id)).status_code == 202
    assert (await again(client, town, job_id)).status_code == 409
    assert await run_one(database, world.county.id)
    [made] = await listed(client, town)
    assert (made["id"], made["state"], made["why"]) == (job_id, "done", "")


async def test_expired_files_are_named_still_and_made_again(
    client: Client, database: Database, world: World, town: Person
) -> None:
    job_id = await ask(client, world, town)
    assert await run_one(database, world.county.id)
    [made] = await listed(client, town)
    over = clock.now() - timedelta(seconds=1)
    async with database.transaction(world.identity) as session:
        await session.execute(update(StoredFile).where(StoredFile.id == UUID(made["file_id"])).values(expires_at=over))
    for _ in ("over", "taken away"):
        [gone] = await listed(client, town)
        assert (gone["state"], gone["file_id"], gone["title"]) == ("expired", None, made["title"])
        job = await client.get(f"/api/jobs/{job_id}", headers=town.headers)
        assert (job.status_code, job.json()["file"]) == (200, None)
        async with database.transaction(world.identity) as session:
            await tidy(session, CountyRef(world.county.id, world.county.unit_id))
    assert (await again(client, town, job_id)).status_code == 202
    assert await run_one(database, world.county.id)
    assert [one["state"] for one in await listed(client, town)] == ["done"]


async def test_who_may_no_longer_ask_cannot_ask_again(
    client: Client, database: Database, world: World, town: Person
) -> None:
    job_id = await ask(client, world, town)
    village = world.units["A1"]
    async with database.transaction(world.identity) as session:
        job = (await session.scalars(select(Job).where(Job.id == UUID(job_id)))).one()
        job.payload = {**job.payload, "unit_id": str(world.units["B"])}
        job.state = "failed"
    assert (await again(client, town, job_id)).status_code == 404
    async with database.transaction(world.identity) as session:
        await session.execute(update(Job).where(Job.id == UUID(job_id)).values(place=[village, world.county.unit_id]))
    assert await listed(client, town) == []
