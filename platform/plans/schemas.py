"""A county's rules of dispatch at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CountyRules(BaseModel):
    #: Working days between a task and its deadline, below which a leader has to confirm.
    minimum_notice: Annotated[int, Field(ge=0, le=30)]
    #: Minutes that an urgent matter may wait to be acknowledged before it is told again, and to leaders.
    urgent_minutes: Annotated[int, Field(ge=1, le=240)]
    #: When the daily digest leaves, on the wall in China; empty sends none.
    digest_at: str


class RulesIn(CountyRules):
    model_config = ConfigDict(extra="forbid")

    #: Not at night (22:00–6:00).
    digest_at: Annotated[str, Field(pattern=r"^((0[6-9]|1\d|2[01]):[0-5]\d)?$")]


class ChangeOut(BaseModel):
    """What somebody changed: the rules before and after."""

    by: str
    at: datetime
    before: CountyRules
    after: CountyRules


class RulesOut(CountyRules):
    #: 0 while the defaults hold.
    version: int
    may_change: bool
    #: The newest first.
    changes: list[ChangeOut]
