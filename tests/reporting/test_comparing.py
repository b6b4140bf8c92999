"""Comparison on stored figures: several cycles, both bases, both trees."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from docx import Document

import reporting.past.importing  # noqa: F401 - declares the job
from forms.queries import get_compiled
from kit import clock
from kit.db.session import Database
from kit.errors import NotFound
from reporting import fold, queries, recompute
from reporting.comparing.document import make_document
from reporting.comparing.reading import Basis, Units
from reporting.comparing.schemas import ComparedRow, ComparisonOut, PeriodsOut
from reporting.comparing.statements import statement_view
from reporting.comparing.views import comparison_view, periods_view
from reporting.comparing.wording import Section
from reporting.models import Cycle
from reporting.rollup_views import finalised
from tenancy import tree
from tenancy.models import AdminKind
from tenancy.queries import load_tree
from tenancy.tiers import Tier
from tenancy.tree import NewUnit
from tests.reporting.steps import approve, correct, hand_in, open_period
from tests.reporting.test_fold_property import Drill
from tests.reporting.test_past_years import fill, run_import, template
from tests.world import World, make_county_with_people, make_world, open_form

pytestmark = pytest.mark.anyio
CHANGED = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 11, 5, tzinfo=UTC)):
        yield


async def compared(
    database: Database, world: World, by: str, *, of: str | None = None, basis: Basis = "live", units: Units = "then"
) -> ComparisonOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await comparison_view(session, actor, world.opened.id, world.units[of or by], basis=basis, units=units)


async def series(database: Database, world: World, by: str, *, units: Units = "then") -> PeriodsOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await periods_view(
            session, actor, world.opened.id, None, basis="live", units=units, count=12, codes=["pc"]
        )


def row(page: ComparisonOut, name: str = "", kind: str = "") -> ComparedRow:
    """The total, or a row by the unit's short name."""
    if not name:
        return page.rows[0]
    return next(
        one for one in page.rows if one.unit.short_name == name and kind in ("", one.kind) and one.kind != "total"
    )


async def figure(database: Database, world: World, code: str, pc: int, rc: int | None = None) -> None:
    await hand_in(
        database, world, code, {"pc": str(pc), "rc": str(pc if rc is None else rc)}, missing_reason="其余未报"
    )


class TestAVillage:
    async def test_sees_its_own_history(self, database: Database) -> None:
        world = await make_county_with_people(database)
        await open_form(database, world, period="2026-08")
        await figure(database, world, "A1", 5, 10)
        await open_period(database, world, "2026-10")
        await figure(database, world, "A1", 15, 20)
        page = await compared(database, world, "A1")
        assert [one.kind for one in page.rows] == ["total"]
        assert (page.rows[0].year["pc"], page.rows[0].year["rt"]) == ("20", "1.5")
        assert (page.rows[0].year_included, len(page.year_keys)) == (2, 10)
        assert page.rows[0].previous is None
        assert "rs" not in page.year_fields

    async def test_sees_nobody_else_s(self, database: Database) -> None:
        world = await make_world(database)
        for other in ("A2", "A", "C"):
            with pytest.raises(NotFound):
                await compared(database, world, "A1", of=other)
            with pytest.raises(NotFound):
                await compared(database, world, "A1", of=other, units="now")

    async def test_a_draft_is_no_figure(self, database: Database) -> None:
        world = await make_world(database)
        await figure(database, world, "A1", 5)
        assert (await compared(database, world, "A", of="A1")).rows[0].now == {
            "pc": "5",
            "rc": "5",
            "rt": "1",
            "rs": "0",
        }
        assert (await compared(database, world, "A", of="A2")).rows[0].now is None


