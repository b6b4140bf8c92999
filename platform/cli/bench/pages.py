"""How long a page takes, beside one indexed read of the same bytes in a bare handler."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import asyncpg
import orjson

from cli.bench import servers
from cli.bench.counties import BenchCounty, Month
from cli.bench.floor import FACTS
from cli.bench.results import Figure, percentile
from cli.bench.submit import facts_of
from cli.bench.wire import one_by_one, request
from cli.bench.world import World

#: Answers that don't count, while the server finds its plans.
WARM_UP = 10


def page_figure(
    name: str, times: Sequence[float], floor: Sequence[float], body: bytes, aim: float | None = None
) -> Figure:
    """The row of a page from sorted times in seconds; without an aim it is told and not judged."""
    p95, p95_floor = percentile(times, 0.95), percentile(floor, 0.95)
    return Figure(
        name,
        p95 * 1000,
        "ms",
        p95_floor * 1000,
        p95 / p95_floor,
        "" if aim is None else f"≤ {aim * 1000:.0f} ms",
        None if aim is None else p95 <= aim,
        {
            "medians": f"{statistics.median(times) * 1000:.1f}, {statistics.median(floor) * 1000:.1f} ms",
            "bytes": len(body),
        },
    )


async def floors_of(
    world: World, made: BenchCounty, month: Month, bodies: Sequence[bytes], rounds: int
) -> list[list[float]]:
    """Sorted times of the same bytes, each page's out of one indexed read."""
    connection = await asyncpg.connect(world.cluster.postgres.url("superuser", driver="postgresql"))
    try:
        await connection.execute(
            "CREATE SCHEMA IF NOT EXISTS bench; DROP TABLE IF EXISTS bench.page;"
            " CREATE TABLE bench.page (id int PRIMARY KEY, body bytea)"
        )
        await connection.executemany("INSERT INTO bench.page VALUES ($1, $2)", list(enumerate(bodies)))
    finally:
        await connection.close()
    path = world.cluster.layout.data / "floor.json"
    path.write_bytes(orjson.dumps(facts_of(world.cluster, made, month, {})))
    with servers.program(world.cluster, "cli.bench.floor", env={FACTS: str(path)}, health="/health/x") as served:
        return [
            sorted(
                await one_by_one(
                    served.port, [request("GET", f"/page/{number}", {})] * (rounds + WARM_UP), warm_up=WARM_UP
                )
            )
            for number in range(len(bodies))
        ]
