"""服务站: said a section at a time by the unit or those above it, kept before and after, summed exactly."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef
from plans.staff import service as staff
from plans.staff.models import Background, Duty, StaffKind
from plans.station import service, views
from plans.station.errors import FoundedLater, NotOfTheStandard
from plans.station.models import HeadPost, StationStanding
from plans.station.schemas import (
    Funds,
    Grid,
    GridMemberIn,
    GroupMember,
    LeadingGroup,
    Organisation,
    Premises,
    StationOut,
    StationsOut,
)
from reporting.months.errors import PhoneImpossible
from tenancy import tree
from tenancy.models import AdminKind, Role
from tenancy.moves import follow_moves
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
YEAR = clock.today().year
OWN = Organisation(standing=StationStanding.OWN, veterans=45, head_post=HeadPost.BOTH, named_person="莫𡐓")


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


async def save(
    database: Database, world: World, code: str, version: int | None, given: Any, *, by: str = "", roles: Any = ()
) -> int:
    actor = world.actor(by or code, *roles)
    async with database.transaction(actor.identity) as session:
        return await service.save(session, actor=actor, unit_id=world.units[code], version=version, given=given)


async def look(database: Database, world: World, code: str, *, by: str = "") -> StationOut:
    actor = world.actor(by or code)
    async with database.transaction(actor.identity) as session:
        return await views.station_view(session, actor, world.units[code])


async def over(database: Database, world: World, by: str, under: str = "") -> StationsOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await views.overview(session, actor, unit_id=world.units[under or by], year=YEAR)


def codes(station: StationOut) -> set[str]:
    return {one.code for one in station.lacking}


async def test_what_lacks_shrinks_section_by_section(database: Database, world: World) -> None:
    assert codes(await look(database, world, "A1")) == {"unsaid"}
    assert await save(database, world, "A1", 0, OWN) == 1
    assert codes(await look(database, world, "A1")) == {"no_full_time", "no_budget", "no_grid", "premises"}
    assert await save(database, world, "A1", 1, Premises(premises=[8, 9, 10, 11, 12, 13, 13]), by="A") == 2
    await save(database, world, "A1", 2, Grid(grid=[GridMemberIn(name="赵敏", phone="13812345678")]), by="C")
    await save(database, world, "A1", 3, Funds(year=YEAR, budget=Decimal("0.03"), arrived=Decimal("0.01")))
    actor = world.actor("A1")
    given = staff.Given("莫𡐓", "", StaffKind.FULL_TIME, clock.today(), background=Background.VETERAN)
    async with database.transaction(actor.identity) as session:
        await staff.add(session, actor=actor, unit_id=world.units["A1"], given=given)
    assert codes(await look(database, world, "A1")) == {"not_arrived"}
    await save(database, world, "A1", 4, Funds(year=YEAR, budget=Decimal("0.03"), arrived=Decimal("0.03")))
    seen = await look(database, world, "A1")
    assert (seen.lacking, seen.version, seen.staff.third) == ([], 5, True)
    assert [one.section for one in seen.history] == ["funds", "funds", "grid", "premises", "organisation"]
    assert ("arrived", "0.01", "0.03") in seen.history[0].changes


async def test_who_may_say_it_and_who_sees_it(database: Database, world: World) -> None:
    await save(database, world, "A1", 0, OWN)
    for by in ("A2", "B"):
        with pytest.raises(NotFound):
            await look(database, world, "A1", by=by)
        with pytest.raises(NotFound):
            await save(database, world, "A1", 1, OWN, by=by)
        assert all(row.standing is None for row in (await over(database, world, by)).rows)
    with pytest.raises(Forbidden):
        await save(database, world, "A1", 1, OWN, roles=(Role.LEADER,))
    for stale in (None, 0, 2):
        with pytest.raises(Stale):
            await save(database, world, "A1", stale, OWN)


async def test_what_the_standard_of_the_tier_does_not_know_is_refused(database: Database, world: World) -> None:
    for code, given in (
        ("A1", Premises(premises=[16])),
        ("A", Premises(premises=[8])),
        ("A1", Organisation(militia=True)),
        ("A", Organisation(named_person="李")),
    ):
        with pytest.raises(NotOfTheStandard):
            await save(database, world, code, 0, given)
    with pytest.raises(FoundedLater):
        await save(database, world, "A", 0, Organisation(founded_on=clock.today() + timedelta(days=1)))
    with pytest.raises(PhoneImpossible):
        await save(database, world, "A", 0, Grid(grid=[GridMemberIn(name="赵", phone="=cmd")]))


async def test_a_number_is_encrypted_kept_and_opened_on_the_record(database: Database, world: World) -> None:
    await save(database, world, "A1", 0, Grid(grid=[GridMemberIn(name="赵敏", grid="一网格", phone="13812345678")]))
    (before,) = (await look(database, world, "A1")).grid
    assert before.phone == "138****5678"
    kept = GridMemberIn(id=before.id, name="赵敏", grid="二网格")
    await save(database, world, "A1", 1, Grid(grid=[kept, GridMemberIn(name="孙晓")]))
    seen = await look(database, world, "A1")
    assert [(one.id == before.id, one.phone) for one in seen.grid] == [(True, "138****5678"), (False, None)]
    assert seen.history[0].changes == [("grid", ["赵敏 一网格"], ["赵敏 二网格", "孙晓"])]

    async def open_it(by: str, member_id: UUID, *roles: Role) -> str | None:
        actor = world.actor(by, *roles)
        async with database.transaction(actor.identity) as session:
            return await service.reveal(session, actor=actor, unit_id=world.units["A1"], member_id=member_id)

    assert await open_it("A1", before.id) == "13812345678"
    with pytest.raises(Forbidden):
        await open_it("A", before.id, Role.REPORTER)
    with pytest.raises(NotFound):
        await open_it("B", before.id)
    with pytest.raises(NotFound):
        await open_it("A1", world.units["A1"])
    async with database.transaction(world.identity) as session:
        rows = await session.execute(text("SELECT action, detail::text FROM audit_entry WHERE action LIKE 'station_%'"))
        told = [(row[0], row[1]) for row in rows]
    assert [action for action, _ in told].count("station_profile.reveal") == 1
    assert not any("13812345678" in detail or "赵敏" in detail for _, detail in told)
    async with database.transaction(world.identity) as session:
        stored = await session.scalar(text("SELECT grid::text FROM station_profile"))
    assert "13812345678" not in stored


async def test_sums_are_exact_and_by_township(database: Database, world: World) -> None:
    for code, amount in (("A", "0.10"), ("A1", "0.20"), ("A2", "999999999999.99"), ("B1", "3.00")):
        await save(database, world, code, 0, Funds(year=YEAR, budget=Decimal(amount)))
        await save(database, world, code, 1, Funds(year=YEAR - 1, budget=Decimal(7)))
    few = Organisation(standing=StationStanding.PERSON, veterans=3, named_person="莫𡐓")
    await save(database, world, "A1", 2, few)
    await save(database, world, "A", 2, LeadingGroup(group_members=[GroupMember(name="周志强")]))
    actor = world.actor("A")
    given = staff.Given("赵敏", "", StaffKind.FULL_TIME, clock.today(), duties=[Duty.LIAISON], established=True)
    helper = staff.Given("志愿者", "", StaffKind.VOLUNTEER, clock.today(), background=Background.VETERAN)
    async with database.transaction(actor.identity) as session:
        for one in (given, helper):
            await staff.add(session, actor=actor, unit_id=world.units["A"], given=one)
    seen = await over(database, world, "C")
    assert [row.unit_id for row in seen.rows] == [world.units[code] for code in ("C", "A", "B")]
    assert seen.total.budget == Decimal("1000000000003.29")
    a = seen.rows[1]
    assert a.below is not None
    assert (a.budget, a.below.budget) == (Decimal("0.10"), Decimal("1000000000000.19"))
    assert a.line.budget == Decimal("1000000000000.29")
    assert (a.below.units, a.below.said, a.below.persons, a.below.complete) == (2, 1, 1, 1)
    assert (a.staff.people, a.staff.preferential, a.staff.unknown, a.staff.third) == (1, 0, 1, False)
    below = await over(database, world, "C", "A")
    assert [row.unit_id for row in below.rows] == [world.units[code] for code in ("A", "A1", "A2")]
    assert below.rows[1].person_only
    with pytest.raises(NotFound):
        await over(database, world, "A", "B")


async def test_a_unit_that_moves_takes_its_station_along(database: Database, world: World) -> None:
    await save(database, world, "A1", 0, Funds(year=YEAR, budget=Decimal(5)))
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.move_unit(
            session,
            actor=system,
            unit_id=world.units["A1"],
            parent_id=world.units["B"],
            on=clock.today(),
            reason="调整",
        )
    async with database.transaction(world.identity) as session:
        await follow_moves(session, CountyRef(world.county.id, world.county.unit_id))
    assert (await look(database, world, "A1", by="B")).funds[0].budget == 5
    assert (await over(database, world, "A")).total.budget == 0
