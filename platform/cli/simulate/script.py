"""What every unit does with every form, and which figures it writes: decided by the seed alone, whatever runs first."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from cli.simulate.units import SimUnit
from demo import figures
from forms.outcome import Row
from tenancy.tiers import Tier

FORMS = ("f1", "f2", "f3")
#: Who fills a form; the third is not asked of the county.
ASKED: Mapping[str, frozenset[Tier]] = {
    "f1": frozenset(Tier),
    "f2": frozenset(Tier),
    "f3": frozenset({Tier.VILLAGE, Tier.TOWNSHIP}),
}


class Turn(enum.StrEnum):
    """How a report comes about."""

    PLAIN = "plain"  # filled and submitted in one go
    DRAFTED = "drafted"  # saved cell by cell, then submitted
    RETRIED = "retried"  # the same request sent twice, as a weak network does
    RECALLED = "recalled"  # recalled and submitted again with other figures
    RETURNED = "returned"  # returned with marked cells, corrected
    CORRECTED = "corrected"  # corrected after it was approved


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part in a cycle. Who is late comes after everybody else was reviewed."""

    turn: Turn = Turn.PLAIN
    late: bool = False


#: Twenty units' parts; a small tree plays the first of them.
_PARTS = (
    Part(Turn.RETURNED), Part(Turn.DRAFTED), Part(Turn.RECALLED), Part(Turn.CORRECTED), Part(Turn.RETRIED),
    Part(Turn.PLAIN, late=True), Part(Turn.RETURNED, late=True), *[Part()] * 13,
)  # fmt: skip


def parts(units: Iterable[SimUnit], *, seed: int, form: str, period: str) -> dict[str, Part]:
    """unit → its part in a cycle."""
    codes = sorted(unit.code for unit in units)
    Random(f"{seed}|parts|{form}|{period}").shuffle(codes)
    return {code: _PARTS[place % len(_PARTS)] for place, code in enumerate(codes)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody types into one report."""

    cells: Mapping[str, str | None] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    zero: bool = False

    def body(self) -> dict[str, object]:
        """The request that hands it in."""
        if self.zero:
            return {"zero": True}
        if self.rows:
            return {"cells": {}, "rows": {"cases": [{"id": row.id, "cells": dict(row.cells)} for row in self.rows]}}
        return {"cells": dict(self.cells)}


@dataclass(frozen=True, slots=True)
class Past:
    """What the unit had approved for the period before, typed and computed."""

    cells: Mapping[str, str | None]
    rows: Sequence[Row]


def carried(past: Past | None) -> list[Row]:
    """The cases that are still open: they come back next month with this month's work blank."""
    rows = () if past is None else past.rows
    return [Row(row.id, {**row.cells, "by": None}) for row in rows if row.cells["zt"] == "在办"]


def write(seed: int, unit: SimUnit, form: str, period: str, ends_on: date, past: Past | None) -> Sheet:
    """The right figures."""
    rng = Random(f"{seed}|{unit.code}|{form}|{period}")
    if form == "f1":
        return Sheet(figures.monthly(rng, unit.tier, ends_on.month))
    if form == "f2":
        return Sheet(figures.quarterly(rng, unit.tier, None if past is None else past.cells))
    rows = [figures.going_on(rng, row, ends_on) for row in carried(past)]
    if rng.random() < (0.12 if unit.tier is Tier.VILLAGE else 0.4):
        rows.append(figures.case(rng, f"{unit.code}-{period}-1", ends_on))
    return Sheet({}, rows, zero=not rows)


#: The cell in which a slip is made, and by how much; every check that blocks still passes.
_SLIPS = {"f1": ("zf_rc", 5), "f2": ("gg_h", -1)}


def slip(form: str, sheet: Sheet) -> tuple[Sheet, list[str]]:
    """The same with a slip, and the cells that a reviewer would mark. A zero report has nothing to slip in."""
    if form in _SLIPS:
        code, by = _SLIPS[form]
        return replace(sheet, cells={**sheet.cells, code: str(max(0, int(sheet.cells[code] or 0) + by))}), [code]
    if not sheet.rows:
        return sheet, []
    first, *others = sheet.rows
    wrong = Row(first.id, {**first.cells, "zk": "（待核实）"})
    return replace(sheet, rows=[wrong, *others]), [f"cases.{first.id}.zk"]
