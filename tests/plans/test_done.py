"""已办结: what was settled, by words, month and kind, the last first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.clock import SHANGHAI
from kit.db.session import Database
from kit.paging import Mark
from plans.notices import service as notices
from plans.notices.models import NoticeKind
from plans.tasks import answering, judging
from tenancy.models import Role
from tests.plans.steps import act, issue, unit
from tests.world import World, make_county_with_people
from workflow import queries
from workflow.queries import Done, Settled

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2)


async def done(database: Database, world: World, code: str, *, after: Mark | None = None, **asked: Any) -> list[Done]:
    actor = world.actor(code)
    wanted = Settled({actor.unit_id: frozenset(asked.pop("roles", tuple(Role)))}, **asked)
    async with database.transaction(actor.identity) as session:
        found = await queries.list_done(session, principal=actor, asked=wanted, after=after, limit=2)
        assert await queries.count_done(session, principal=actor, asked=wanted, most=100) >= len(found)
    return found


def titles(found: Sequence[Done]) -> list[str]:
    return [one.item.facts["title"] for one in found]


async def publish(database: Database, world: World, title: str) -> UUID:
    county, village = world.actor("C"), world.actor("A1")
    given = notices.Given(NoticeKind.NOTICE, title, "", [unit(world, "A1")])
    async with database.transaction(county.identity) as session:
        notice_id = await notices.issue(session, actor=county, given=given)
    async with database.transaction(village.identity) as session:
        await notices.read(session, actor=village, notice_id=notice_id)
    return notice_id


def at(day: int, hour: int = 9, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


async def test_what_was_settled_is_found_by_words_month_and_kind(database: Database, world: World) -> None:
    with clock.frozen_at(at(31, 23, 59)):
        await publish(database, world, "莫𡐓村光荣牌")
    with clock.frozen_at(at(1, 0, 1, month=1).replace(year=2027)):
        await publish(database, world, "100% 双拥")
    with clock.frozen_at(at(2, month=1).replace(year=2027)):
        task_id = (await issue(database, world, unit(world, "A1"), title="入户核对")).task_id
        await act(database, world, answering.acknowledge, task_id, "A1")
        assert titles(await done(database, world, "A1")) == ["100% 双拥", "莫𡐓村光荣牌"]
        await act(database, world, answering.hand_in, task_id, "A1", result="完")
    first = await done(database, world, "A1")
    assert titles(first) == ["入户核对", "100% 双拥"]
    assert titles(await done(database, world, "A1", after=Mark(first[-1].settled_at, first[-1].id))) == ["莫𡐓村光荣牌"]
    since, until = clock.month_of("2026-12")
    assert titles(await done(database, world, "A1", since=since, until=until)) == ["莫𡐓村光荣牌"]
    assert titles(await done(database, world, "A1", words=["𡐓", "光荣"])) == ["莫𡐓村光荣牌"]
    assert titles(await done(database, world, "A1", words=["%"])) == ["100% 双拥"]
    assert titles(await done(database, world, "A1", kinds=["assignment", "task"])) == ["入户核对"]
    assert titles(await done(database, world, "A1", roles=(Role.REVIEWER,))) == []
    assert await done(database, world, "A2") == []


async def test_what_was_opened_again_is_not_settled(database: Database, world: World) -> None:
    task_id = (await issue(database, world, unit(world, "A1"))).task_id
    await act(database, world, answering.acknowledge, task_id, "A1")
    await act(database, world, answering.hand_in, task_id, "A1", result="完")
    assert len(await done(database, world, "A1")) == 1
    await act(database, world, judging.send_back, task_id, "A1", by=world.actor("A"), reason="缺照片")
    assert await done(database, world, "A1") == []
    # The township's own review of it is settled; what was never opened (a request for more time) is not listed.
    assert [one.item.topic for one in await done(database, world, "A")] == ["task_review"]
