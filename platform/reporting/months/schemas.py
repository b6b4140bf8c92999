"""What the month at a glance takes and gives over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from reporting.schemas import FormBrief, In, UnitBrief


class ContactOut(BaseModel):
    name: str
    #: Masked.
    phone: str | None
    officer: str
    #: 0 while nothing was written down.
    version: int


class ContactIn(In):
    name: Annotated[str, Field(max_length=40)]
    #: Left out, the number stays as it is; empty, it is taken away.
    phone: Annotated[str | None, Field(max_length=30)] = None
    officer: Annotated[str | None, Field(max_length=40)] = None


class PhoneOut(BaseModel):
    phone: str | None


class BelowOut(BaseModel):
    """The units under one: how many owe, and how they stand."""

    total: int = 0
    submitted: int = 0
    approved: int = 0
    returned: int = 0
    exempt: int = 0
    late: int = 0


class MonthCell(BaseModel):
    cycle_id: UUID
    submission_id: UUID
    state: str
    exempt: bool
    late: bool
    due_at: datetime
    submitted_at: datetime | None
    below: BelowOut | None


class MonthRow(BaseModel):
    unit: UnitBrief
    parent_id: UUID | None
    has_children: bool
    contact: ContactOut
    cells: list[MonthCell]


class MonthColumn(BaseModel):
    cycle_id: UUID
    form: FormBrief
    period_key: str
    due: dict[str, datetime]
    provisional: bool


class MonthOut(BaseModel):
    period: str | None
    periods: list[str]
    columns: list[MonthColumn]
    rows: list[MonthRow]
