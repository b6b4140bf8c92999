"""Acts on a task's table, as a person of a unit does them; and what must be true after each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import event

from forms import on_the_spot
from forms.compiled import CompiledForm, compile_form
from forms.on_the_spot import Heading, SpotField, SpotKind
from forms.queries import get_compiled
from kit.db.session import Database
from plans.addressing.schemas import ChoiceIn
from plans.tasks import checking, queries
from plans.tasks.models import TaskKind
from plans.tasks.tables import Table
from reporting import queries as reporting_queries
from reporting import review, rollup_views, submissions
from reporting.models import Submission
from reporting.submissions import CellEdit, HandedIn
from tenancy.principal import Principal
from tenancy.tiers import Tier
from tests.plans.steps import issue
from tests.reporting.steps import prove as prove_rollups
from tests.world import World

SMALL = Table(
    "摸底表",
    (
        SpotField("困难人数", unit_of_measure="人"),
        SpotField("帮扶金额", SpotKind.DECIMAL, "元"),
        SpotField("备注", SpotKind.TEXT),
    ),
)


def compiled(*fields: SpotField) -> CompiledForm:
    heading = Heading("t1", "表", "1号", "某局", "某事", date(2026, 12, 31))
    return compile_form(on_the_spot.define(heading, fields, [Tier.VILLAGE]))


async def ask(
    database: Database, world: World, *to: ChoiceIn, by: Principal | None = None, table: Table = SMALL, **more: Any
) -> UUID:
    """A task with a table to these units; the world turns to its cycle."""
    more.setdefault("kind", TaskKind.DATA)
    task_id = (await issue(database, world, *to, by=by, table=table, **more)).task_id
    await turn_to(database, world, task_id)
    return task_id


async def turn_to(database: Database, world: World, task_id: UUID) -> None:
    """The world's cycle is the task's."""
    async with database.transaction(world.identity) as session:
        task = await queries.get_task(session, county_id=world.county.id, task_id=task_id)
        assert task.cycle_id is not None
        world.cycle = await reporting_queries.get_cycle(session, county_id=world.county.id, cycle_id=task.cycle_id)
        world.form = await get_compiled(session, county_id=world.county.id, version_id=world.cycle.form_version_id)
        found = await reporting_queries.list_all_submissions(session, county_id=world.county.id, cycle_id=task.cycle_id)
        world.submissions = {unit_id: s.id for unit_id, s in found.items()}


async def statements_of(database: Database, world: World, *to: ChoiceIn) -> int:
    """How many statements it takes to send a task with a table."""
    count = 0

    def on_execute(*_args: Any) -> None:
        nonlocal count
        count += 1

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", on_execute)
    try:
        await ask(database, world, *to)
    finally:
        event.remove(engine, "before_cursor_execute", on_execute)
    return count


async def report_of(database: Database, world: World, code: str) -> Submission:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        filed = await reporting_queries.get_filed(
            session, county_id=world.county.id, submission_id=world.submission(code)
        )
        return filed.submission


async def on_report(
    database: Database, world: World, command: Callable[..., Awaitable[Any]], code: str, *, by: str = "", **more: Any
) -> Any:
    """A command on a unit's report, by the unit unless by somebody else, on its newest version."""
    actor = world.actor(by or code)
    more.setdefault("version", (await report_of(database, world, code)).version)
    async with database.transaction(actor.identity) as session:
        return await command(session, actor=actor, submission_id=world.submission(code), **more)


async def save(database: Database, world: World, code: str, **cells: str) -> None:
    edits = [CellEdit(name, None, value) for name, value in cells.items()]
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        await submissions.save_draft(session, actor=actor, submission_id=world.submission(code), edits=edits)


async def hand_in(database: Database, world: World, code: str, missing_reason: str = "", **cells: str) -> None:
    given = HandedIn(cells, {}, {})
    await on_report(database, world, submissions.submit, code, given=given, missing_reason=missing_reason)


async def recall(database: Database, world: World, code: str) -> None:
    await on_report(database, world, submissions.recall, code)


async def correct(database: Database, world: World, code: str) -> None:
    await on_report(database, world, submissions.correct, code, reason="更正")


async def abandon(database: Database, world: World, code: str) -> None:
    await on_report(database, world, submissions.abandon, code)


async def approve(database: Database, world: World, code: str, by: str) -> None:
    await on_report(database, world, review.approve, code, by=by)


async def send_back(database: Database, world: World, code: str, by: str) -> None:
    await on_report(database, world, review.send_back, code, by=by, reason="核对")


async def totals(database: Database, world: World, code: str) -> dict[str, tuple[str | None, str | None]]:
    """field → (含待审, 已审) of a unit."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        seen = await rollup_views.rollup_view(session, actor, world.opened.id, None, locale="zh-CN")
    return {field: (value, seen.totals.reported.get(field)) for field, value in seen.totals.live.items()}


async def prove(database: Database, world: World, task_id: UUID) -> None:
    """Every share stands where its report stands, and every rollup equals its recomputation."""
    async with database.transaction(world.identity) as session:
        looked_at, faults = await checking.check_shares(session, county_id=world.county.id)
    assert faults == [] and looked_at >= len(world.submissions)
    await prove_rollups(database, world)
