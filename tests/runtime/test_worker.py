"""A worker process: what it does with its job when it is asked to end."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from kit.db.session import Database
from kit.embedded import Cluster
from kit.jobs import enqueue
from kit.models import Job
from tests.runtime.places import Place

pytestmark = pytest.mark.anyio
PLATFORM = Path(__file__).parents[2] / "platform"

_WORKER = """
import asyncio, sys
from uuid import UUID
from jobs import process
from kit.jobs import job
from kit.settings import settings

@job("test.long")
async def long(context, payload):
    print("begun", flush=True)
    await asyncio.sleep(60)

process.begin(settings())
process.run_job(UUID(sys.argv[1]))
process.end()
print("ended", flush=True)
"""


class TestWorkerProcess:
    async def test_asked_to_end_it_gives_its_job_back_at_once(
        self, database: Database, place: Place, servers: Cluster
    ) -> None:
        async with database.transaction(place.below) as session:
            job_id = await enqueue(session, kind="test.long", payload={})
        environment = {**os.environ, **servers.environment(), "PYTHONPATH": str(PLATFORM)}
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _WORKER, str(place.county.id)), stdout=asyncio.subprocess.PIPE, env=environment
        )
        assert child.stdout is not None
        assert await child.stdout.readline() == b"begun\n"
        child.terminate()
        rest, _ = await asyncio.wait_for(child.communicate(), 10)
        async with database.transaction(place.above) as session:
            found = (await session.execute(select(Job).where(Job.id == job_id))).scalar_one()
        assert rest.endswith(b"ended\n")
        assert (child.returncode, found.state, found.attempts) == (0, "queued", 0)
