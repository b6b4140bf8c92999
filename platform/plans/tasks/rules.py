"""Deadlines and progress of tasks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from kit import clock
from plans.tasks.models import AssignmentState
from reporting.carried.queries import Standing
from reporting.models import SubmissionState
from reporting.periods import WorkCalendar

_LOOKED_AHEAD = timedelta(days=400)
_AT_ITS_END = frozenset({AssignmentState.ACCEPTED, AssignmentState.RECALLED})
#: Where a share may stand whose report has not been begun.
NOT_BEGUN = frozenset({AssignmentState.ISSUED, AssignmentState.ACKNOWLEDGED, AssignmentState.IN_PROGRESS})
#: What counts as done of a share whose unit says no percentage.
_DONE = 100


def working_days_between(now: datetime, due_at: datetime, days: WorkCalendar) -> int:
    """Working days after the day of `now` up to and with the day of the deadline: 周一下达、周五办结 is four."""
    at, end = _day(now), _day(due_at)
    end = min(end, at + _LOOKED_AHEAD)
    count = 0
    while at < end:
        at += timedelta(days=1)
        count += days.works(at)
    return count


def working_days_after(now: datetime, number: int, days: WorkCalendar) -> datetime:
    """The last second of the `number`-th working day after the day of `now`."""
    return datetime.combine(nth_working_day(_day(now), number, days), time(23, 59, 59), clock.SHANGHAI)


def nth_working_day(day: date, number: int, days: WorkCalendar) -> date:
    """The `number`-th working day after a day."""
    end = day + _LOOKED_AHEAD
    while number > 0 and day < end:
        day += timedelta(days=1)
        number -= days.works(day)
    return day


def _day(at: datetime) -> date:
    return at.astimezone(clock.SHANGHAI).date()


def is_overdue(state: AssignmentState, due_at: datetime, handed_in_at: datetime | None, now: datetime) -> bool:
    """Whether something is owed past its time. What was handed in and waits is not; what was sent back is again."""
    if state in _AT_ITS_END or (state is AssignmentState.HANDED_IN and handed_in_at is not None):
        return False
    return now > due_at


def progress_of(own: int, state: AssignmentState, below: Mapping[AssignmentState, int]) -> int:
    """Percent: of a unit that passed its share on, the part of those below that is accepted."""
    if state is AssignmentState.ACCEPTED:
        return _DONE
    counted = {s: n for s, n in below.items() if s is not AssignmentState.RECALLED}
    total = sum(counted.values())
    if total == 0:
        return own
    return _DONE * counted.get(AssignmentState.ACCEPTED, 0) // total


def open_below(below: Mapping[AssignmentState, int]) -> int:
    """How many shares below are not at their end."""
    return sum(number for state, number in below.items() if state not in _AT_ITS_END)


def state_of_report(report: Standing, now: AssignmentState) -> AssignmentState:
    """The state of a share whose report stands there. Before anything is written it is the unit's to say how far it
    is; while a correction is written, what was approved goes on counting."""
    if report.exempt:
        return AssignmentState.RECALLED
    match report.state:
        case SubmissionState.APPROVED:
            return AssignmentState.ACCEPTED
        case SubmissionState.SUBMITTED:
            return AssignmentState.HANDED_IN
        case SubmissionState.RETURNED:
            return AssignmentState.RETURNED
        case SubmissionState.DRAFT | SubmissionState.SIGNING:
            return AssignmentState.ACCEPTED if report.approved else AssignmentState.IN_PROGRESS
        case SubmissionState.NOT_STARTED:
            return now if now in NOT_BEGUN else AssignmentState.ISSUED


def merged(counts: Iterable[tuple[AssignmentState, int]]) -> dict[AssignmentState, int]:
    """Counts by state, every state present."""
    found = dict.fromkeys(AssignmentState, 0)
    for state, number in counts:
        found[state] += number
    return found
