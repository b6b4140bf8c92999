"""汇总 over HTTP: what an approval costs the next reader, and the county's page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from cli.bench import counties, servers
from cli.bench.counties import BenchCounty, Month
from cli.bench.pages import WARM_UP, floors_of, page_figure
from cli.bench.results import Figure, percentile
from cli.bench.wire import Connection, one_by_one, request
from cli.bench.world import World

#: The county that the nation's largest is held against: townships, villages.
SMALL = (10, 100)
#: A county page's townships, and villages enough for any of them.
PAGE_TOWNSHIPS = 15
AIM_UPKEEP = 0.030
AIM_UPKEEP_RATIO = 3.0
AIM_PAGE = 0.020
#: A page that doesn't care how many villages there are may wobble by so much.
AIM_FLAT = 1.3


async def upkeep(world: World) -> list[Figure]:
    """An approval, then the county's page: in the nation's largest county beside a small one."""
    rounds = 40 if world.quick else 200
    large = await world.nation_county()
    small = await counties.make(world.database, townships=SMALL[0], villages=SMALL[1])
    months: dict[str, list[Month]] = {"large": [], "small": []}
    for name, made, number in (("large", large, 1), ("small", small, 1 + rounds // SMALL[1])):
        for n in range(number):
            months[name].append(await world.full_month(made, 11 - n, approve=False))
    world.settle()
    with servers.web(world.cluster, processes=1) as served:
        took = {
            "small": await _approve_and_read(served.port, small, months["small"], rounds),
            "large": await _approve_and_read(served.port, large, months["large"], rounds),
        }
    large_sorted, small_sorted = (sorted(whole for whole, _ in took[name]) for name in ("large", "small"))
    p95, floor = percentile(large_sorted, 0.95), percentile(small_sorted, 0.95)
    ratio = statistics.median(large_sorted) / statistics.median(small_sorted)
    shape = f"{world.shape[1]:,} villages in {world.shape[0]} townships"
    return [
        Figure(
            "upkeep: approval, then the county page, p95",
            p95 * 1000,
            "ms",
            floor * 1000,
            ratio,
            f"≤ {AIM_UPKEEP * 1000:.0f} ms, ≤ {AIM_UPKEEP_RATIO:.0f} × a small county",
            p95 <= AIM_UPKEEP and ratio <= AIM_UPKEEP_RATIO,
            {
                "shapes": f"{shape}; {SMALL[1]} in {SMALL[0]}",
                "medians": f"{statistics.median(large_sorted) * 1000:.1f}, "
                f"{statistics.median(small_sorted) * 1000:.1f} ms",
                "of these the page": f"{statistics.median(page for _, page in took['large']) * 1000:.1f}, "
                f"{statistics.median(page for _, page in took['small']) * 1000:.1f} ms",
            },
        )
    ]


async def _approve_and_read(
    port: int, made: BenchCounty, months: Sequence[Month], rounds: int
) -> list[tuple[float, float]]:
    """(seconds from sending an approval until the county's page is there, of these the page), for each approval."""
    reviews = []
    for month in months:
        page = request("GET", f"/api/cycles/{month.cycle.id}/rollup", made.visitors[made.county.unit_id].headers)
        # One village of every township in turn, so that no fold finds its township just folded.
        villages = sorted(month.villages(), key=lambda unit: unit.code[3:])
        for unit in villages:
            assert unit.parent_id is not None
            headers = {**made.visitors[unit.parent_id].headers, "if-match": '"2"'}
            submission = month.submissions[unit.unit_id]
            reviews.append((request("POST", f"/api/submissions/{submission.id}/approve", headers), page))
    connection = await Connection.open(port)
    took: list[tuple[float, float]] = []
    try:
        for approve, page in reviews[: rounds + WARM_UP]:
            began = time.perf_counter()
            await connection.ask(approve)
            approved = time.perf_counter()
            await connection.ask(page)  # folds what the approval marked
            ended = time.perf_counter()
            took.append((ended - began, ended - approved))
    finally:
        connection.close()
    return took[WARM_UP:]


async def page(world: World) -> list[Figure]:
    """The county's page of a month, and its twelve months of every field; beside reading the same bytes."""
    rounds = 50 if world.quick else 200
    villages = 60 if world.quick else 300
    made = await counties.make(world.database, townships=PAGE_TOWNSHIPS, villages=villages)
    crowded = await counties.make(world.database, townships=PAGE_TOWNSHIPS, villages=villages * 5)
    for number in range(1, 13):
        await world.full_month(made, number, approve=True)
    crowded_month = await world.full_month(crowded, 12, approve=True)
    world.settle()
    month = list(made.months.values())[-1]
    one_month = _page_of(made, month)
    codes = ",".join(made.form.plan.fields)
    trend = request(
        "GET", f"/api/forms/{made.form_id}/trend?fields={codes}", made.visitors[made.county.unit_id].headers
    )
    with servers.web(world.cluster, processes=1) as served:
        times = {
            name: sorted(await one_by_one(served.port, [asked] * (rounds + WARM_UP), warm_up=WARM_UP))
            for name, asked in (
                ("month", one_month), ("crowded", _page_of(crowded, crowded_month)), ("trend", trend),
            )
        }  # fmt: skip
        connection = await Connection.open(served.port)
        bodies = [await connection.ask(one_month), await connection.ask(trend)]
        connection.close()
    floors = await floors_of(world, made, month, bodies, rounds)
    flat = statistics.median(times["crowded"]) / statistics.median(times["month"])
    return [
        page_figure(
            f"county page, {PAGE_TOWNSHIPS} townships × 60 fields, p95", times["month"], floors[0], bodies[0], AIM_PAGE
        ),
        page_figure("county trend, 12 months × 60 fields, p95", times["trend"], floors[1], bodies[1], AIM_PAGE),
        Figure(
            "county page with five times the villages, median",
            statistics.median(times["crowded"]) * 1000,
            "ms",
            statistics.median(times["month"]) * 1000,
            flat,
            f"flat: ≤ {AIM_FLAT} ×",
            flat <= AIM_FLAT,
        ),
    ]


def _page_of(made: BenchCounty, month: Month) -> bytes:
    headers = made.visitors[made.county.unit_id].headers
    return request("GET", f"/api/cycles/{month.cycle.id}/rollup", headers)
