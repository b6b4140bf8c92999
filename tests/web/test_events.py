"""The feed: a change reaches the open page of whom it concerns, and of nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from kit import outbox
from kit.db.session import Database
from kit.jobs import CountyRef
from kit.settings import Settings
from tests.reporting.test_submissions import submitted
from tests.world import World, make_world
from web.feed import Feed, Message

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


@pytest.fixture
async def feed(settings: Settings) -> AsyncIterator[Feed]:
    assert settings.broker_url is not None
    outbox.connect(settings.broker_url)
    made = Feed(outbox.client_of(settings.broker_url))
    made.start()
    await asyncio.sleep(0.3)
    yield made
    await made.stop()
    await outbox.close()


async def relay(database: Database, world: World) -> None:
    async with database.transaction(world.identity) as session:
        await outbox.relay(session, CountyRef(world.county.id, world.county.unit_id))


async def drain(queue: asyncio.Queue[Message]) -> list[Message]:
    found: list[Message] = []
    while True:
        try:
            found.append(await asyncio.wait_for(queue.get(), 1))
        except TimeoutError:
            return found


class TestFeed:
    async def test_one_subscription_serves_many_pages(self, database: Database, world: World, feed: Feed) -> None:
        await relay(database, world)
        async with feed.listen(world.county.id) as one, feed.listen(world.county.id) as other:
            await submitted(database, world, "A1")
            await relay(database, world)
            first, second = await asyncio.gather(drain(one), drain(other))
        assert first == second
        recipients = {unit for message in first for unit in message["recipients"]}
        assert {str(world.units["A1"]), str(world.units["A"])} <= recipients

    async def test_another_county_hears_nothing(self, database: Database, world: World, feed: Feed) -> None:
        elsewhere = await make_world(database, townships=1, villages=1)
        async with feed.listen(elsewhere.county.id) as queue:
            await submitted(database, world, "A1")
            await relay(database, world)
            assert await drain(queue) == []

    async def test_a_slow_page_loses_the_oldest_only(self, database: Database, world: World, feed: Feed) -> None:
        async with feed.listen(world.county.id) as queue:
            for number in range(150):
                await feed.client.publish(outbox.channel(world.county.id), b'{"recipients": [], "n": %d}' % number)
            await asyncio.sleep(0.5)
            found = await drain(queue)
        assert found[-1]["n"] == 149
        assert len(found) == 100

    async def test_messages_carry_counts_and_ids_never_content(
        self, database: Database, world: World, feed: Feed
    ) -> None:
        await relay(database, world)
        async with feed.listen(world.county.id) as queue:
            await submitted(database, world, "A1", 77, 88)
            await relay(database, world)
            told = await drain(queue)
        assert told
        assert {key for message in told for key in message["payload"]} <= {"subject_kind", "subject_id"}
