"""Acts on trainings, as people of a unit do them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kit import clock
from kit.db.session import Database
from plans.addressing.schemas import ChoiceIn
from plans.staff import service as staff
from plans.staff.models import StaffKind
from plans.training import announcing, attending, queries, signing_up, views
from plans.training.announcing import Given, Planned
from plans.training.models import TrainingKind, TrainingPlace, TrainingSession
from plans.training.schemas import TrainingOut
from tests.plans.steps import ALL_VILLAGES
from tests.world import World

SINCE = date(2025, 3, 1)


async def member(database: Database, world: World, code: str, name: str, **more: Any) -> UUID:
    """Somebody on a unit's roster."""
    actor = world.actor(code)
    values: dict[str, Any] = {"name": name, "post": "", "kind": StaffKind.FULL_TIME, "started_on": SINCE, **more}
    async with database.transaction(actor.identity) as session:
        return await staff.add(session, actor=actor, unit_id=world.units[code], given=staff.Given(**values))


def planned(days: float = 10, hours: str = "4.0", **more: Any) -> Planned:
    start: datetime = more.pop("starts_at", clock.now() + timedelta(days=days))
    return Planned(starts_at=start, ends_at=start + timedelta(hours=3), hours=Decimal(hours), **more)


async def announce(
    database: Database,
    world: World,
    *sessions: Planned,
    by: str = "C",
    to: Sequence[ChoiceIn] = (ALL_VILLAGES,),
    **more: Any,
) -> UUID:
    actor = world.actor(by, *more.pop("roles", ()))
    values: dict[str, Any] = {
        "kind": TrainingKind.PROFESSIONAL,
        "title": "基层站业务培训",
        "text": "请安排人员参加。",
        "sign_up_until": clock.now() + timedelta(days=5),
        "sessions": sessions or (planned(),),
        **more,
    }
    async with database.transaction(actor.identity) as session:
        return await announcing.announce(session, actor=actor, given=Given(**values, to=list(to)))


async def sessions_of(database: Database, world: World, training_id: UUID) -> Sequence[TrainingSession]:
    async with database.transaction(world.identity) as session:
        return await queries.list_sessions(session, county_id=world.county.id, training_ids=[training_id])


async def look(database: Database, world: World, training_id: UUID, by: str = "C") -> TrainingOut:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await views.training_view(session, actor, training_id)


async def on_training(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[Any]],
    training_id: UUID,
    *,
    by: str = "C",
    **more: Any,
) -> None:
    """A command of the organiser's on the version that stands."""
    actor = world.actor(by)
    if "version" not in more:
        more["version"] = (await look(database, world, training_id, by)).version
    async with database.transaction(actor.identity) as session:
        await command(session, actor=actor, training_id=training_id, **more)


async def sign_up(
    database: Database, world: World, code: str, session_id: UUID, *staff_ids: UUID, roles: Any = ()
) -> None:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        await signing_up.sign_up(session, actor=actor, session_id=session_id, staff_ids=staff_ids)


async def place_of(database: Database, world: World, session_id: UUID, staff_id: UUID) -> TrainingPlace:
    async with database.transaction(world.identity) as session:
        found = await queries.list_places(
            session, county_id=world.county.id, session_id=session_id, staff_ids=[staff_id]
        )
    return found[0]


async def on_place(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[Any]],
    place_id: UUID,
    *,
    by: str = "C",
    **more: Any,
) -> None:
    actor = world.actor(by, *more.pop("roles", ()))
    if "version" not in more:
        async with database.transaction(world.identity) as session:
            taken = await queries.get_place(session, county_id=world.county.id, place_id=place_id)
        more["version"] = taken.version
    async with database.transaction(actor.identity) as session:
        await command(session, actor=actor, place_id=place_id, **more)


async def mark(database: Database, world: World, session_id: UUID, *place_ids: UUID, present: bool = True) -> None:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        await attending.mark(session, actor=actor, session_id=session_id, place_ids=place_ids, present=present)
