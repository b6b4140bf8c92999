"""交办、通知: one task to every village of the county with the most, and one notice that all of them read."""

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
from cli.bench.pages import WARM_UP, floors_of, page_figure
from cli.bench.results import Figure, percentile
from cli.bench.wire import BadAnswer, Connection, crowd, one_by_one, request
from cli.bench.world import World
from kit import clock
from kit.ids import new_id

_ROUNDS = 5
AIM_RATIO = 4.0
#: The issuer's page of a notice that everybody has read.
AIM_NOTICE = 0.2
_CLIENTS = 16
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


async def read(world: World) -> list[Figure]:
    """One notice to every village, read by each; then the issuer's page of it, beside reading the same bytes."""
    made = await world.nation_county()
    month = made.months[max(made.months)]
    at_county = made.visitors[made.county.unit_id].headers
    world.settle()
    with servers.web(world.cluster, processes=world.processes) as served:
        connection = await Connection.open(served.port)
        headers = {**at_county, "idempotency-key": str(new_id())}
        body = {"title": "光荣牌悬挂", "text": "请于春节前完成。", "to": [{"kind": "tier", "tier": "village"}]}
        began = time.perf_counter()
        notice = orjson.loads(await connection.ask(request("POST", "/api/notices", headers, orjson.dumps(body))))
        published = time.perf_counter() - began
        connection.close()
        path = f"/api/notices/{notice['id']}"
        reads = [request("POST", f"{path}/read", made.visitors[unit.unit_id].headers) for unit in month.villages()]
        load = await crowd(served.port, reads, clients=_CLIENTS, warm_up=0.0, seconds=120.0)
        page = request("GET", path, at_county)
        times = sorted(await one_by_one(served.port, [page] * (50 + WARM_UP), warm_up=WARM_UP))
        connection = await Connection.open(served.port)
        answer = await connection.ask(page)
        connection.close()
    told = orjson.loads(answer)
    if told["readings"] != told["addressed"]:
        raise BadAnswer(f"{told['readings']} of {told['addressed']} read")
    floor = (await floors_of(world, made, month, [answer], 50))[0]
    return [
        page_figure(f"a notice that {told['readings']:,} units have read, p95", times, floor, answer, AIM_NOTICE),
        Figure(
            "reading it, one request each",
            load.per_second,
            "/s",
            more={"publishing took": f"{published:.2f} s", "p95": f"{percentile(load.sorted, 0.95) * 1000:.1f} ms"},
        ),
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
