"""Reminders end to end: recorded first, sent once, never at night, to real receivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from kit import clock
from kit.clock import SHANGHAI
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef, runner
from kit.jobs.registry import PULSES
from kit.models import Job
from kit.settings import Settings
from reporting import jobs as reporting_jobs
from reporting.reminding import delivery, plan, remind
from reporting.reminding.errors import RulesImpossible
from reporting.reminding.models import ReminderSending
from reporting.reminding.schemas import PlanIn
from tenancy.models import Role
from tests.reporting.receivers import MailServer, Robot, mail_server, robot
from tests.reporting.steps import hand_in
from tests.world import World, make_world
from workflow.channels import delivery as sending
from workflow.channels import senders
from workflow.channels import service as channels
from workflow.channels.errors import AddressRefused, MailNotSet, SecretMissing
from workflow.channels.models import Channel
from workflow.channels.schemas import ChannelIn, ChannelOut
from workflow.models import InboxItem

pytestmark = pytest.mark.anyio
DECLARED = (delivery, sending, reporting_jobs)  # importing them declares jobs and pulses


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


#: October's village reports are due on the 4th of November, townships' on the 6th.
DUE_DAY = at(11, 4, 9)


@pytest.fixture
async def world(database: Database) -> World:
    with clock.frozen_at(at(10, 15, 9)):
        return await make_world(database)


@pytest.fixture
async def there() -> AsyncIterator[Robot]:
    async with robot() as made:
        yield made


@pytest.fixture
async def post_office() -> AsyncIterator[MailServer]:
    async with mail_server() as made:
        yield made


@pytest.fixture(autouse=True)
def installation(
    settings: Settings, there: Robot, post_office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """An installation that can send mail, and lets robots be called at the receiver."""
    made = replace(
        settings,
        public_url="https://jc.example.gov.cn",
        robot_hosts=(there.host,),
        smtp_host="127.0.0.1",
        smtp_port=post_office.port,
        smtp_from="jiceng@example.gov.cn",
        smtp_security="none",
    )
    for module in (senders, channels, sending, plan):
        monkeypatch.setattr(module, "settings", lambda: made)
    yield


def county(world: World) -> CountyRef:
    return CountyRef(world.county.id, world.county.unit_id)


async def beat(database: Database, world: World) -> int:
    async with database.transaction(world.identity) as session:
        return await remind.remind_due(session, county(world))


async def work(database: Database, world: World) -> int:
    """Run every job that is due."""
    done = 0
    while await runner.run_one(database, world.county.id):
        done += 1
    return done


async def add(database: Database, world: World, code: str, **given: str) -> ChannelOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await channels.add(session, actor=actor, given=ChannelIn.model_validate({"name": "群", **given}))


async def dingtalk(database: Database, world: World, there: Robot, code: str = "A") -> ChannelOut:
    address = f"http://{there.host}/robot/send?access_token=abcdef0123"
    return await add(database, world, code, kind="dingtalk", address=address, secret="SECx")


async def reminded(database: Database, world: World, code: str) -> int:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        items = await session.scalars(select(InboxItem).where(InboxItem.recipient_unit_id == world.units[code]))
        return sum("reminded_at" in item.facts for item in items.all())


async def sendings(database: Database, world: World, target: str | None = None) -> list[ReminderSending]:
    async with database.transaction(world.identity) as session:
        found = (
            await session.scalars(select(ReminderSending).where(ReminderSending.county_id == world.county.id))
        ).all()
    return [s for s in found if target is None or s.target == target]


class TestAtMostOnce:
    async def test_those_who_have_not_reported_and_only_once(self, database: Database, world: World) -> None:
        with clock.frozen_at(DUE_DAY):
            await hand_in(database, world, "A1", {"pc": "1", "rc": "1"})
            assert await beat(database, world) > 0
            assert await beat(database, world) == 0
        assert [await reminded(database, world, code) for code in ("A1", "A2", "B1", "B2")] == [0, 1, 1, 1]

    async def test_two_schedulers_at_the_same_moment(self, database: Database, world: World, there: Robot) -> None:
        """Without the pulse's own lock, which is only there to spare work."""
        await dingtalk(database, world, there)
        with clock.frozen_at(DUE_DAY):
            made = await asyncio.gather(*(beat(database, world) for _ in range(4)))
            assert sorted(made)[:3] == [0, 0, 0]
            await work(database, world)
        assert len(there.posts) == 1
        assert await reminded(database, world, "A1") == 1

    async def test_the_pulse_beats_so(self, database: Database, world: World) -> None:
        with clock.frozen_at(DUE_DAY):
            await asyncio.gather(
                *(runner.beat_in(database, PULSES["reporting.remind"], county(world)) for _ in range(3))
            )
        assert await reminded(database, world, "A1") == 1

    async def test_a_crash_between_record_and_send_loses_it_and_never_doubles_it(
        self, database: Database, world: World, there: Robot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        channel = await dingtalk(database, world, there)
        real = senders.send

        async def die(*_: Any) -> None:
            raise asyncio.CancelledError  # the worker is stopped here: the lease goes back, the record stays

        with clock.frozen_at(DUE_DAY):
            await beat(database, world)
            monkeypatch.setattr(senders, "send", die)
            with pytest.raises(asyncio.CancelledError):
                await runner.run_one(database, world.county.id)
            monkeypatch.setattr(senders, "send", real)
            await work(database, world)
            assert await beat(database, world) == 0
        assert there.posts == []
        taken = await sendings(database, world, str(channel.id))
        assert {(s.attempted_at is not None, s.sent_at) for s in taken} == {(True, None)}

    async def test_a_crash_before_the_record_is_made_up_for(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await dingtalk(database, world, there)
        with clock.frozen_at(DUE_DAY):
            async with database.transaction(world.identity) as session:
                assert await remind.remind_due(session, county(world)) > 0
                await session.rollback()
            assert await work(database, world) == 0
            await beat(database, world)
            await work(database, world)
        assert len(there.posts) == 1


class TestAtNight:
    async def test_nothing_leaves_and_the_morning_brings_it_once(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await dingtalk(database, world, there)
        await _rules(database, world, {"tier": "village", "side": "before", "amount": 2, "measure": "hours"})
        for moment in (at(11, 4, 22, 30), at(11, 4, 23, 59), at(11, 5, 0, 30), at(11, 5, 7, 59)):
            with clock.frozen_at(moment):
                assert await beat(database, world) == 0, moment
        with clock.frozen_at(at(11, 5, 8, 0)):
            assert await beat(database, world) > 0
            await work(database, world)
        # The clock goes back into the night, and comes out of it again.
        for moment in (at(11, 4, 23, 0), at(11, 5, 8, 1), at(11, 4, 20, 59), at(11, 5, 9, 0)):
            with clock.frozen_at(moment):
                assert await beat(database, world) == 0, moment
                await work(database, world)
        assert len(there.posts) == 1

    async def test_what_the_worker_finds_at_night_waits(self, database: Database, world: World, there: Robot) -> None:
        """Recorded in the evening, but the worker came to it at night."""
        await dingtalk(database, world, there)
        await _rules(database, world, {"tier": "village", "side": "before", "amount": 3, "measure": "hours"})
        with clock.frozen_at(at(11, 4, 20, 59)):
            assert await beat(database, world) == 0
        await _rules(database, world, {"tier": "village", "side": "before", "amount": 4, "measure": "hours"}, version=1)
        with clock.frozen_at(at(11, 4, 20, 59)):
            assert await beat(database, world) > 0
        with clock.frozen_at(at(11, 4, 21, 1)):
            assert await runner.run_one(database, world.county.id)
            assert there.posts == []
        async with database.transaction(world.identity) as session:
            waiting = (await session.scalars(select(Job.run_after).where(Job.kind == remind.DELIVER))).all()
        assert at(11, 5, 8) in waiting

    async def test_what_was_missed_for_two_days_is_not_said_any_more(self, database: Database, world: World) -> None:
        await _rules(database, world, {"tier": "village", "side": "before", "amount": 1, "measure": "working_days"})
        with clock.frozen_at(at(11, 5, 9)):
            assert await beat(database, world) == 0


async def _rules(database: Database, world: World, *rules: dict[str, Any], version: int = 0) -> None:
    actor = world.actor("C", Role.ADMINISTRATOR)
    given = PlanIn.model_validate({"active": True, "quiet_from": "21:00", "quiet_until": "08:00", "rules": list(rules)})
    async with database.transaction(actor.identity) as session:
        await plan.save_plan(session, actor=actor, version=version, given=given)


class TestWhatLeaves:
    async def test_counts_and_a_link(self, database: Database, world: World, there: Robot) -> None:
        await dingtalk(database, world, there)
        with clock.frozen_at(DUE_DAY):
            await hand_in(database, world, "A1", {"pc": "1", "rc": "1"})
            await beat(database, world)
            await work(database, world)
        [(path, body)] = there.posts
        assert path.startswith("/robot/send?access_token=abcdef0123&timestamp=")
        text = body["text"]["content"]
        assert "下属单位有 1 份报表未报" in text
        assert f"https://jc.example.gov.cn/u/{world.units['A']}/inbox" in text
        assert not any(name in text for name in ("A2", "A镇", "小表", "tiny"))

    async def test_by_mail(self, database: Database, world: World, post_office: MailServer) -> None:
        await add(database, world, "A", kind="email", address="town@example.gov.cn")
        with clock.frozen_at(DUE_DAY):
            await beat(database, world)
            await work(database, world)
        [(sender, recipient, _)] = post_office.letters
        assert (sender, recipient) == ("jiceng@example.gov.cn", "town@example.gov.cn")

    async def test_who_has_reported_meanwhile_is_left_alone(
        self, database: Database, world: World, there: Robot
    ) -> None:
        await dingtalk(database, world, there)
        await _rules(database, world, {"tier": "village", "side": "before", "amount": 0, "measure": "working_days"})
        with clock.frozen_at(DUE_DAY):
            await beat(database, world)
            for code in ("A1", "A2"):
                await hand_in(database, world, code, {"pc": "1", "rc": "1"})
            await work(database, world)
        assert there.posts == []

    async def test_a_refusal_is_shown_to_the_administrator(
        self, database: Database, world: World, there: Robot
    ) -> None:
        made = await dingtalk(database, world, there)
        there.answer = {"errcode": 310000, "errmsg": "sign not match"}
        with clock.frozen_at(DUE_DAY):
            await beat(database, world)
            await work(database, world)
        async with database.transaction(world.identity) as session:
            row = await session.get_one(Channel, (world.county.id, made.id))
        assert "310000" in row.last_problem

    async def test_a_redirect_is_not_followed(self, database: Database, world: World, there: Robot) -> None:
        await dingtalk(database, world, there)
        there.status, there.headers = "302 Found", f"location: http://{there.host}/elsewhere\r\n"
        with clock.frozen_at(DUE_DAY):
            await beat(database, world)
            await work(database, world)
        assert [path.split("?")[0] for path, _ in there.posts] == ["/robot/send"]


class TestChannels:
    async def test_address_and_secret_are_encrypted_and_never_shown(
        self, database: Database, world: World, there: Robot
    ) -> None:
        made = await dingtalk(database, world, there)
        assert "abcdef" not in made.model_dump_json()
        async with database.transaction(world.identity) as session:
            row = await session.get_one(Channel, (world.county.id, made.id))
        assert "SECx" not in f"{row.address_cipher}{row.secret_cipher}"
        assert (channels.target_of(row).address[-4:], channels.target_of(row).secret) == ("0123", "SECx")

    async def test_the_test_button(self, database: Database, world: World, there: Robot) -> None:
        made = await dingtalk(database, world, there)
        actor = world.actor("A", Role.ADMINISTRATOR)
        async with database.transaction(actor.identity) as session:
            await channels.test(session, actor=actor, channel_id=made.id)
        await work(database, world)
        assert "测试" in there.posts[0][1]["text"]["content"]

    async def test_only_the_units_own_administrator(self, database: Database, world: World, there: Robot) -> None:
        made = await dingtalk(database, world, there)
        for actor, refusal in (
            (world.actor("B"), NotFound),
            (world.actor("C"), NotFound),
            (world.actor("A", Role.REVIEWER), Forbidden),
        ):
            async with database.transaction(actor.identity) as session:
                with pytest.raises(refusal):
                    await channels.delete(session, actor=actor, channel_id=made.id)

    async def test_a_village_has_no_administrator_and_keeps_its_own(
        self, database: Database, world: World, there: Robot
    ) -> None:
        made = await dingtalk(database, world, there, "A1")
        for actor, seen in ((world.actor("A1", Role.REPORTER), [made.id]), (world.actor("A2", Role.LEADER), [])):
            async with database.transaction(actor.identity) as session:
                assert [one.id for one in await channels.list_views(session, actor)] == seen
        beside = world.actor("A2")
        async with database.transaction(beside.identity) as session:
            with pytest.raises(NotFound):
                await channels.delete(session, actor=beside, channel_id=made.id)

    async def test_what_can_not_be_a_channel(self, database: Database, world: World, there: Robot) -> None:
        with pytest.raises(SecretMissing):
            await add(database, world, "A", kind="dingtalk", address=f"http://{there.host}/robot/send?access_token=a")
        for address in ("http://127.0.0.1:5432/robot/send", "http://localhost/robot/send"):
            with pytest.raises(AddressRefused):
                await add(database, world, "A", kind="dingtalk", address=address, secret="s")

    async def test_what_is_left_out_of_a_change_stays(self, database: Database, world: World, there: Robot) -> None:
        made = await dingtalk(database, world, there)
        actor = world.actor("A")
        for version, name in ((1, "新群"), (2, "更新")):
            async with database.transaction(actor.identity) as session:
                given = ChannelIn.model_validate({"kind": "dingtalk", "name": name})
                changed = await channels.edit(session, actor=actor, channel_id=made.id, version=version, given=given)
                assert (changed.name, changed.signed, changed.address) == (name, True, made.address)
        async with database.transaction(actor.identity) as session:
            with pytest.raises(Stale):
                await channels.edit(
                    session, actor=actor, channel_id=made.id, version=1, given=ChannelIn(kind=made.kind, name="x")
                )

    async def test_without_a_mail_server_the_test_says_so(
        self, database: Database, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = await add(database, world, "A", kind="email", address="town@example.gov.cn")
        monkeypatch.setattr(channels, "settings", lambda: settings)
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            with pytest.raises(MailNotSet):
                await channels.test(session, actor=actor, channel_id=made.id)


class TestThePlan:
    async def test_is_the_countys_administrators(self, database: Database, world: World) -> None:
        given = PlanIn(active=False, quiet_from="22:00", quiet_until="07:00", rules=[])
        for actor in (world.actor("A", Role.ADMINISTRATOR), world.actor("C", Role.REVIEWER)):
            async with database.transaction(actor.identity) as session:
                with pytest.raises(Forbidden):
                    await plan.save_plan(session, actor=actor, version=0, given=given)
        actor = world.actor("C", Role.ADMINISTRATOR)
        async with database.transaction(actor.identity) as session:
            assert len((await plan.plan_view(session, actor)).rules) == 6
            assert (await plan.save_plan(session, actor=actor, version=0, given=given)).version == 1
        with clock.frozen_at(DUE_DAY):
            assert await beat(database, world) == 0

    async def test_two_rules_of_one_moment_are_one_too_many(self, database: Database, world: World) -> None:
        rule = {"tier": "village", "side": "before", "amount": 1, "measure": "hours"}
        with pytest.raises(RulesImpossible):
            await _rules(database, world, rule, {**rule, "outside": False})
