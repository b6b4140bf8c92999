"""Requests for coordination at the edge."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from plans.coordination.lifecycle import COORDINATION
from plans.coordination.models import RequestKind, RequestState
from tenancy.tiers import Tier

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]

#: What may be done with a request, by the names of its lifecycle.
Action = enum.StrEnum("Action", {one.action.upper(): one.action for one in COORDINATION.transitions})  # type: ignore[misc] # made from the lifecycle, so that the two can't differ


class RaiseIn(BaseModel):
    """提请."""

    kind: RequestKind = RequestKind.DIFFICULTY
    title: Title
    text: Words


class FromReportIn(BaseModel):
    """A field of a report that is sent up as it stands."""

    submission_id: UUID
    field: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ActIn(BaseModel):
    """What is done, and what is said with it."""

    action: Action
    text: Text = ""


class SourceOut(BaseModel):
    """The report that a request came out of."""

    submission_id: UUID
    field: str
    form: str
    form_en: str
    period: str


class RequestBrief(BaseModel):
    id: UUID
    version: int
    unit_id: UUID
    unit: str
    tier: Tier
    kind: RequestKind
    title: str
    state: RequestState
    #: Who has it to handle.
    handler_unit_id: UUID
    handler: str
    raised_at: datetime
    answered_at: datetime | None
    source: SourceOut | None


class RequestPage(BaseModel):
    items: list[RequestBrief]
    next: str | None


class LogLine(BaseModel):
    action: str
    by: str
    at: datetime
    text: str
    #: To whom it was passed up.
    to: str | None


class RequestOut(RequestBrief):
    text: str
    raiser: str
    answer: str
    actions: list[str]
    log: list[LogLine]
