"""Acts on tasks, as a person of a unit does them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kit import clock
from kit.db.session import Database
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.petitions.models import Manner, PetitionClass
from plans.petitions.schemas import PetitionIn
from plans.tasks import answering, issuing, queries, views
from plans.tasks.issuing import Given, Issued
from plans.tasks.models import Assignment, Priority, TaskKind
from plans.tasks.schemas import AssignmentOut, TaskOut
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier
from tests.world import World
from workflow import queries as workflow_queries
from workflow.models import InboxItem

ALL_VILLAGES = ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.VILLAGE)
ALL_TOWNSHIPS = ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.TOWNSHIP)


def unit(world: World, code: str) -> ChoiceIn:
    return ChoiceIn(kind=ChoiceKind.UNIT, unit_id=world.units[code])


def in_days(days: float) -> datetime:
    return clock.now() + timedelta(days=days)


def given(*to: ChoiceIn, due_at: datetime | None = None, **more: Any) -> Given:
    values: dict[str, Any] = {
        "title": "入户核对",
        "text": "请逐户核对。",
        "kind": TaskKind.KEY_WORK,
        "priority": Priority.NORMAL,
        "due_at": due_at or in_days(20),
        "evidence": "",
        "to": list(to),
    }
    if more.get("kind") is TaskKind.PETITION:
        more.setdefault("petition", petition())
    return Given(**{**values, **more})


def petition(kind: PetitionClass = PetitionClass.APPEAL, *, days_ago: int = 0) -> PetitionIn:
    """A petition that was received so many days ago."""
    return PetitionIn(manner=Manner.ASSIGN, petition_class=kind, received_on=clock.today() - timedelta(days=days_ago))


async def issue(database: Database, world: World, *to: ChoiceIn, by: Principal | None = None, **more: Any) -> Issued:
    actor = by or world.actor("C")
    async with database.transaction(actor.identity) as session:
        return await issuing.issue(session, actor=actor, given=given(*to, **more))


async def share_of(database: Database, world: World, task_id: UUID, code: str) -> Assignment:
    async with database.transaction(world.identity) as session:
        found = await queries.find_share(session, county_id=world.county.id, task_id=task_id, unit_id=world.units[code])
        if found is None:
            raise LookupError(code)
        return found


async def act(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[Any]],
    task_id: UUID,
    code: str,
    *,
    by: Principal | None = None,
    **more: Any,
) -> Any:
    """A command on a unit's share, by the unit unless by somebody else."""
    actor = by or world.actor(code)
    share = await share_of(database, world, task_id, code)
    more.setdefault("version", share.version)
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, assignment_id=share.id, **more)


async def on_task(
    database: Database,
    world: World,
    command: Callable[..., Awaitable[Any]],
    task_id: UUID,
    *,
    by: Principal | None = None,
    **more: Any,
) -> Any:
    actor = by or world.actor("C")
    async with database.transaction(actor.identity) as session:
        if "version" not in more:
            more["version"] = (await queries.get_task(session, county_id=world.county.id, task_id=task_id)).version
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, task_id=task_id, **more)


async def page(database: Database, world: World, task_id: UUID, code: str = "C", *roles: Role) -> TaskOut:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        return await views.task_view(session, actor, task_id)


async def share_page(database: Database, world: World, task_id: UUID, code: str, by: str = "") -> AssignmentOut:
    share = await share_of(database, world, task_id, code)
    actor = world.actor(by or code)
    async with database.transaction(actor.identity) as session:
        return await views.assignment_view(session, actor, share.id)


async def inbox(database: Database, world: World, code: str, *roles: Role) -> list[InboxItem]:
    actor = world.actor(code)
    held = frozenset(role.value for role in (roles or tuple(Role)))
    async with database.transaction(actor.identity) as session:
        return await workflow_queries.list_inbox(session, principal=actor, roles_by_unit={actor.unit_id: held})


async def topics(database: Database, world: World, code: str) -> set[str]:
    return {item.topic for item in await inbox(database, world, code)}


async def states(database: Database, world: World, task_id: UUID) -> dict[str, str]:
    """unit code → state of its share."""
    async with database.transaction(world.identity) as session:
        found = await queries.list_shares(session, county_id=world.county.id, task_id=task_id)
    codes = {unit_id: code for code, unit_id in world.units.items()}
    return {codes[share.unit_id]: share.state.value for share in found}


async def finish(database: Database, world: World, task_id: UUID, code: str) -> None:
    """Sign and hand in."""
    await act(database, world, answering.acknowledge, task_id, code)
    await act(database, world, answering.hand_in, task_id, code, result="已办")
