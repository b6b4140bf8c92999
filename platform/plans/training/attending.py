"""签到 and 结果: by the code on the screen, by the organiser's list, and corrections after the fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from kit.errors import Forbidden, NotFound
from plans.staff.models import StaffMember
from plans.staff.queries import list_by_id
from plans.training import access, codes, queries
from plans.training.errors import AbsentWithoutResult, CheckInClosed, CodeOver, NotSignedUp, TooManyHours
from plans.training.lifecycle import PLACE, place_subject
from plans.training.models import (
    Attendance,
    PlaceState,
    Result,
    Training,
    TrainingPlace,
    TrainingSession,
    TrainingState,
)
from plans.training.signing_up import get_place
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import expect_version, perform, perform_many

_ORGANISERS = (Role.REVIEWER, Role.REPORTER)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows now, for how many seconds more, and how many have come of how many."""

    code: str
    seconds: int
    attended: int
    taken: int


async def show_code(session: AsyncSession, *, actor: Principal, session_id: UUID) -> Shown:
    """The code of a session, for its organiser while the training is held. Raises NotFound, Forbidden,
    CheckInClosed."""
    found, training, _ = await access.get_session(session, actor, session_id)
    if training.issuer_unit_id != actor.unit_id or not actor.has(*_ORGANISERS):
        raise Forbidden
    if training.state is not TrainingState.HELD:
        raise CheckInClosed
    now = clock.now()
    attended = await queries.count_attended(session, county_id=actor.county_id, session_id=session_id)
    return Shown(codes.code_at(actor.county_id, session_id, now), codes.seconds_left(now), attended, found.taken)


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What came of it: somebody is there (`again` when they had been before), or has to say who they are."""

    training: Training
    session: TrainingSession
    name: str = ""
    at: datetime | None = None
    again: bool = False
    choices: Sequence[StaffMember] = ()


async def check_in(
    session: AsyncSession, *, actor: Principal, session_id: UUID, code: str, staff_id: UUID | None = None
) -> CheckedIn:
    """扫码签到: the signed-in person has a place and stands before the screen. Twice, it does nothing.

    The account says who it is; an account that stands for nobody on the roster is asked which of its unit's people
    without an account it is. Raises CodeOver, CheckInClosed, NotSignedUp.
    """
    now = clock.now()
    if not codes.fits(code, actor.county_id, session_id, now):
        raise CodeOver
    found = await queries.get_session(session, county_id=actor.county_id, session_id=session_id)
    training = await queries.get_training(session, county_id=actor.county_id, training_id=found.training_id)
    if training.state is not TrainingState.HELD:
        raise CheckInClosed
    places = await queries.list_places(
        session, county_id=actor.county_id, session_id=session_id, unit_id=actor.unit_id, states=queries.TAKEN
    )
    people = await list_by_id(
        session, county_id=actor.county_id, staff_ids=[one.staff_id for one in places], unit_id=actor.unit_id
    )
    person = _who(people, actor, staff_id)
    if person is None:
        choices = [one for one in people if one.account_id is None]
        if not choices or any(one.account_id == actor.account_id for one in people):
            raise NotSignedUp
        return CheckedIn(training, found, choices=choices)
    place_id = next(one.id for one in places if one.staff_id == person.id)
    taken = await queries.get_place(session, county_id=actor.county_id, place_id=place_id, lock=True)
    # It may have been concluded while the place was waited for.
    await session.refresh(training)
    if training.state is not TrainingState.HELD:
        raise CheckInClosed
    if taken.state is PlaceState.ATTENDED:
        return CheckedIn(training, found, taken.staff_name, taken.attended_at, again=True)
    await perform(
        session,
        PLACE,
        "check_in",
        place_subject(taken, training),
        actor=actor,
        values={"attended_at": now, "attendance": Attendance.CODE, "hours": found.hours},
    )
    return CheckedIn(training, found, taken.staff_name, now)


def _who(people: Sequence[StaffMember], actor: Principal, staff_id: UUID | None) -> StaffMember | None:
    """Whose account it is; or whom it names, of those who have none. Somebody else's account is nobody's to use."""
    own = [one for one in people if one.account_id == actor.account_id]
    if own:
        return own[0] if staff_id in (None, own[0].id) else None
    return next((one for one in people if one.id == staff_id and one.account_id is None), None)


async def mark(
    session: AsyncSession, *, actor: Principal, session_id: UUID, place_ids: Sequence[UUID], present: bool
) -> None:
    """名单签到: the organiser ticks who is there, or takes a tick away. Raises NotFound, Forbidden,
    CheckInClosed."""
    found, training, _ = await access.get_session(session, actor, session_id)
    if training.issuer_unit_id != actor.unit_id or not actor.has(*_ORGANISERS):
        raise Forbidden
    places = await queries.list_places(
        session, county_id=actor.county_id, session_id=session_id, place_ids=place_ids, states=queries.TAKEN, lock=True
    )
    await session.refresh(training)
    if training.state is not TrainingState.HELD:
        raise CheckInClosed
    if len(places) < len(set(place_ids)):
        raise NotFound
    subjects = [place_subject(one, training) for one in places if (one.state is PlaceState.ATTENDED) is not present]
    values: dict[str, Any] = (
        {"attended_at": clock.now(), "attendance": Attendance.LIST, "hours": found.hours}
        if present
        else {"attended_at": None, "attendance": None, "hours": None, "result": None, "score": None}
    )
    action = "mark_attended" if present else "mark_absent"
    await perform_many(session, PLACE, action, subjects, actor=actor, values=values)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of somebody's place. `hours` None credits the session's."""

    present: bool
    result: Result | None = None
    score: Decimal | None = None
    hours: Decimal | None = None


