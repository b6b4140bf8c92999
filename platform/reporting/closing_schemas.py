"""What closing, archives, grants and revision history take and give over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from reporting.schemas import (
    MAX_CELLS,
    CellsIn,
    CellText,
    CycleBrief,
    In,
    ReasonIn,
    ReasonsIn,
    RowsIn,
    UnitBrief,
)


class ExtendIn(ReasonIn):
    #: The last day; due at its end.
    until: date


class EditIn(In):
    """A cell as the sender saw it and as it should be."""

    code: str = Field(max_length=40)
    before: CellText | None = None
    after: CellText | None = None


class FillForIn(In):
    """代报: `basis` says who reported it and how."""

    basis: str = Field(max_length=1000)
    zero: bool = False
    cells: CellsIn | None = None
    rows: RowsIn | None = None
    reasons: ReasonsIn | None = None


class MendIn(In):
    basis: str = Field(max_length=1000)
    edits: list[EditIn] = Field(min_length=1, max_length=MAX_CELLS)
    reasons: ReasonsIn | None = None


class BehalfSheetIn(In):
    action: Literal["fill_for", "mend"]


class Signer(In):
    post: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=40)


class ReportUpIn(In):
    document_no: str = Field(default="", max_length=100)
    destination: str = Field(min_length=1, max_length=100)
    reported_on: date
    signers: list[Signer] = Field(default=[], max_length=10)
    note: str = Field(default="", max_length=1000)


class ArchiveBrief(BaseModel):
    id: UUID
    no: int
    kind: str
    document_no: str
    destination: str
    reported_on: date | None
    signers: list[Signer]
    note: str
    made_at: datetime
    by_name: str


class ArchivePage(BaseModel):
    items: list[ArchiveBrief]


class DifferenceOut(BaseModel):
    unit: UnitBrief
    code: str
    then: str | None
    now: str | None


class ArchiveOut(ArchiveBrief):
    """`then` and `now` are the county's reported figures (已审)."""

    cycle: CycleBrief
    unit: UnitBrief
    then: dict[str, str | None]
    now: dict[str, str | None]
    differences: list[DifferenceOut]


class ArchiveMade(BaseModel):
    archive_id: UUID | None


class CellChangeOut(BaseModel):
    code: str
    before: str | None
    after: str | None
    table: str | None
    row: str | None


class RevisionChanges(BaseModel):
    id: UUID
    no: int
    submitted_at: datetime
    by_name: str
    #: Of the correction or the return that it followed.
    reason: str
    after_closing: bool
    #: 代报、代改 and by which unit.
    behalf_kind: str | None
    behalf_unit_name: str
    zero_report: bool
    live: bool
    approved: bool
    changes: list[CellChangeOut]


class ChangesPage(BaseModel):
    items: list[RevisionChanges]


class ReasonLine(BaseModel):
    """What a unit said to a 须说明, beside the cells that it is about."""

    unit: UnitBrief
    #: The unit's row on the page that was asked for: itself, or the unit between.
    through: UUID
    submission_id: UUID
    revision_no: int
    key: str
    cells: list[str]
    table: str | None
    message: str
    said: str


class ReasonPage(BaseModel):
    items: list[ReasonLine]
