"""What saving a draft takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from reporting.row_edits import MAX_ROWS
from reporting.schemas import MAX_CELLS, CellsIn, CellText, In, ReasonsIn


class CellEditIn(In):
    code: str = Field(max_length=40)
    base: CellText | None = None
    new: CellText | None = None


class RowEditIn(In):
    """A row as it was read and as it is to be; null where there was none, or is to be none."""

    table: str = Field(max_length=40)
    id: str = Field(min_length=1, max_length=64)
    base: CellsIn | None = None
    new: CellsIn | None = None


class DraftIn(In):
    cells: list[CellEditIn] = Field(default=[], max_length=MAX_CELLS)
    rows: list[RowEditIn] = Field(default=[], max_length=MAX_ROWS)
    reasons: ReasonsIn | None = None
    zeroed: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=MAX_CELLS)


class ConflictOut(BaseModel):
    code: str
    base: str | None
    mine: str | None
    theirs: str | None
    by_name: str
    at: datetime | None


class RowConflictOut(BaseModel):
    table: str
    row: str
    base: dict[str, str | None] | None
    mine: dict[str, str | None] | None
    theirs: dict[str, str | None] | None
    by_name: str
    at: datetime | None


class SavedOut(BaseModel):
    version: int
    saved_at: datetime
    cells: dict[str, str | None]
    conflicts: list[ConflictOut]
    #: The row tables as they stand now; null where none was sent.
    rows: dict[str, list[dict[str, Any]]] | None
    row_conflicts: list[RowConflictOut]
