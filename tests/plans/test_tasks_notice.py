"""最短时限: whose word a short deadline needs, however it comes about, and that each is counted where people look."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from kit import clock
from kit.db.session import Database
from kit.holidays import load_years
from plans.tasks import changing, issuing, notice, passing_on, views
from plans.tasks.changing import Changes
from plans.tasks.errors import NoticeShort
from plans.tasks.models import TaskState
from plans.tasks.notice_schemas import Deadline, NoticeRecordOut
from tenancy.models import Role
from tests.plans.steps import (
    ALL_TOWNSHIPS,
    ALL_VILLAGES,
    act,
    in_days,
    issue,
    on_task,
    page,
    share_of,
    share_page,
    unit,
)
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
YEAR = clock.today().year
SOON = timedelta(hours=5)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def record(database: Database, world: World, code: str = "C", year: int = YEAR) -> NoticeRecordOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await notice.record_view(session, actor, year=year)


async def summary_of_short(database: Database, world: World, code: str) -> int:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return (await views.summary_view(session, actor)).short


class TestCounted:
    async def test_the_county_counts_its_own_and_its_townships(self, database: Database, world: World) -> None:
        assert (await record(database, world)).median is None
        for days in (20, 30):
            await issue(database, world, ALL_VILLAGES, due_at=in_days(days))
        soon = clock.now() + SOON
        await issue(database, world, ALL_TOWNSHIPS, due_at=soon)
        await issue(database, world, unit(world, "A1"), by=world.actor("A"), due_at=soon)
        # What waits, and what a leader does not agree to, was not sent.
        waits = await issue(database, world, ALL_TOWNSHIPS, by=world.actor("C", Role.REVIEWER), due_at=soon)
        found = await record(database, world)
        assert (found.sent, found.short, found.minimum) == (4, 2, 3)
        assert [(line.unit, line.sent, line.short) for line in found.units] == [("测试县", 3, 1), ("A镇", 1, 1)]
        assert found.units[1].median == "0"
        assert await summary_of_short(database, world, "C") == 2
        await on_task(database, world, issuing.decline, waits.task_id, reason="不急")
        assert (await record(database, world)).short == 2
        assert (await record(database, world, year=YEAR - 1)).sent == 0

    async def test_a_township_counts_its_own_and_a_village_sent_nothing(self, database: Database, world: World) -> None:
        await issue(database, world, ALL_VILLAGES, due_at=clock.now() + SOON)
        await issue(database, world, ALL_VILLAGES, by=world.actor("A"), due_at=in_days(20))
        own = await record(database, world, "A")
        assert (own.sent, own.short, [line.unit for line in own.units]) == (1, 0, ["A镇"])
        assert await summary_of_short(database, world, "A") == 0
        assert (await record(database, world, "A1")).units == []

    async def test_it_stands_on_every_page_of_it(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, unit(world, "A1"), due_at=clock.now() + SOON)).task_id
        share = await share_page(database, world, task_id, "A1")
        assert (share.task.short_notice, share.confirmed_by) == (True, "C")
        assert (await page(database, world, task_id, "A")).short_notice


class TestWhoseWord:
    async def test_what_was_sent_in_time_is_not_cut_short_by_a_reviewer(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(20))).task_id
        cut = Changes(due_at=clock.now() + SOON)
        with pytest.raises(NoticeShort):
            await on_task(
                database, world, changing.amend, task_id, by=world.actor("C", Role.REVIEWER), changes=cut, reason="急"
            )
        assert (await record(database, world)).short == 0
        leader = world.actor("C", Role.LEADER)
        await on_task(database, world, changing.amend, task_id, by=leader, changes=cut, reason="急")
        shown = await page(database, world, task_id)
        assert (shown.short_notice, shown.notice_days, shown.confirmed_by) == (True, 0, "C")
        assert shown.amendments[0].before.keys() == {"due_at"}
        assert (await record(database, world)).short == 1

    async def test_what_leaves_the_deadline_needs_nobody(self, database: Database, world: World) -> None:
        task_id = (await issue(database, world, ALL_VILLAGES, due_at=in_days(20))).task_id
        hand = world.actor("C", Role.REVIEWER)
        with clock.frozen_at(in_days(19.9)):
            await on_task(database, world, changing.amend, task_id, by=hand, changes=Changes(text="补充"), reason="x")
            later = Changes(due_at=in_days(0.5))
            await on_task(database, world, changing.amend, task_id, by=hand, changes=later, reason="放宽")
        assert not (await page(database, world, task_id)).short_notice

    async def test_a_township_s_own_shorter_deadline_is_its_leader_s(self, database: Database, world: World) -> None:
        due = in_days(20)
        task_id = (await issue(database, world, ALL_TOWNSHIPS, due_at=due)).task_id
        hand = world.actor("A", Role.REVIEWER)
        with pytest.raises(NoticeShort):
            await act(
                database, world, passing_on.pass_on, task_id, "A", by=hand,
                to=[unit(world, "A1")], due_at=clock.now() + SOON, instruction="",
            )  # fmt: skip
        with clock.frozen_at(due - timedelta(hours=2)):
            await act(
                database, world, passing_on.pass_on, task_id, "A", by=hand,
                to=[unit(world, "A1")], due_at=due, instruction="",
            )  # fmt: skip
        assert (await share_of(database, world, task_id, "A1")).due_at == due

    async def test_the_notice_runs_from_the_leader_s_word(self, database: Database, world: World) -> None:
        hand = world.actor("C", Role.REVIEWER)
        monday = datetime(2026, 11, 2, 9, tzinfo=clock.SHANGHAI)
        with clock.frozen_at(monday):
            due = clock.end_of_day(monday.date() + timedelta(days=2))
            task_id = (await issue(database, world, ALL_VILLAGES, by=hand, due_at=due)).task_id
            assert (await page(database, world, task_id)).notice_days == 2
        with clock.frozen_at(monday + timedelta(days=1)):
            await on_task(database, world, issuing.confirm, task_id)
        shown = await page(database, world, task_id)
        assert (shown.state, shown.notice_days) == (TaskState.ISSUED, 1)


async def test_a_year_without_its_holidays_is_told(database: Database, world: World) -> None:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        await load_years(session, county_id=world.county.id, have=set(), since=2025)
    async with database.transaction(actor.identity) as session:
        known = await notice.notice_view(session, actor, datetime(2026, 12, 31, 23, 59, 59, tzinfo=clock.SHANGHAI))
        beyond = await notice.notice_view(session, actor, datetime(2031, 1, 3, tzinfo=clock.SHANGHAI))
    assert (known.provisional, beyond.provisional) == (False, True)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2099-12-31T23:59:59Z"])
def test_a_deadline_lies_in_this_century(moment: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[datetime](Deadline).validate_python(moment)


@pytest.mark.parametrize(("median", "said"), [(None, None), (6.0, "6"), (6.5, "6.5"), (10.0, "10"), (0.0, "0")])
def test_a_median_is_said_in_days(median: float | None, said: str | None) -> None:
    assert notice.said(median) == said
