"""The county's official workbook, from the query to the file, beside openpyxl writing the same cells without looks."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from cli.bench.results import Figure
from cli.bench.world import World
from reporting import exports
from reporting.exports import SheetData
from reporting.snapshot import REPORTED

AIM_RATIO = 2.0
_ROUNDS = 3


async def measure(world: World) -> list[Figure]:
    """The best of some rounds of each, in turn."""
    made = await world.nation_county()
    month = made.months[min(made.months)]
    world.settle()
    ours: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        styled, plain = Path(folder) / "styled.xlsx", Path(folder) / "plain.xlsx"
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            async with world.database.session(made.identity) as session, session.begin():
                data = await exports.read_sheet(
                    session,
                    county_id=made.county.id,
                    cycle_id=month.cycle.id,
                    unit_id=made.county.unit_id,
                    basis=REPORTED,
                )
            read = time.perf_counter() - began
            await asyncio.to_thread(exports.write_sheet, data, styled)
            ours.append(time.perf_counter() - began)
            began = time.perf_counter()
            cells = await asyncio.to_thread(_bare, data, plain)
            bare.append(time.perf_counter() - began)
        sizes = f"{styled.stat().st_size:,}, {plain.stat().st_size:,}"
    ratio = min(ours) / min(bare)
    return [
        Figure(
            f"county workbook, {world.shape[1]:,} villages × 60 fields",
            min(ours),
            "s",
            min(bare),
            ratio,
            f"≤ {AIM_RATIO:.0f} × openpyxl, write-only, unstyled",
            ratio <= AIM_RATIO,
            {"of these the query and the sums": f"{read:.2f} s", "cells": cells, "bytes": sizes},
        )
    ]


def _bare(data: SheetData, path: Path) -> int:
    """The same lines as numbers in a workbook without looks; returns the number of cells."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet()
    codes = list(data.form.plan.fields)
    number = 0
    for line in data.lines:
        cells = line.cells or {}
        row: list[object] = [line.name]
        row += [None if (text := cells.get(code)) is None else float(text) for code in codes]
        sheet.append(row)
        number += len(row)
    workbook.save(path)
    return number
