"""Shapes of what uploaded workbooks say."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel


class TroubleOut(BaseModel):
    """Something to mend in the file: where, in the words of the form, and what to do."""

    message: str
    sheet: str
    cell: str
    code: str | None
    table: str | None
    row: str | None


class FoundCellOut(BaseModel):
    code: str
    name: str
    base: str | None
    value: str | None
    now: str | None
    conflict: bool
    sheet: str
    cell: str


class FoundRowOut(BaseModel):
    id: str
    cells: dict[str, str | None]
    state: str
    faulty: bool
    sheet: str
    number: int


class FoundTableOut(BaseModel):
    table: str
    title: str
    rows: list[FoundRowOut]
    removed: list[str]
    conflict: bool


class WorkbookOut(BaseModel):
    """What a filled workbook would change; nothing of it is stored yet."""

    submission_id: UUID
    cells: list[FoundCellOut]
    tables: list[FoundTableOut]
    troubles: list[TroubleOut]
    found: int
