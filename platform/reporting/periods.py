"""Periods and deadlines: which period a day falls in, when a cycle opens, when each tier is due. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from forms.definition import Anchor, DayRule, Period, PeriodKind
from kit import clock

#: Days that differ from the weekday rule: True worked, False off.
Exceptions = Mapping[date, bool]


@dataclass(frozen=True, slots=True)
class Span:
    """报告期. `key` names it for good and sorts in time among spans of one kind."""

    kind: PeriodKind
    key: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The county's working days. A year that was never loaded follows weekdays and makes what it touches 暂定."""

    exceptions: Exceptions
    known_years: frozenset[int]

    def works(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def knows(self, *days: date) -> bool:
        return all(day.year in self.known_years for day in days)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def _monthly(period: Period, year: int, month: int) -> Span:
    if period.window is None:
        start, end = date(year, month, 1), _month_end(year, month)
    else:
        before = _shift_month(year, month, -1)
        start = date(*before, period.window.from_day)
        end = date(year, month, period.window.to_day)
    return Span(PeriodKind.MONTH, f"{year:04d}-{month:02d}", start, end)


def span_of(period: Period, day: date) -> Span:
    """The period a day falls in. With a window, the 27th of October belongs to November's."""
    year, month = day.year, day.month
    match period.kind:
        case PeriodKind.MONTH:
            if period.window is not None and day.day >= period.window.from_day:
                year, month = _shift_month(year, month, 1)
            return _monthly(period, year, month)
        case PeriodKind.TEN_DAYS:
            part = min((day.day - 1) // 10, 2)
            end = _month_end(year, month) if part == 2 else date(year, month, 10 * part + 10)
            return Span(period.kind, f"{year:04d}-{month:02d}-T{part + 1}", date(year, month, 10 * part + 1), end)
        case PeriodKind.QUARTER:
            quarter = (month - 1) // 3
            start = date(year, 3 * quarter + 1, 1)
            return Span(period.kind, f"{year:04d}-Q{quarter + 1}", start, _month_end(year, 3 * quarter + 3))
        case PeriodKind.HALF_YEAR:
            half = (month - 1) // 6
            start = date(year, 6 * half + 1, 1)
            return Span(period.kind, f"{year:04d}-H{half + 1}", start, _month_end(year, 6 * half + 6))
        case PeriodKind.YEAR:
            return Span(period.kind, f"{year:04d}", date(year, 1, 1), date(year, 12, 31))
        case PeriodKind.ONCE:
            return Span(period.kind, f"{day:%Y-%m-%d}", day, day)


def following(period: Period, span: Span) -> Span:
    """The next period."""
    return span_of(period, span.ends_on + timedelta(days=1))


def preceding(period: Period, span: Span) -> Span:
    """The period before."""
    return span_of(period, span.starts_on - timedelta(days=1))


def by_key(period: Period, key: str) -> Span:
    """The span a key names. Raises ValueError when it names none of this kind."""
    if period.kind is PeriodKind.ONCE:
        return span_of(period, date.fromisoformat(key))
    year = int(key[:4])
    rest = key[5:]
    match period.kind:
        case PeriodKind.MONTH:
            month = int(rest)
        case PeriodKind.TEN_DAYS:
            month = int(rest[:2])
        case PeriodKind.QUARTER:
            month = 3 * int(rest[1:]) - 2
        case PeriodKind.HALF_YEAR:
            month = 6 * int(rest[1:]) - 5
        case PeriodKind.YEAR:
            month = 1
    day = 10 * int(rest[4:]) - 9 if period.kind is PeriodKind.TEN_DAYS else 1
    span = span_of(period, date(year, month, day))
    if span.key != key:
        raise ValueError(f"{key} is not a period of kind {period.kind}")
    return span


def same_period_last_year(period: Period, span: Span) -> Span:
    """上年同期. Of the 29th of February, that of the 28th."""
    if period.kind is PeriodKind.ONCE:
        day = span.starts_on
        return span_of(period, day.replace(year=day.year - 1, day=min(day.day, 28 if day.month == 2 else 31)))
    return by_key(period, f"{int(span.key[:4]) - 1:04d}{span.key[4:]}")


def apply_rule(rule: DayRule, span: Span, days: WorkCalendar) -> tuple[date, bool]:
    """The day a rule names, and whether it is provisional because a year on the way is not known.

    Counting working days after the end, n=1 is the first working day after the period; before the end, n=0 is the
    last day that is worked.
    """
    step = timedelta(days=-1 if rule.anchor is Anchor.BEFORE_END else 1)
    at = {
        Anchor.AFTER_START: span.starts_on,
        Anchor.BEFORE_END: span.ends_on,
        Anchor.AFTER_END: span.ends_on,
    }[rule.anchor]
    if rule.day == "calendar":
        return at + rule.n * step, False
    touched = [at]
    left = rule.n
    if rule.anchor is not Anchor.AFTER_END:
        while not days.works(at):
            at += step
            touched.append(at)
    while left > 0:
        at += step
        touched.append(at)
        if days.works(at):
            left -= 1
    return at, not days.knows(*touched)


def due_time(rule: DayRule, span: Span, days: WorkCalendar) -> tuple[datetime, bool]:
    """The last moment in time, Beijing, and whether it is provisional."""
    day, provisional = apply_rule(rule, span, days)
    return clock.end_of_day(day), provisional


def opening_time(rule: DayRule, span: Span, days: WorkCalendar) -> datetime:
    """When a cycle opens: the first moment of the day."""
    return clock.start_of_day(apply_rule(rule, span, days)[0])


def spans_to_open(
    period: Period, open_rule: DayRule, days: WorkCalendar, *, first: date, until: date | None, now: datetime
) -> Iterator[Span]:
    """Every period from the one that holds `first` whose opening has come, oldest first: missed ones included."""
    span = span_of(period, first)
    while opening_time(open_rule, span, days) <= now and (until is None or span.starts_on <= until):
        yield span
        span = following(period, span)
