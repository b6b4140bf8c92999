"""培训: announced, answered, held; places within a quota; corrections with a reason; hours as a record."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from plans.staff import service as staff
from plans.training import announcing, attending, codes, hours, queries, signing_up, views
from plans.training.announcing import Amended, Planned
from plans.training.attending import Recorded
from plans.training.errors import (
    AbsentWithoutResult,
    CheckInClosed,
    NotAddressed,
    QuotaBelowTaken,
    SessionFull,
    SessionsImpossible,
    SignUpOver,
    SignUpPast,
    StaffElsewhere,
    TooManyHours,
    UnitFull,
)
from plans.training.models import PlaceState, Result, TrainingKind, TrainingState
from tenancy.models import Role
from tests.plans.steps import inbox, topics, unit
from tests.plans.training_steps import (
    announce,
    look,
    mark,
    member,
    on_place,
    on_training,
    place_of,
    planned,
    sessions_of,
    sign_up,
)
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.queries import list_history

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2, names={"A2": "莫𡐓村"})


async def test_a_unit_is_asked_until_it_answers(database: Database, world: World) -> None:
    training_id = await announce(database, world)
    (one,) = await sessions_of(database, world, training_id)
    li = await member(database, world, "A1", "李秀兰")
    assert "training" in await topics(database, world, "A1")
    assert "training" not in await topics(database, world, "A")
    await sign_up(database, world, "A1", one.id, li)
    assert "training" not in await topics(database, world, "A1")
    with pytest.raises(ReasonMissing):
        await decline(database, world, "A2", training_id, " ")
    await decline(database, world, "A2", training_id, "人员外出")
    assert "training" not in await topics(database, world, "A2")
    with pytest.raises(ActionNotAllowed):
        await decline(database, world, "A1", training_id, "不去了")
    seen = await look(database, world, training_id)
    assert (seen.told, seen.answered, seen.declined) == (4, 2, 1)
    assert (await look(database, world, training_id, "A")).told == 2
    with pytest.raises(NotFound):
        await look(database, world, await announce(database, world, to=[unit(world, "A1")]), "B")
    await on_training(database, world, announcing.remind, training_id)
    asked = {code: len([i for i in await inbox(database, world, code) if i.subject_id == training_id]) for code in "AB"}
    assert asked == {"A": 0, "B": 0}
    reminded = [item for item in await inbox(database, world, "B1") if item.subject_id == training_id]
    assert reminded[0].facts["reminded_by"] == "C"
    assert not [item for item in await inbox(database, world, "A1") if item.subject_id == training_id]


async def decline(database: Database, world: World, code: str, training_id: UUID, reason: str) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        await signing_up.decline(session, actor=actor, training_id=training_id, reason=reason)


async def test_the_last_place_goes_to_one_of_two(database: Database, world: World) -> None:
    training_id = await announce(database, world, planned(quota=1))
    (one,) = await sessions_of(database, world, training_id)
    people = {code: await member(database, world, code, code) for code in ("A1", "A2", "B1", "B2")}
    ended = await asyncio.gather(
        *(sign_up(database, world, code, one.id, staff_id) for code, staff_id in people.items()),
        return_exceptions=True,
    )
    refused = [error for error in ended if isinstance(error, SessionFull)]
    assert len(refused) == len([error for error in ended if error is not None]) == 3
    assert "还剩 0 个" in refused[0].message("zh-CN")
    (after,) = await sessions_of(database, world, training_id)
    assert after.taken == 1


async def test_places_are_limited_by_unit_time_and_roster(database: Database, world: World) -> None:
    training_id = await announce(database, world, planned(quota=3, per_unit=1))
    (one,) = await sessions_of(database, world, training_id)
    li, wang = [await member(database, world, "A1", name) for name in ("李", "王")]
    other = await member(database, world, "A2", "莫𡐓")
    with pytest.raises(UnitFull):
        await sign_up(database, world, "A1", one.id, li, wang)
    assert (await sessions_of(database, world, training_id))[0].taken == 0
    with pytest.raises(StaffElsewhere):
        await sign_up(database, world, "A1", one.id, other)
    with pytest.raises(Forbidden):
        await sign_up(database, world, "A1", one.id, li, roles=(Role.LEADER,))
    with pytest.raises(Forbidden):
        await sign_up(database, world, "A", one.id, li)
    await sign_up(database, world, "A1", one.id, li)
    await sign_up(database, world, "A1", one.id, li)
    assert (await sessions_of(database, world, training_id))[0].taken == 1
    place = await place_of(database, world, one.id, li)
    with pytest.raises(Forbidden):
        await on_place(database, world, signing_up.withdraw, place.id, by="A")
    with pytest.raises(NotFound):
        await on_place(database, world, signing_up.withdraw, place.id, by="A2")
    assert "training" not in await topics(database, world, "A1")
    await on_place(database, world, signing_up.withdraw, place.id, by="A1")
    # Nobody comes any more: that is no answer.
    assert "training" in await topics(database, world, "A1")
    assert (await look(database, world, training_id, "A1")).answered == 0
    with pytest.raises(Stale):
        await on_place(database, world, signing_up.withdraw, place.id, by="A1", version=1)
    await sign_up(database, world, "A1", one.id, wang)
    # The organiser's list knows no limit of a unit, and no end of sign-up; the quota it does.
    with clock.frozen_at(clock.now() + timedelta(days=6)):
        with pytest.raises(SignUpOver):
            await sign_up(database, world, "A2", one.id, other)
        with pytest.raises(SignUpOver):
            await on_place(
                database, world, signing_up.withdraw, (await place_of(database, world, one.id, wang)).id, by="A1"
            )
        await add(database, world, one.id, li, other)
        with pytest.raises(SessionFull):
            await add(database, world, one.id, await member(database, world, "B1", "赵"))
        with pytest.raises(NotAddressed):
            await add(database, world, one.id, await member(database, world, "A", "镇里人"))
    assert (await sessions_of(database, world, training_id))[0].taken == 3


async def add(database: Database, world: World, session_id: UUID, *staff_ids: UUID) -> None:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        await signing_up.add(session, actor=actor, session_id=session_id, staff_ids=staff_ids)


async def test_somebody_is_moved_to_another_session(database: Database, world: World) -> None:
    training_id = await announce(database, world, planned(), planned(11, quota=1))
    first, second = await sessions_of(database, world, training_id)
    li, wang = await member(database, world, "A1", "李"), await member(database, world, "A2", "王")
    await sign_up(database, world, "A1", first.id, li)
    await sign_up(database, world, "A2", first.id, wang)
    taken, full = await place_of(database, world, first.id, li), await place_of(database, world, first.id, wang)
    await on_place(database, world, signing_up.move, taken.id, to=second.id)
    with pytest.raises(SessionFull):
        await on_place(database, world, signing_up.move, full.id, to=second.id)
    with pytest.raises(NotFound):
        await on_place(database, world, signing_up.move, full.id, to=training_id)
    moved = await place_of(database, world, second.id, li)
    assert moved.day == second.starts_at.astimezone(clock.SHANGHAI).date()
    assert [one.taken for one in await sessions_of(database, world, training_id)] == [1, 1]
    assert "training_changed" in await topics(database, world, "A1")


async def test_an_amendment_and_a_cancellation_are_told(database: Database, world: World) -> None:
    now = clock.now()
    with pytest.raises(SignUpPast):
        await announce(database, world, sign_up_until=now)
    backwards = Planned(now + timedelta(days=9), now + timedelta(days=9), Decimal(1))
    for impossible in (planned(3), backwards):
        with pytest.raises(SessionsImpossible):
            await announce(database, world, impossible)
    with pytest.raises(Forbidden):
        await announce(database, world, by="A1")
    training_id = await announce(database, world, planned(quota=2))
    (one,) = await sessions_of(database, world, training_id)
    li, wang = [await member(database, world, "A1", name) for name in ("李", "王")]
    await sign_up(database, world, "A1", one.id, li, wang)

    def amended(**more: Any) -> Amended:
        return Amended("改了", now + timedelta(days=6), [planned(12, id=one.id, **more)])

    with pytest.raises(QuotaBelowTaken):
        await on_training(database, world, announcing.amend, training_id, given=amended(quota=1), reason="x")
    with pytest.raises(ReasonMissing):
        await on_training(database, world, announcing.amend, training_id, given=amended(quota=3), reason=" ")
    await on_training(database, world, announcing.amend, training_id, given=amended(quota=3), reason="换了会场")
    seen = await look(database, world, training_id, "A1")
    assert (seen.text, seen.sessions[0].quota) == ("改了", 3)
    moved = seen.sessions[0].starts_at.astimezone(clock.SHANGHAI).date()
    assert (await place_of(database, world, one.id, li)).day == moved
    await on_training(database, world, announcing.cancel, training_id, reason="讲师有事")
    for code in ("A1", "B2"):
        assert {"training_changed", "training_cancelled"} <= await topics(database, world, code)
        assert "training" not in await topics(database, world, code)
    with pytest.raises(ActionNotAllowed):
        await on_training(database, world, announcing.hold, training_id)


async def held(database: Database, world: World, *names: str, kind: TrainingKind = TrainingKind.PRE_SERVICE) -> Any:
    """A training that is held, with these people of A1 signed up."""
    training_id = await announce(database, world, kind=kind)
    (one,) = await sessions_of(database, world, training_id)
    ids = [await member(database, world, "A1", name) for name in names]
    await sign_up(database, world, "A1", one.id, *ids)
    await on_training(database, world, announcing.hold, training_id)
    places = [(await place_of(database, world, one.id, staff_id)).id for staff_id in ids]
    return training_id, one.id, ids, places


async def test_results_and_corrections(database: Database, world: World) -> None:
    training_id, session_id, ids, places = await held(database, world, "李", "王", "张")
    await mark(database, world, session_id, places[0], places[1])
    await mark(database, world, session_id, places[1], present=False)
    with pytest.raises(TooManyHours):
        await on_place(database, world, attending.record, places[0], given=Recorded(True, hours=Decimal("4.5")))
    with pytest.raises(AbsentWithoutResult):
        await on_place(database, world, attending.record, places[1], given=Recorded(False, result=Result.PASSED))
    given = Recorded(True, Result.PASSED, Decimal("91.5"), Decimal(2))
    await on_place(database, world, attending.record, places[0], given=given)
    with pytest.raises(Forbidden):
        await on_place(database, world, attending.record, places[0], given=given, by="A1")
    await on_training(database, world, announcing.conclude, training_id)
    states = [(await place_of(database, world, session_id, staff_id)).state for staff_id in ids]
    assert states == [PlaceState.ATTENDED, PlaceState.ABSENT, PlaceState.ABSENT]
    with pytest.raises(ReasonMissing):
        await on_place(database, world, attending.record, places[2], given=Recorded(True))
    await on_place(database, world, attending.record, places[2], given=Recorded(True), reason="签到漏登")
    taken = await place_of(database, world, session_id, ids[2])
    assert (taken.state, taken.hours) == (PlaceState.ATTENDED, Decimal(4))
    async with database.transaction(world.identity) as session:
        history = await list_history(session, county_id=world.county.id, subject_id=places[2])
    assert (history[-1].action, history[-1].reason) == ("correct_attended", "签到漏登")
    assert history[-1].detail["before"]["state"] == "absent"
    assert (await look(database, world, training_id)).state is TrainingState.CONCLUDED


async def test_what_meets_the_end_of_a_training(database: Database, world: World) -> None:
    """Who scans, is ticked or is added while it is being concluded is too late, and nobody's place stays undecided."""
    training_id, session_id, ids, places = await held(database, world, "李", "王")
    organiser, village = world.actor("C"), world.actor("A1")
    late = await member(database, world, "A1", "张")
    code = codes.code_at(world.county.id, session_id, clock.now())

    async def scan() -> None:
        async with database.transaction(village.identity) as session:
            await attending.check_in(session, actor=village, session_id=session_id, code=code, staff_id=ids[0])

    version = (await look(database, world, training_id)).version
    async with database.transaction(organiser.identity) as session:
        await announcing.conclude(session, actor=organiser, training_id=training_id, version=version)
        waiting = [
            asyncio.create_task(one)
            for one in (scan(), mark(database, world, session_id, places[1]), add(database, world, session_id, late))
        ]
        await asyncio.sleep(0.5)
        assert not any(one.done() for one in waiting)
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in ended] == [CheckInClosed, CheckInClosed, SignUpOver]
    async with database.transaction(world.identity) as session:
        counted = await queries.count_states(session, county_id=world.county.id, training_ids=[training_id])
    assert counted[training_id] == {PlaceState.ABSENT: 2}


