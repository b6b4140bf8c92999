"""Shapes of 代报 in one workbook over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from reporting.schemas import CellsIn, In, ProblemOut, ReasonsIn, UnitBrief
from reporting.workbook_schemas import TroubleOut


class BookChangeOut(BaseModel):
    """A figure that would be handed in: `was` is what was handed in last."""

    code: str
    name: str
    was: str | None
    now: str | None


class BookLineOut(BaseModel):
    """A village's line that says something new. `state`: ready, explain, blocked, faulty, refused."""

    submission_id: UUID
    version: int
    unit: UnitBrief
    number: int
    state: str
    refusal: str | None
    basis: str
    zero: bool
    cells: dict[str, str | None]
    changes: list[BookChangeOut]
    problems: list[ProblemOut]
    #: What the workbook says to every 须说明 of the line.
    reasons: dict[str, str]


class BehalfBookOut(BaseModel):
    """What a filled workbook would hand in; nothing of it is stored."""

    lines: list[BookLineOut]
    unchanged: int
    troubles: list[TroubleOut]
    #: Titles of the tables that can't be in a workbook of units.
    tables: list[str]


class GivenLineIn(In):
    """代报 of one unit."""

    submission_id: UUID
    version: int = Field(ge=1, le=2**31 - 1)
    basis: str = Field(min_length=1, max_length=1000)
    zero: bool = False
    cells: CellsIn = Field(default_factory=dict)
    reasons: ReasonsIn = Field(default_factory=dict)


class FillManyIn(In):
    lines: Annotated[list[GivenLineIn], Field(min_length=1, max_length=500)]