class TestBothBases:
    async def test_reported_is_what_was_approved(self, database: Database) -> None:
        world = await make_world(database)
        for period, pc in (("2026-09", 4), ("2026-10", 6)):
            if period == "2026-09":
                await open_period(database, world, period)
            else:
                world.cycle = (await cycles_of(database, world))[period]
                await turn(database, world)
            await figure(database, world, "A1", pc)
            await approve(database, world, "A1", "A")
            await figure(database, world, "A", 1)
            if period == "2026-09":
                await approve(database, world, "A", "C")
        live, reported = [await compared(database, world, "C", basis=basis) for basis in ("live", "reported")]
        assert (row(live).now or {})["pc"] == "7"
        assert (row(live).year["pc"], row(live).year_included) == ("12", 2)
        assert row(reported).now is None
        assert (row(reported).year["pc"], row(reported).year_included) == ("5", 1)
        assert row(live, "A镇").since_previous.percent["pc"] == "40"
        assert (row(live).units_now, row(live).units_previous, row(reported).units_now) == (2, 2, 0)


class TestPastYears:
    async def test_imported_years_count(self, database: Database) -> None:
        world = await make_world(database)
        content = fill(await template(database, world), {"A1": {"pc": 5, "rc": 12}, "B1": {"pc": 3, "rc": 3}})
        await run_import(database, world, content)
        await figure(database, world, "A1", 10)
        total = row(await compared(database, world, "C"))
        assert (total.last_year or {})["pc"] == "8"
        assert total.since_last_year.by["pc"] == "2"
        assert (await series(database, world, "C")).periods == ["2026-10"]


class TestTheMonthInWords:
    async def test_says_who_is_missing_and_what_changed(self, database: Database) -> None:
        world = await make_county_with_people(database)
        await open_form(database, world, period="2026-09")
        await figure(database, world, "A1", 10)
        await figure(database, world, "B1", 4)
        await open_period(database, world, "2026-10")
        await figure(database, world, "A1", 6)
        await figure(database, world, "B1", 9)
        actor = world.actor("C")
        async with database.transaction(actor.identity) as session:
            where = (session, actor, world.opened.id, None)
            said = await statement_view(*where, basis="live", codes=["pc"], locale="zh-CN")
            english = await statement_view(*where, basis="live", codes=["pc"], locale="en")
        turnout, figures, movers, _ = [one.text for one in said.sections]
        assert said.title == "测试县2026年10月小表情况"
        assert "应报单位6个，截至11月5日已报2个" in turnout
        assert "未报4个：A镇（本级、A2村）、B镇（本级、B2村）" in turnout
        assert "来访15批次，比上期增加1批次，增长7.1%" in figures
        assert "累计29批次（含2/10期）" in figures
        assert "增加较多的有B镇（增加5批次）；减少较多的有A镇（减少4批次）" in movers
        assert "Visits: 15 batches, 1 more than last period (+7.1%)" in english.sections[1].text

    async def test_a_village_has_none(self, database: Database) -> None:
        world = await make_world(database)
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            with pytest.raises(NotFound):
                await statement_view(session, actor, world.opened.id, None, basis="live", codes=[], locale="zh-CN")

    def test_the_document_says_what_was_written(self) -> None:
        made = make_document(
            title="情况 <b>", sections=[Section("一、报送", "甲\n\n乙 & 丙")], unit="测试县", dated="2026年11月5日"
        )
        read = [line.text for line in Document(io.BytesIO(made)).paragraphs if line.text]
        assert read == ["情况 <b>", "一、报送", "甲", "乙 & 丙", "测试县", "2026年11月5日"]


async def cycles_of(database: Database, world: World) -> dict[str, Cycle]:
    async with database.transaction(world.identity) as session:
        found = await queries.list_cycles_of_form(
            session, county_id=world.county.id, form_id=world.opened.form_id, limit=50
        )
    return {cycle.period_key: cycle for cycle in found}


async def turn(database: Database, world: World) -> None:
    """The world's submissions become those of its cycle."""
    async with database.transaction(world.identity) as session:
        found = await queries.list_all_submissions(session, county_id=world.county.id, cycle_id=world.opened.id)
    world.submissions = {unit_id: one.id for unit_id, one in found.items()}


