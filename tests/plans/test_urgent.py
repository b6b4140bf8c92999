"""紧急事项: everybody above has it at once, in time or told again, and its messages are doubled rather than lost.
每日摘要: lost rather than doubled."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from kit import clock
from kit.clock import SHANGHAI
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef, runner
from kit.jobs.registry import PULSES
from kit.models import Job, Outbox
from kit.settings import Settings
from plans import digest
from plans.urgent import photos, service, views
from plans.urgent.models import UrgentKind, UrgentState
from plans.urgent.schemas import UrgentOut
from plans.urgent.service import Given
from tenancy.models import Role
from tests.plans.steps import inbox, topics
from tests.reporting.receivers import Robot, robot
from tests.world import World, make_county_with_people
from workflow.channels import delivery, messages, senders
from workflow.channels import service as channels
from workflow.channels.models import OutsideMessage
from workflow.channels.schemas import ChannelIn
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
DECLARED = (digest, messages, service)  # importing them declares jobs and pulses
NUMBER = re.compile(r"编号 ([0-9a-f]{8})")


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


@pytest.fixture
async def there() -> AsyncIterator[Robot]:
    async with robot() as made:
        yield made


@pytest.fixture(autouse=True)
def installation(settings: Settings, there: Robot, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = replace(settings, public_url="https://jc.example.gov.cn", robot_hosts=(there.host,))
    for module in (senders, channels, delivery):
        monkeypatch.setattr(module, "settings", lambda: made)
    yield


async def channel(database: Database, world: World, there: Robot, code: str) -> UUID:
    actor = world.actor(code)
    address = f"http://{there.host}/cgi-bin/webhook/send?key=k{code}"
    given = ChannelIn.model_validate({"kind": "wecom", "name": "群", "address": address})
    async with database.transaction(actor.identity) as session:
        return (await channels.add(session, actor=actor, given=given)).id


async def report(database: Database, world: World, code: str = "A1", **given: Any) -> UUID:
    actor = world.actor(code)
    asked = Given(**{"kind": UrgentKind.GATHERING, "title": "十余人聚集", **given})
    async with database.transaction(actor.identity) as session:
        return await service.report(session, actor=actor, given=asked)


async def look(database: Database, world: World, matter_id: UUID, code: str) -> UrgentOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await views.matter_view(session, actor, matter_id)


async def act(database: Database, world: World, action: str, matter_id: UUID, code: str, **more: Any) -> int:
    actor = world.actor(code)
    if "version" not in more:
        more["version"] = (await look(database, world, matter_id, "C")).version
    async with database.transaction(actor.identity) as session:
        return await service.act(session, actor=actor, action=action, matter_id=matter_id, **more)


def county(world: World) -> CountyRef:
    return CountyRef(world.county.id, world.county.unit_id)


async def beat(database: Database, world: World, name: str) -> None:
    await runner.beat_in(database, PULSES[name], county(world))


async def work(database: Database, world: World) -> None:
    while await runner.run_one(database, world.county.id):
        pass


def said(there: Robot) -> list[str]:
    return [body["text"]["content"] for _, body in there.posts]


class TestReporting:
    async def test_township_and_county_have_it_at_once_and_nobody_else(self, database: Database, world: World) -> None:
        matter_id = await report(database, world)
        for code in ("A", "C"):
            (item,) = await inbox(database, world, code)
            assert (item.topic, item.facts["unit"]) == ("urgent", "A1村")
            assert (await look(database, world, matter_id, code)).title == "十余人聚集"
        for code in ("A2", "B", "B1"):
            assert await topics(database, world, code) == set()
            with pytest.raises(NotFound):
                await look(database, world, matter_id, code)
        async with database.transaction(world.identity) as session:
            told = await session.scalar(select(func.count()).where(Outbox.topic == "urgent"))
        assert told == 1

    async def test_a_list_offers_what_its_reader_may_do_and_pages_through_the_past(
        self, database: Database, world: World
    ) -> None:
        first = await report(database, world)
        await act(database, world, "acknowledge", first, "A")
        await act(database, world, "conclude", first, "A1", text="已散")
        second = await report(database, world)

        async def listed(code: str, open_only: bool) -> list[tuple[UUID, list[str]]]:
            actor = world.actor(code)
            async with database.transaction(actor.identity) as session:
                shown = await views.matter_page(session, actor, open_only=open_only, after=None)
            assert shown.next is None and shown.minutes == 15
            return [(one.id, one.actions) for one in shown.items]

        assert await listed("C", True) == [(second, ["acknowledge", "instruct"])]
        assert await listed("A1", False) == [(second, ["tell"]), (first, [])]
        assert await listed("A2", False) == await listed("B", False) == []

    async def test_a_photo_is_seen_by_the_line_concerned_at_once(self, database: Database, world: World) -> None:
        matter_id = await report(database, world)

        async def may_add(code: str) -> frozenset[str]:
            actor = world.actor(code)
            async with database.transaction(actor.identity) as session:
                holder = await photos.of_matter(session, actor=actor, subject_id=matter_id, lock=False)
            assert set(holder.place) == {world.units["A1"], world.units["A"], world.county.unit_id}
            return holder.may_add

        assert await may_add("A1") == {photos.PHOTO} and await may_add("C") == frozenset()
        for code in ("A2", "B"):
            with pytest.raises(NotFound):
                await may_add(code)
        await act(database, world, "acknowledge", matter_id, "A")
        await act(database, world, "conclude", matter_id, "A1", text="已散")
        assert await may_add("A1") == frozenset()

    async def test_from_acknowledgement_to_the_final_report(self, database: Database, world: World) -> None:
        matter_id = await report(database, world)
        with pytest.raises(Forbidden):
            await act(database, world, "acknowledge", matter_id, "A1")
        with pytest.raises(ActionNotAllowed):
            await act(database, world, "conclude", matter_id, "A1", text="完")
        with pytest.raises(Stale):
            await act(database, world, "acknowledge", matter_id, "A", version=7)
        await act(database, world, "acknowledge", matter_id, "A")
        assert await topics(database, world, "A") == await topics(database, world, "C") == set()
        assert await topics(database, world, "A1") == {"urgent_acknowledged"}
        with pytest.raises(ActionNotAllowed):
            await act(database, world, "acknowledge", matter_id, "C")
        await act(database, world, "instruct", matter_id, "C", text="站长到场")
        await act(database, world, "tell", matter_id, "A1", text="已劝离")
        with pytest.raises(ReasonMissing):
            await act(database, world, "conclude", matter_id, "A1", text="")
        await act(database, world, "conclude", matter_id, "A1", text="人员已散，诉求已登记")
        shown = await look(database, world, matter_id, "C")
        assert (shown.state, shown.report, shown.acknowledged_by) == (
            UrgentState.CONCLUDED,
            "人员已散，诉求已登记",
            "A镇 A",
        )
        assert [line.action for line in shown.log] == ["acknowledge", "instruct", "tell", "conclude"]
        await act(database, world, "reopen", matter_id, "A", text="又聚集")
        assert (await look(database, world, matter_id, "A1")).state is UrgentState.HANDLING

    async def test_messages_say_a_number_of_matters_and_a_link(
        self, database: Database, world: World, there: Robot
    ) -> None:
        for code in ("A", "C"):
            await channel(database, world, there, code)
        await report(database, world, title="某某某要跳楼", text="住址…")
        await work(database, world)
        assert len(there.posts) == 2
        for text in said(there):
            assert "有 1 件紧急事项待签收" in text and "某某某" not in text and "A1" not in text
            assert "https://jc.example.gov.cn/u/" in text and NUMBER.search(text)


class TestEscalation:
    async def test_in_time_nobody_is_told_again(self, database: Database, world: World) -> None:
        matter_id = await report(database, world)
        with clock.frozen_at(clock.now() + timedelta(minutes=14)):
            await beat(database, world, "plans.urgent")
            assert (await look(database, world, matter_id, "C")).level == 0
            await act(database, world, "acknowledge", matter_id, "A")
        with clock.frozen_at(clock.now() + timedelta(minutes=40)):
            await beat(database, world, "plans.urgent")
        assert (await look(database, world, matter_id, "C")).level == 0

    async def test_a_scheduler_that_stood_still_escalates_when_it_is_back(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await channel(database, world, there, "A")
        now = clock.now()
        with clock.frozen_at(now - timedelta(hours=6)):
            matter_id = await report(database, world)
            await work(database, world)
        # The scheduler is down across the time of escalation, and comes back hours later.
        with clock.frozen_at(now - timedelta(hours=1)):
            for _ in range(3):
                await beat(database, world, "plans.urgent")
            await work(database, world)
            shown = await look(database, world, matter_id, "C")
            assert (shown.level, [line.by for line in shown.log]) == (1, ["系统"])
            leaders = await inbox(database, world, "C", Role.LEADER)
            assert [item.topic for item in leaders] == ["urgent_leader"]
        with clock.frozen_at(now):
            await beat(database, world, "plans.urgent")
            await work(database, world)
            assert (await look(database, world, matter_id, "C")).level == 2
            await act(database, world, "acknowledge", matter_id, "C")
        assert await topics(database, world, "C") == set()
        assert len(there.posts) == 3 and sum("再次提醒" in text for text in said(there)) == 2


class TestLosingNothing:
    async def test_killed_between_send_and_record_it_is_sent_again_with_its_number(
        self, database: Database, world: World, there: Robot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for code in ("A", "C"):
            await channel(database, world, there, code)
        real = senders.send
        dying = 2

        async def send_and_die(*given: Any) -> None:
            nonlocal dying
            await real(*given)
            if dying:
                dying -= 1
                raise asyncio.CancelledError  # the worker goes here: sent, and not on record

        monkeypatch.setattr(senders, "send", send_and_die)
        await report(database, world)
        for _ in range(8):
            try:
                await work(database, world)
            except asyncio.CancelledError:
                continue
        numbers = [found.group(1) for text in said(there) if (found := NUMBER.search(text))]
        assert len(set(numbers)) == 2 and len(numbers) == 4
        async with database.transaction(world.identity) as session:
            kept = (await session.scalars(select(OutsideMessage))).all()
        assert {messages.number_of(one.id) for one in kept} == set(numbers)
        assert all(one.sent_at is not None for one in kept)

    async def test_a_refusing_robot_is_asked_again_until_it_takes_it(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await channel(database, world, there, "A")
        there.answer = {"errcode": 45009}
        await report(database, world)
        await work(database, world)
        assert len(there.posts) == 1
        there.answer = {"errcode": 0}
        async with database.transaction(world.identity) as session:
            (waiting,) = (await session.scalars(select(Job).where(Job.state == "queued"))).all()
            assert timedelta(seconds=5) < waiting.run_after - clock.now() < timedelta(seconds=16)
            waiting.run_after = clock.now()
        await work(database, world)
        await work(database, world)
        assert len(there.posts) == 2

    async def test_acknowledged_meanwhile_nothing_is_left_to_say(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await channel(database, world, there, "A")
        matter_id = await report(database, world)
        await act(database, world, "acknowledge", matter_id, "A")
        await work(database, world)
        assert there.posts == []


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 5, hour, minute, tzinfo=SHANGHAI)


class TestDigest:
    async def test_it_leaves_at_its_hour_and_not_long_after(self) -> None:
        moments = {(8, 29): False, (8, 30): True, (11, 29): True, (11, 30): False}
        for (hour, minute), leaves in moments.items():
            assert (digest.leaves_at(at(hour, minute), "08:30") is not None) is leaves
        assert digest.leaves_at(at(9), "") is None
        # One that is late already stays away at night.
        assert digest.leaves_at(at(21, 59), "20:30") is not None
        assert digest.leaves_at(at(22), "20:30") is None

    async def test_once_a_day_and_only_to_who_owes_something(
        self, database: Database, world: World, there: Robot
    ) -> None:
        for code in ("A", "B"):
            await channel(database, world, there, code)
        with clock.frozen_at(at(7)):
            await report(database, world)
            await work(database, world)
        there.posts.clear()
        with clock.frozen_at(at(9)):
            for _ in range(2):
                await asyncio.gather(*(beat(database, world, "plans.digest") for _ in range(2)))
                await work(database, world)
        assert said(there) == [
            f"【基层通】今日待办 1 件，其中逾期 1 件。请登录平台办理：https://jc.example.gov.cn/u/{world.units['A']}/inbox"
        ]

    @pytest.mark.parametrize("sent_first", [True, False])
    async def test_killed_at_the_send_it_is_never_doubled(
        self, database: Database, world: World, there: Robot, monkeypatch: pytest.MonkeyPatch, sent_first: bool
    ) -> None:
        await channel(database, world, there, "A")
        with clock.frozen_at(at(7)):
            await report(database, world)
            await work(database, world)
        there.posts.clear()
        real = senders.send

        async def die(*given: Any) -> None:
            if sent_first:
                await real(*given)
            raise asyncio.CancelledError

        monkeypatch.setattr(senders, "send", die)
        with clock.frozen_at(at(9)):
            await beat(database, world, "plans.digest")
            with pytest.raises(asyncio.CancelledError):
                await work(database, world)
            monkeypatch.setattr(senders, "send", real)
            await beat(database, world, "plans.digest")
            await work(database, world)
        assert len(there.posts) == int(sent_first)
