"""Both figures of a rollup, 已审 and 含待审, over real commands: what counts, when, and at which level."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden
from reporting.errors import ChecksFailed, NotAsked, PeriodNotServed
from reporting.models import Submission, SubmissionState
from tenancy.tiers import Tier
from tests.reporting.steps import (
    ONE,
    OTHER,
    add_unit,
    approve,
    asked_of,
    correct,
    hand_in,
    open_period,
    page,
    person,
    recall,
    refusing_open_people,
    send_back,
    totals,
)
from tests.reporting.test_submissions import approved, state_of, submitted
from tests.world import World, make_county_with_people, make_world, open_form

pytestmark = pytest.mark.anyio


class TestReportedAndLive:
    async def test_a_correction_below_reaches_the_county_only_through_its_township(self, database: Database) -> None:
        """Villages 5 and 7, the township hands in 12; village 1 corrects 5 to 6; then the township corrects."""
        world = await make_world(database, townships=1, villages=2)
        await approved(database, world, "A1", "A", 5, 5)
        await approved(database, world, "A2", "A", 7, 7)
        assert await totals(database, world, "C") == (None, "12", False)
        await submitted(database, world, "A", 0, 0)
        assert await totals(database, world, "C") == (None, "12", False)
        await approve(database, world, "A", "C")
        assert await totals(database, world, "C") == ("12", "12", False)
        assert await totals(database, world, "A") == ("12", "12", False)

        await correct(database, world, "A1")
        assert await totals(database, world, "C") == ("12", "12", False), "opening a correction changes no figure"
        await submitted(database, world, "A1", 6, 6)
        assert await totals(database, world, "C") == ("12", "13", True)
        await approve(database, world, "A1", "A")
        assert await totals(database, world, "C") == ("12", "13", True)
        assert await totals(database, world, "A") == ("12", "13", True)

        await correct(database, world, "A")
        assert await totals(database, world, "C") == ("12", "13", True)
        await submitted(database, world, "A", 0, 0)
        assert await totals(database, world, "C") == ("12", "13", False), "what was handed in agrees again"
        await approve(database, world, "A", "C")
        assert await totals(database, world, "C") == ("13", "13", False)

    async def test_every_level_adds_its_own_and_the_county_reviews_itself(self, database: Database) -> None:
        world = await make_world(database, townships=2, villages=2)
        for code, by, figure in (("A1", "A", 1), ("A2", "A", 2), ("B1", "B", 4), ("B2", "B", 8)):
            await approved(database, world, code, by, figure, figure)
        await approved(database, world, "A", "C", 16, 16)
        await approved(database, world, "B", "C", 32, 32)
        await submitted(database, world, "C", 64, 64)
        assert await totals(database, world, "C") == ("63", "127", False)
        await approve(database, world, "C", "C")
        assert await totals(database, world, "C") == ("127", "127", False)
        rows = (await page(database, world, "C")).rows
        assert [(row.kind, (row.live or {}).get("pc")) for row in rows] == [
            ("own", "64"),
            ("township", "19"),
            ("township", "44"),
        ]

    async def test_what_waits_below_counts_live_and_is_not_handed_in(self, database: Database) -> None:
        world = await make_world(database, townships=1, villages=2)
        await approved(database, world, "A1", "A", 5, 5)
        await submitted(database, world, "A2", 7, 7)
        await approved(database, world, "A", "C", 0, 0)
        assert await totals(database, world, "C") == ("5", "12", True)

    async def test_a_returned_hand_in_leaves_the_reported_figures(self, database: Database) -> None:
        world = await make_world(database, townships=1, villages=1)
        await approved(database, world, "A1", "A", 5, 5)
        await approved(database, world, "A", "C", 1, 1)
        await send_back(database, world, "A", "C")
        assert await totals(database, world, "C") == (None, "5", False)
        assert (await state_of(database, world, "A1")).state is SubmissionState.APPROVED

    async def test_a_village_returned_after_the_hand_in_is_marked(self, database: Database) -> None:
        world = await make_world(database, townships=1, villages=2)
        await approved(database, world, "A1", "A", 5, 5)
        await approved(database, world, "A2", "A", 7, 7)
        await approved(database, world, "A", "C", 0, 0)
        await send_back(database, world, "A1", "A")
        assert await totals(database, world, "C") == ("12", "7", True)

    async def test_a_recalled_one_counts_nowhere(self, database: Database) -> None:
        world = await make_world(database, townships=1, villages=1)
        await submitted(database, world, "A1", 5, 5)
        assert await totals(database, world, "C") == (None, "5", False)
        await recall(database, world, "A1")
        assert await totals(database, world, "C") == (None, None, False)

    async def test_a_person_in_two_units_is_one_person(self, database: Database) -> None:
        world = await make_world(database, townships=2, villages=1)
        figures = {"pc": "1", "rc": "1"}
        await hand_in(database, world, "A1", figures, person(), person(number=OTHER, row_id="r2"))
        await hand_in(database, world, "B1", figures, person(number=ONE))
        await approve(database, world, "A1", "A")
        await hand_in(database, world, "A", figures, person(number=OTHER))
        await approve(database, world, "A", "C")
        assert await totals(database, world, "C", "rs") == ("2", "2", False)
        rows = (await page(database, world, "C")).rows
        assert {row.unit.code: (row.live or {}).get("rs") for row in rows if row.kind == "township"} == {
            "A": "2",
            "B": "1",
        }


class TestShapesOfTheTree:
    async def test_a_village_under_the_county_itself(self, database: Database) -> None:
        world = await make_county_with_people(database, townships=1, villages=1)
        await add_unit(database, world, Tier.VILLAGE, "V", "C")
        await open_form(database, world)
        await approved(database, world, "A1", "A", 5, 5)
        await submitted(database, world, "V", 7, 7)
        assert await totals(database, world, "C") == (None, "12", False)
        with pytest.raises(Forbidden):
            await approve(database, world, "V", "V")
        await approve(database, world, "V", "C")
        assert await totals(database, world, "C") == ("7", "12", False)

    async def test_a_township_without_villages(self, database: Database) -> None:
        world = await make_county_with_people(database, townships=1, villages=1)
        await add_unit(database, world, Tier.TOWNSHIP, "T", "C")
        await open_form(database, world)
        await approved(database, world, "T", "C", 3, 3)
        assert await totals(database, world, "C") == ("3", "3", False)

    async def test_a_township_that_is_not_asked_still_hands_in(self, database: Database) -> None:
        world = await make_county_with_people(database, townships=1, villages=1)
        await open_form(database, world, asked_of(Tier.VILLAGE))
        assert set(world.submissions) == {world.units["A1"], world.units["A"]}
        await approved(database, world, "A1", "A", 5, 5)
        await hand_in(database, world, "A", {})
        assert await totals(database, world, "C") == (None, "5", False)
        await approve(database, world, "A", "C")
        assert await totals(database, world, "C") == ("5", "5", False)
        assert [row.kind for row in (await page(database, world, "A")).rows] == ["village"]

    async def test_a_township_that_is_not_asked_puts_no_figures_in(self, database: Database) -> None:
        world = await make_county_with_people(database, townships=1, villages=1)
        await open_form(database, world, asked_of(Tier.VILLAGE))
        await approved(database, world, "A1", "A", 5, 5)
        with pytest.raises(ChecksFailed):
            await hand_in(database, world, "A", {"pc": "100", "rc": "100"})
        with pytest.raises(NotAsked):
            await hand_in(database, world, "A", {}, person())

    @pytest.mark.parametrize(("townships", "tiers"), [(0, tuple(Tier)), (1, (Tier.VILLAGE,))])
    async def test_where_nobody_would_be_asked_nothing_opens(
        self, database: Database, townships: int, tiers: tuple[Tier, ...]
    ) -> None:
        """A county whose units come with tomorrow's import shall not miss them for a month."""
        world = await make_county_with_people(database, townships=townships, villages=0)
        with pytest.raises(PeriodNotServed):
            await open_form(database, world, asked_of(*tiers))