@pytest.mark.parametrize("seed", [3, 17])
async def test_year_to_date_equals_the_recomputation(database: Database, seed: int) -> None:
    """Whatever was handed in, approved, corrected, returned, closed, in any order, while others read."""
    world = await make_county_with_people(database)
    await open_form(database, world, period="2026-08")
    for period in ("2026-09", "2026-10"):
        await open_period(database, world, period)
    rng = Random(seed)
    for period in ("2026-10", "2026-08", "2026-09", "2026-10"):
        world.cycle = (await cycles_of(database, world))[period]
        await turn(database, world)
        await Drill(database, world, fold.fold, rng).run(clerks=3, acts=25, readers=1)
    world.cycle = (await cycles_of(database, world))["2026-10"]
    bases: tuple[Basis, ...] = ("live", "reported")
    for basis in bases:
        for units in ("then", "now"):
            await _prove(database, world, basis, units)


async def _prove(database: Database, world: World, basis: Basis, units: Units) -> None:
    sums: dict[UUID, dict[str, Decimal]] = {}
    included: dict[UUID, int] = {}
    for cycle in (await cycles_of(database, world)).values():
        async with database.transaction(world.identity) as session:
            form = await get_compiled(session, county_id=world.county.id, version_id=cycle.form_version_id)
            evidence = await recompute.gather(session, county_id=world.county.id, cycle_id=cycle.id, form=form)
        for unit_id, figures in evidence.expected().items():
            state = figures.reported if basis == "reported" else figures.live
            cells = finalised(form, cycle, world.tree.nodes[unit_id].tier, state)
            if cells is None:
                continue
            included[unit_id] = included.get(unit_id, 0) + 1
            for code in ("pc", "rc"):
                if (text := cells[code]) is not None:
                    line = sums.setdefault(unit_id, {})
                    line[code] = line.get(code, Decimal(0)) + Decimal(text)
    seen = await compared(database, world, "C", basis=basis, units=units)
    for one in seen.rows:
        if one.kind == "own":
            continue
        expected = {code: f"{value:f}" for code, value in sums.get(one.unit.id, {}).items()}
        assert {code: one.year[code] for code in ("pc", "rc") if code in one.year} == expected
        assert one.year_included == included.get(one.unit.id, 0)
        if expected and expected["pc"] != "0":
            ratio = (Decimal(expected["rc"]) / Decimal(expected["pc"])).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            assert Decimal(one.year["rt"]) == ratio


