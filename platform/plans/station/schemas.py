"""Stations at the edge."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.station.models import GroupRole, HeadPost, StationStanding
from tenancy.tiers import Tier

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Yuan = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False)]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Organisation(BaseModel):
    """机构."""

    section: Literal["organisation"] = "organisation"
    standing: StationStanding | None = None
    founded_on: date | None = None
    document_no: Short = ""
    veterans: Count | None = None
    posts: Annotated[int, Field(ge=0, le=10_000)] | None = None
    head: Short = ""
    #: Of a village's station alone.
    head_post: HeadPost | None = None
    #: Of a village's alone: who is answerable for it in its committees.
    named_person: Short = ""
    #: Of a township's alone: 专武干部参与.
    militia: bool | None = None


class GroupMember(BaseModel):
    name: Name
    post: Short = ""
    role: GroupRole = GroupRole.MEMBER


class LeadingGroup(BaseModel):
    """领导小组."""

    section: Literal["leading_group"] = "leading_group"
    group_members: Annotated[list[GroupMember], Field(max_length=60)]
    group_document: Short = ""
    group_on: date | None = None


class _GridFacts(BaseModel):
    name: Name
    grid: Short = ""
    households: Count | None = None
    veterans: Count | None = None


class GridMemberIn(_GridFacts):
    #: Of somebody who is there already.
    id: UUID | None = None
    #: Left out, the number stays as it is; empty, it is taken away.
    phone: Annotated[str | None, Field(max_length=30)] = None


class GridMemberOut(_GridFacts):
    """A 网格员; the number masked."""

    id: UUID
    phone: str | None


class Grid(BaseModel):
    """网格员."""

    section: Literal["grid"] = "grid"
    grid: Annotated[list[GridMemberIn], Field(max_length=200)]


class Premises(BaseModel):
    """阵地: the numbers of the standard's items that are met."""

    section: Literal["premises"] = "premises"
    premises: Annotated[list[int], Field(max_length=20)]


class Funds(BaseModel):
    """经费 of a year, in yuan."""

    section: Literal["funds"] = "funds"
    year: Year
    budget: Yuan | None = None
    arrived: Yuan | None = None
    spent: Yuan | None = None
    note: Note = ""


class StationIn(BaseModel):
    """One section, whole."""

    given: Annotated[Organisation | LeadingGroup | Grid | Premises | Funds, Field(discriminator="section")]


class FundOut(Funds):
    #: `over_budget`, `overspent`.
    warnings: list[str]


class LackingOut(BaseModel):
    """What the standard asks for and is not there."""

    code: str
    item: int
    section: str


class ServingCount(BaseModel):
    """Who serves, volunteers left out; `third` is None while nobody does."""

    people: int
    preferential: int
    unknown: int
    established: int
    third: bool | None


class StationChange(BaseModel):
    section: str
    by: str
    at: datetime
    #: (fact, before, after); a number that changed has neither.
    changes: list[tuple[str, Any, Any]]


class StationOut(BaseModel):
    """A unit's station. `premises_items` are the numbers of the standard that are ticked or not."""

    unit_id: UUID
    unit: str
    tier: Tier
    version: int
    may_change: bool
    #: Whether the numbers of 网格员 may be opened.
    may_reveal: bool
    #: Under 30 veterans and no station: only somebody answerable is asked for.
    person_only: bool
    organisation: Organisation
    leading_group: LeadingGroup
    grid: list[GridMemberOut]
    premises: list[int]
    premises_items: list[int]
    funds: list[FundOut]
    staff: ServingCount
    lacking: list[LackingOut]
    #: 五有 of a township's station.
    five_haves: dict[str, bool]
    history: list[StationChange]


class Totals(BaseModel):
    """Of several units. Money in yuan, exact."""

    units: int = 0
    #: Of them: said what they have; have a station; somebody answerable instead; lack nothing.
    said: int = 0
    stations: int = 0
    persons: int = 0
    complete: int = 0
    people: int = 0
    preferential: int = 0
    lacks: int = 0
    budget: Decimal = Decimal("0.00")
    arrived: Decimal = Decimal("0.00")
    spent: Decimal = Decimal("0.00")


class StationRow(BaseModel):
    unit_id: UUID
    unit: str
    tier: Tier
    standing: StationStanding | None
    person_only: bool
    veterans: int | None
    staff: ServingCount
    budget: Decimal | None
    arrived: Decimal | None
    spent: Decimal | None
    lacking: list[LackingOut]
    #: Of the units below it, where there are any; and of it with them.
    below: Totals | None
    line: Totals


class StationsOut(BaseModel):
    """A unit, those directly below it, and the sums of all at and below it."""

    year: int
    unit_id: UUID
    unit: str
    rows: list[StationRow]
    total: Totals


class GridPhone(BaseModel):
    phone: str | None


class SheetKind(enum.StrEnum):
    """服务站基本情况表、经费使用情况表、工作人员花名册."""

    BASICS = "basics"
    FUNDS = "funds"
    ROSTER = "roster"
