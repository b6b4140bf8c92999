"""Acts on plans, as a person of a unit does them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from kit import clock
from kit.db.session import Database
from plans.planning import overview, progress, service, summaries, views, writing
from plans.planning.checking import check_plans
from plans.planning.models import SummaryPeriod
from plans.planning.schemas import OverviewOut, PlanLineOut, PlansSummaryOut, PlanSummaryOut, WorkPlanOut
from plans.planning.writing import Given
from reporting.comparing.wording import Section
from tenancy.models import Role
from tests.world import World

YEAR = clock.today().year


def line(what: str = "走访慰问", first: str = "01-01", last: str = "12-31", **more: Any) -> Given:
    given = Given(
        None,
        "拥军优属",
        what,
        "张三",
        None,
        date.fromisoformat(f"{YEAR}-{first}"),
        date.fromisoformat(f"{YEAR}-{last}"),
        "走访全覆盖",
        None,
    )
    return replace(given, **more)


def again(out: PlanLineOut, **more: Any) -> Given:
    """A line that is there already, as it is sent back."""
    names = ("id", "section", "what", "owner", "staff_id", "start_on", "end_on", "measure", "serves_id")
    return replace(Given(**{name: getattr(out, name) for name in names}), **more)


async def begin(database: Database, world: World, code: str, *, year: int = YEAR, start: str = "blank") -> UUID:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await writing.begin(session, actor=actor, year=year, start=start)


async def look(database: Database, world: World, plan_id: UUID, code: str, *roles: Role) -> WorkPlanOut:
    actor = world.actor(code, *roles)
    async with database.transaction(actor.identity) as session:
        return await views.plan_view(session, actor, plan_id)


async def save(
    database: Database, world: World, plan_id: UUID, code: str, items: Sequence[Given], version: int | None = None
) -> WorkPlanOut:
    actor = world.actor(code)
    at = version or (await look(database, world, plan_id, code)).version
    async with database.transaction(actor.identity) as session:
        await writing.save(session, actor=actor, plan_id=plan_id, version=at, items=items)
    return await look(database, world, plan_id, code)


async def act(
    database: Database, world: World, plan_id: UUID, code: str, action: str, text: str = "", **more: Any
) -> WorkPlanOut:
    actor = world.actor(code, *more.pop("roles", ()))
    version = more.pop("version", None) or (await look(database, world, plan_id, code)).version
    async with database.transaction(actor.identity) as session:
        await service.act(session, actor=actor, plan_id=plan_id, version=version, action=action, text=text)
    return await look(database, world, plan_id, code)


REVIEWERS = {"A1": "A", "A2": "A", "B1": "B", "A": "C", "B": "C", "C": "C"}


async def approved(database: Database, world: World, code: str, *items: Given) -> WorkPlanOut:
    """A unit's plan of this year in force."""
    plan_id = await begin(database, world, code)
    await save(database, world, plan_id, code, items)
    await act(database, world, plan_id, code, "submit")
    await act(database, world, plan_id, REVIEWERS[code], "approve")
    return await look(database, world, plan_id, code)


async def on_item(
    database: Database, world: World, code: str, item_id: UUID, action: str = "progress", text: str = "", **more: Any
) -> None:
    actor = world.actor(code)
    version = more.pop("version", None)
    async with database.transaction(actor.identity) as session:
        await progress.act_on_item(
            session, actor=actor, item_id=item_id, version=version, action=action, text=text, **more
        )


async def over(database: Database, world: World, code: str, unit: str | None = None, year: int = YEAR) -> OverviewOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        at = None if unit is None else world.units[unit]
        return await overview.overview(session, actor, year=year, unit_id=at)


async def home(database: Database, world: World, code: str) -> PlansSummaryOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await overview.year_summary(session, actor, year=None)


async def beat(database: Database, world: World) -> None:
    """The scheduler looks once for what is late."""
    async with database.transaction(world.identity) as session:
        await progress.tell_late(session, world.actor("C").county)


async def write_summary(
    database: Database, world: World, code: str, plan_id: UUID, period: SummaryPeriod = SummaryPeriod.YEAR
) -> PlanSummaryOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        made = await summaries.begin(session, actor=actor, plan_id=plan_id, period=period)
        return await views.summary_view(session, actor, made)


async def send_summary(database: Database, world: World, code: str, summary_id: UUID, words: str | None = None) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        if words is not None:
            sections = [Section("一、总体情况", words)]
            await summaries.save(
                session, actor=actor, summary_id=summary_id, version=1, title="小结", sections=sections
            )
        await summaries.act(session, actor=actor, summary_id=summary_id, version=None, action="send")


async def judge_summary(
    database: Database, world: World, code: str, summary_id: UUID, action: str, text: str = ""
) -> PlanSummaryOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        await summaries.act(session, actor=actor, summary_id=summary_id, version=None, action=action, text=text)
        return await views.summary_view(session, actor, summary_id)


async def breaches(database: Database, world: World) -> list[str]:
    """What `jiceng check` finds of plans."""
    async with database.transaction(world.identity) as session:
        return (await check_plans(session, county_id=world.county.id))[1]
