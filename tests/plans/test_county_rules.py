"""下达规则: set by the county's administrator, on record, in force from then on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, PreconditionRequired, Stale
from plans import service
from plans.schemas import RulesIn, RulesOut
from plans.tasks.models import TaskState
from plans.urgent import queries as urgent_queries
from plans.urgent import service as urgent
from plans.urgent.models import UrgentKind
from tenancy.models import Role
from tests.plans.steps import in_days, issue, unit
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


async def save(
    database: Database, world: World, version: int | None, *, by: tuple[str, tuple[Role, ...]] = ("C", ()), **more: Any
) -> RulesOut:
    actor = world.actor(by[0], *by[1])
    given = RulesIn(**{"minimum_notice": 5, "urgent_minutes": 30, "digest_at": "07:45", **more})
    async with database.transaction(actor.identity) as session:
        return await service.save_rules(session, actor=actor, version=version, given=given)


async def test_only_the_countys_administrator_sets_them_on_the_version_they_read(
    database: Database, world: World
) -> None:
    with pytest.raises(Forbidden):
        await save(database, world, 0, by=("A", ()))
    with pytest.raises(Forbidden):
        await save(database, world, 0, by=("C", (Role.LEADER, Role.REVIEWER)))
    with pytest.raises(PreconditionRequired):
        await save(database, world, None)
    assert (await save(database, world, 0)).version == 1
    with pytest.raises(Stale):
        await save(database, world, 0, minimum_notice=1)
    assert (await save(database, world, 1)).version == 1, "nothing changed, nothing on record"


async def test_each_change_stands_on_record_and_a_village_sees_the_rules_alone(
    database: Database, world: World
) -> None:
    await save(database, world, 0)
    shown = await save(database, world, 1, digest_at="")
    assert [(one.before.digest_at, one.after.digest_at) for one in shown.changes] == [("07:45", ""), ("08:30", "07:45")]
    actor = world.actor("A1")
    async with database.transaction(actor.identity) as session:
        seen = await service.rules_view(session, actor)
    assert (seen.minimum_notice, seen.may_change, seen.changes) == (5, False, [])


async def test_they_hold_from_then_on(database: Database, world: World) -> None:
    await save(database, world, 0, minimum_notice=30, urgent_minutes=40)
    hand = world.actor("C", Role.REVIEWER)
    assert (await issue(database, world, unit(world, "A1"), by=hand, due_at=in_days(20))).state is TaskState.AWAITING
    village = world.actor("A1")
    async with database.transaction(village.identity) as session:
        matter_id = await urgent.report(session, actor=village, given=urgent.Given(UrgentKind.OTHER, "聚集"))
        matter = await urgent_queries.get_matter(session, county_id=world.county.id, matter_id=matter_id)
        assert matter.escalate_at - clock.now() > timedelta(minutes=39)


#: Nothing but what is urgent leaves at night.
AT_NIGHT = {"digest_at": "22:00"}


async def test_what_makes_no_sense_is_refused_before_the_database() -> None:
    for wrong in (
        {"minimum_notice": 31},
        {"urgent_minutes": 0},
        {"digest_at": "24:00"},
        {"digest_at": "8:30"},
        AT_NIGHT,
    ):
        with pytest.raises(ValidationError):
            RulesIn(**{"minimum_notice": 3, "urgent_minutes": 15, "digest_at": "08:30", **wrong})
