"""Whatever units and organiser do, in whatever order: places never exceed the quota, `taken` is a recount, and the
hours of a year are the hours of the places attended."""

from __future__ import annotations

import random
from decimal import Decimal
from uuid import UUID

import pytest

from kit.db.session import Database
from kit.errors import JicengError
from plans.training import announcing, attending, hours, queries, signing_up
from plans.training.attending import Recorded
from plans.training.checking import check_places
from plans.training.models import PlaceState
from tests.plans.training_steps import announce, mark, member, on_place, on_training, planned, sessions_of, sign_up
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


async def one_act(
    database: Database, world: World, training_id: UUID, people: dict[str, list[UUID]], d: random.Random
) -> str:
    first, second = await sessions_of(database, world, training_id)
    one = d.choice((first, second))
    code = d.choice(sorted(people))
    some = d.sample(people[code], d.randint(1, 2))
    async with database.transaction(world.identity) as session:
        places = await queries.list_places(session, county_id=world.county.id, training_id=training_id)
    verbs = ["sign", "sign", "withdraw", "add", "move", "mark", "mark", "unmark", "record", "hold"]
    verb = d.choice([*verbs, "conclude"] if d.random() < 0.2 else verbs)
    try:
        match verb:
            case "sign":
                await sign_up(database, world, code, one.id, *some)
            case "add":
                actor = world.actor("C")
                async with database.transaction(actor.identity) as session:
                    await signing_up.add(session, actor=actor, session_id=one.id, staff_ids=some)
            case "hold":
                if d.random() < 0.3:
                    await on_training(database, world, announcing.hold, training_id)
            case "conclude":
                await on_training(database, world, announcing.conclude, training_id)
            case _ if places:
                place = d.choice(places)
                match verb:
                    case "withdraw":
                        by = d.choice(("C", "A1", "A2"))
                        await on_place(database, world, signing_up.withdraw, place.id, by=by)
                    case "move":
                        await on_place(database, world, signing_up.move, place.id, to=one.id)
                    case "record":
                        given = Recorded(d.random() < 0.7, hours=d.choice((None, Decimal(1), Decimal("0.5"))))
                        await on_place(database, world, attending.record, place.id, given=given, reason="核")
                    case _:
                        await mark(database, world, place.session_id, place.id, present=verb == "mark")
    except JicengError as refused:
        return f"{verb}: {type(refused).__name__}"
    return verb


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_places_and_hours_are_a_recount(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    world = await make_county_with_people(database, townships=1, villages=2)
    quota, per_unit = dice.randint(1, 4), dice.choice((None, 2))
    training_id = await announce(
        database, world, planned(quota=quota, per_unit=per_unit), planned(11, "2.5", quota=dice.randint(1, 3))
    )
    people = {code: [await member(database, world, code, f"{code}{n}") for n in range(3)] for code in ("A1", "A2")}
    told: list[str] = []
    for _ in range(40):
        told.append(await one_act(database, world, training_id, people, dice))
        async with database.transaction(world.identity) as session:
            sessions = await queries.list_sessions(session, county_id=world.county.id, training_ids=[training_id])
            places = await queries.list_places(session, county_id=world.county.id, training_id=training_id)
        for one in sessions:
            here = [p for p in places if p.session_id == one.id and p.state is not PlaceState.WITHDRAWN]
            assert one.taken == len(here) <= (one.quota or 99), told
        for place in places:
            if place.hours is not None:
                assert place.hours <= next(one.hours for one in sessions if one.id == place.session_id), told
    county = world.actor("C")
    async with database.transaction(county.identity) as session:
        assert await check_places(session, county_id=world.county.id) == (sum(one.taken for one in sessions), [])
        sessions[0].quota, sessions[0].taken = None, sessions[0].taken + 1
        await session.merge(sessions[0])
        await session.flush()
        _, faults = await check_places(session, county_id=world.county.id)
        assert len(faults) == 1 and "session 1" in faults[0]
        await session.rollback()
    attended = [p for p in places if p.state is PlaceState.ATTENDED]
    async with database.transaction(world.identity) as session:
        found = await hours.people(
            session, world.actor("C"), year=sessions[0].starts_at.year, unit_id=None, below=True, without=None
        )
    recount: dict[UUID, Decimal] = {}
    for place in attended:
        recount[place.staff_id] = recount.get(place.staff_id, Decimal(0)) + (place.hours or Decimal(0))
    if sessions[0].starts_at.year == sessions[1].starts_at.year:
        assert {p.staff_id: p.hours for p in found.items if p.sessions} == recount, told
    assert len({line.split(":")[0] for line in told}) > 5
