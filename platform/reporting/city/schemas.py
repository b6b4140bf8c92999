"""Shapes of 套表 over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from reporting.city.targets import Basis, SheetName, Span, Target
from reporting.schemas import In

Month = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")]


class CitySheetBrief(BaseModel):
    id: UUID
    title: str
    name: str
    version: int
    #: How many targets it has.
    mapped: int
    updated_at: datetime
    updater_name: str


class CitySheetPage(BaseModel):
    items: list[CitySheetBrief]
    #: Whether the reader may add, map and remove.
    may_keep: bool


class CityCellOut(BaseModel):
    ref: str
    row: int
    column: int
    rows: int
    columns: int
    kind: str
    text: str
    bold: bool
    align: str


class CityPageOut(BaseModel):
    name: str
    rows: int
    columns: int
    widths: list[float]
    cells: list[CityCellOut]
    #: There is more of the sheet than is shown.
    cut: bool


class CityFieldOut(BaseModel):
    code: str
    name: str
    money: bool


class CityFormOut(BaseModel):
    id: UUID
    name: str
    fields: list[CityFieldOut]


class CitySheetOut(CitySheetBrief):
    may_keep: bool
    targets: list[Target]
    pages: list[CityPageOut]
    #: What filling loses, out of charts, images, controls, pivots, threads, shapes, extensions.
    losses: list[str]
    forms: list[CityFormOut]


class TargetsIn(In):
    targets: list[Target] = Field(max_length=2000)


class ProposeIn(In):
    sheet: SheetName
    form_id: UUID
    basis: Basis = "reported"
    span: Span = "period"


class ProposedOut(BaseModel):
    targets: list[Target]
    #: Fields of the form that no word of the sheet names.
    unmatched: list[str]


class FillIn(In):
    period: Month
    #: Leave blank what can't be filled.
    partial: bool = False


class CityProblemOut(BaseModel):
    sheet: str
    cell: str
    message: str


class CityProblemPage(BaseModel):
    items: list[CityProblemOut]
