"""待办: the inbox of somebody with ten thousand open items, and what was settled there, searched by words."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import asyncpg
import orjson

from cli.bench import servers
from cli.bench.counties import BenchCounty
from cli.bench.pages import WARM_UP, page_figure
from cli.bench.results import Figure
from cli.bench.wire import Connection, one_by_one, request
from cli.bench.world import World
from kit import clock
from kit.ids import new_id
from tenancy.models import Role
from tenancy.tiers import Tier

_OPEN = 10_000
#: As many were settled, over a year; one in five hundred has the word that is looked for.
_WORD = "莫𡐓村"
_PAGE = 200
#: A page that everybody looks at all day.
AIM_INBOX = 0.3
AIM_DONE = 0.3


async def measure(world: World) -> list[Figure]:
    """Each page's p95 for one quiet reader, beside a plain SELECT of as many rows by the same index."""
    rounds = 10 if world.quick else 40
    number = 500 if world.quick else _OPEN
    made = await world.nation_county()
    month = made.months[max(made.months)]
    unit_id = next(unit for unit in month.units if unit.tier is Tier.TOWNSHIP).unit_id
    headers = made.visitors[unit_id].headers
    floor = await _fill(world, made, unit_id, number, rounds)
    world.settle()
    wanted = {
        f"inbox with {number:,} open items, p95": ("/api/inbox", AIM_INBOX),
        f"settled items found by a word among {number:,}, p95": (f"/api/inbox/done?search={quote(_WORD)}", AIM_DONE),
    }
    figures: list[Figure] = []
    with servers.web(world.cluster, processes=1) as served:
        for name, (path, aim) in wanted.items():
            asked = request("GET", path, headers)
            times = sorted(await one_by_one(served.port, [asked] * (rounds + WARM_UP), warm_up=WARM_UP))
            connection = await Connection.open(served.port)
            body = await connection.ask(asked)
            connection.close()
            figures.append(page_figure(name, times, floor, body, aim))
    return figures


async def _fill(world: World, made: BenchCounty, unit_id: UUID, number: int, rounds: int) -> list[float]:
    """Put the items into the unit's box; sorted seconds of a plain SELECT of one page of them."""
    now = clock.now()
    county_id = made.county.id
    rows: list[tuple[Any, ...]] = []
    for at in range(number):
        due = now + timedelta(minutes=at)
        facts = {"title": f"入户核对第{at}批", "by": "测试县"}
        rows.append((county_id, new_id(), unit_id, new_id(), 1, False, facts, due, now))
        settled = new_id()
        then = now - timedelta(minutes=50 * at)
        told = {"title": f"{_WORD if at % 500 == 0 else '走访'}第{at}批", "by": "测试县"}
        rows.append((county_id, new_id(), unit_id, settled, 1, False, told, due, then - timedelta(days=1)))
        rows.append((county_id, new_id(), unit_id, settled, 2, True, {}, None, then))
    connection = await asyncpg.connect(world.cluster.postgres.url("superuser", driver="postgresql"))
    try:
        await connection.executemany(
            "INSERT INTO inbox_item (county_id, id, recipient_unit_id, role, topic, subject_kind, subject_id,"
            " subject_version, closed, facts, due_at, created_at, place)"
            " VALUES ($1, $2, $3::uuid, $10, 'task', 'assignment', $4, $5, $6, $7::jsonb, $8, $9, ARRAY[$3::uuid])",
            [(*row[:6], orjson.dumps(row[6]).decode(), *row[7:], Role.REPORTER.value) for row in rows],
        )
        await connection.execute("ANALYZE inbox_item")
        query = "SELECT * FROM inbox_item WHERE county_id = $1 AND recipient_unit_id = $2 LIMIT $3"
        times = []
        for _ in range(rounds + WARM_UP):
            began = time.perf_counter()
            await connection.fetch(query, county_id, unit_id, _PAGE)
            times.append(time.perf_counter() - began)
        return sorted(times[WARM_UP:])
    finally:
        await connection.close()
