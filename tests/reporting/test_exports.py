"""The export job: consistent with itself, for whoever asked, neutral to formulas."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

import reporting.exports  # noqa: F401 - declares the job
from kit import files
from kit.db.session import Database
from kit.jobs import enqueue
from kit.jobs.runner import run_one
from kit.models import Job, Outbox
from kit.settings import Settings
from tests.reporting.test_submissions import approved, submitted
from tests.world import World, make_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def exported(database: Database, settings: Settings, world: World, code: str, basis: str) -> Any:
    """The workbook that somebody at a unit gets."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        job_id = await enqueue(
            session,
            kind="reporting.export",
            payload={
                "cycle_id": str(world.opened.id),
                "unit_id": str(actor.unit_id),
                "acting_unit_id": str(actor.unit_id),
                "basis": basis,
            },
            requested_by=actor.account_id,
        )
    assert await run_one(database, world.county.id)
    async with database.transaction(actor.identity) as session:
        job = (await session.scalars(select(Job).where(Job.id == job_id))).one()
        assert (job.state, job.message) == ("done", "")
        assert job.result is not None
        found = await files.get_file(session, county_id=world.county.id, file_id=UUID(job.result["file_id"]))
        return load_workbook(BytesIO(files.path_of(settings.files_dir, found).read_bytes()))


def figures_of(book: Any) -> dict[str, list[Any]]:
    """unit name → its figures, from the first sheet."""
    return {
        str(row[1]): [cell for cell in row[2:] if cell is not None]
        for row in book.worksheets[0].iter_rows(values_only=True)
        if row[1] is not None and any(isinstance(cell, int | float) for cell in row[2:])
    }


class TestOfficialSheet:
    async def test_totals_are_the_sums_of_their_lines(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await approved(database, world, "A2", "A", 7, 9)
        await submitted(database, world, "B1", 2, 2)
        live = figures_of(await exported(database, settings, world, "C", "live"))
        assert live["合计"][:2] == [14, 17]
        assert live["A镇"][:2] == [12, 15]
        assert live["B1村"][:2] == [2, 2]

    async def test_reported_figures_wait_for_the_township(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        assert "A镇" not in figures_of(await exported(database, settings, world, "C", "reported"))
        await approved(database, world, "A", "C", 1, 1)
        reported = figures_of(await exported(database, settings, world, "C", "reported"))
        assert (reported["合计"][:2], reported["A镇"][:2], reported["A镇本级"][:2]) == ([6, 7], [6, 7], [1, 1])

    async def test_missing_is_not_zero(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        assert "A2村" not in figures_of(await exported(database, settings, world, "A", "live"))

    async def test_the_page_is_told(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await exported(database, settings, world, "A", "live")
        async with database.transaction(world.identity) as session:
            told = (await session.scalars(select(Outbox).where(Outbox.topic == "job"))).all()
        assert told and world.units["A"] in told[-1].recipients
