"""Jobs under leases: what is promised when workers die, hang, or meet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import Database, Identity
from kit.errors import Conflict
from kit.ids import new_id
from kit.jobs import JobContext, LostLease, doorbell, enqueue, leases, registry, runner
from kit.jobs.doorbell import Bell
from kit.jobs.errors import JobLost, words_of
from kit.models import Job, StoredFile
from tests.runtime.places import Place

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "JOBS", {})
    monkeypatch.setattr(runner, "JOBS", registry.JOBS)


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[Bell]:
    """What was rung, at the moment it was; the thread that sends has tests of its own."""
    rung: list[Bell] = []
    monkeypatch.setattr(doorbell, "ring", rung.extend)
    monkeypatch.setattr(runner, "ring", rung.extend)
    return rung


async def ask(database: Database, place: Place, kind: str = "test.work", **more: Any) -> UUID:
    async with database.transaction(place.below) as session:
        return await enqueue(session, kind=kind, payload={"n": 1}, **more)


async def row(database: Database, place: Place, job_id: UUID) -> Job:
    async with database.transaction(place.above) as session:
        return (
            await session.execute(select(Job).where(Job.county_id == place.county.id, Job.id == job_id))
        ).scalar_one()


async def expire(database: Database, place: Place, job_id: UUID) -> None:
    async with database.transaction(place.above) as session:
        await session.execute(
            text("UPDATE job SET lease_until = now() - interval '1 second' WHERE county_id = :c AND id = :j"),
            {"c": place.county.id, "j": job_id},
        )


async def make_due(database: Database, place: Place) -> None:
    async with database.transaction(place.above) as session:
        await session.execute(text("UPDATE job SET run_after = now()"))


async def claim(database: Database, place: Place) -> leases.Lease | None:
    async with database.transaction(place.above) as session:
        return await leases.claim(session, place.county.id)


async def sweep(database: Database, place: Place) -> bool:
    async with database.transaction(place.above) as session:
        return await leases.sweep(session, place.county.id)


class TestEnqueue:
    async def test_is_seen_by_the_unit_and_its_county_and_nobody_else(self, database: Database, place: Place) -> None:
        job_id = await ask(database, place)
        sibling = Identity.of_unit(place.county.id, new_id())
        seen = []
        for who in (place.below, place.above, sibling):
            async with database.transaction(who) as session:
                seen.append(await session.scalar(select(func.count()).select_from(Job).where(Job.id == job_id)))
        assert seen == [1, 1, 0]

    async def test_rings_once_after_commit(self, database: Database, place: Place, bells: list[Bell]) -> None:
        async with database.transaction(place.below) as session:
            for _ in range(3):
                await enqueue(session, kind="test.work", payload={})
            async with session.begin_nested():
                await enqueue(session, kind="test.work", payload={})
            assert bells == []
        assert bells == [("jobs", place.county.id)]

    async def test_rolled_back_leaves_neither_job_nor_bell(
        self, database: Database, place: Place, bells: list[Bell]
    ) -> None:
        with pytest.raises(Conflict):
            async with database.transaction(place.below) as session:
                await enqueue(session, kind="test.work", payload={})
                raise Conflict
        assert bells == []
        assert await claim(database, place) is None


class TestLease:
    async def test_the_most_urgent_first_and_each_once(self, database: Database, place: Place) -> None:
        ordinary, urgent = await ask(database, place), await ask(database, place, priority=5)
        taken = await asyncio.gather(*(claim(database, place) for _ in range(3)))
        assert {lease.job_id for lease in taken if lease} == {ordinary, urgent}
        await ask(database, place)
        await ask(database, place, priority=5)
        first = await claim(database, place)
        assert first is not None
        assert (await row(database, place, first.job_id)).priority == 5

    async def test_a_lost_lease_writes_nothing(self, database: Database, place: Place) -> None:
        job_id = await ask(database, place)
        old = await claim(database, place)
        await expire(database, place, job_id)
        assert await sweep(database, place)
        new = await claim(database, place)
        assert old is not None
        assert new is not None
        assert new.fence > old.fence
        writes: tuple[Callable[[AsyncSession], Awaitable[None]], ...] = (
            lambda s: leases.renew(s, old, progress=0.9),
            lambda s: leases.finish(s, old, {"by": "old"}),
            lambda s: leases.fail(s, old, {"en": "no"}, again=False),
            lambda s: leases.hold(s, old),
        )
        for write in writes:
            with pytest.raises(LostLease):
                async with database.transaction(place.above) as session:
                    await write(session)
        async with database.transaction(place.above) as session:
            await leases.finish(session, new, {"by": "new"})
        assert (await row(database, place, job_id)).result == {"by": "new"}

    async def test_a_living_lease_is_not_swept(self, database: Database, place: Place) -> None:
        await ask(database, place)
        await claim(database, place)
        assert not await sweep(database, place)
        assert await claim(database, place) is None

    async def test_the_sweep_passes_over_a_row_being_written(self, database: Database, place: Place) -> None:
        job_id = await ask(database, place)
        lease = await claim(database, place)
        await expire(database, place, job_id)
        assert lease is not None
        async with database.transaction(place.above) as session:
            await leases.hold(session, lease)
            assert not await sweep(database, place)
            await leases.finish(session, lease, None)
        assert (await row(database, place, job_id)).state == "done"

    async def test_lost_too_often_it_fails_with_words(self, database: Database, place: Place) -> None:
        job_id = await ask(database, place)
        for _ in range(leases.MAX_ATTEMPTS):
            assert await claim(database, place) is not None
            await expire(database, place, job_id)
            await sweep(database, place)
        found = await row(database, place, job_id)
        assert (found.state, found.failure) == ("failed", words_of(JobLost()))

    async def test_one_that_waits_for_its_time_is_not_taken(self, database: Database, place: Place) -> None:
        async with database.transaction(place.below) as session:
            tomorrow = (await session.scalar(text("SELECT now() + interval '1 day'"))) or None
            await enqueue(session, kind="test.work", payload={}, run_after=tomorrow)
        assert await claim(database, place) is None


class TestRun:
    async def test_result_and_progress_are_in_the_row(self, database: Database, place: Place) -> None:
        seen: list[tuple[str, str]] = []

        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
            await context.progress(0.5, "一半")
            found = await row(database, place, context.job_id)
            seen.append((f"{found.progress:.2f}", found.message))
            return {"twice": payload["n"] * 2}

        job_id = await ask(database, place)
        assert await runner.run_one(database, place.county.id)
        found = await row(database, place, job_id)
        assert seen == [("0.50", "一半")]
        assert (found.state, found.result, found.lease_until) == ("done", {"twice": 2}, None)
        assert found.progress == 1
        assert not await runner.run_one(database, place.county.id)

    async def test_a_refusal_fails_at_once_in_its_own_words(self, database: Database, place: Place) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            raise Conflict

        job_id = await ask(database, place)
        await runner.run_one(database, place.county.id)
        found = await row(database, place, job_id)
        assert (found.state, found.failure, found.attempts) == ("failed", {"zh-CN": Conflict.zh, "en": Conflict.en}, 1)

    async def test_a_fault_is_tried_again_later_and_told_without_its_insides(
        self, database: Database, place: Place
    ) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            raise RuntimeError("身份证 370303…")

        job_id = await ask(database, place)
        states = []
        for _ in range(leases.MAX_ATTEMPTS):
            assert await runner.run_one(database, place.county.id)
            assert not await runner.run_one(database, place.county.id)
            states.append((await row(database, place, job_id)).state)
            await make_due(database, place)
        found = await row(database, place, job_id)
        assert states == ["queued", "queued", "failed"]
        assert found.failure is not None
        for words in found.failure.values():
            assert "370303" not in words
            assert str(job_id)[-8:] in words

    async def test_too_long_is_stopped(self, database: Database, place: Place) -> None:
        @registry.job("test.work", seconds=0.1)
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            await asyncio.sleep(30)

        job_id = await ask(database, place)
        await runner.run_one(database, place.county.id)
        assert (await row(database, place, job_id)).state == "failed"

    async def test_a_kind_of_another_release_fails_with_words(self, database: Database, place: Place) -> None:
        job_id = await ask(database, place, "test.gone")
        await runner.run_one(database, place.county.id)
        found = await row(database, place, job_id)
        assert (found.state, bool(found.failure)) == ("failed", True)

    async def test_a_worker_that_is_asked_to_end_gives_the_job_back(
        self, database: Database, place: Place, bells: list[Bell]
    ) -> None:
        begun = asyncio.Event()

        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            begun.set()
            await asyncio.sleep(30)

        job_id = await ask(database, place)
        running = asyncio.create_task(runner.run_one(database, place.county.id))
        await begun.wait()
        bells.clear()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        found = await row(database, place, job_id)
        rung = [bell for bell in bells if bell[0] == "jobs"]
        assert (found.state, found.attempts, rung) == ("queued", 0, [("jobs", place.county.id)])

    async def test_a_lost_lease_stops_the_function(
        self, database: Database, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runner, "HEARTBEAT_SECONDS", 0.05)
        stopped = asyncio.Event()

        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            await expire(database, place, context.job_id)
            await sweep(database, place)
            try:
                await asyncio.sleep(30)
            finally:
                stopped.set()

        job_id = await ask(database, place)
        assert await runner.run_one(database, place.county.id)
        assert stopped.is_set()
        assert (await row(database, place, job_id)).state == "queued"

    async def test_more_work_rings_again(self, database: Database, place: Place, bells: list[Bell]) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None: ...

        await ask(database, place)
        await ask(database, place)
        bells.clear()
        await runner.run_one(database, place.county.id)
        assert [b for b in bells if b[0] == "jobs"] == [("jobs", place.county.id)]


def a_file(place: Place) -> dict[str, Any]:
    return {
        "county_id": place.county.id,
        "name": "汇总表.xlsx",
        "media_type": "application/octet-stream",
        "size": 1,
        "sha256": "",
        "place": [place.village],
    }


async def files(database: Database, place: Place) -> int:
    async with database.transaction(place.below) as session:
        return await session.scalar(select(func.count()).select_from(StoredFile)) or 0


class TestFencedWrites:
    async def test_the_last_writes_and_the_end_are_one(self, database: Database, place: Place) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            async with context.transaction(place.below) as session:
                await session.execute(insert(StoredFile).values(**a_file(place)))
                await context.complete(session, {"file": "f"})

        job_id = await ask(database, place)
        await runner.run_one(database, place.county.id)
        found = await row(database, place, job_id)
        assert (found.state, found.result, await files(database, place)) == ("done", {"file": "f"}, 1)

    async def test_without_the_lease_nothing_is_written(self, database: Database, place: Place) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            await expire(database, place, context.job_id)
            await sweep(database, place)
            async with context.transaction(place.below) as session:
                await session.execute(insert(StoredFile).values(**a_file(place)))

        await ask(database, place)
        assert await runner.run_one(database, place.county.id)
        assert await files(database, place) == 0

    async def test_the_lease_can_not_be_taken_inside(self, database: Database, place: Place) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            await expire(database, place, context.job_id)
            async with context.transaction(place.below) as session:
                await sweep(database, place)
                await context.progress(0.5)
                await session.execute(insert(StoredFile).values(**a_file(place)))

        job_id = await ask(database, place)
        await runner.run_one(database, place.county.id)
        assert ((await row(database, place, job_id)).state, await files(database, place)) == ("done", 1)

    async def test_a_failed_end_rolls_its_writes_back(self, database: Database, place: Place) -> None:
        @registry.job("test.work")
        async def work(context: JobContext, payload: dict[str, Any]) -> None:
            async with context.transaction(place.below) as session:
                await session.execute(insert(StoredFile).values(**a_file(place)))
                await context.complete(session)
                raise Conflict

        job_id = await ask(database, place)
        await runner.run_one(database, place.county.id)
        assert ((await row(database, place, job_id)).state, await files(database, place)) == ("failed", 0)
