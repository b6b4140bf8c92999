"""Time. Deadlines are Asia/Shanghai; instants are stored in UTC; a phone's clock is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

#: China has kept one zone without daylight saving since 1991, so a fixed offset is exact for every deadline here.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The date on the wall in China."""
    return now().astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last moment of a day in China, as an instant: what "due on the 25th" means."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first moment of a day in China, as an instant."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def month_of(month: str) -> tuple[datetime, datetime]:
    """The first moment in China of a month written as 2026-11, and of the next. Raises ValueError."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following


@contextmanager
def frozen_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still inside the block. For tests and for loading history."""
    if instant.tzinfo is None:
        raise ValueError("the clock needs an aware instant")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
