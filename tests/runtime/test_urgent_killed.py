"""紧急事项 on a running platform whose parts are killed: what was reported reaches the robot and the open page.

The receivers count the messages' numbers: the robot's while the worker is killed between sending and recording, the
open page's while the relay is. The scheduler stands still across the time of escalation, is killed, and its successor
makes up for it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import asyncpg
import httpx
import pytest

from demo import users
from kit.embedded import Cluster, process
from tests.runtime.robots import LEASE, receiving, sent, signed_in
from tests.runtime.supervised import Running, child_processes, eventually


@contextmanager
def listening(client: httpx.Client) -> Iterator[list[tuple[str, str]]]:
    """What a browser's open page is told of urgent matters, on a connection of its own: message and matter."""
    heard: list[tuple[str, str]] = []
    ended = threading.Event()

    def listen() -> None:
        with suppress(httpx.HTTPError), client.stream("GET", "/api/events", timeout=5) as stream:
            for line in stream.iter_lines():
                if ended.is_set():
                    return
                if line.startswith("data:"):
                    told = json.loads(line.removeprefix("data:"))
                    if told.get("subject_kind") == "urgent_matter" and "level" in told:
                        heard.append((told["id"], told["subject_id"]))

    def again() -> None:
        while not ended.is_set():
            listen()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        ended.set()
        thread.join(20)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("urgent")
    yield directory
    Cluster(directory).discard()


def set_back(made: Cluster, matter_id: str) -> None:
    """The time by which a matter should have been acknowledged is over."""

    async def change() -> None:
        connection = await asyncpg.connect(made.database_url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                county = await connection.fetchrow("SELECT id, unit_id FROM county WHERE code = $1", users.COUNTY_CODE)
                await connection.execute("SELECT set_config('app.county_id', $1, true)", str(county["id"]))
                await connection.execute("SELECT set_config('app.unit_id', $1, true)", str(county["unit_id"]))
                done = await connection.execute(
                    "UPDATE urgent_matter SET escalate_at = now() - interval '1 minute' WHERE id = $1", matter_id
                )
                assert done == "UPDATE 1"
        finally:
            await connection.close()

    asyncio.run(change())


@contextmanager
def unrecorded(made: Cluster) -> Iterator[None]:
    """The relay can't delete what it published: it waits at the lock, between sending and recording."""
    loop = asyncio.new_event_loop()
    connection = loop.run_until_complete(asyncpg.connect(made.database_url.replace("+asyncpg", "")))
    try:
        loop.run_until_complete(connection.execute("BEGIN"))
        loop.run_until_complete(connection.execute("LOCK TABLE outbox IN SHARE MODE"))
        yield
        loop.run_until_complete(connection.execute("ROLLBACK"))
    finally:
        loop.run_until_complete(connection.close())
        loop.close()


def family(running: Running, name: str) -> list[int]:
    """A process and its children."""
    parent = running.pid(name)
    return [parent, *child_processes(parent)]


def test_none_is_lost(data: Path) -> None:
    made = Cluster(data)
    with receiving() as there, ExitStack() as people:
        running = Running.start(data, "--demo", JICENG_ROBOT_HOSTS=there.host, JICENG_DEMO_MONTHS="0")
        try:
            for name in ("town-admin", "county-admin"):
                given = {
                    "kind": "wecom",
                    "name": "值班群",
                    "address": f"http://{there.host}/cgi-bin/webhook/send?key={name}",
                }
                answer = people.enter_context(closing(signed_in(running, name))).post("/api/channels", json=given)
                assert answer.status_code == 201, answer.text
            village, county, leader = [
                people.enter_context(closing(signed_in(running, name)))
                for name in ("village", "county", "county-leader")
            ]
            deaths = iter(range(1))

            def die() -> None:
                """It was taken, and whoever sent it never learns so."""
                if next(deaths, None) is not None:
                    process.send(child_processes(running.pid("worker")), signal.SIGKILL)
                    os.kill(running.pid("pulse"), signal.SIGKILL)

            there.before_answer = die
            with listening(county) as heard:
                eventually(lambda: county.get("/api/urgent-matters").status_code == 200)
                matters = []
                for number in range(4):
                    given = {"title": f"十余人聚集 {number}"}
                    answer = village.post(
                        "/api/urgent-matters", json=given, headers={"idempotency-key": f"urgent-matter-{number:04}"}
                    )
                    assert answer.status_code == 201, answer.text
                    matters.append(answer.json()["id"])
                eventually(lambda: len(sent(made)) >= 8 and all(done for _, done in sent(made)), LEASE)
                numbers = {number for number, _ in sent(made)}
                assert numbers <= set(there.numbers)
                assert len(there.numbers) > len(set(there.numbers)), "one was sent again, under its number"
                eventually(lambda: set(matters) <= {matter for _, matter in heard})

                # The relay dies when the page has heard of a matter and the record has not.
                relay = family(running, "pulse")
                process.send(relay, signal.SIGSTOP)
                given = {"title": "河堤塌方"}
                answer = village.post(
                    "/api/urgent-matters", json=given, headers={"idempotency-key": "urgent-matter-relay"}
                )
                assert answer.status_code == 201, answer.text
                matters.append(answer.json()["id"])

                def told() -> list[str]:
                    return [message for message, matter in heard if matter == matters[-1]]

                with unrecorded(made):
                    process.send(relay, signal.SIGCONT)
                    eventually(lambda: len(told()) == 1)
                    process.send(relay, signal.SIGKILL)
                eventually(lambda: len(told()) == 2)
                assert len(set(told())) == 1, "one was told again, under its id"

                # The scheduler and what it rings stand still across the time of escalation; others take their places.
                still = [*family(running, "pulse"), running.pid("beat")]
                process.send(still, signal.SIGSTOP)
                set_back(made, matters[0])
                with pytest.raises(AssertionError, match="not within"):
                    eventually(lambda: level(county, matters[0]) > 0, 20)
                process.send(still, signal.SIGKILL)
                eventually(lambda: level(county, matters[0]) == 1, LEASE)
                eventually(lambda: sum("再次提醒" in text for text in there.texts) >= 2, LEASE)
                eventually(lambda: sum(matter == matters[0] for _, matter in heard) >= 2)
            assert "urgent_leader" in {item["topic"] for item in leader.get("/api/inbox").json()["items"]}
            numbers = {number for number, _ in sent(made)}
            assert numbers == set(there.numbers) and len(numbers) == 2 * (len(matters) + 1)
        finally:
            running.end()


def level(client: httpx.Client, matter_id: str) -> int:
    found: int = client.get(f"/api/urgent-matters/{matter_id}").json()["level"]
    return found
