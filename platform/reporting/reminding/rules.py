"""When a reminder is due. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kit.clock import SHANGHAI
from reporting.periods import WorkCalendar
from tenancy.tiers import Tier

#: A reminder that could not be sent for longer than this (the platform was down) is not sent any more.
FRESH = timedelta(hours=48)
#: When a reminder of a day is sent.
MORNING = time(8, 30)


class Side(enum.StrEnum):
    BEFORE = "before"
    AFTER = "after"


class Measure(enum.StrEnum):
    WORKING_DAYS = "working_days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Rule:
    """So many working days or hours before or after a tier's due time. None of them before is the due day itself."""

    tier: Tier
    side: Side
    amount: int
    measure: Measure
    #: By 待办; by the unit's and its superior's channels.
    inbox: bool = True
    outside: bool = True

    @property
    def key(self) -> str:
        """What makes two rules the same one: a change of ways doesn't remind twice."""
        return f"{self.tier.value}-{self.side.value}-{self.amount}-{self.measure.value}"


def tier_of(key: str) -> Tier:
    """Whom the rule of a key is about."""
    return Tier(key.partition("-")[0])


DEFAULT_RULES = tuple(
    Rule(tier, side, amount, Measure.WORKING_DAYS)
    for tier in (Tier.VILLAGE, Tier.TOWNSHIP)
    for side, amount in ((Side.BEFORE, 3), (Side.BEFORE, 0), (Side.AFTER, 1))
)
DEFAULT_QUIET = ("21:00", "08:00")


def fires_at(rule: Rule, due_at: datetime, days: WorkCalendar) -> datetime:
    """When a rule wants to be heard."""
    sign = -1 if rule.side is Side.BEFORE else 1
    if rule.measure is Measure.HOURS:
        return due_at + sign * timedelta(hours=rule.amount)
    at = due_at.astimezone(SHANGHAI).date()
    left = rule.amount
    while left > 0:
        at += timedelta(days=sign)
        left -= days.works(at)
    return _morning(at)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, tzinfo=SHANGHAI)


def due_rule(rules: Iterable[Rule], tier: Tier, due_at: datetime, now: datetime, days: WorkCalendar) -> Rule | None:
    """The rule of a tier that is to be heard now: the latest that has fired and is still fresh.

    Whoever was not reminded by an earlier one in time (an outage, a night) hears the latest alone, not all of them.
    """
    fired = [
        (at, rule) for rule in rules if rule.tier is tier and (at := fires_at(rule, due_at, days)) <= now < at + FRESH
    ]
    return max(fired, key=lambda pair: pair[0])[1] if fired else None


def minutes_of(clock_time: str) -> int:
    """`21:30` as minutes of the day. Raises ValueError."""
    at = time.fromisoformat(clock_time)
    return at.hour * 60 + at.minute


def is_quiet(now: datetime, quiet_from: str, quiet_until: str) -> bool:
    """Whether nothing may be sent at this moment. Equal ends mean no quiet hours."""
    start, end = minutes_of(quiet_from), minutes_of(quiet_until)
    local = now.astimezone(SHANGHAI)
    at = local.hour * 60 + local.minute
    return start <= at < end if start <= end else at >= start or at < end


def quiet_ends(now: datetime, quiet_until: str) -> datetime:
    """The end of the quiet hours that `now` lies in."""
    local = now.astimezone(SHANGHAI)
    end = datetime.combine(local.date(), time.fromisoformat(quiet_until), tzinfo=SHANGHAI)
    return end if end > local else end + timedelta(days=1)
