"""培训台账 at a year's edge: a session stands in the ledger of the year that its hours belong to."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from plans.training import announcing, sheets
from tests.plans.steps import unit
from tests.plans.training_steps import announce, mark, member, on_training, place_of, planned, sessions_of, sign_up
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


async def ledger(database: Database, world: World, year: int) -> list[tuple[str, str]]:
    """When, and how many hours in all, of each line."""
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        made = await sheets.ledger(session, actor, year=year)
    rows = load_workbook(io.BytesIO(made.content)).worksheets[0].iter_rows(values_only=True)
    return [(str(row[1]), str(row[9])) for row in rows if str(row[1]).startswith("20")]


async def test_a_session_stands_in_its_own_year(database: Database) -> None:
    world = await make_county_with_people(database, townships=1, villages=1)
    eve = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    with clock.frozen_at(eve - timedelta(days=20)):
        sessions = [planned(starts_at=eve + timedelta(minutes=30), hours="2.5"), planned(starts_at=eve, hours="1.5")]
        training_id = await announce(database, world, *sessions, to=[unit(world, "A1")])
        li = await member(database, world, "A1", "李")
        for one in await sessions_of(database, world, training_id):
            await sign_up(database, world, "A1", one.id, li)
        await on_training(database, world, announcing.hold, training_id)
        for one in await sessions_of(database, world, training_id):
            await mark(database, world, one.id, (await place_of(database, world, one.id, li)).id)
    assert await ledger(database, world, 2026) == [("2026-12-31 23:30—2027-01-01 02:30", "1.5")]
    assert await ledger(database, world, 2027) == [("2027-01-01 00:00—03:00", "2.5")]
