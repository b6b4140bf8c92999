"""扫码签到: the code proves that somebody stood before the screen within the minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.embedded import Cluster
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from plans.training import announcing, attending, codes
from plans.training.attending import CheckedIn
from plans.training.errors import CheckInClosed, CodeOver, NotSignedUp
from plans.training.models import Attendance, PlaceState
from tenancy.models import Role
from tests.plans.training_steps import announce, member, on_training, place_of, planned, sessions_of, sign_up
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
#: The first moment of a window.
NOON = datetime.fromtimestamp(1_795_000_000 // codes.WINDOW * codes.WINDOW, UTC)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2)


async def check_in(
    database: Database, world: World, by: str, session_id: UUID, code: str, staff_id: UUID | None = None
) -> CheckedIn:
    actor = world.actor(by, Role.LEADER)
    async with database.transaction(actor.identity) as session:
        return await attending.check_in(session, actor=actor, session_id=session_id, code=code, staff_id=staff_id)


async def shown(database: Database, world: World, session_id: UUID) -> attending.Shown:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        return await attending.show_code(session, actor=actor, session_id=session_id)


def test_a_code_lives_for_two_windows(servers: Cluster) -> None:
    county, session_id = new_id(), new_id()
    code = codes.code_at(county, session_id, NOON)
    for seconds, good in ((0, True), (24, True), (25, True), (49, True), (50, False), (-1, False), (3600, False)):
        assert codes.fits(code, county, session_id, NOON + timedelta(seconds=seconds)) is good, seconds
    assert not codes.fits(code, new_id(), session_id, NOON)
    assert not codes.fits(code, county, new_id(), NOON)
    assert not codes.fits("", county, session_id, NOON)
    assert not codes.fits("莫𡐓", county, session_id, NOON)
    assert [codes.seconds_left(NOON + timedelta(seconds=n)) for n in (0, 24, 25)] == [25, 1, 25]


async def test_scanning(database: Database, world: World) -> None:
    with clock.frozen_at(NOON - timedelta(days=10)):
        training_id = await announce(database, world, planned(hours="3.5"), planned(11))
        one, two = await sessions_of(database, world, training_id)
        account = world.accounts[world.units["A1"]]
        li = await member(database, world, "A1", "李秀兰", account_id=account)
        wang = await member(database, world, "A1", "王建国")
        await sign_up(database, world, "A1", one.id, li, wang)
    with clock.frozen_at(NOON):
        with pytest.raises(CheckInClosed):
            await shown(database, world, one.id)
        early = codes.code_at(world.county.id, one.id, NOON)
        with pytest.raises(CheckInClosed):
            await check_in(database, world, "A1", one.id, early)
        await on_training(database, world, announcing.hold, training_id)
        screen = await shown(database, world, one.id)
        assert (screen.seconds, screen.attended, screen.taken) == (25, 0, 2)
        # Of another session, and by people who have no place in it.
        with pytest.raises(CodeOver):
            await check_in(database, world, "A1", two.id, screen.code)
        with pytest.raises(NotSignedUp):
            await check_in(database, world, "A2", one.id, screen.code)
        with pytest.raises(NotSignedUp):
            await check_in(database, world, "A1", one.id, screen.code, wang)
    with clock.frozen_at(NOON + timedelta(seconds=51)), pytest.raises(CodeOver):
        await check_in(database, world, "A1", one.id, screen.code)
    with clock.frozen_at(NOON + timedelta(seconds=30)):
        done = await check_in(database, world, "A1", one.id, screen.code)
        assert (done.name, done.again, done.at) == ("李秀兰", False, NOON + timedelta(seconds=30))
    with clock.frozen_at(NOON + timedelta(seconds=40)):
        again = await check_in(database, world, "A1", one.id, screen.code)
        assert (again.again, again.at) == (True, NOON + timedelta(seconds=30))
        assert (await shown(database, world, one.id)).attended == 1
    taken = await place_of(database, world, one.id, li)
    assert (taken.state, taken.attendance, taken.hours) == (PlaceState.ATTENDED, Attendance.CODE, one.hours)
    assert taken.version == 2


async def test_an_account_of_nobody_says_who_stands_there(database: Database, world: World) -> None:
    """A station's one account, used by several people: it chooses among those without an account of their own."""
    training_id = await announce(database, world)
    (one,) = await sessions_of(database, world, training_id)
    people = [await member(database, world, "A1", name) for name in ("李", "王")]
    stranger = await member(database, world, "A2", "张")
    await sign_up(database, world, "A1", one.id, *people)
    await on_training(database, world, announcing.hold, training_id)
    with clock.frozen_at(clock.now()):
        code = codes.code_at(world.county.id, one.id, clock.now())
        asked = await check_in(database, world, "A1", one.id, code)
        assert {person.id for person in asked.choices} == set(people)
        asked = await check_in(database, world, "A1", one.id, code, stranger)
        assert asked.at is None
        assert (await check_in(database, world, "A1", one.id, code, people[1])).name == "王"


async def test_another_county_and_other_units_have_no_use_for_it(database: Database, world: World) -> None:
    elsewhere = await make_county_with_people(database, townships=1, villages=2)
    training_id = await announce(database, world)
    (one,) = await sessions_of(database, world, training_id)
    await on_training(database, world, announcing.hold, training_id)
    with clock.frozen_at(clock.now()):
        code = (await shown(database, world, one.id)).code
        with pytest.raises(CodeOver):
            await check_in(database, elsewhere, "A1", one.id, code)
        # With their own county's key they could make a code; the session is not theirs.
        forged = codes.code_at(elsewhere.county.id, one.id, clock.now())
        with pytest.raises(NotFound):
            await check_in(database, elsewhere, "A1", one.id, forged)
        for by, refusal in (("A", Forbidden), ("A1", Forbidden)):
            actor = world.actor(by)
            with pytest.raises(refusal):
                async with database.transaction(actor.identity) as session:
                    await attending.show_code(session, actor=actor, session_id=one.id)
        nobody = replace(world.actor("A1"), roles=frozenset())
        with pytest.raises(NotSignedUp):
            async with database.transaction(nobody.identity) as session:
                await attending.check_in(session, actor=nobody, session_id=one.id, code=code)
