"""Visits at the edge."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.follow_up.schemas import FollowOut, LineText
from plans.guidance.lifecycle import VISIT
from plans.guidance.models import VisitKind, VisitState
from tenancy.tiers import Tier

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Post = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000)]

#: What may be done with a visit, by the names of its lifecycle.
VisitAction = enum.StrEnum("VisitAction", {one.action.upper(): one.action for one in VISIT.transitions})  # type: ignore[misc] # made from the lifecycle, so that the two can't differ


class VisitorIn(BaseModel):
    name: Name
    post: Post = ""


class FoundIn(BaseModel):
    text: LineText
    due_on: date | None = None


class RecordVisitIn(BaseModel):
    """Who came, when, what was said. Findings only of a guidance visit."""

    kind: VisitKind
    unit_id: UUID
    visited_on: date
    people: Annotated[list[VisitorIn], Field(min_length=1, max_length=20)]
    text: Text = ""
    requirements: Text = ""
    findings: Annotated[list[FoundIn], Field(max_length=30)] = []


class VisitActIn(BaseModel):
    action: VisitAction
    text: Text = ""


class RectifyIn(BaseModel):
    """转整改: by when; left out, as it was written down."""

    due_on: date | None = None


class VisitorOut(BaseModel):
    name: str
    post: str


class VisitBrief(BaseModel):
    """`findings` in all, and those whose task is done."""

    id: UUID
    version: int
    kind: VisitKind
    unit_id: UUID
    unit: str
    tier: Tier
    visitor_unit_id: UUID
    visitor: str
    people: list[VisitorOut]
    visited_on: date
    state: VisitState
    answered_at: datetime | None
    findings: int
    rectified: int


class VisitPage(BaseModel):
    items: list[VisitBrief]
    next: str | None


class FindingOut(BaseModel):
    id: UUID
    text: str
    due_on: date | None
    tasked: bool
    follow: FollowOut | None


class VisitLog(BaseModel):
    action: str
    by: str
    at: datetime
    text: str


class VisitOut(VisitBrief):
    text: str
    requirements: str
    answer: str
    recorder: str
    recorded_at: datetime
    found: list[FindingOut]
    #: The acting unit may turn findings into tasks.
    may_rectify: bool
    actions: list[str]
    log: list[VisitLog]


class VisitedUnit(BaseModel):
    """A station, its leaders' visits and guidance visits of the year, the last guidance visit and the days since."""

    unit_id: UUID
    unit: str
    #: Under which unit it stands.
    under: str
    tier: Tier
    leaders: int
    guided: int
    last_on: date | None
    days: int | None


class VisitedUnits(BaseModel):
    """`own` is the acting unit; the others are those of a tier below it, never visited first, then the longest ago."""

    own: VisitedUnit
    items: list[VisitedUnit]
