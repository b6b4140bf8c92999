"""What reminders take and give over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from reporting.reminding.rules import Measure, Side
from reporting.schemas import In
from tenancy.tiers import Tier

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class RuleIn(In):
    tier: Tier
    side: Side
    amount: Annotated[int, Field(ge=0, le=240)]
    measure: Measure
    inbox: bool = True
    outside: bool = True


class RuleOut(BaseModel):
    tier: Tier
    side: Side
    amount: int
    measure: Measure
    inbox: bool
    outside: bool


class PlanIn(In):
    active: bool
    quiet_from: Clock
    quiet_until: Clock
    rules: Annotated[list[RuleIn], Field(max_length=20)]


class PlanOut(BaseModel):
    #: 0 while the county keeps to the defaults.
    version: int
    active: bool
    quiet_from: str
    quiet_until: str
    rules: list[RuleOut]
    #: Whether this installation can send mail, and whether messages can carry a link.
    mail_ready: bool
    link_ready: bool
