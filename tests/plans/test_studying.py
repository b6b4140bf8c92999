"""本单位学习: written down once, by the unit itself, with everything that a training has."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.ids import new_id
from plans.training import announcing, attending, hours, sheets, studying, views
from plans.training.announcing import Planned
from plans.training.attending import Recorded
from plans.training.checking import check_places
from plans.training.errors import SessionsImpossible, StaffElsewhere, StudyNotOver
from plans.training.models import PlaceState, TrainingKind, TrainingState
from plans.training.studying import Studied
from tenancy.models import Role
from tests.plans.steps import topics
from tests.plans.training_steps import announce, look, member, on_place, on_training, place_of, sessions_of
from tests.world import World, make_county_with_people
from workflow.enclosures.errors import FileGone
from workflow.errors import ActionNotAllowed
from workflow.queries import list_history

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2)


async def study(
    database: Database, world: World, code: str, *staff_ids: UUID, roles: tuple[Role, ...] = (), **more: Any
) -> UUID:
    actor = world.actor(code, *roles)
    start = more.pop("starts_at", clock.now() - timedelta(days=2))
    when = Planned(start, more.pop("ends_at", start + timedelta(hours=2)), Decimal("2.0"), venue="会议室")
    given = Studied(TrainingKind.POLICY, "退役军人保障法学习", "逐章学习。", when, staff_ids, **more)
    async with database.transaction(actor.identity) as session:
        return await studying.record(session, actor=actor, given=given)


async def test_a_village_writes_down_what_it_studied(database: Database, world: World) -> None:
    li, wang = [await member(database, world, "A1", name) for name in ("李", "王")]
    before = {code: await topics(database, world, code) for code in ("A1", "A", "C")}
    training_id = await study(database, world, "A1", li, roles=(Role.REPORTER,))
    assert {code: await topics(database, world, code) for code in before} == before, "nobody is asked anything"
    seen = await look(database, world, training_id, "A1")
    assert (seen.state, seen.told, seen.answered, seen.told_us) == (TrainingState.CONCLUDED, 1, 1, True)
    (one,) = await sessions_of(database, world, training_id)
    place = await place_of(database, world, one.id, li)
    assert (place.state, place.hours, one.taken) == (PlaceState.ATTENDED, Decimal(2), 1)
    actor = world.actor("A")
    async with database.transaction(actor.identity) as session:
        found = await hours.people(session, actor, year=place.day.year, unit_id=None, below=True, without=None)
        history = await list_history(session, county_id=world.county.id, subject_id=place.id)
        assert await check_places(session, county_id=world.county.id) == (1, [])
    assert {p.staff_id: p.hours for p in found.items} == {li: Decimal(2), wang: Decimal(0)}
    assert [one.action for one in history] == ["mark_attended"]
    assert (await look(database, world, training_id, "A")).organiser is False
    with pytest.raises(NotFound):
        await look(database, world, training_id, "A2")
    own = world.actor("A1")
    async with database.transaction(own.identity) as session:
        assert (await sheets.ledger(session, own, year=place.day.year)).name.endswith("培训台账.xlsx")
        assert [one.id for one in (await views.issued_page(session, own, search="", after=None)).items] == [training_id]
    # What was written down wrongly is corrected with a reason, by whoever writes for the village.
    await on_place(
        database,
        world,
        attending.record,
        place.id,
        by="A1",
        roles=(Role.REPORTER,),
        given=Recorded(True, hours=Decimal(1)),
        reason="实学1小时",
    )
    assert (await place_of(database, world, one.id, li)).hours == Decimal(1)


async def test_what_is_refused(database: Database, world: World) -> None:
    li, beside = await member(database, world, "A1", "李"), await member(database, world, "A2", "张")
    with pytest.raises(Forbidden):
        await study(database, world, "A1", li, roles=(Role.LEADER,))
    with pytest.raises(StaffElsewhere):
        await study(database, world, "A1", li, beside)
    with pytest.raises(StaffElsewhere):
        await study(database, world, "A", li)
    with pytest.raises(StudyNotOver):
        await study(database, world, "A1", li, starts_at=clock.now() - timedelta(hours=1))
    now = clock.now()
    with pytest.raises(SessionsImpossible):
        await study(database, world, "A1", li, starts_at=now - timedelta(hours=1), ends_at=now - timedelta(hours=1))
    with pytest.raises(FileGone):
        await study(database, world, "A1", li, file_ids=[new_id()])
    actor = world.actor("A1")
    async with database.transaction(actor.identity) as session:
        assert (await views.issued_page(session, actor, search="", after=None)).items == []


async def test_materials_are_the_organisers_to_set(database: Database, world: World) -> None:
    training_id = await announce(database, world)
    with pytest.raises(Forbidden):
        await on_training(database, world, announcing.enclose_materials, training_id, by="A1", file_ids=[])
    with pytest.raises(FileGone):
        await on_training(database, world, announcing.enclose_materials, training_id, file_ids=[new_id()])
    with pytest.raises(Stale):
        await on_training(database, world, announcing.enclose_materials, training_id, version=7, file_ids=[])
    await on_training(database, world, announcing.cancel, training_id, reason="讲师有事")
    with pytest.raises(ActionNotAllowed):
        await on_training(database, world, announcing.enclose_materials, training_id, file_ids=[])
