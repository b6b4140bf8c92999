"""What a period begins with: prev(x) as it was when the cycle opened, 期初已变, rows carried forward."""

from __future__ import annotations

from functools import cache

import pytest

from forms.definition import FormDefinition
from forms.loading import load_definition
from kit.db.session import Database
from reporting import submission_views
from reporting.schemas import SubmissionOut
from tenancy.models import Role
from tests.reporting.steps import approve, correct, hand_in, open_period, person, send_back, totals
from tests.world import TINY, World, make_county_with_people, open_form

pytestmark = pytest.mark.anyio


@cache
def form() -> FormDefinition:
    """The tiny form with a figure that is taken over from the month before."""
    field = (
        "      - {code: qc, path: [期初 | Before], measure: stock, unit_of_measure: 人 | people, formula: prev(pc)}\n"
    )
    before = "      - {code: rt,"
    return load_definition(TINY.replace(before, field + before))


@pytest.fixture
async def world(database: Database) -> World:
    """September is open."""
    world = await make_county_with_people(database, townships=1, villages=1)
    return await open_form(database, world, form(), period="2026-09")


async def report(database: Database, world: World, pc: int) -> None:
    await hand_in(database, world, "A1", {"pc": str(pc), "rc": str(pc)})


async def seen(database: Database, world: World, code: str, *roles: Role) -> SubmissionOut:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        return await submission_views.submission_view(session, actor, world.submission("A1"), locale="zh-CN")


async def september_changes(database: Database, world: World, pc: int) -> None:
    """September's figures are corrected and approved, while October stands."""
    october = dict(world.submissions)
    await open_period(database, world, "2026-09")
    await correct(database, world, "A1")
    await report(database, world, pc)
    await approve(database, world, "A1", "A")
    world.submissions = october


class TestPrev:
    async def test_is_what_was_approved_when_the_cycle_opened(self, database: Database, world: World) -> None:
        await report(database, world, 5)
        await approve(database, world, "A1", "A")
        await open_period(database, world, "2026-10")
        await september_changes(database, world, 6)
        await report(database, world, 1)
        page = await seen(database, world, "A1")
        assert (page.cells["qc"], page.opening_changed) == ("5", True)
        assert page.previous is not None and page.previous.cells["pc"] == "5"

    async def test_nothing_changed_nothing_said(self, database: Database, world: World) -> None:
        await report(database, world, 5)
        await approve(database, world, "A1", "A")
        await open_period(database, world, "2026-10")
        assert not (await seen(database, world, "A1")).opening_changed

    async def test_a_withdrawn_approval_is_told_too(self, database: Database, world: World) -> None:
        await report(database, world, 5)
        await approve(database, world, "A1", "A")
        september = dict(world.submissions)
        await open_period(database, world, "2026-10")
        october, world.submissions = dict(world.submissions), september
        await send_back(database, world, "A1", "A")
        world.submissions = october
        assert (await seen(database, world, "A1")).opening_changed

    async def test_approved_only_afterwards_it_is_still_prev(self, database: Database, world: World) -> None:
        await report(database, world, 5)
        september = dict(world.submissions)
        await open_period(database, world, "2026-10")
        october, world.submissions = dict(world.submissions), september
        await approve(database, world, "A1", "A")
        world.submissions = october
        await report(database, world, 1)
        page = await seen(database, world, "A")
        assert (page.cells["qc"], page.opening_changed) == ("5", False)


class TestHandedIn:
    @pytest.mark.parametrize("code", ["A1", "A", "C"])
    async def test_figures_are_shown_as_they_were_handed_in(self, database: Database, world: World, code: str) -> None:
        """October is handed in before anything of September was approved; then September is. Nothing is rewritten."""
        await report(database, world, 5)
        september = dict(world.submissions)
        await open_period(database, world, "2026-10")
        await report(database, world, 1)
        october, opened = dict(world.submissions), world.cycle
        world.submissions = september
        await approve(database, world, "A1", "A")
        world.submissions, world.cycle = october, opened
        assert (await seen(database, world, code)).cells["qc"] is None
        assert (await totals(database, world, "A", "qc"))[1] is None


class TestRows:
    async def test_open_ones_are_carried_forward(self, database: Database, world: World) -> None:
        figures = {"pc": "1", "rc": "1"}
        await hand_in(database, world, "A1", figures, person("在办"), person("办结", row_id="r2"))
        await approve(database, world, "A1", "A")
        await open_period(database, world, "2026-10")
        page = await seen(database, world, "A1")
        assert [(row["id"], row["cells"]["xm"]) for row in page.rows["people"]] == [("r1", "张三")]

    async def test_who_only_looks_sees_them_masked(self, database: Database, world: World) -> None:
        """Personal values are in the clear for whoever types, not for everybody of the unit."""
        await hand_in(database, world, "A1", {"pc": "1", "rc": "1"}, person("在办"))
        await approve(database, world, "A1", "A")
        await open_period(database, world, "2026-10")
        page = await seen(database, world, "A1", Role.LEADER)
        assert (page.editable, page.masked) == (False, True)
        assert page.rows["people"][0]["cells"]["xm"] == "张**"
