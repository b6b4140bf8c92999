"""通知公告: published now or later, read once a unit, reminded to those alone who have not, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef
from plans.addressing import service as addressing
from plans.addressing.errors import NobodyAddressed
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.notices import service, views
from plans.notices.errors import JobPostIncomplete, JobPostOver, PinTimePast, PublishTimePast
from plans.notices.job_posts import JobPost, Opening
from plans.notices.models import NoticeKind, NoticeState
from plans.notices.schemas import NoticeOut, ReceivedNotices
from plans.notices.service import Given
from tenancy.models import Role
from tests.plans.steps import ALL_TOWNSHIPS, ALL_VILLAGES, in_days, inbox, topics, unit
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.queries import list_history

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


def is_there(path: Path) -> bool:
    return path.exists()


async def issue(database: Database, world: World, *to: ChoiceIn, by: str = "C", **more: Any) -> UUID:
    actor = world.actor(by, *more.pop("roles", ()))
    values: dict[str, Any] = {
        "kind": NoticeKind.NOTICE,
        "title": "光荣牌悬挂通知",
        "text": "请于春节前完成光荣牌悬挂。",
    }
    given = Given(**{**values, **more}, to=list(to))
    async with database.transaction(actor.identity) as session:
        return await service.issue(session, actor=actor, given=given)


async def look(database: Database, world: World, notice_id: UUID, by: str) -> NoticeOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await views.notice_view(session, actor, notice_id)


async def received(database: Database, world: World, by: str, **more: Any) -> ReceivedNotices:
    actor = world.actor(by)
    asked: dict[str, Any] = {"kinds": list(NoticeKind), "search": "", "unread": False, "after": None, **more}
    async with database.transaction(actor.identity) as session:
        return await views.received_page(session, actor, **asked)


async def read(database: Database, world: World, notice_id: UUID, by: str) -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        await service.read(session, actor=actor, notice_id=notice_id)


async def act(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[int]],
    notice_id: UUID,
    by: str = "C",
    **more: Any,
) -> int:
    actor = world.actor(by)
    if "version" not in more:
        more["version"] = (await look(database, world, notice_id, by)).version
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, notice_id=notice_id, **more)


def a_job(**more: Any) -> JobPost:
    values: dict[str, Any] = {
        "employer": "张店机械厂",
        "openings": [Opening(post="钳工", number=3, pay="6000 元")],
        "contact": "人事科 0533-0000000",
        "until": clock.today() + timedelta(days=9),
    }
    return JobPost(**{**values, **more})


class TestJobPosts:
    async def test_it_says_what_a_job_post_says(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES, kind=NoticeKind.JOB_POST, job=a_job())
        job = (await look(database, world, notice_id, "A1")).job
        assert job is not None and (job.employer, job.openings[0].post, job.over) == ("张店机械厂", "钳工", False)
        (brief,) = (await received(database, world, "A1")).items
        assert brief.job == job
        with clock.frozen_at(in_days(11)):
            late = (await look(database, world, notice_id, "A1")).job
            assert late is not None and late.over
        await act(database, world, service.withdraw, notice_id, reason="岗位已满")
        assert (await look(database, world, notice_id, "A1")).job is None

    async def test_what_is_refused(self, database: Database, world: World) -> None:
        with pytest.raises(JobPostIncomplete):
            await issue(database, world, ALL_VILLAGES, kind=NoticeKind.JOB_POST)
        with pytest.raises(JobPostIncomplete):
            await issue(database, world, ALL_VILLAGES, job=a_job())
        ends = a_job(until=clock.today() + timedelta(days=1))
        with pytest.raises(JobPostOver):
            await issue(database, world, ALL_VILLAGES, kind=NoticeKind.JOB_POST, job=ends, publish_at=in_days(3))
        wrongs: list[dict[str, Any]] = [{"openings": []}, {"employer": " "}, {"contact": ""}]
        for wrong in wrongs:
            with pytest.raises(ValidationError):
                a_job(**wrong)


class TestPublishing:
    async def test_everybody_meant_gets_it_and_nobody_else(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, unit(world, "A1"), unit(world, "B"))
        for code in ("A1", "B"):
            assert await topics(database, world, code) == {"notice"}
            assert (await look(database, world, notice_id, code)).text.startswith("请于")
        for code in ("A2", "B1"):
            assert await topics(database, world, code) == set()
            with pytest.raises(NotFound):
                await look(database, world, notice_id, code)
        # The unit above an addressee sees what its village was told.
        assert (await look(database, world, notice_id, "A")).addressed == 1

    async def test_what_is_refused(self, database: Database, world: World) -> None:
        with pytest.raises(Forbidden):
            await issue(database, world, unit(world, "A1"), by="A1")
        with pytest.raises(Forbidden):
            await issue(database, world, ALL_VILLAGES, roles=(Role.REPORTER,))
        with pytest.raises(NotFound):
            await issue(database, world, unit(world, "B1"), by="A")
        with pytest.raises(NobodyAddressed):
            await issue(database, world, ALL_TOWNSHIPS, by="A")
        with pytest.raises(PublishTimePast):
            await issue(database, world, ALL_VILLAGES, publish_at=in_days(-1))
        with pytest.raises(PinTimePast):
            await issue(database, world, ALL_VILLAGES, publish_at=in_days(2), pinned_until=in_days(1))

    async def test_later_is_later_and_once(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES, publish_at=in_days(2))
        county = CountyRef(world.county.id, world.county.unit_id)
        async with database.transaction(world.identity) as session:
            await service.publish_due(session, county)
        assert await topics(database, world, "A1") == set()
        with pytest.raises(NotFound):
            await look(database, world, notice_id, "A1")
        with clock.frozen_at(in_days(3)):
            for _ in range(2):
                async with database.transaction(world.identity) as session:
                    await service.publish_due(session, county)
        assert len(await inbox(database, world, "A1")) == 1
        shown = await look(database, world, notice_id, "C")
        assert (shown.state, shown.addressed) == (NoticeState.PUBLISHED, 4)
        async with database.transaction(world.identity) as session:
            history = await list_history(session, county_id=world.county.id, subject_id=notice_id)
        assert [(one.action, one.actor_name, one.to_state) for one in history] == [("publish", "系统", "published")]

    async def test_a_townships_is_published_too_and_nobody_publishes_by_hand(
        self, database: Database, world: World
    ) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES, by="A", publish_at=in_days(1))
        assert "publish" not in (await look(database, world, notice_id, "A")).actions
        with clock.frozen_at(in_days(2)):
            async with database.transaction(world.identity) as session:
                await service.publish_due(session, CountyRef(world.county.id, world.county.unit_id))
        assert {code: await topics(database, world, code) for code in ("A1", "B1")} == {"A1": {"notice"}, "B1": set()}
        own = world.actor("A")
        async with database.transaction(own.identity) as session:
            assert len(await list_history(session, county_id=world.county.id, subject_id=notice_id)) == 1

    async def test_a_groups_units_are_those_of_when_it_was_written(self, database: Database, world: World) -> None:
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            group = await addressing.make_group(session, actor=actor, name="x", unit_ids=[world.units["A1"]])
        choice = ChoiceIn(kind=ChoiceKind.GROUP, group_id=group)
        notice_id = await issue(database, world, choice, publish_at=in_days(1))
        async with database.transaction(actor.identity) as session:
            await addressing.drop_group(session, actor=actor, group_id=group, version=1)
        with clock.frozen_at(in_days(2)):
            async with database.transaction(world.identity) as session:
                await service.publish_due(session, CountyRef(world.county.id, world.county.unit_id))
        assert (await look(database, world, notice_id, "A1")).addressed_to_us


class TestReading:
    async def test_the_first_reader_of_a_unit_is_remembered(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES, receipt=True)
        await read(database, world, notice_id, "A1")
        first = (await look(database, world, notice_id, "A1")).read_at
        await read(database, world, notice_id, "A1")
        assert (await look(database, world, notice_id, "A1")).read_at == first is not None
        assert await topics(database, world, "A1") == set()
        shown = await look(database, world, notice_id, "C")
        assert (shown.addressed, shown.readings) == (4, 1)

    async def test_who_was_not_addressed_has_nothing_to_read(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, unit(world, "A1"))
        for code in ("A", "A2", "C"):
            with pytest.raises(NotFound):
                await read(database, world, notice_id, code)

    async def test_only_those_who_have_not_read_are_reminded(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES)
        await read(database, world, notice_id, "A1")
        with pytest.raises(Stale):
            await act(database, world, service.remind, notice_id, version=9)
        await act(database, world, service.remind, notice_id)
        assert await topics(database, world, "A1") == set()
        (item,) = await inbox(database, world, "A2")
        assert item.facts["reminded_by"] == "C"
        await read(database, world, notice_id, "A2")
        assert await topics(database, world, "A2") == set()

    async def test_a_township_sees_the_receipts_of_its_own_villages(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES)
        await read(database, world, notice_id, "A1")

        async def seen(by: str, unread: bool | None) -> list[str]:
            actor = world.actor(by)
            async with database.transaction(actor.identity) as session:
                found = await views.receipts_view(session, actor, notice_id, unread=unread)
            return [one.unit for one in found.items]

        assert await seen("A", None) == ["A2村", "A1村"]
        assert await seen("C", True) == ["A2村", "B1村", "B2村"]
        with pytest.raises(NotFound):
            await seen("A1", None)


class TestWithdrawing:
    async def test_with_a_reason_and_without_its_text(self, database: Database, world: World) -> None:
        notice_id = await issue(database, world, ALL_VILLAGES)
        with pytest.raises(ReasonMissing):
            await act(database, world, service.withdraw, notice_id, reason=" ")
        with pytest.raises(Forbidden):
            await act(database, world, service.withdraw, notice_id, by="A", reason="x")
        await act(database, world, service.withdraw, notice_id, reason="文件有误")
        assert await topics(database, world, "A1") == set()
        shown = await look(database, world, notice_id, "A1")
        assert (shown.text, shown.withdrawn_reason) == ("", "文件有误")
        assert (await received(database, world, "A1")).items == []
        with pytest.raises(NotFound):
            await read(database, world, notice_id, "A1")
        with pytest.raises(ActionNotAllowed):
            await act(database, world, service.withdraw, notice_id, reason="again")


class TestFinding:
    async def test_chinese_words_are_found_wherever_they_stand(self, database: Database, world: World) -> None:
        plates = await issue(database, world, ALL_VILLAGES)
        await issue(
            database,
            world,
            ALL_VILLAGES,
            title="莫𡐓村招聘会",
            text="100% 真实岗位_下划线",
            kind=NoticeKind.JOB_POST,
            job=a_job(),
        )

        async def found(search: str, **more: Any) -> list[str]:
            return [one.title for one in (await received(database, world, "A1", search=search, **more)).items]

        assert await found("悬挂") == ["光荣牌悬挂通知"]
        assert await found("春节 光荣牌") == ["光荣牌悬挂通知"]
        assert await found("春节 招聘") == []
        assert await found("𡐓") == await found("100%") == await found("_下划") == ["莫𡐓村招聘会"]
        assert await found("%") == ["莫𡐓村招聘会"]
        # What a job post says is found, what its parts are called is not.
        assert await found("机械厂 钳工") == await found("0533-") == ["莫𡐓村招聘会"]
        for nothing in ("employer", '"', "钳工 光荣牌"):
            assert await found(nothing) == []
        assert await found("", kinds=[NoticeKind.JOB_POST]) == ["莫𡐓村招聘会"]
        await read(database, world, plates, "A1")
        assert await found("", unread=True) == ["莫𡐓村招聘会"]

    async def test_pinned_ones_stand_on_top_while_they_are_pinned(self, database: Database, world: World) -> None:
        first = await issue(database, world, ALL_VILLAGES, title="旧")
        await issue(database, world, ALL_VILLAGES, title="新")
        await act(database, world, service.pin, first, until=in_days(2))
        page = await received(database, world, "A1")
        assert ([one.title for one in page.pinned], [one.title for one in page.items]) == (["旧"], ["新"])
        with clock.frozen_at(in_days(3)):
            page = await received(database, world, "A1")
        assert ([one.title for one in page.pinned], [one.title for one in page.items]) == ([], ["新", "旧"])

    async def test_pages_follow_one_another(self, database: Database, world: World) -> None:
        for number in range(views.PAGE + 3):
            with clock.frozen_at(clock.now() - timedelta(minutes=number)):
                await issue(database, world, unit(world, "A1"), title=f"第{number}号")
        first = await received(database, world, "A1")
        rest = await received(database, world, "A1", after=first.next)
        assert [one.title for one in (*first.items, *rest.items)] == [f"第{n}号" for n in range(views.PAGE + 3)]
        assert rest.next is None
