"""The statutory clock of a petition (《信访工作条例》2022). Pure. Calendar days unless stated, in China."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from plans.petitions.models import PetitionClass
from plans.tasks.rules import nth_working_day
from reporting.periods import WorkCalendar

REGISTER_DAYS = 15
INFORM_DAYS = 15
OBJECT_WORKING_DAYS = 5
CONCLUDE_DAYS = 60
MOST_EXTENDED = 30
REVIEW_DAYS = 30
#: Days before a limit on which the handler is reminded.
BEFORE = (3, 1)


class LimitCode(enum.StrEnum):
    """登记转办、受理告知、提出异议、办结、申请复查、复查答复、申请复核、复核答复."""

    REGISTER = "register"
    INFORM = "inform"
    OBJECT = "object"
    CONCLUDE = "conclude"
    ASK_REVIEW = "ask_review"
    ANSWER_REVIEW = "answer_review"
    ASK_REEXAMINATION = "ask_reexamination"
    ANSWER_REEXAMINATION = "answer_reexamination"


#: The article that a limit stands in.
ARTICLES = {
    LimitCode.REGISTER: 22,
    LimitCode.INFORM: 23,
    LimitCode.OBJECT: 23,
    LimitCode.CONCLUDE: 34,
    LimitCode.ASK_REVIEW: 35,
    LimitCode.ANSWER_REVIEW: 35,
    LimitCode.ASK_REEXAMINATION: 36,
    LimitCode.ANSWER_REEXAMINATION: 36,
}
#: What somebody may do until then, and need not.
MAY = frozenset({LimitCode.OBJECT, LimitCode.ASK_REVIEW, LimitCode.ASK_REEXAMINATION})


class LimitState(enum.StrEnum):
    """进行中、已逾期、按期完成、逾期完成、期限已过."""

    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its last day, when it was met, and how it stands today. `days_left` is below zero when overdue."""

    code: LimitCode
    due_on: date
    done_on: date | None
    days_left: int
    state: LimitState

    @property
    def article(self) -> int:
        return ARTICLES[self.code]


class Course(Protocol):
    """The dates of a petition that its clock is reckoned from."""

    @property
    def petition_class(self) -> PetitionClass: ...
    @property
    def received_on(self) -> date: ...
    @property
    def objected_on(self) -> date | None: ...
    @property
    def accepted_on(self) -> date | None: ...
    @property
    def informed_on(self) -> date | None: ...
    @property
    def extended_days(self) -> int | None: ...
    @property
    def concluded_on(self) -> date | None: ...
    @property
    def told_on(self) -> date | None: ...
    @property
    def review_asked_on(self) -> date | None: ...
    @property
    def review_answered_on(self) -> date | None: ...
    @property
    def reexamination_asked_on(self) -> date | None: ...
    @property
    def reexamination_answered_on(self) -> date | None: ...


def last_day_to_object(routed_on: date, days: WorkCalendar) -> date:
    """第二十三条: five working days from the day on which the body got it."""
    return nth_working_day(routed_on, OBJECT_WORKING_DAYS, days)


def limits(course: Course, routed_on: date | None, days: WorkCalendar, today: date) -> list[Limit]:
    """The limits that have begun to run, in the order of the course. `routed_on` is the day on which the handling body
    got it, none before it was sent."""
    found: list[Limit] = []

    def add(code: LimitCode, due_on: date, done_on: date | None) -> None:
        found.append(Limit(code, due_on, done_on, (due_on - today).days, _stands(code, due_on, done_on, today)))

    add(LimitCode.REGISTER, course.received_on + timedelta(REGISTER_DAYS), routed_on)
    if routed_on is not None:
        if course.accepted_on is None or course.objected_on is not None:
            add(LimitCode.OBJECT, last_day_to_object(routed_on, days), course.objected_on)
        add(LimitCode.INFORM, routed_on + timedelta(INFORM_DAYS), course.informed_on)
    # Only 申诉求决 has to be concluded within a limit.
    if course.accepted_on is not None and course.petition_class is PetitionClass.APPEAL:
        due = course.accepted_on + timedelta(CONCLUDE_DAYS + (course.extended_days or 0))
        add(LimitCode.CONCLUDE, due, course.concluded_on)
        _afterwards(course, add)
    return found


def _afterwards(course: Course, add: Add) -> None:
    """复查 and 复核, each from the day of what came before it."""
    month = timedelta(REVIEW_DAYS)
    if course.told_on is not None:
        add(LimitCode.ASK_REVIEW, course.told_on + month, course.review_asked_on)
    if course.review_asked_on is not None:
        add(LimitCode.ANSWER_REVIEW, course.review_asked_on + month, course.review_answered_on)
    if course.review_answered_on is not None:
        add(LimitCode.ASK_REEXAMINATION, course.review_answered_on + month, course.reexamination_asked_on)
    if course.reexamination_asked_on is not None:
        add(LimitCode.ANSWER_REEXAMINATION, course.reexamination_asked_on + month, course.reexamination_answered_on)


class Add(Protocol):
    def __call__(self, code: LimitCode, due_on: date, done_on: date | None) -> None: ...


def _stands(code: LimitCode, due_on: date, done_on: date | None, today: date) -> LimitState:
    if done_on is not None:
        return LimitState.MET if done_on <= due_on else LimitState.LATE
    if today <= due_on:
        return LimitState.RUNNING
    return LimitState.LAPSED if code in MAY else LimitState.OVERDUE


def due_reminders(found: Iterable[Limit], reminded: Iterable[str]) -> list[tuple[Limit, list[str]]]:
    """Limits of which the handler is to be reminded now, each with the marks that say so for good. After a stand-still
    one reminder stands for those that were missed; an extended limit is reminded of anew."""
    sent = set(reminded)
    due: list[tuple[Limit, list[str]]] = []
    for one in found:
        if one.done_on is not None or one.code in MAY:
            continue
        steps = [before for before in (*BEFORE, -1) if one.days_left <= before]
        marks = [f"{one.code}:{one.due_on}:{before}" for before in steps]
        fresh = [mark for mark in marks if mark not in sent]
        if fresh:
            due.append((one, fresh))
    return due