class TestAChangedTree:
    """August: A1 5, A2 7, B1 1, B2 2, A itself 100. In October A2 is N's (A was split), B1 is merged into B2."""

    @pytest.fixture
    async def world(self, database: Database) -> World:
        world = await make_county_with_people(database)
        await open_form(database, world, period="2026-08")
        for code, pc in {"A1": 5, "A2": 7, "B1": 1, "B2": 2}.items():
            await figure(database, world, code, pc)
            await approve(database, world, code, code[0])
        for code, pc in {"A": 100, "B": 0}.items():
            await figure(database, world, code, pc)
            await approve(database, world, code, "C")
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(system.identity) as session:
            part = NewUnit(Tier.TOWNSHIP, "N", "新镇", "新镇", world.units["C"])
            world.units["N"] = (
                await tree.split_unit(
                    session,
                    actor=system,
                    unit_id=world.units["A"],
                    parts=[(part, [world.units["A2"]])],
                    on=CHANGED,
                    reason="拆分",
                )
            )[0]
            await tree.merge_units(
                session,
                actor=system,
                unit_ids=[world.units["B1"], world.units["B2"]],
                into=world.units["B2"],
                on=CHANGED,
                reason="合并",
            )
            world.tree = await load_tree(session, county_id=world.county.id, day=CHANGED)
        world.accounts[world.units["N"]] = world.accounts[world.units["A"]]
        world.memberships[world.units["N"]] = world.memberships[world.units["A"]]
        await open_period(database, world, "2026-10")
        for code, pc in {"A1": 6, "A2": 8, "B2": 4}.items():
            await figure(database, world, code, pc)
        return world

    async def test_as_then_a_period_keeps_its_tree(self, database: Database, world: World) -> None:
        page = await compared(database, world, "C")
        assert row(page).year["pc"] == "133"
        assert {one.unit.short_name: one.year.get("pc") for one in page.rows[2:]} == {
            "A镇": "118",
            "B镇": "7",
            "新镇": "8",
        }

    @pytest.mark.parametrize("basis", ["live", "reported"])
    async def test_as_now_the_past_follows_its_units(self, database: Database, world: World, basis: Basis) -> None:
        """The county's total is the same by either tree."""
        then, now = [await compared(database, world, "C", basis=basis, units=units) for units in ("then", "now")]
        assert row(now).year == row(then).year
        october = 0 if basis == "reported" else 1
        assert row(now, "A镇").year["pc"] == str(105 + 6 * october)
        assert row(now, "新镇").year["pc"] == str(7 + 8 * october)
        assert row(now, "B镇").year["pc"] == str(3 + 4 * october)

    async def test_a_merged_village_s_past_is_its_successor_s(self, database: Database, world: World) -> None:
        as_then = await compared(database, world, "B2")
        as_now = await compared(database, world, "B2", units="now")
        assert (row(as_then).year["pc"], row(as_now).year["pc"]) == ("6", "7")
        page = await compared(database, world, "B", units="now")
        assert row(page, "B2村").year["pc"] == "7"
        assert [note.kind for note in row(page, "B2村").notes] == ["merge"]
        assert "B1村" not in {one.unit.short_name for one in page.rows}

    async def test_the_new_township_s_page(self, database: Database, world: World) -> None:
        then, now = [await compared(database, world, "C", of="N", units=units) for units in ("then", "now")]
        assert (row(then).year["pc"], row(now).year["pc"]) == ("8", "15")
        assert [note.kind for note in row(now).notes] == ["split"]
        assert [(note.kind, note.units_before) for note in row(now, "A2村").notes] == [("move", ["A镇"])]

    async def test_what_a_split_township_typed_itself_stays_with_it(self, database: Database, world: World) -> None:
        page = await compared(database, world, "A", units="now")
        assert row(page, "A镇", "own").year["pc"] == "100"
        assert row(page).year["pc"] == "111"

    async def test_a_village_that_ended_keeps_a_row(self, database: Database, world: World) -> None:
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(system.identity) as session:
            await tree.deactivate_unit(
                session, actor=system, unit_id=world.units["A1"], on=date(2026, 11, 1), reason="撤销"
            )
        page = await compared(database, world, "A", units="now")
        assert (row(page, "A1村").kind, row(page, "A1村").year["pc"]) == ("ended", "11")
        assert row(page).year["pc"] == "111"

    async def test_a_later_correction_counts_in_both(self, database: Database, world: World) -> None:
        world.cycle = (await cycles_of(database, world))["2026-08"]
        await turn(database, world)
        await correct(database, world, "A2")
        await figure(database, world, "A2", 17)
        world.cycle = (await cycles_of(database, world))["2026-10"]
        for units in ("then", "now"):
            assert row(await compared(database, world, "C", units=units)).year["pc"] == "143"

    async def test_the_series_by_today_s_tree(self, database: Database, world: World) -> None:
        page = await series(database, world, "C", units="now")
        assert page.periods == ["2026-08", "2026-09", "2026-10"]
        found = {one.unit.short_name: one.figures["pc"] for one in page.rows if one.kind == "township"}
        assert found == {"A镇": ["105", None, "6"], "B镇": ["3", None, "4"], "新镇": ["7", None, "8"]}
