"""Pages and lists that are read, in the county with the most villages: nobody should wait there either."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from cli.bench import servers
from cli.bench.counties import BenchCounty
from cli.bench.pages import WARM_UP, floors_of, page_figure
from cli.bench.results import Figure
from cli.bench.wire import Connection, one_by_one, request
from cli.bench.world import World
from reporting import listings
from reporting.snapshot import REPORTED, load_snapshot
from reporting.workbook.listing import Listing, write_listings
from tenancy.tiers import Tier

#: A page that people click through all day.
AIM_LIST = 0.200
#: A page that adds up again what is long closed.
AIM_RECKONED = 1.0
AIM_LISTING = 2.0
_ROUNDS = 3


async def pages(world: World) -> list[Figure]:
    """Each page's p95 for one quiet reader, beside reading the same bytes."""
    rounds = 10 if world.quick else 40
    made = await world.nation_county()
    month = made.months[max(made.months)]
    township = next(unit for unit in month.units if unit.tier is Tier.TOWNSHIP)
    at_county, at_township = (made.visitors[unit_id].headers for unit_id in (made.county.unit_id, township.unit_id))
    cycle = f"/api/cycles/{month.cycle.id}"
    glance = f"/api/month?period={max(made.months)}"
    wanted = {
        "rollup": (f"{cycle}/rollup", at_county, AIM_LIST),
        "month at a glance, county": (glance, at_county, AIM_LIST),
        "month at a glance, every village": (f"{glance}&everything=true", at_county, AIM_RECKONED),
        "month at a glance, township": (glance, at_township, AIM_LIST),
        "who has not reported, township": (f"{cycle}/missing", at_township, AIM_LIST),
        "comparison": (f"{cycle}/comparison", at_county, AIM_RECKONED),
        "comparison, units as now": (f"{cycle}/comparison?units=now", at_county, AIM_RECKONED),
        "several periods": (f"{cycle}/periods", at_county, AIM_RECKONED),
        "statement in words": (f"{cycle}/statement", at_county, AIM_RECKONED),
    }
    world.settle()
    requests = {name: request("GET", path, headers) for name, (path, headers, _) in wanted.items()}
    with servers.web(world.cluster, processes=1) as served:
        times = {
            name: sorted(await one_by_one(served.port, [asked] * (rounds + WARM_UP), warm_up=WARM_UP))
            for name, asked in requests.items()
        }
        connection = await Connection.open(served.port)
        bodies = [await connection.ask(asked) for asked in requests.values()]
        connection.close()
    floors = await floors_of(world, made, month, bodies, rounds)
    shape = f"{world.shape[1]:,} villages"
    return [
        page_figure(f"{name}, {shape}, p95", times[name], floor, body, wanted[name][2])
        for name, floor, body in zip(wanted, floors, bodies, strict=True)
    ]


async def lists(world: World) -> list[Figure]:
    """The detail by village as a workbook, from the query to the file; beside openpyxl writing the same cells bare."""
    made = await world.nation_county()
    world.settle()
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            found = await _detail(world, made)
            await asyncio.to_thread(write_listings, Path(folder) / "ours.xlsx", [found])
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            await asyncio.to_thread(_bare, found, Path(folder) / "bare.xlsx")
            bare.append(time.perf_counter() - began)
    ratio = min(ours) / min(bare)
    return [
        Figure(
            f"detail as a workbook, {world.shape[1]:,} villages × 60 fields",
            min(ours),
            "s",
            min(bare),
            ratio,
            f"≤ {AIM_LISTING:.0f} × openpyxl, write-only, unstyled",
            ratio <= AIM_LISTING,
            {"lines": len(found.rows)},
        )
    ]


async def _detail(world: World, made: BenchCounty) -> Listing:
    month = made.months[min(made.months)]
    async with world.database.session(made.identity) as session, session.begin():
        snapshot, top = await load_snapshot(
            session,
            county_id=made.county.id,
            cycle_id=month.cycle.id,
            unit_id=made.county.unit_id,
            basis=REPORTED,
        )
        return listings.detail(snapshot, top)[0]


def _bare(found: Listing, path: Path) -> None:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    numeric = [column.number_format is not None for column in found.columns]
    for row in found.rows:
        sheet.append(
            [float(value) if is_number and value else value for value, is_number in zip(row, numeric, strict=True)]
        )
    workbook.save(path)
