"""The roster at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.staff.models import Background, Duty, StaffKind, StaffState
from reporting.comparing.schemas import PRINTED
from tenancy.tiers import Tier

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=PRINTED)]
Post = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=PRINTED)]


class Certificate(BaseModel):
    """证书或资格, and since when."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=PRINTED)]
    on: date | None = None


class StaffIn(BaseModel):
    """What the roster says of a person."""

    name: Name
    post: Post = ""
    kind: StaffKind = StaffKind.FULL_TIME
    background: Background | None = None
    duties: Annotated[list[Duty], Field(max_length=len(Duty))] = []
    certificates: Annotated[list[Certificate], Field(max_length=20)] = []
    established: bool = False
    started_on: date
    #: Left out, the number stays as it is; empty, it is taken away.
    phone: Annotated[str | None, Field(max_length=30)] = None
    #: The account that the person signs in with, if it is theirs alone.
    account_id: UUID | None = None


class StaffAddIn(StaffIn):
    #: The acting unit's, unless one below is named.
    unit_id: UUID | None = None


class LeaveIn(BaseModel):
    on: date


class StaffOut(BaseModel):
    """Somebody on a roster; the number masked."""

    id: UUID
    version: int
    unit_id: UUID
    unit: str
    name: str
    post: str
    kind: StaffKind
    background: Background | None
    duties: list[Duty]
    certificates: list[Certificate]
    established: bool
    phone: str | None
    account_id: UUID | None
    account: str
    started_on: date
    left_on: date | None
    state: StaffState
    actions: list[str]


class RosterAccount(BaseModel):
    id: UUID
    name: str


class RosterOut(BaseModel):
    """A unit's people: those who serve, then those who left. `accounts` may be linked; empty without the right."""

    unit_id: UUID
    unit: str
    items: list[StaffOut]
    may_add: bool
    accounts: list[RosterAccount]


class RosterUnit(BaseModel):
    id: UUID
    name: str
    tier: Tier
    #: Under which unit it stands.
    parent: str
    #: How many serve there.
    serving: int


class RosterUnits(BaseModel):
    items: list[RosterUnit]


class StaffBrief(BaseModel):
    id: UUID
    name: str
    post: str
    unit_id: UUID
    unit: str


class FoundStaff(BaseModel):
    """The first of those found."""

    items: list[StaffBrief]


class StaffPhone(BaseModel):
    phone: str | None


class StaffChange(BaseModel):
    action: str
    at: datetime
    by: str
    #: Facts that changed, by their names here.
    changed: list[str]


class StaffPage(BaseModel):
    member: StaffOut
    history: list[StaffChange]