async def test_hours_are_a_record_by_year_and_name(database: Database, world: World) -> None:
    """31 December in China 23:30 is the old year's, half an hour later the new one's, whatever the day in UTC is."""
    eve = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    with clock.frozen_at(eve - timedelta(days=20)):
        training_id = await announce(
            database,
            world,
            planned(starts_at=eve, hours="1.5"),
            planned(starts_at=eve + timedelta(minutes=30), hours="2.5"),
            kind=TrainingKind.PRE_SERVICE,
        )
        one, two = await sessions_of(database, world, training_id)
        zhang, an, new = [await member(database, world, "A1", name) for name in ("张", "安", "新人")]
        for each in (one, two):
            await sign_up(database, world, "A1", each.id, zhang)
        await sign_up(database, world, "A1", two.id, an)
        await on_training(database, world, announcing.hold, training_id)
        for each, who in ((one, zhang), (two, zhang), (two, an)):
            await mark(database, world, each.id, (await place_of(database, world, each.id, who)).id)
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            asked: dict[str, Any] = {"unit_id": None, "below": True, "without": None}
            old = await hours.people(session, actor, year=2026, **asked)
            young = await hours.people(session, actor, year=2027, **asked)
            missing = await hours.people(session, actor, year=2027, **{**asked, "without": "pre_service"})
            units = await hours.units(session, actor, year=2027)
            person = await hours.person(session, actor, zhang)
        assert {p.staff_id: p.hours for p in old.items} == {zhang: Decimal("1.5"), an: 0, new: 0}
        assert {p.staff_id: p.hours for p in young.items} == {zhang: Decimal("2.5"), an: Decimal("2.5"), new: 0}
        assert [p.name for p in young.items] == sorted(p.name for p in young.items)
        assert young.total == 5
        assert [p.staff_id for p in missing.items] == [new]
        row = next(u for u in units.items if u.unit_id == world.units["A1"])
        assert (row.serving, row.hours, row.without_pre_service, row.without_pledge) == (3, Decimal(5), 1, 3)
        assert person.years == {2026: Decimal("1.5"), 2027: Decimal("2.5")}
        assert person.pre_service_on == date(2026, 12, 31)
        # Who left keeps the hours; who left without any is not listed.
        for who in (an, new):
            keeper = world.actor("A1")
            async with database.transaction(keeper.identity) as session:
                await staff.leave(session, actor=keeper, staff_id=who, version=1, on=clock.today())
        async with database.transaction(actor.identity) as session:
            left = await hours.people(session, actor, year=2027, **asked)
        assert {p.staff_id: p.serving for p in left.items} == {zhang: True, an: False}
        beside = world.actor("B")
        async with database.transaction(beside.identity) as session:
            assert (await hours.people(session, beside, year=2027, **asked)).items == []
            with pytest.raises(NotFound):
                await hours.person(session, beside, zhang)


async def test_what_a_village_sees_of_others(database: Database, world: World) -> None:
    training_id = await announce(database, world)
    (one,) = await sessions_of(database, world, training_id)
    for code in ("A1", "A2"):
        await sign_up(database, world, code, one.id, await member(database, world, code, f"{code}的人"))
    for code, seen in (("A1", 1), ("A", 2), ("B", 0), ("C", 2)):
        actor = world.actor(code)
        async with database.transaction(actor.identity) as session:
            places = await views.places_view(session, actor, training_id)
            page = await views.received_page(session, actor, search="业务", after=None)
        assert len(places.items) == seen
        assert len(page.items) == (1 if code == "A1" else 0)
    async with database.transaction(world.identity) as session:
        counted = await queries.count_states(session, county_id=world.county.id, training_ids=[training_id])
    assert counted[training_id] == {PlaceState.SIGNED_UP: 2}
