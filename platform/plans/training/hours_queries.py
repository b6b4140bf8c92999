"""Every SELECT of hours: sums over attended places, made when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.staff.models import StaffMember, StaffState
from plans.training.models import PlaceState, Training, TrainingKind, TrainingPlace, TrainingSession


@dataclass(frozen=True, slots=True)
class PersonHours:
    """A staff member's year: 学时, sessions attended, and when they had their pre-service training in any year."""

    member: StaffMember
    hours: Decimal
    sessions: int
    pre_service_on: date | None


_OF_PLACE = and_(Training.county_id == TrainingPlace.county_id, Training.id == TrainingPlace.training_id)


def _sums(year: int) -> tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]:
    of_year = and_(TrainingPlace.day >= date(year, 1, 1), TrainingPlace.day <= date(year, 12, 31))
    return (
        func.coalesce(func.sum(TrainingPlace.hours).filter(of_year), Decimal(0)),
        func.count(TrainingPlace.id).filter(of_year),
        func.min(TrainingPlace.day).filter(Training.kind == TrainingKind.PRE_SERVICE),
    )


async def list_people(
    session: AsyncSession,
    *,
    county_id: UUID,
    year: int,
    unit_ids: Sequence[UUID] | None = None,
    without_pre_service: bool = False,
) -> list[PersonHours]:
    """Who serves at these units, or at all at or below the acting one, by unit and name; and who left but attended in
    the year. Never ordered by hours: a record, not a ranking."""
    hours, sessions, pre_service = _sums(year)
    statement = (
        select(StaffMember, hours, sessions, pre_service)
        .outerjoin(
            TrainingPlace,
            and_(
                TrainingPlace.county_id == StaffMember.county_id,
                TrainingPlace.staff_id == StaffMember.id,
                TrainingPlace.state == PlaceState.ATTENDED,
            ),
        )
        .outerjoin(
            Training, and_(Training.county_id == TrainingPlace.county_id, Training.id == TrainingPlace.training_id)
        )
        .where(StaffMember.county_id == county_id)
        .group_by(StaffMember.county_id, StaffMember.id)
        .order_by(StaffMember.unit_id, StaffMember.name, StaffMember.id)
    )
    if unit_ids is not None:
        statement = statement.where(StaffMember.unit_id.in_(unit_ids))
    if without_pre_service:
        statement = statement.where(StaffMember.state == StaffState.SERVING).having(pre_service.is_(None))
    else:
        statement = statement.having((StaffMember.state == StaffState.SERVING) | (sessions > 0))
    return [PersonHours(*row) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Attended:
    """One place of a person's, with what it was a place in."""

    taken: TrainingPlace
    training: Training
    session: TrainingSession


async def list_of_person(session: AsyncSession, *, county_id: UUID, staff_id: UUID) -> list[Attended]:
    """Everything that somebody signed up for and did not withdraw from, newest first."""
    statement = (
        select(TrainingPlace, Training, TrainingSession)
        .join(Training, _OF_PLACE)
        .join(
            TrainingSession,
            and_(TrainingSession.county_id == TrainingPlace.county_id, TrainingSession.id == TrainingPlace.session_id),
        )
        .where(
            TrainingPlace.county_id == county_id,
            TrainingPlace.staff_id == staff_id,
            TrainingPlace.state != PlaceState.WITHDRAWN,
        )
        .order_by(TrainingSession.starts_at.desc(), TrainingPlace.id)
    )
    return [Attended(*row) for row in await session.execute(statement)]


async def count_attended(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, first: date, last: date
) -> tuple[int, int, Decimal]:
    """Between two days in China: the sessions that people of a unit attended, how many people, and their hours. The
    unit is the acting one or below it."""
    statement = select(
        func.count(TrainingPlace.session_id.distinct()),
        func.count(TrainingPlace.staff_id.distinct()),
        func.sum(TrainingPlace.hours),
    ).where(
        TrainingPlace.county_id == county_id,
        TrainingPlace.unit_id == unit_id,
        TrainingPlace.state == PlaceState.ATTENDED,
        TrainingPlace.day >= first,
        TrainingPlace.day <= last,
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1], row[2] or Decimal(0)


async def count_held_for_others(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, first: date, last: date
) -> tuple[int, int]:
    """Between two days in China: the sessions that a unit held for people of other units, and how many came."""
    statement = (
        select(func.count(TrainingPlace.session_id.distinct()), func.count())
        .join(Training, _OF_PLACE)
        .where(
            TrainingPlace.county_id == county_id,
            Training.issuer_unit_id == unit_id,
            TrainingPlace.unit_id != unit_id,
            TrainingPlace.state == PlaceState.ATTENDED,
            TrainingPlace.day >= first,
            TrainingPlace.day <= last,
        )
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]
