"""提请协调: up one level, taken, answered or passed up, confirmed by who raised it; and out of a report in one act."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from forms.definition import FormDefinition
from forms.loading import load_definition as read_definition
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from plans.coordination import service, views
from plans.coordination.errors import NobodyAbove, NothingWritten, RaisedAlready
from plans.coordination.models import RequestKind, RequestState
from plans.coordination.queries import Side, Wanted
from plans.coordination.schemas import RequestOut
from plans.coordination.service import Given
from reporting import submissions
from reporting.submissions import CellEdit
from tenancy.models import Role
from tests.plans.steps import topics
from tests.reporting.steps import hand_in
from tests.world import TINY, World, make_county_with_people, open_form
from workflow.errors import ActionNotAllowed, ReasonMissing

pytestmark = pytest.mark.anyio
TEXT = "莫𡐓村道路失修，\n需协调交通部门。"


def asking() -> FormDefinition:
    """The tiny form, with a text that asks for help and one that does not."""
    fields = """
  - code: words
    kind: fixed
    title: 文字 | Words
    fields:
      - {code: wt, path: [问题 | Difficulties], type: long_text, required: false, coordination: true}
      - {code: ts, path: [特色 | Merits], type: long_text, required: false}
checks:"""
    return read_definition(TINY.replace("\nchecks:", fields, 1))


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def ask(database: Database, world: World, code: str = "A1", *roles: Role) -> UUID:
    actor = world.actor(code, *roles)
    given = Given(RequestKind.DIFFICULTY, "道路失修", TEXT)
    async with database.transaction(actor.identity) as session:
        return await service.raise_request(session, actor=actor, given=given)


async def look(database: Database, world: World, request_id: UUID, code: str, *roles: Role) -> RequestOut:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        return await views.request_view(session, actor, request_id)


async def act(
    database: Database, world: World, request_id: UUID, code: str, action: str, text: str = "", **more: Any
) -> RequestOut:
    actor = world.actor(code, *more.pop("roles", ()))
    version = more.pop("version", None) or (await look(database, world, request_id, "C")).version
    async with database.transaction(actor.identity) as session:
        await service.act(session, actor=actor, request_id=request_id, version=version, action=action, text=text)
    return await look(database, world, request_id, code)


async def listed(database: Database, world: World, code: str, wanted: Wanted) -> list[UUID]:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        page = await views.request_page(session, actor, wanted=wanted, after=None)
        return [one.id for one in page.items]


class TestHandling:
    async def test_the_township_takes_and_answers_and_the_village_confirms(
        self, database: Database, world: World
    ) -> None:
        request_id = await ask(database, world)
        assert await topics(database, world, "A") == {"coordination"}
        taken = await act(database, world, request_id, "A", "take")
        assert taken.state is RequestState.TAKEN
        assert await topics(database, world, "A1") == {"coordination_told"}
        answered = await act(database, world, request_id, "A", "answer", "已列入年度修缮。")
        assert (answered.state, answered.answer) == (RequestState.ANSWERED, "已列入年度修缮。")
        assert await topics(database, world, "A") == set()
        assert "coordination_answered" in await topics(database, world, "A1")
        settled = await act(database, world, request_id, "A1", "confirm")
        assert settled.state is RequestState.SETTLED
        assert settled.actions == []
        assert "coordination_answered" not in await topics(database, world, "A1")
        assert [line.action for line in settled.log] == ["take", "answer", "confirm"]

    async def test_what_the_township_can_not_settle_goes_up_and_ends_with_the_county(
        self, database: Database, world: World
    ) -> None:
        request_id = await ask(database, world)
        passed = await act(database, world, request_id, "A", "pass_up", "需县级部门协调")
        assert (passed.handler_unit_id, passed.state) == (world.units["C"], RequestState.RAISED)
        assert passed.log[-1].to == passed.handler
        assert await topics(database, world, "A") == set()
        assert await topics(database, world, "C") == {"coordination"}
        assert passed.actions == []
        above = await look(database, world, request_id, "C")
        assert "pass_up" not in above.actions
        with pytest.raises(NobodyAbove):
            await act(database, world, request_id, "C", "pass_up", "再往上")
        with pytest.raises(Forbidden):
            await act(database, world, request_id, "A", "answer", "越权")
        await act(database, world, request_id, "C", "answer", "已协调交通局。")
        assert await topics(database, world, "A") == {"coordination_told"}, "who passed it up hears of the answer"
        insisted = await act(database, world, request_id, "A1", "insist", "施工未开始")
        assert (insisted.state, insisted.answer) == (RequestState.TAKEN, "")
        assert await topics(database, world, "C") == {"coordination"}

    async def test_others_neither_see_nor_touch_it(self, database: Database, world: World) -> None:
        request_id = await ask(database, world)
        for code in ("A2", "B", "B1"):
            with pytest.raises(NotFound):
                await look(database, world, request_id, code)
            assert await topics(database, world, code) == set()
        with pytest.raises(Forbidden):
            await act(database, world, request_id, "C", "take")
        with pytest.raises(Forbidden):
            await act(database, world, request_id, "A", "take", roles=(Role.REPORTER,))
        with pytest.raises(Forbidden):
            await act(database, world, request_id, "A1", "answer", "自己答复自己")

    async def test_refusals(self, database: Database, world: World) -> None:
        request_id = await ask(database, world)
        with pytest.raises(ReasonMissing):
            await act(database, world, request_id, "A", "answer", "  ")
        await act(database, world, request_id, "A", "take")
        with pytest.raises(Stale):
            await act(database, world, request_id, "A", "answer", "好", version=1)
        with pytest.raises(ActionNotAllowed):
            await act(database, world, request_id, "A1", "confirm")
        withdrawn = await act(database, world, request_id, "A1", "withdraw", "已自行解决")
        assert withdrawn.state is RequestState.WITHDRAWN
        assert await topics(database, world, "A") == set()
        with pytest.raises(NobodyAbove):
            await ask(database, world, "C")

    async def test_lists_by_side_and_words(self, database: Database, world: World) -> None:
        one, two = await ask(database, world), await ask(database, world, "A")
        assert await listed(database, world, "A", Wanted(Side.RAISED)) == [two]
        assert await listed(database, world, "A", Wanted(Side.HANDLED)) == [one]
        assert await listed(database, world, "C", Wanted(Side.ALL)) == [two, one]
        assert await listed(database, world, "A1", Wanted()) == [one]
        assert await listed(database, world, "C", Wanted(words=["𡐓", "交通"])) == [two, one]
        assert await listed(database, world, "C", Wanted(words=["%"])) == []
        await act(database, world, one, "A1", "withdraw", "已解决")
        assert await listed(database, world, "A1", Wanted()) == []
        assert await listed(database, world, "A1", Wanted(open_only=False)) == [one]


class TestFromReport:
    @pytest.fixture
    async def world(self, database: Database) -> World:
        made = await make_county_with_people(database, townships=2, villages=2)
        return await open_form(database, made, asking())

    async def raised(self, database: Database, world: World, code: str, field: str = "wt") -> RequestOut:
        actor = world.actor(code)
        async with database.transaction(actor.identity) as session:
            made = await service.raise_from_report(
                session, actor=actor, submission_id=world.submission("A1"), field=field
            )
        return await look(database, world, made, code)

    async def test_a_draft_s_text_goes_up_at_once(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            await submissions.save_draft(
                session, actor=actor, submission_id=world.submission("A1"), edits=[CellEdit("wt", None, TEXT)]
            )
        request = await self.raised(database, world, "A1")
        assert (request.text, request.title) == (TEXT, "莫𡐓村道路失修，")
        assert request.source is not None
        assert (request.source.submission_id, request.source.period) == (world.submission("A1"), "2026-10")
        with pytest.raises(RaisedAlready):
            await self.raised(database, world, "A1")
        found = await listed(database, world, "A1", Wanted(submission_id=world.submission("A1")))
        assert found == [request.id]

    async def test_sent_up_by_two_at_once_it_goes_up_once(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", {"pc": "1", "rc": "1", "wt": TEXT})
        tries = [self.raised(database, world, code) for code in ("A1", "A", "A1", "A")]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert sorted(type(one) is RaisedAlready for one in answers) == [False, True, True, True], answers
        assert len(await listed(database, world, "A1", Wanted())) == 1

    async def test_above_it_is_what_was_handed_in_that_counts(self, database: Database, world: World) -> None:
        with pytest.raises(NothingWritten):
            await self.raised(database, world, "A")
        await hand_in(database, world, "A1", {"pc": "1", "rc": "1", "wt": TEXT, "ts": "好"})
        with pytest.raises(NothingWritten):
            await self.raised(database, world, "A", "ts")
        with pytest.raises(NotFound):
            await self.raised(database, world, "A2")
        request = await self.raised(database, world, "A")
        assert (request.unit_id, request.handler_unit_id) == (world.units["A1"], world.units["A"])
