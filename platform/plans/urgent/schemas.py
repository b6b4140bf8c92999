"""Urgent matters at the edge."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from plans.urgent.lifecycle import ACTIONS
from plans.urgent.models import UrgentKind, UrgentState
from tenancy.tiers import Tier

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000)]

UrgentAction = enum.StrEnum("UrgentAction", {one.upper(): one for one in ACTIONS})  # type: ignore[misc] # made from the lifecycle, so that the two can't differ


class ReportIn(BaseModel):
    """What is known at the moment; the line is enough to begin with."""

    kind: UrgentKind = UrgentKind.OTHER
    title: Title
    text: Text = ""


class ActIn(BaseModel):
    """One act and its words; which acts want words the lifecycle says."""

    action: UrgentAction
    text: Text = ""


class UrgentBrief(BaseModel):
    id: UUID
    version: int
    unit_id: UUID
    unit: str
    tier: Tier
    kind: UrgentKind
    title: str
    state: UrgentState
    reported_at: datetime
    #: While it is not acknowledged: when it is told again.
    escalate_at: datetime
    level: int
    acknowledged_at: datetime | None
    acknowledged_by: str
    concluded_at: datetime | None
    #: What the acting person may do with it now.
    actions: list[str]


class UrgentPage(BaseModel):
    items: list[UrgentBrief]
    next: str | None
    #: How long a matter may wait to be acknowledged, in minutes.
    minutes: int


class LogLine(BaseModel):
    action: str
    by: str
    at: datetime
    text: str
    level: int | None


class UrgentOut(UrgentBrief):
    text: str
    reporter: str
    report: str
    log: list[LogLine]
