"""Shapes of past years over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from reporting.workbook_schemas import TroubleOut

PeriodKey = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-T[123])?|-Q[1-4]|-H[12])?$")]


class PastIn(BaseModel):
    """How a plain sheet is to be read: its period, and which heading is which field."""

    model_config = ConfigDict(extra="forbid")

    period: PeriodKey | None = None
    mapping: dict[
        Annotated[str, StringConstraints(max_length=200)], Annotated[str, StringConstraints(max_length=40)]
    ] = Field(default_factory=dict, max_length=300)
    #: Import the units without problems though others have some.
    partial: bool = False


class UnmatchedOut(BaseModel):
    row: int
    name: str


class PastSheetOut(BaseModel):
    name: str
    period: str | None
    label: str
    #: Units found, of those that may have figures; columns found; figures there.
    units: int
    asked: int
    headings: int
    figures: int
    reported_here: bool
    unmatched: list[UnmatchedOut]
    unknown: list[str]


class PastFieldOut(BaseModel):
    code: str
    name: str


class PastPreview(BaseModel):
    file_id: UUID
    file_name: str
    sheets: list[PastSheetOut]
    troubles: list[TroubleOut]
    fields: list[PastFieldOut]
    #: Whether there is anything to import.
    ready: bool
    #: Whether all of it may be imported without leaving something out.
    clean: bool
