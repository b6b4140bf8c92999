"""The statutory clock without a database: calendar and working days, holidays, the year's edge."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kit.holidays import exceptions
from plans.petitions.models import PetitionClass
from plans.petitions.rules import LimitCode, LimitState, due_reminders, last_day_to_object, limits
from reporting.periods import WorkCalendar

_NAMES = [
    "objected_on",
    "accepted_on",
    "informed_on",
    "extended_days",
    "concluded_on",
    "told_on",
    "review_asked_on",
    "review_answered_on",
    "reexamination_asked_on",
    "reexamination_answered_on",
]


def calendar(*years: int) -> WorkCalendar:
    days = {day: worked for year in years for day, (worked, _) in exceptions(year).items()}
    return WorkCalendar(days, frozenset(years))


def course(received_on: date, kind: PetitionClass = PetitionClass.APPEAL, **dates: Any) -> Any:
    return SimpleNamespace(**{**dict.fromkeys(_NAMES), "petition_class": kind, "received_on": received_on, **dates})


@pytest.mark.parametrize(
    ("routed_on", "until"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 9), id="a week without holidays"),
        pytest.param(date(2025, 9, 30), date(2025, 10, 14), id="over a holiday, with the Saturday worked for it"),
        pytest.param(date(2025, 12, 30), date(2026, 1, 7), id="over the turn of the year"),
    ],
)
def test_an_objection_has_five_working_days(routed_on: date, until: date) -> None:
    days = calendar(2025, 2026)
    assert last_day_to_object(routed_on, days) == until
    assert sum(days.works(routed_on + timedelta(n)) for n in range(1, (until - routed_on).days + 1)) == 5


def test_an_unknown_year_counts_weekdays() -> None:
    assert last_day_to_object(date(2031, 12, 29), WorkCalendar({}, frozenset())) == date(2032, 1, 5)


def test_limits_begin_as_the_course_goes_on() -> None:
    days, received, routed, accepted = calendar(2025, 2026), date(2025, 12, 20), date(2025, 12, 22), date(2025, 12, 31)
    found = limits(course(received), None, days, received)
    assert [(one.code, one.due_on, one.article) for one in found] == [(LimitCode.REGISTER, date(2026, 1, 4), 22)]
    assert {one.code: one.due_on for one in limits(course(received), routed, days, routed)} == {
        LimitCode.REGISTER: date(2026, 1, 4),
        LimitCode.OBJECT: date(2025, 12, 29),
        LimitCode.INFORM: date(2026, 1, 6),
    }
    under_way = course(received, accepted_on=accepted, informed_on=accepted)
    by_code = {one.code: one for one in limits(under_way, routed, days, accepted)}
    conclude = by_code[LimitCode.CONCLUDE]
    assert (conclude.due_on, conclude.days_left, conclude.article) == (date(2026, 3, 1), 60, 34)
    assert by_code[LimitCode.INFORM].state is LimitState.MET
    assert LimitCode.OBJECT not in by_code
    extended = course(received, accepted_on=accepted, extended_days=30)
    assert limits(extended, routed, days, accepted)[-1].due_on == date(2026, 3, 31)


def test_only_an_appeal_has_to_be_concluded_in_time() -> None:
    day = date(2026, 3, 2)
    for kind in (PetitionClass.SUGGESTION, PetitionClass.ACCUSATION):
        found = limits(course(day, kind, accepted_on=day, told_on=day), day, calendar(2026), day)
        assert [one.code for one in found] == [LimitCode.REGISTER, LimitCode.INFORM]


def test_review_and_re_examination_run_from_what_came_before() -> None:
    day = date(2026, 1, 5)
    told, asked, answered, again = (day + timedelta(n) for n in (50, 70, 95, 120))
    dates: dict[str, Any] = {"accepted_on": day, "informed_on": day, "concluded_on": told, "told_on": told}
    one = course(day, **dates, review_asked_on=asked, review_answered_on=answered, reexamination_asked_on=again)
    found = {limit.code: limit for limit in limits(one, day, calendar(2026), again + timedelta(31))}
    assert found[LimitCode.ASK_REVIEW].due_on == told + timedelta(30)
    assert found[LimitCode.ANSWER_REVIEW].state is LimitState.MET
    last = found[LimitCode.ANSWER_REEXAMINATION]
    assert (last.due_on, last.state, last.article) == (again + timedelta(30), LimitState.OVERDUE, 36)


def test_a_right_that_was_not_used_lapses_and_is_never_overdue() -> None:
    day = date(2026, 3, 2)
    found = {one.code: one for one in limits(course(day), day, calendar(2026), day + timedelta(40))}
    assert found[LimitCode.OBJECT].state is LimitState.LAPSED
    assert found[LimitCode.INFORM].state is LimitState.OVERDUE
    late = course(day, informed_on=day + timedelta(16))
    assert limits(late, day, calendar(2026), day + timedelta(40))[-1].state is LimitState.LATE


def test_each_limit_is_reminded_of_three_days_and_one_day_before_and_once_over() -> None:
    day, days = date(2026, 3, 2), calendar(2026)
    sent: list[str] = []
    at: dict[int, int] = {}
    for n in range(25):
        for one, marks in due_reminders(limits(course(day), day, days, day + timedelta(n)), sent):
            assert one.code is LimitCode.INFORM
            at[n] = one.days_left
            sent += marks
    assert at == {12: 3, 14: 1, 16: -1}
    # After a stand-still the ones that were missed are told in one, and an extended limit anew.
    ((one, marks),) = due_reminders(limits(course(day), day, days, day + timedelta(20)), [])
    assert (one.days_left, len(marks)) == (-5, 3)
    dates: dict[str, Any] = {"accepted_on": day, "informed_on": day}
    eve = day + timedelta(59)
    ((_, first),) = due_reminders(limits(course(day, **dates), day, days, eve), [])
    longer = course(day, **dates, extended_days=10)
    assert due_reminders(limits(longer, day, days, eve), first) == []
    assert len(due_reminders(limits(longer, day, days, eve + timedelta(10)), first)) == 1
