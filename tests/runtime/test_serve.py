"""`jiceng serve`, killed in every way: each process comes back, the whole is ready again soon."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from kit.db.session import Database, Identity, make_engine
from kit.embedded import Cluster, process
from kit.jobs import doorbell, enqueue
from kit.models import Job
from kit.settings import from_environment
from tests.runtime.places import make_place
from tests.runtime.supervised import WITHIN, Running, child_processes, eventually


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("serve")
    yield directory
    Cluster(directory).discard()


@pytest.fixture(scope="module")
def running(data: Path) -> Iterator[Running]:
    started = Running.start(data)
    yield started
    started.end()


def one_job_comes_through(data: Path) -> None:
    """A job that is rung for is taken by a worker and ended, soon."""
    made = Cluster(data)

    async def ask() -> None:
        database = Database(make_engine(from_environment(made.environment())))
        try:
            place = await make_place(database)
            doorbell.connect(made.broker_url)
            async with database.transaction(place.below) as session:
                job_id = await enqueue(session, kind="test.unknown", payload={})
            await _ended(database, place.above, job_id)
        finally:
            doorbell.connect(None)
            await database.close()

    async def _ended(database: Database, who: Identity, job_id: UUID) -> None:
        deadline = time.monotonic() + WITHIN
        while True:
            async with database.transaction(who) as session:
                if await session.scalar(select(Job.state).where(Job.id == job_id)) == "failed":
                    return
            assert time.monotonic() < deadline, "the job was not taken"
            await asyncio.sleep(0.1)

    asyncio.run(ask())


class TestKilled:
    @pytest.mark.parametrize("name", ["web", "worker", "pulse", "beat", "Valkey", "PostgreSQL"])
    def test_comes_back(self, running: Running, name: str) -> None:
        ready = len(running.events(name, "ready"))
        os.kill(running.pid(name), signal.SIGKILL)
        took = eventually(lambda: len(running.events(name, "ready")) > ready)
        took += eventually(running.answers)
        assert took < WITHIN
        one_job_comes_through(running.data)

    @pytest.mark.parametrize("name", ["web", "worker"])
    def test_a_forked_child_comes_back(self, running: Running, name: str) -> None:
        parent = running.pid(name)
        children = child_processes(parent)
        process.send(children, signal.SIGKILL)
        eventually(
            lambda: len(child_processes(parent)) >= len(children) and not set(child_processes(parent)) & set(children)
        )
        eventually(running.answers)
        assert running.pid(name) == parent
        one_job_comes_through(running.data)


class TestEnd:
    def test_a_killed_supervisor_takes_everybody_along_and_can_be_started_again(
        self, running: Running, data: Path
    ) -> None:
        everyone = running.everyone()
        running.child.kill()
        running.child.wait()
        eventually(lambda: process.gone(everyone))
        again = Running.start(data)
        try:
            assert again.answers()
            one_job_comes_through(data)
        finally:
            everyone = again.everyone()
            again.end()
        assert again.child.returncode == 0
        assert process.gone(everyone)
        assert "shut down" in (Cluster(data).postgres.log_end())

    def test_a_second_one_is_refused(self, data: Path) -> None:
        first = Running.start(data)
        try:
            with pytest.raises(AssertionError, match="in use by process"):
                Running.start(data)
        finally:
            first.end()