class TestLate:
    @pytest.fixture
    async def world(self, database: Database) -> World:
        """A1's due time is in an hour."""
        world = await make_world(database, townships=1, villages=2)
        await self.due_in(database, world, 1)
        return world

    async def due_in(self, database: Database, world: World, hours: int) -> None:
        async with database.transaction(world.identity) as session:
            await session.execute(
                update(Submission)
                .where(Submission.id == world.submission("A1"))
                .values(due_at=clock.now() + timedelta(hours=hours))
            )

    async def test_a_return_makes_nobody_late(self, database: Database, world: World) -> None:
        await submitted(database, world, "A1")
        await send_back(database, world, "A1", "A")
        with clock.frozen_at(clock.now() + timedelta(hours=5)):
            await submitted(database, world, "A1")
        assert not (await state_of(database, world, "A1")).late

    async def test_a_recall_does(self, database: Database, world: World) -> None:
        await submitted(database, world, "A1")
        await recall(database, world, "A1")
        with clock.frozen_at(clock.now() + timedelta(hours=5)):
            assert [r.late for r in (await page(database, world, "A")).rows if r.unit.code == "A1"] == [True]
            await submitted(database, world, "A1")
        assert (await state_of(database, world, "A1")).late

    async def test_a_correction_is_never_late(self, database: Database, world: World) -> None:
        await approved(database, world, "A1", "A")
        with clock.frozen_at(clock.now() + timedelta(days=50)):
            await correct(database, world, "A1")
            await submitted(database, world, "A1", 2, 3)
            await recall(database, world, "A1")
            await submitted(database, world, "A1", 2, 4)
        assert not (await state_of(database, world, "A1")).late

    async def test_late_ones_are_counted_at_each_level(self, database: Database, world: World) -> None:
        await self.due_in(database, world, -1)
        await submitted(database, world, "A1")
        for code in ("A", "C"):
            counts = (await page(database, world, code)).counts["village"]
            assert counts == {"submitted": 1, "not_started": 1, "late": 1}


class TestZeroReport:
    async def october(self, database: Database, status: str) -> World:
        """October, after a September in which A1 reported one person of this status."""
        world = await make_county_with_people(database, townships=1, villages=1)
        await open_form(database, world, refusing_open_people(), period="2026-09")
        await hand_in(database, world, "A1", {"pc": "5", "rc": "5"}, person(status))
        await approve(database, world, "A1", "A")
        await open_period(database, world, "2026-10")
        return world

    async def test_is_refused_while_somebody_is_carried_over(self, database: Database) -> None:
        world = await self.october(database, "在办")
        with pytest.raises(ChecksFailed) as refusal:
            await hand_in(database, world, "A1", {}, zero=True)
        assert [p.code for p in refusal.value.fields["problems"]] == ["E5"]
        assert (await state_of(database, world, "A1")).state is SubmissionState.NOT_STARTED

    async def test_is_taken_when_nobody_is(self, database: Database) -> None:
        world = await self.october(database, "办结")
        await hand_in(database, world, "A1", {}, zero=True)
        await approve(database, world, "A1", "A")
        assert await totals(database, world, "A") == (None, "0", False)
