"""上报 over HTTP: the whole way, beside the same rows written bare."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from cli import check
from cli.bench import counties, servers
from cli.bench.counties import BenchCounty, Month
from cli.bench.floor import FACTS
from cli.bench.results import Figure, percentile
from cli.bench.servers import Busy
from cli.bench.wire import Load, crowd, request
from cli.bench.world import HISTORY, World
from kit.embedded import Cluster

CLIENTS = 16
AIM_PER_SECOND = 500.0
AIM_OF_FLOOR = 0.35


async def measure(world: World) -> list[Figure]:
    """Every request submits another village's month."""
    seconds = 3.0 if world.quick else 10.0
    months = 2 if world.quick else 6
    made = await world.nation_county()
    fresh = [await counties.open_month(world.database, made, HISTORY + 1 + n) for n in range(months)]
    bare = await counties.make(world.database, townships=world.shape[0], villages=world.shape[1])
    bare_months = [await counties.open_month(world.database, bare, 1 + n) for n in range(months)]
    world.settle()
    floor, floor_busy = await _floor(world, bare, bare_months, seconds)
    whole, busiest, busy = await _platform(world, made, fresh, seconds)
    report = await check.run(world.database, made.county.code)
    calls = sum(calls for calls, _, _ in busiest)
    answered = whole.answered
    latencies = whole.sorted
    ratio = whole.per_second / floor.per_second
    more: dict[str, Any] = {
        "clients, web processes": f"{CLIENTS}, {world.processes}",
        "p50, p95, p99": ", ".join(f"{percentile(latencies, p) * 1000:.1f}" for p in (0.5, 0.95, 0.99)) + " ms",
        "floor p50, p95": ", ".join(f"{percentile(floor.sorted, p) * 1000:.1f}" for p in (0.5, 0.95)) + " ms",
        "statements a request": f"{calls / answered:.2f} (BEGIN and COMMIT among them)",
        "processor time a request, web + database": _cost(busy, answered),
        "the same of the floor": _cost(floor_busy, floor.answered),
        "check afterwards": "clean" if report.ok else f"BREACHES {report.breaches}",
    }
    for calls, milliseconds, query in busiest[:8]:
        more[f"{calls / answered:.2f}× {query[:60]}"] = f"{milliseconds / answered:.3f} ms"
    return [
        Figure(
            "submit",
            whole.per_second,
            "/s",
            floor.per_second,
            ratio,
            f"≥ {AIM_PER_SECOND:.0f}/s, ≥ {AIM_OF_FLOOR} of the floor",
            whole.per_second >= AIM_PER_SECOND and ratio >= AIM_OF_FLOOR and report.ok,
            more,
        )
    ]


async def _platform(
    world: World, made: BenchCounty, months: Sequence[Month], seconds: float
) -> tuple[Load, list[tuple[int, float, str]], Busy]:
    requests = [
        _submit(made, month.submissions[unit.unit_id].id, unit.unit_id, place)
        for month in months
        for place, unit in enumerate(month.villages())
    ]
    # Whoever submits has just opened the page: their session was seen within the minute.
    world.cluster.postgres.ask("superuser", "UPDATE user_session SET seen_at = now()")
    with servers.web(world.cluster, processes=world.processes) as served:
        servers.forget_statements(world.cluster)
        before = servers.busy(world.cluster, served)
        load = await crowd(served.port, requests, clients=CLIENTS, warm_up=1.0, seconds=seconds)
        return load, servers.statements(world.cluster), servers.busy(world.cluster, served).since(before)


def _submit(made: BenchCounty, submission_id: UUID, unit_id: UUID, place: int) -> bytes:
    variant = made.variants[place % len(made.variants)]
    headers = {
        **made.visitors[unit_id].headers,
        "if-match": '"1"',
        "idempotency-key": secrets.token_hex(8),
    }
    return request("POST", f"/api/submissions/{submission_id}/submit", headers, orjson.dumps({"cells": variant.typed}))


def _cost(busy: Busy, requests: int) -> str:
    return f"{busy.web / requests * 1000:.2f} + {busy.database / requests * 1000:.2f} ms"


async def _floor(world: World, made: BenchCounty, months: Sequence[Month], seconds: float) -> tuple[Load, Busy]:
    places = {
        str(month.submissions[unit.unit_id].id): [str(u) for u in month.submissions[unit.unit_id].place]
        for month in months
        for unit in month.villages()
    }
    facts = facts_of(world.cluster, made, months[0], places)
    path = world.cluster.layout.data / "floor.json"
    path.write_bytes(orjson.dumps(facts))
    body = orjson.dumps({"cells": made.variants[0].typed})
    # The bare handler keeps no count of its own: it is told the revision's number, and may go round again.
    requests = (request("POST", f"/submit/{s}/{number}", {}, body) for number in range(1, 1000) for s in places)
    arguments = ("--processes", str(world.processes))
    with servers.program(
        world.cluster, "cli.bench.floor", *arguments, env={FACTS: str(path)}, health="/health/x"
    ) as served:
        before = servers.busy(world.cluster, served)
        load = await crowd(served.port, requests, clients=CLIENTS, warm_up=1.0, seconds=seconds)
        return load, servers.busy(world.cluster, served).since(before)


def facts_of(cluster: Cluster, made: BenchCounty, month: Month, places: dict[str, list[str]]) -> dict[str, Any]:
    """What the bare handler has to know."""
    return {
        "dsn": cluster.postgres.url("superuser", driver="postgresql"),
        "county_id": str(made.county.id),
        "county_unit_id": str(made.county.unit_id),
        "cycle_id": str(month.cycle.id),
        "partials": orjson.dumps(made.variants[0].partials).decode(),
        "places": places,
    }
