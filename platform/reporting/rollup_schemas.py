"""Rollups and trends over HTTP. Figures are strings: exact decimals survive every browser."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from reporting.schemas import CycleBrief, ProblemOut, UnitBrief


class RollupFigures(BaseModel):
    live: dict[str, str | None]
    reported: dict[str, str | None]


class RollupRow(BaseModel):
    """One unit of a rollup page. Figures are null where the unit has none: missing is never zero."""

    unit: UnitBrief
    kind: str
    has_children: bool
    state: str | None
    submission_id: UUID | None
    revision_no: int | None
    late: bool
    exempt_reason: str | None
    differs: bool
    #: What counts now was handed in after the cycle was closed (封存后更正).
    after_closing: bool
    counts: dict[str, dict[str, int]]
    live: dict[str, str | None] | None
    reported: dict[str, str | None] | None


class RollupOut(BaseModel):
    cycle: CycleBrief
    unit: UnitBrief
    trail: list[UnitBrief]
    counts: dict[str, dict[str, int]]
    differs: bool
    totals: RollupFigures
    handed_in: dict[str, str | None] | None
    rows: list[RollupRow]
    problems: list[ProblemOut]


class RowListing(BaseModel):
    unit: UnitBrief
    submission_id: UUID
    revision_no: int
    state: str
    rows: list[dict[str, Any]]


class RowsOut(BaseModel):
    table: str
    items: list[RowListing]


class Series(BaseModel):
    code: str
    live: list[str | None]
    reported: list[str | None]


class TrendOut(BaseModel):
    periods: list[str]
    series: list[Series]
