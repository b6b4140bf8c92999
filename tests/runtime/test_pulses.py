"""Pulses, the outbox and the doorbell."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from kombu.exceptions import OperationalError
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import outbox
from kit.db.session import Database
from kit.embedded import Cluster
from kit.ids import new_id
from kit.jobs import CountyRef, ring_after_commit, runner
from kit.jobs.broker import kombu_url
from kit.jobs.doorbell import Bell, Doorbell
from kit.jobs.registry import PULSES, Pulse
from kit.models import Outbox
from tests.runtime.places import Place, make_place

pytestmark = pytest.mark.anyio


class TestPulse:
    async def test_beats_in_every_county_although_one_fails(self, database: Database) -> None:
        first, second = await make_place(database), await make_place(database)
        seen: set[UUID] = set()

        async def beat(session: AsyncSession, county: CountyRef) -> None:
            if county == first.county:
                raise RuntimeError
            seen.add(county.id)

        with pytest.raises(ExceptionGroup, match="1 counties"):
            await runner.beat_everywhere(database, Pulse("test.beat", beat, 1))
        assert second.county.id in seen

    async def test_one_at_a_time_in_a_county(self, database: Database, place: Place) -> None:
        running, most = 0, 0

        async def beat(session: AsyncSession, county: CountyRef) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.05)
            running -= 1

        pulse = Pulse("test.beat", beat, 1)
        done = await asyncio.gather(*(runner.beat_in(database, pulse, place.county) for _ in range(4)))
        assert (most, done.count(True)) == (1, 1)

    async def test_rings_when_it_commits(
        self, database: Database, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def beat(session: AsyncSession, county: CountyRef) -> None:
            ring_after_commit(session, "test.next")

        rung: list[set[Bell]] = []
        monkeypatch.setattr("kit.jobs.doorbell.ring", rung.append)
        await runner.beat_in(database, Pulse("test.beat", beat, 1), place.county)
        assert rung == [{("test.next", place.county.id)}]


async def send(database: Database, place: Place, topic: str) -> UUID:
    message = new_id()
    async with database.transaction(place.below) as session:
        await session.execute(
            insert(Outbox).values(
                county_id=place.county.id,
                id=message,
                topic=topic,
                payload={"n": 1},
                recipients=[place.village],
                place=[place.county.unit_id],
            )
        )
    return message


async def waiting(database: Database, place: Place) -> int:
    async with database.transaction(place.above) as session:
        return await session.scalar(select(func.count()).select_from(Outbox)) or 0


class TestOutbox:
    @pytest.fixture(autouse=True)
    async def _broker(self, servers: Cluster) -> AsyncIterator[None]:
        outbox.connect(servers.broker_url)
        yield
        await outbox.close()

    async def test_is_published_to_the_county_and_deleted(
        self, database: Database, place: Place, servers: Cluster
    ) -> None:
        other = await make_place(database)
        client = outbox.client_of(servers.broker_url)
        async with client, client.pubsub(ignore_subscribe_messages=True) as listener:
            await listener.subscribe(outbox.channel(place.county.id))
            await listener.get_message(timeout=1)
            sent = await send(database, place, "inbox")
            await send(database, other, "inbox")
            await runner.beat_everywhere(database, PULSES[outbox.RELAY])
            heard: dict[str, Any] | None = None
            while heard is None:
                heard = await listener.get_message(timeout=1)
            message = orjson.loads(heard["data"])
            assert (message["id"], message["topic"], message["payload"]) == (str(sent), "inbox", {"n": 1})
            assert message["recipients"] == [str(place.village)]
            assert await listener.get_message(timeout=0.1) is None
        assert (await waiting(database, place), await waiting(database, other)) == (0, 0)

    async def test_stays_while_the_broker_is_down(self, database: Database, place: Place, servers: Cluster) -> None:
        await outbox.close()
        outbox.connect("unix:///nowhere/valkey.sock")
        await send(database, place, "inbox")
        await runner.beat_in(database, PULSES[outbox.RELAY], place.county)
        assert await waiting(database, place) == 1


async def until(question: Callable[[], bool]) -> None:
    for _ in range(500):
        if question():
            return
        await asyncio.sleep(0.01)
    pytest.fail("not within five seconds")


class TestDoorbell:
    async def test_many_rings_become_few_messages(self) -> None:
        rung: list[Bell] = []
        bell: Bell = ("jobs", new_id())
        doorbell = Doorbell(rung.append)
        for _ in range(100):
            doorbell.ring({bell})
        await until(lambda: bool(rung))
        assert set(rung) == {bell}
        assert len(rung) < 10

    async def test_never_waits_for_the_broker_and_works_when_it_is_back(self) -> None:
        release = threading.Event()
        rung: list[Bell] = []

        def publish(bell: Bell) -> None:
            if not release.wait(10):
                raise OperationalError
            rung.append(bell)

        doorbell = Doorbell(publish)
        began = time.monotonic()
        for _ in range(50):
            doorbell.ring({("jobs", new_id())})
            await asyncio.sleep(0)
        assert time.monotonic() - began < 5
        release.set()
        await until(lambda: len(rung) == 50)

    async def test_a_broker_that_is_down_drops_the_ring(self) -> None:
        failures: list[Bell] = []
        rung: list[Bell] = []

        def publish(bell: Bell) -> None:
            if not failures:
                failures.append(bell)
                raise OperationalError("down")
            rung.append(bell)

        doorbell = Doorbell(publish)
        first, second = ("jobs", new_id()), ("jobs", new_id())
        doorbell.ring({first})
        await until(lambda: bool(failures))
        doorbell.ring({second})
        await until(lambda: bool(rung))
        assert rung == [second]


@pytest.mark.parametrize(
    ("ours", "kombu"),
    [
        ("redis://:pw@host:6379/2", "redis://:pw@host:6379/2"),
        ("valkey://host", "redis://host"),
        ("valkeys://host", "rediss://host"),
        ("unix://:pw@/run/valkey.sock?db=1", "redis+socket://:pw@/run/valkey.sock?virtual_host=1"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
async def test_broker_address_in_kombu_s_words(ours: str, kombu: str) -> None:
    assert kombu_url(ours) == kombu