async def record(
    session: AsyncSession,
    *,
    actor: Principal,
    place_id: UUID,
    version: int | None,
    given: Recorded,
    reason: str = "",
    also: Sequence[Write] = (),
) -> UUID:
    """登记结果, or after the training was concluded a correction, which needs a reason; the history keeps both values.

    Returns the training. Raises NotFound, Forbidden, Stale, ReasonMissing, ActionNotAllowed, TooManyHours,
    AbsentWithoutResult.
    """
    seen, training = await get_place(session, actor, place_id)
    found = await queries.get_session(session, county_id=actor.county_id, session_id=seen.session_id)
    taken = await queries.get_place(session, county_id=actor.county_id, place_id=place_id, lock=True)
    await session.refresh(training)
    concluded = training.state is TrainingState.CONCLUDED
    action = f"{'correct' if concluded else 'mark'}_{'attended' if given.present else 'absent'}"
    subject = place_subject(taken, training)
    PLACE.check_side(action, subject, actor)
    expect_version(subject, version)
    if not concluded and training.state is not TrainingState.HELD:
        raise ActionNotAllowed(action=action, state=training.state)
    PLACE.check(action, subject, actor, reason)
    await perform(
        session,
        PLACE,
        action,
        subject,
        actor=actor,
        reason=reason,
        values=_values(taken, found, given),
        also=also,
        detail={"before": _facts(taken), "after": _told(given, found)},
    )
    return training.id


def _values(taken: TrainingPlace, found: TrainingSession, given: Recorded) -> dict[str, Any]:
    if not given.present:
        if given.result is not None or given.score is not None or given.hours:
            raise AbsentWithoutResult
        return {"attended_at": None, "attendance": None, "hours": None, "result": None, "score": None}
    if given.hours is not None and given.hours > found.hours:
        raise TooManyHours(hours=found.hours.normalize())
    was_there = taken.state is PlaceState.ATTENDED
    return {
        "attended_at": taken.attended_at if was_there else clock.now(),
        "attendance": taken.attendance if was_there else Attendance.LIST,
        "hours": found.hours if given.hours is None else given.hours,
        "result": given.result,
        "score": given.score,
    }


def _facts(taken: TrainingPlace) -> dict[str, Any]:
    return {"state": taken.state, "hours": _text(taken.hours), "result": taken.result, "score": _text(taken.score)}


def _told(given: Recorded, found: TrainingSession) -> dict[str, Any]:
    state = PlaceState.ATTENDED if given.present else PlaceState.ABSENT
    hours = (found.hours if given.hours is None else given.hours) if given.present else None
    return {"state": state, "hours": _text(hours), "result": given.result, "score": _text(given.score)}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
