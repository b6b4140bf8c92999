"""Cycles open by themselves, once, whatever was missed."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from forms.catalogue import load_definition, publish
from forms.definition import Anchor, DayRule, Period, PeriodKind, Window
from forms.queries import get_compiled
from kit import clock
from kit.db.session import Database
from kit.holidays import exceptions, known_years, load_years
from kit.models import CalendarYear
from reporting import cycles, queries
from reporting.errors import PeriodNotServed
from reporting.models import Cycle, CycleUnit, Submission
from reporting.periods import (
    WorkCalendar,
    apply_rule,
    by_key,
    following,
    preceding,
    same_period_last_year,
    span_of,
)
from tenancy.models import AdminKind
from tenancy.tree import move_unit, rename_unit
from tenancy.tree_import import import_units
from tests.reporting.steps import hand_in, open_period, page
from tests.world import World, make_county_with_people, make_world, open_form, shape_of, tiny

MONTH = Period(kind=PeriodKind.MONTH)
WINDOW = Period(kind=PeriodKind.MONTH, window=Window(from_day=26, to_day=25))
PERIODS = [MONTH, WINDOW, *(Period(kind=kind) for kind in PeriodKind if kind is not PeriodKind.MONTH)]


def calendar_of(*years: int) -> WorkCalendar:
    days = {day: working for year in years for day, (working, _) in exceptions(year).items()}
    return WorkCalendar(days, frozenset(years))


class TestPeriods:
    @given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), period=st.sampled_from(PERIODS))
    def test_every_day_lies_in_exactly_its_span(self, day: date, period: Period) -> None:
        span = span_of(period, day)
        assert span.starts_on <= day <= span.ends_on
        assert by_key(period, span.key) == span
        after = following(period, span)
        assert after.starts_on == span.ends_on + timedelta(days=1)
        assert preceding(period, after) == span
        assert span.key < after.key, "keys sort in time"

    def test_a_window_runs_over_the_turn_of_the_year(self) -> None:
        span = span_of(WINDOW, date(2025, 12, 26))
        assert (span.key, span.starts_on, span.ends_on) == ("2026-01", date(2025, 12, 26), date(2026, 1, 25))

    def test_the_same_period_of_last_year(self) -> None:
        assert same_period_last_year(MONTH, by_key(MONTH, "2026-02")).key == "2025-02"

    @pytest.mark.parametrize("key", ["2026-13", "2026-Q5", "2026", "26-01"])
    def test_a_key_of_another_kind_is_refused(self, key: str) -> None:
        with pytest.raises(ValueError):
            by_key(MONTH, key)


class TestDeadlines:
    def test_working_days_skip_the_national_holiday_and_its_exchanged_weekends(self) -> None:
        """National Day 2025: 1 to 8 October off, so the third working day after September is the 13th (the 11th, a
        Saturday, is worked in exchange)."""
        rule = DayRule(n=3, day="working", anchor=Anchor.AFTER_END)
        assert apply_rule(rule, by_key(MONTH, "2025-09"), calendar_of(2025)) == (date(2025, 10, 11), False)

    def test_an_unknown_year_falls_back_to_weekdays_and_is_provisional(self) -> None:
        rule = DayRule(n=1, day="working", anchor=Anchor.AFTER_END)
        assert apply_rule(rule, by_key(MONTH, "2030-09"), calendar_of(2025)) == (date(2030, 10, 1), True)

    def test_december_is_due_in_the_next_year(self) -> None:
        rule = DayRule(n=1, day="working", anchor=Anchor.AFTER_END)
        assert apply_rule(rule, by_key(MONTH, "2024-12"), calendar_of(2024, 2025))[0] == date(2025, 1, 2)

    def test_the_last_working_day_before_the_end(self) -> None:
        rule = DayRule(n=0, day="working", anchor=Anchor.BEFORE_END)
        assert apply_rule(rule, by_key(MONTH, "2026-05"), calendar_of(2026))[0] == date(2026, 5, 29)

    def test_the_library_knows_some_years(self) -> None:
        assert {2024, 2025} <= known_years()


async def published(database: Database, *, since: date) -> World:
    world = await make_county_with_people(database, townships=1, villages=2)
    actor = world.actor("C")
    async with database.transaction(world.identity) as session:
        version = await load_definition(session, actor=actor, definition=tiny(), applies_from=since)
        await publish(session, actor=actor, version=version)
    return world


async def keys(database: Database, world: World) -> list[str]:
    async with database.transaction(world.identity) as session:
        return list(
            await session.scalars(
                select(Cycle.period_key).where(Cycle.county_id == world.county.id).order_by(Cycle.period_key)
            )
        )


@pytest.mark.anyio
class TestOpening:
    async def open(self, database: Database, world: World, now: datetime) -> int:
        async with database.transaction(world.identity) as session:
            return len(await cycles.open_due(session, world.county, now=now))

    async def test_a_cycle_opens_when_its_time_has_come(self, database: Database) -> None:
        world = await published(database, since=date(2026, 9, 1))
        assert await self.open(database, world, datetime(2026, 9, 24, tzinfo=UTC)) == 0
        assert await self.open(database, world, datetime(2026, 9, 25, tzinfo=UTC)) == 1
        assert await self.open(database, world, datetime(2026, 9, 26, tzinfo=UTC)) == 0

    async def test_missed_periods_over_the_turn_of_the_year_are_opened(self, database: Database) -> None:
        world = await published(database, since=date(2025, 11, 1))
        await self.open(database, world, datetime(2026, 1, 30, tzinfo=UTC))
        assert await keys(database, world) == ["2025-11", "2025-12", "2026-01"]

    async def test_two_schedulers_open_each_period_once(self, database: Database) -> None:
        world = await published(database, since=date(2025, 10, 1))
        now = datetime(2026, 1, 30, tzinfo=UTC)
        opened = await asyncio.gather(*(self.open(database, world, now) for _ in range(4)))
        assert sum(opened) == 4
        assert await keys(database, world) == ["2025-10", "2025-11", "2025-12", "2026-01"]
        async with database.transaction(world.identity) as session:
            submissions = await session.scalar(select(func.count()).select_from(Submission))
        assert submissions == 4 * 4, "one submission a unit and a cycle"

    async def test_provisional_due_times_are_settled_once_the_year_is_known(self, database: Database) -> None:
        """October 2025 reckoned before its holidays are loaded, then after."""
        world = await published(database, since=date(2025, 9, 1))
        async with database.transaction(world.identity) as session:
            await cycles.open_due(session, world.county, now=datetime(2025, 9, 29, tzinfo=UTC))
        async with database.transaction(world.identity) as session:
            cycle = (await session.scalars(select(Cycle))).one()
            assert (cycle.provisional, cycle.due_village.date()) == (True, date(2025, 10, 3))
            await load_years(session, county_id=world.county.id, have=set(), since=2025)
            assert await cycles.settle_provisional(session, county_id=world.county.id) == 1
        async with database.transaction(world.identity) as session:
            cycle = (await session.scalars(select(Cycle))).one()
            due = set(
                await session.scalars(
                    select(Submission.due_at)
                    .join(CycleUnit, CycleUnit.unit_id == Submission.unit_id)
                    .where(CycleUnit.lvl == 2)
                )
            )
            assert (cycle.provisional, cycle.due_village.date()) == (False, date(2025, 10, 11))
            assert due == {cycle.due_village}
            assert await session.scalar(select(func.count()).select_from(CalendarYear)) == len(
                [y for y in known_years() if y >= 2025]
            )

    async def test_who_was_late_by_a_provisional_due_time_is_not_by_the_settled_one(self, database: Database) -> None:
        """Reported on 9 October 2025: after the third weekday, before the third working day."""
        world = await published(database, since=date(2025, 9, 1))
        async with database.transaction(world.identity) as session:
            await cycles.open_due(session, world.county, now=datetime(2025, 9, 29, tzinfo=UTC))
            world.cycle = (await session.scalars(select(Cycle))).one()
            world.form = await get_compiled(session, county_id=world.county.id, version_id=world.cycle.form_version_id)
            found = await queries.list_all_submissions(session, county_id=world.county.id, cycle_id=world.cycle.id)
            world.submissions = {unit_id: s.id for unit_id, s in found.items()}
        with clock.frozen_at(datetime(2025, 10, 9, tzinfo=UTC)):
            await hand_in(database, world, "A1", {"pc": "1", "rc": "1"})
            assert (await page(database, world, "C")).counts["village"].get("late") == 1
            async with database.transaction(world.identity) as session:
                await load_years(session, county_id=world.county.id, have=set(), since=2025)
                await cycles.settle_provisional(session, county_id=world.county.id)
            assert (await page(database, world, "C")).counts["village"].get("late") is None

    async def test_a_county_without_units_waits_for_them(self, database: Database) -> None:
        """Its forms are published on the first day, its units imported on the second: nobody is missing then."""
        world = await make_county_with_people(database, townships=0, villages=0)
        actor, system = world.actor("C"), world.admin(AdminKind.SYSTEM)
        async with database.transaction(world.identity) as session:
            version = await load_definition(session, actor=actor, definition=tiny(), applies_from=date(2026, 9, 1))
            await publish(session, actor=actor, version=version)
        assert await self.open(database, world, datetime(2026, 9, 28, tzinfo=UTC)) == 0
        async with database.transaction(world.identity) as session:
            await import_units(session, actor=system, lines=shape_of(1, 2), on=date(2026, 1, 1))
        assert await self.open(database, world, datetime(2026, 9, 29, tzinfo=UTC)) == 1
        async with database.transaction(world.identity) as session:
            assert await session.scalar(select(func.count()).select_from(Submission)) == 4

    async def test_by_hand_within_a_validity_that_has_ended(self, database: Database) -> None:
        """A form valid until June still serves March, opened by hand in the autumn; and no month after June."""
        world = await make_county_with_people(database, townships=1, villages=1)
        ended = tiny().model_copy(update={"valid_until": date(2026, 6, 30)})
        await open_form(database, world, ended, period="2026-03")
        with pytest.raises(PeriodNotServed):
            await open_period(database, world, "2026-07")

    async def test_a_form_past_its_validity_opens_no_more(self, database: Database) -> None:
        world = await make_county_with_people(database, townships=1, villages=1)
        ended = tiny().model_copy(update={"valid_until": date(2026, 2, 28)})
        actor = world.actor("C")
        async with database.transaction(world.identity) as session:
            version = await load_definition(session, actor=actor, definition=ended, applies_from=date(2026, 1, 1))
            await publish(session, actor=actor, version=version)
        await self.open(database, world, datetime(2026, 6, 30, tzinfo=UTC))
        assert await keys(database, world) == ["2026-01", "2026-02"]


@pytest.mark.anyio
class TestFrozenTree:
    async def test_later_changes_do_not_touch_an_open_cycle(self, database: Database) -> None:
        world = await make_world(database)
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(world.identity) as session:
            await rename_unit(
                session,
                actor=system,
                unit_id=world.units["A1"],
                name="新名村",
                short_name="新名村",
                on=date(2026, 1, 1),
                reason="更名",
            )
            await move_unit(
                session,
                actor=system,
                unit_id=world.units["A2"],
                parent_id=world.units["B"],
                on=date(2026, 1, 1),
                reason="划转",
            )
        async with database.transaction(world.identity) as session:
            frozen = await queries.list_cycle_units(session, county_id=world.county.id, cycle_id=world.opened.id)
        by_code = {unit.code: unit for unit in frozen}
        assert by_code["A1"].name == "A1村"
        assert by_code["A2"].parent_id == world.units["A"]

    async def test_a_unit_owes_if_it_exists_on_the_last_day(self, database: Database) -> None:
        world = await published(database, since=date(2026, 9, 1))
        async with database.transaction(world.identity) as session:
            await move_unit(
                session,
                actor=world.admin(AdminKind.SYSTEM),
                unit_id=world.units["A2"],
                parent_id=world.county.unit_id,
                on=date(2026, 9, 30),
                reason="直管",
            )
            await cycles.open_due(session, world.county, now=datetime(2026, 9, 25, tzinfo=UTC))
            found = (await session.scalars(select(CycleUnit).where(CycleUnit.code == "A2"))).one()
        assert (found.parent_id, found.lvl) == (world.county.unit_id, 1)
