"""会议: called, replied to, held, minuted; a decision becomes a task in one act; a room is entered with a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError
from joserfc.jwk import OctKey

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.ids import new_id
from kit.settings import Settings
from plans.addressing.schemas import ChoiceIn
from plans.follow_up.errors import DueMissing, NobodyNamed, TaskedAlready
from plans.follow_up.rules import FollowState
from plans.meetings import calling, keeping, rooms, views
from plans.meetings.calling import Arranged, Given
from plans.meetings.errors import (
    LinkOrRoom,
    MeetingPast,
    MeetingTimesImpossible,
    MinutesEmpty,
    NamesMissing,
    NotOnLine,
    ReplyClosed,
    RoomNotOffered,
)
from plans.meetings.keeping import Decided
from plans.meetings.models import MeetingKind, MeetingState, ReplyState
from plans.meetings.queries import Side, Wanted
from plans.meetings.schemas import MeetingOut
from plans.tasks import answering, judging
from tenancy.models import Role
from tests.plans.steps import act as on_share
from tests.plans.steps import topics, unit
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
SERVER: dict[str, Any] = {
    "jitsi_url": "https://meet.example.gov.cn",
    "jitsi_app_id": "jiceng",
    "jitsi_secret": "s3cret" * 6,
}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


def arranged(days: float = 5, **more: Any) -> Arranged:
    start = clock.now() + timedelta(days=days)
    return Arranged(start, start + timedelta(hours=2), venue="三楼会议室", **more)


async def call(database: Database, world: World, *to: ChoiceIn, code: str = "A", **more: Any) -> UUID:
    actor = world.actor(code, *more.pop("roles", ()))
    given = Given(MeetingKind.REGULAR, "莫𡐓村站长例会", more.pop("arranged", arranged()), to, **more)
    async with database.transaction(actor.identity) as session:
        return await calling.call(session, actor=actor, given=given)


async def look(database: Database, world: World, meeting_id: UUID, code: str = "A", *roles: Role) -> MeetingOut:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        return await views.meeting_view(session, actor, meeting_id)


async def do(
    database: Database, world: World, command: Callable[..., Awaitable[Any]], code: str = "A", **given: Any
) -> Any:
    actor = world.actor(code, *given.pop("roles", ()))
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, **given)


async def act(database: Database, world: World, meeting_id: UUID, action: str, text: str = "", **more: Any) -> None:
    version = more.pop("version", None) or (await look(database, world, meeting_id)).version
    await do(database, world, calling.act, meeting_id=meeting_id, action=action, text=text, version=version, **more)


async def write(
    database: Database, world: World, meeting_id: UUID, *decisions: Decided, text: str = "议了两件事。"
) -> None:
    version = (await look(database, world, meeting_id)).version
    await do(
        database,
        world,
        keeping.write_minutes,
        meeting_id=meeting_id,
        version=version,
        text=text,
        decisions=decisions,
    )


class TestFromCallToMinutes:
    async def test_it_is_replied_to_held_and_its_minutes_go_to_all(self, database: Database, world: World) -> None:
        meeting_id = await call(database, world, unit(world, "A1"), unit(world, "A2"))
        assert await topics(database, world, "A1") == {"meeting"}
        assert (await look(database, world, meeting_id, "A1")).may_reply
        with pytest.raises(NamesMissing):
            await do(database, world, keeping.reply, "A1", meeting_id=meeting_id, names="", leave_reason="")
        await do(database, world, keeping.reply, "A1", meeting_id=meeting_id, names="莫𡐓、李四", leave_reason="")
        await do(database, world, keeping.reply, "A2", meeting_id=meeting_id, names="", leave_reason="参加防汛")
        assert await topics(database, world, "A1") == await topics(database, world, "A2") == set()
        seen = await look(database, world, meeting_id)
        assert (seen.asked, seen.coming, seen.on_leave) == (2, 1, 1)
        with pytest.raises(ActionNotAllowed):
            await write(database, world, meeting_id)
        await act(database, world, meeting_id, "hold")
        with pytest.raises(ReplyClosed):
            await do(database, world, keeping.reply, "A2", meeting_id=meeting_id, names="王五", leave_reason="")
        version = (await look(database, world, meeting_id)).version
        marks: dict[str, Any] = {"meeting_id": meeting_id, "version": version}
        with pytest.raises(NotFound):
            await do(database, world, keeping.mark, unit_ids=[world.units["B1"]], **marks)
        await do(database, world, keeping.mark, unit_ids=[world.units["A1"]], **marks)
        assert {one.unit: one.present for one in (await look(database, world, meeting_id)).invited} == {
            world.tree.nodes[world.units["A1"]].name: True,
            world.tree.nodes[world.units["A2"]].name: False,
        }
        with pytest.raises(MinutesEmpty):
            await act(database, world, meeting_id, "issue_minutes")
        await write(database, world, meeting_id, Decided("核对台账"))
        # A draft is the caller's own: neither those invited nor the county read it.
        for code in ("A1", "C"):
            draft = await look(database, world, meeting_id, code)
            assert (draft.minutes, draft.decisions, draft.actions) == ("", [], [])
        await act(database, world, meeting_id, "issue_minutes")
        assert await topics(database, world, "A2") == {"meeting_minutes"}
        issued = await look(database, world, meeting_id, "A2")
        assert (issued.state, issued.minutes, len(issued.decisions)) == (MeetingState.CLOSED, "议了两件事。", 1)
        assert (await look(database, world, meeting_id, "C")).minutes == "议了两件事。"

    async def test_a_cancellation_is_told_to_all_and_nobody_is_asked_any_more(
        self, database: Database, world: World
    ) -> None:
        meeting_id = await call(database, world, unit(world, "A1"), unit(world, "A2"))
        await do(database, world, keeping.reply, "A1", meeting_id=meeting_id, names="李四", leave_reason="")
        with pytest.raises(ReasonMissing):
            await act(database, world, meeting_id, "cancel", " ")
        with pytest.raises(Stale):
            await act(database, world, meeting_id, "cancel", "改期", version=7)
        await act(database, world, meeting_id, "cancel", "与县里会议冲突")
        for code in ("A1", "A2"):
            assert await topics(database, world, code) == {"meeting_cancelled"}
        with pytest.raises(ActionNotAllowed):
            await act(database, world, meeting_id, "hold")

    async def test_another_time_or_place_is_asked_anew_and_another_agenda_is_told(
        self, database: Database, world: World
    ) -> None:
        first = arranged(5, agenda="一、通报")
        meeting_id = await call(database, world, unit(world, "A1"), unit(world, "A2"), arranged=first)
        await do(database, world, keeping.reply, "A1", meeting_id=meeting_id, names="李四", leave_reason="")
        changed: dict[str, Any] = {"meeting_id": meeting_id, "reason": "会场占用"}
        with pytest.raises(MeetingPast):
            await do(database, world, calling.amend, arranged=arranged(-1), version=1, **changed)
        await do(database, world, calling.amend, arranged=replace(first, agenda="一、𡐓"), version=1, **changed)
        assert await topics(database, world, "A1") == {"meeting_changed"}
        assert (await look(database, world, meeting_id, "A1")).own is ReplyState.COMING
        with pytest.raises(Stale):
            await do(database, world, calling.amend, arranged=first, version=1, **changed)
        elsewhere = replace(first, agenda="一、𡐓", venue="一楼")
        await do(database, world, calling.amend, arranged=elsewhere, version=2, **changed)
        assert await topics(database, world, "A1") == {"meeting_changed", "meeting"}
        seen = await look(database, world, meeting_id, "A1")
        assert (seen.own, seen.own_names, seen.coming) == (ReplyState.INVITED, "李四", 0)
        assert [(one.action, one.changes) for one in seen.log if one.changes] == [
            ("meeting_invitation_inform", {"agenda": ["一、通报", "一、𡐓"]}),
            ("meeting_invitation_ask_again", {"venue": ["三楼会议室", "一楼"]}),
        ]
        # A sibling has the course of its own invitation alone.
        assert all("come" not in one.action for one in (await look(database, world, meeting_id, "A2")).log)

    async def test_others_neither_see_nor_touch_it(self, database: Database, world: World) -> None:
        meeting_id = await call(database, world, unit(world, "A1"))
        for code in ("A2", "B", "B1"):
            with pytest.raises(NotFound):
                await look(database, world, meeting_id, code)
            with pytest.raises(NotFound):
                await do(database, world, keeping.reply, code, meeting_id=meeting_id, names="某", leave_reason="")
        for code in ("A1", "C"):
            with pytest.raises(Forbidden):
                await act(database, world, meeting_id, "hold", code=code)
        with pytest.raises(NotFound):
            await call(database, world, unit(world, "B1"))
        with pytest.raises(Forbidden):
            await call(database, world, unit(world, "A1"), roles=(Role.REPORTER,))

    async def test_a_village_writes_down_a_meeting_of_its_own_that_is_over(
        self, database: Database, world: World
    ) -> None:
        with pytest.raises(MeetingPast):
            await call(database, world, unit(world, "A1"), arranged=arranged(-1))
        own = await call(database, world, code="A1", arranged=arranged(-1, guests="退役军人代表12人"))
        assert (await look(database, world, own, "A1")).guests == "退役军人代表12人"
        assert (await look(database, world, own, "A")).caller is False
        with pytest.raises(NotFound):
            await look(database, world, own, "A2")
        for start, end in ((5, 5), (5, 13)):
            at = clock.now()
            with pytest.raises(MeetingTimesImpossible):
                await call(database, world, arranged=Arranged(at + timedelta(start), at + timedelta(end)))

    async def test_lists_by_side_month_and_words(self, database: Database, world: World) -> None:
        # Half past midnight on the first of December in China is November in UTC.
        start = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
        with clock.frozen_at(datetime(2026, 11, 20, tzinfo=UTC)):
            at = Arranged(start, start + timedelta(hours=1), agenda="通报%进展")
            one = await call(database, world, unit(world, "A1"), arranged=at)

        async def of(code: str, wanted: Wanted) -> list[UUID]:
            actor = world.actor(code)
            async with database.transaction(actor.identity) as session:
                page = await views.meeting_page(session, actor, wanted=wanted, after=None)
                return [item.id for item in page.items]

        assert await of("A", Wanted(Side.CALLED)) == [one]
        assert await of("A1", Wanted(Side.INVITED)) == await of("A1", Wanted()) == [one]
        assert await of("C", Wanted()) == []
        assert await of("C", Wanted(Side.BELOW)) == [one]
        assert await of("B", Wanted(Side.BELOW)) == []
        for month, expected in (("2026-11", []), ("2026-12", [one])):
            since, until = clock.month_of(month)
            assert await of("A", Wanted(since=since, until=until)) == expected
        assert await of("A", Wanted(words=["𡐓", "%进"])) == [one]
        assert await of("A", Wanted(words=["_进"])) == []


class TestDecisions:
    async def held(self, database: Database, world: World, *decisions: Decided) -> UUID:
        meeting_id = await call(database, world, unit(world, "A1"), unit(world, "A2"))
        await act(database, world, meeting_id, "hold")
        await write(database, world, meeting_id, *decisions)
        return meeting_id

    async def tasked(self, database: Database, world: World, decision_id: UUID, code: str = "A", **more: Any) -> UUID:
        made = new_id()
        await do(database, world, keeping.to_task, code, decision_id=decision_id, made=made, **more)
        return made

    async def test_a_decision_becomes_a_task_and_shows_how_far_it_is(self, database: Database, world: World) -> None:
        due = clock.today() + timedelta(days=30)
        named = [world.units["A1"]]
        meeting_id = await self.held(database, world, Decided("补录莫𡐓村台账\n月底前", named, due), Decided("再议"))
        first, second = (await look(database, world, meeting_id)).decisions
        with pytest.raises(NobodyNamed):
            await self.tasked(database, world, second.id)
        with pytest.raises(DueMissing):
            await self.tasked(database, world, second.id, unit_ids=named)
        task_id = await self.tasked(database, world, first.id)
        with pytest.raises(TaskedAlready):
            await self.tasked(database, world, first.id)
        # What became a task stays: neither reworded nor dropped.
        for changed in (Decided("别的", id=first.id), None):
            with pytest.raises(TaskedAlready):
                await write(database, world, meeting_id, *([changed] if changed else []))
        await write(database, world, meeting_id, Decided(first.text, id=first.id))
        (kept,) = (await look(database, world, meeting_id)).decisions
        assert kept.follow is not None
        assert (kept.due_on, [one.id for one in kept.units], kept.follow.task_id) == (due, named, task_id)
        assert kept.follow.state is FollowState.OPEN
        await on_share(database, world, answering.acknowledge, task_id, "A1")
        await on_share(database, world, answering.hand_in, task_id, "A1", result="已补录")
        (kept,) = (await look(database, world, meeting_id)).decisions
        assert kept.follow is not None
        assert kept.follow.state is FollowState.HANDED_IN
        await on_share(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
        await act(database, world, meeting_id, "issue_minutes")
        (ours,) = (await look(database, world, meeting_id, "A1")).decisions
        assert ours.follow is not None
        assert (ours.follow.state, ours.follow.shares) == (FollowState.DONE, 1)
        # Who has no part in the task learns that it is one, and no more.
        (theirs,) = (await look(database, world, meeting_id, "A2")).decisions
        assert (theirs.tasked, theirs.follow) == (True, None)

    async def test_only_who_held_it_makes_tasks_of_units_below(self, database: Database, world: World) -> None:
        due = clock.today() + timedelta(days=30)
        with pytest.raises(NotFound):
            await self.held(database, world, Decided("越级", [world.units["B1"]], due))
        meeting_id = await self.held(database, world, Decided("核对", [world.units["A1"]], due))
        (decision,) = (await look(database, world, meeting_id)).decisions
        for code in ("A1", "C", "B"):
            with pytest.raises(NotFound):
                await self.tasked(database, world, decision.id, code)
        await act(database, world, meeting_id, "issue_minutes")
        for code in ("A1", "C"):
            with pytest.raises(Forbidden):
                await self.tasked(database, world, decision.id, code)
        with pytest.raises(NotFound):
            await self.tasked(database, world, decision.id, unit_ids=[world.units["B1"]])
        # Minutes that were issued still give tasks.
        await self.tasked(database, world, decision.id)


class TestRooms:
    @pytest.fixture
    def server(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
        with_server = replace(settings, **SERVER)
        monkeypatch.setattr(calling, "settings", lambda: with_server)
        monkeypatch.setattr(keeping, "settings", lambda: with_server)
        return with_server

    def claims(self, url: str, secret: str, now: datetime) -> dict[str, Any]:
        token = jwt.decode(parse_qs(urlsplit(url).query)["jwt"][0], OctKey.import_key(secret), algorithms=["HS256"])
        jwt.JWTClaimsRegistry(now=lambda: int(now.timestamp())).validate(token.claims)
        return token.claims

    async def test_who_is_asked_enters_and_who_called_it_moderates(
        self, database: Database, world: World, server: Settings
    ) -> None:
        meeting_id = await call(database, world, unit(world, "A1"), arranged=arranged(room=True))
        for code, moderates in (("A", True), ("A1", False)):
            url = await do(database, world, keeping.join, code, meeting_id=meeting_id)
            claims = self.claims(url, server.jitsi_secret, clock.now())
            assert urlsplit(url).hostname == claims["sub"] == "meet.example.gov.cn"
            assert urlsplit(url).path == f"/{claims['room']}"
            assert (claims["iss"], claims["moderator"]) == ("jiceng", moderates)
            assert claims["context"]["user"]["affiliation"] == ("owner" if moderates else "member")
            with pytest.raises(ExpiredTokenError):
                self.claims(url, server.jitsi_secret, clock.now() + rooms.LIFETIME + timedelta(seconds=2))
            with pytest.raises(BadSignatureError):
                self.claims(url, "another" * 6, clock.now())
        for code in ("A2", "B", "C"):
            with pytest.raises(NotFound):
                await do(database, world, keeping.join, code, meeting_id=meeting_id)
        await act(database, world, meeting_id, "cancel", "改为现场")
        with pytest.raises(NotOnLine):
            await do(database, world, keeping.join, "A1", meeting_id=meeting_id)

    async def test_a_room_stays_when_the_time_changes(self, database: Database, world: World, server: Settings) -> None:
        meeting_id = await call(database, world, arranged=arranged(room=True))
        one = await do(database, world, keeping.join, meeting_id=meeting_id)
        changed: dict[str, Any] = {"meeting_id": meeting_id, "version": 1, "reason": "提前"}
        await do(database, world, calling.amend, arranged=arranged(4, room=True), **changed)
        two = await do(database, world, keeping.join, meeting_id=meeting_id)
        assert urlsplit(one).path == urlsplit(two).path
        with pytest.raises(LinkOrRoom):
            await call(database, world, arranged=arranged(room=True, link="https://meeting.example.cn/1"))

    async def test_without_a_server_there_is_a_link_or_nothing(self, database: Database, world: World) -> None:
        with pytest.raises(RoomNotOffered):
            await call(database, world, arranged=arranged(room=True))
        linked = await call(database, world, arranged=arranged(link="https://meeting.example.cn/1"))
        assert await do(database, world, keeping.join, meeting_id=linked) == "https://meeting.example.cn/1"
        plain = await call(database, world)
        assert (await look(database, world, plain)).may_join is False
        with pytest.raises(NotOnLine):
            await do(database, world, keeping.join, meeting_id=plain)
