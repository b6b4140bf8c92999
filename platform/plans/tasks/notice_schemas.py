"""The notice that deadlines give, at the edge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel

from kit import clock

_YEARS = range(2000, 2100)


def _of_this_century(at: datetime) -> datetime:
    if at.year not in _YEARS or at.astimezone(clock.SHANGHAI).year not in _YEARS:
        raise ValueError("a deadline lies between 2000 and 2099")
    return at


#: 时限, as a moment.
Deadline = Annotated[AwareDatetime, AfterValidator(_of_this_century)]


class NoticeAskedIn(BaseModel):
    due_at: Deadline
    #: The task whose deadline it is to be: not told as something else.
    task_id: UUID | None = None


class BesideOut(BaseModel):
    """Something else due about that time."""

    title: str
    due_at: datetime


class NoticeGivenOut(BaseModel):
    """What a deadline means, told under it while it is chosen. `provisional`: counted with a year whose holidays are
    not known yet."""

    working_days: int
    minimum: int
    short: bool
    provisional: bool
    beside: list[BesideOut]


class DeadlineOut(BaseModel):
    """The end of a day, so many working days from today."""

    working_days: int
    due_at: datetime


class DeadlinesOut(BaseModel):
    """What a deadline is usually set to, and the county's minimum notice in working days."""

    items: list[DeadlineOut]
    minimum: int


class NoticeLine(BaseModel):
    """What a unit sent in a year: how many tasks, how many under the minimum notice, and the median of the working
    days they gave; none where it sent none."""

    unit_id: UUID
    unit: str
    sent: int
    short: int
    median: str | None


class NoticeRecordOut(BaseModel):
    """The notice that a year's tasks gave, in all and by the unit that sent them. `minimum` is the rule of today; what
    was short was short by the rule of its day."""

    year: int
    minimum: int
    sent: int
    short: int
    median: str | None
    units: list[NoticeLine]
