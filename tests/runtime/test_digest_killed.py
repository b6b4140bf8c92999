"""每日摘要 on a running platform whose worker is killed on both sides of the send: none comes twice.

A worker that dies after it claimed a digest and before the robot listened loses it; one that dies after the robot took
it leaves it unrecorded. Neither is sent again. A worker does two things at a time, so each death loses two at most.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import func, select

from demo import users
from kit.clock import now
from kit.db.session import Database, Identity, make_engine
from kit.embedded import Cluster, process
from kit.jobs import CountyRef
from kit.models import Job
from kit.settings import from_environment
from plans import digest
from tests.runtime.robots import LEASE, receiving, signed_in
from tests.runtime.supervised import Running, child_processes, eventually
from workflow.channels import messages
from workflow.channels.queries import list_active_channels

OF = ("town-admin", "county-admin") * 4
#: Two that had been claimed at the first death; at the second one beside the one that the robot took.
MOST_LOST = 3


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("digest")
    yield directory
    Cluster(directory).discard()


def county_of(made: Cluster) -> CountyRef:
    async def ask() -> CountyRef:
        connection = await asyncpg.connect(made.database_url.replace("+asyncpg", ""))
        try:
            row = await connection.fetchrow("SELECT id, unit_id FROM county WHERE code = $1", users.COUNTY_CODE)
            return CountyRef(row["id"], row["unit_id"])
        finally:
            await connection.close()

    return asyncio.run(ask())


def as_county(made: Cluster, county: CountyRef, ask: Any) -> Any:
    """Whatever `ask` does with a session that acts as the county."""

    async def run() -> Any:
        database = Database(make_engine(from_environment(made.environment())))
        try:
            async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
                return await ask(session)
        finally:
            await database.close()

    return asyncio.run(run())


def test_none_comes_twice(data: Path) -> None:
    made = Cluster(data)
    with receiving() as there, ExitStack() as people:
        running = Running.start(data, "--demo", JICENG_ROBOT_HOSTS=there.host, JICENG_DEMO_MONTHS="0")
        try:
            # The county's own hour is not waited for.
            admin = people.enter_context(closing(signed_in(running, "county-admin")))
            rules = {"minimum_notice": 3, "urgent_minutes": 15, "digest_at": ""}
            assert admin.put("/api/dispatch-rules", json=rules, headers={"if-match": '"0"'}).status_code == 200
            for number, name in enumerate(OF):
                given = {
                    "kind": "wecom",
                    "name": f"值班群{number}",
                    "address": f"http://{there.host}/cgi-bin/webhook/send?key={number}",
                }
                answer = people.enter_context(closing(signed_in(running, name))).post("/api/channels", json=given)
                assert answer.status_code == 201, answer.text
            deaths = iter(("before", "after"))
            due = next(deaths)

            def kill() -> None:
                nonlocal due
                due = next(deaths, "")
                process.send(child_processes(running.pid("worker")), signal.SIGKILL)

            def listens() -> bool:
                """The first that calls is dead before anybody listens."""
                if due != "before":
                    return True
                kill()
                return False

            def die() -> None:
                if due == "after":
                    kill()

            there.listens, there.before_answer = listens, die
            county = county_of(made)

            async def record(session: Any) -> None:
                for unit_id, ids in (await list_active_channels(session, county_id=county.id)).items():
                    for channel_id in ids:
                        for _ in range(2):
                            await messages.record(
                                session,
                                county,
                                unit_id=unit_id,
                                channel_id=channel_id,
                                kind=digest.KIND,
                                occasion=f"digest-{now():%Y-%m-%d}",
                                facts={},
                                at_most_once=True,
                            )

            as_county(made, county, record)

            async def left(session: Any) -> int:
                waiting = select(func.count()).where(Job.kind == messages.SEND, Job.state.in_(("queued", "running")))
                return (await session.scalar(waiting)) or 0

            eventually(lambda: due == "" and as_county(made, county, left) == 0, LEASE)
            taken = Counter(there.paths)
            lost = len(OF) - len(taken)
            assert 1 <= lost <= MOST_LOST, "only what a worker had claimed when it was killed"
            assert set(taken.values()) == {1}, "none came twice"
            assert all("今日待办" in text for text in there.texts)
        finally:
            running.end()
