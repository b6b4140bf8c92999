"""交办: one task to every village of the county with the most, beside inserting the same rows bare."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from cli.bench import servers
from cli.bench.counties import BenchCounty
from cli.bench.results import Figure
from cli.bench.wire import Connection, request
from cli.bench.world import World
from kit import clock
from kit.ids import new_id

_ROUNDS = 5
AIM_RATIO = 4.0
#: Tables that issuing a task writes many rows of.
_TABLES = ("assignment", "inbox_item")


async def issue(world: World) -> list[Figure]:
    """Issuing over HTTP until the answer is there: shares of townships and villages, their inbox items, one commit."""
    made = await world.nation_county()
    world.settle()
    ours: list[float] = []
    with servers.web(world.cluster, processes=1) as served:
        connection = await Connection.open(served.port)
        try:
            for _ in range(_ROUNDS):
                asked = _issue(made)
                began = time.perf_counter()
                answer = orjson.loads(await connection.ask(asked))
                ours.append(time.perf_counter() - began)
        finally:
            connection.close()
    total = answer["progress"]["total"]
    bare = [await _bare(world, UUID(answer["id"])) for _ in range(_ROUNDS)]
    ratio = statistics.median(ours) / statistics.median(bare)
    return [
        Figure(
            f"one task to {world.shape[1]:,} villages through {world.shape[0]} townships",
            statistics.median(ours),
            "s",
            statistics.median(bare),
            ratio,
            f"≤ {AIM_RATIO:.0f} × inserting the same rows",
            ratio <= AIM_RATIO,
            {"shares": total, "all rounds": ", ".join(f"{seconds:.2f}" for seconds in ours) + " s"},
        )
    ]


def _issue(made: BenchCounty) -> bytes:
    headers = {**made.visitors[made.county.unit_id].headers, "idempotency-key": str(new_id())}
    body = {
        "title": "入户核对",
        "text": "请逐户核对。" * 20,
        "due_at": clock.end_of_day(clock.today()).replace(year=clock.today().year + 1).isoformat(),
        "to": [{"kind": "tier", "tier": "village"}],
    }
    return request("POST", "/api/tasks", headers, orjson.dumps(body))


async def _bare(world: World, task_id: UUID) -> float:
    """Seconds to insert the task's rows once more into tables of the same shape and indexes, in one commit."""
    connection = await asyncpg.connect(world.cluster.postgres.url("superuser", driver="postgresql"))
    try:
        copies: dict[str, Sequence[Any]] = {}
        for table in _TABLES:
            await connection.execute(f'DROP TABLE IF EXISTS "bare_{table}"')
            await connection.execute(f'CREATE TABLE "bare_{table}" (LIKE "{table}" INCLUDING ALL)')
            where = (
                "task_id = $1"
                if table == "assignment"
                else ("subject_id IN (SELECT id FROM assignment WHERE task_id = $1)")
            )
            copies[table] = await connection.fetch(f'SELECT * FROM "{table}" WHERE {where}', task_id)
        began = time.perf_counter()
        async with connection.transaction():
            for table, rows in copies.items():
                places = ", ".join(f"${number + 1}" for number in range(len(rows[0])))
                await connection.executemany(
                    f'INSERT INTO "bare_{table}" VALUES ({places})', [tuple(row) for row in rows]
                )
        return time.perf_counter() - began
    finally:
        await connection.close()
