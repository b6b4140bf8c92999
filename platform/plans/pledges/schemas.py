"""Pledges at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from reporting.comparing.schemas import PRINTED

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTED)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=PRINTED)]
Year = Annotated[int, Field(ge=2020, le=2100)]


class PledgeTextIn(BaseModel):
    """What is pledged in a year."""

    year: Year
    title: Title
    text: Body
    due_on: date


class PledgeTextOut(BaseModel):
    id: UUID
    year: int
    no: int
    title: str
    text: str
    due_on: date
    made_at: datetime
    maker: str


class PledgeSignIn(BaseModel):
    staff_id: UUID
    year: Year
    #: A PNG in base64, as a canvas gives it.
    signature: Annotated[str, Field(min_length=40, max_length=140_000)]


class PledgeVoidIn(BaseModel):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PledgeVoidOut(BaseModel):
    """作废."""

    reason: str
    voided_at: datetime
    voider: str


class PledgeLine(BaseModel):
    """A staff member in a year. `may_sign`: in person, here and now. `void_ids`: what was signed and is void."""

    staff_id: UUID
    name: str
    post: str
    unit_id: UUID
    unit: str
    pledge_id: UUID | None
    signed_at: datetime | None
    void_ids: list[UUID]
    may_sign: bool


class PledgePage(BaseModel):
    """A year: its text (null before it was issued; `draft` is what it would begin with), who signed and who has not."""

    year: int
    text: PledgeTextOut | None
    draft: PledgeTextOut | None
    may_issue: bool
    items: list[PledgeLine]
    total: int
    signed: int


class PledgeOut(BaseModel):
    """A signed pledge: the sheet without its signature's picture. `void`: why it counts no longer."""

    id: UUID
    year: int
    title: str
    text: str
    name: str
    unit: str
    signed_at: datetime
    void: PledgeVoidOut | None
    may_void: bool
