"""Every SELECT of trainings. Hours are in `hours_queries`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.training.models import (
    PlaceState,
    Training,
    TrainingInvitation,
    TrainingPlace,
    TrainingSession,
    TrainingState,
)

#: States in which a place is taken.
TAKEN = (PlaceState.SIGNED_UP, PlaceState.ATTENDED, PlaceState.ABSENT)


async def get_training(session: AsyncSession, *, county_id: UUID, training_id: UUID, lock: bool = False) -> Training:
    """A training of the county. Who may read it is decided in `access`. Raises NotFound."""
    return await get_row(session, Training, county_id=county_id, id=training_id, lock=lock)


async def get_session(
    session: AsyncSession, *, county_id: UUID, session_id: UUID, lock: bool = False
) -> TrainingSession:
    """A session of the county. Who may read its training is decided in `access`. Raises NotFound."""
    return await get_row(session, TrainingSession, county_id=county_id, id=session_id, lock=lock)


async def list_sessions(
    session: AsyncSession, *, county_id: UUID, training_ids: Sequence[UUID], lock: bool = False
) -> Sequence[TrainingSession]:
    """The sessions of trainings, in their order."""
    statement = select(TrainingSession).where(
        TrainingSession.county_id == county_id, TrainingSession.training_id.in_(training_ids)
    )
    if lock:
        statement = statement.order_by(TrainingSession.id).with_for_update()
        found = (await session.scalars(statement)).all()
        return sorted(found, key=lambda one: one.no)
    return (await session.scalars(statement.order_by(TrainingSession.training_id, TrainingSession.no))).all()


async def find_invitation(
    session: AsyncSession, *, county_id: UUID, training_id: UUID, unit_id: UUID, lock: bool = False
) -> TrainingInvitation | None:
    """A unit's own invitation."""
    statement = select(TrainingInvitation).where(
        TrainingInvitation.county_id == county_id,
        TrainingInvitation.training_id == training_id,
        TrainingInvitation.unit_id == unit_id,
    )
    if lock:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def has_invitations(session: AsyncSession, *, county_id: UUID, training_id: UUID) -> bool:
    """Whether any unit at or below the acting one was told."""
    statement = (
        select(TrainingInvitation.id)
        .where(TrainingInvitation.county_id == county_id, TrainingInvitation.training_id == training_id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def list_invitations(
    session: AsyncSession, *, county_id: UUID, training_id: UUID, unanswered: bool = False, lock: bool = False
) -> Sequence[TrainingInvitation]:
    """Invitations of units at or below the acting one, the unanswered first, by name."""
    statement = select(TrainingInvitation).where(
        TrainingInvitation.county_id == county_id, TrainingInvitation.training_id == training_id
    )
    if unanswered:
        statement = statement.where(TrainingInvitation.answered_at.is_(None))
    if lock:
        return (await session.scalars(statement.order_by(TrainingInvitation.id).with_for_update())).all()
    order = (TrainingInvitation.answered_at.is_not(None), TrainingInvitation.unit_name)
    return (await session.scalars(statement.order_by(*order))).all()


@dataclass(frozen=True, slots=True)
class Answers:
    """How many units were told, have answered, and said that nobody comes."""

    told: int = 0
    answered: int = 0
    declined: int = 0


async def count_answers(session: AsyncSession, *, county_id: UUID, training_ids: Sequence[UUID]) -> dict[UUID, Answers]:
    """Training → its answers, of units at or below the acting one."""
    statement = (
        select(
            TrainingInvitation.training_id,
            func.count(),
            func.count(TrainingInvitation.answered_at),
            func.count().filter(TrainingInvitation.declined_reason != ""),
        )
        .where(TrainingInvitation.county_id == county_id, TrainingInvitation.training_id.in_(training_ids))
        .group_by(TrainingInvitation.training_id)
    )
    return {row[0]: Answers(row[1], row[2], row[3]) for row in await session.execute(statement)}


@dataclass(frozen=True, slots=True)
class Taken:
    """A session of a training, the places that it counts, and those that there are."""

    title: str
    no: int
    taken: int
    found: int


async def count_taken(session: AsyncSession, *, county_id: UUID) -> list[Taken]:
    """Every session of the county with its places recounted. As the county, which sees all of them."""
    there = and_(
        TrainingPlace.county_id == TrainingSession.county_id,
        TrainingPlace.session_id == TrainingSession.id,
        TrainingPlace.state != PlaceState.WITHDRAWN,
    )
    statement = (
        select(Training.title, TrainingSession.no, TrainingSession.taken, func.count(TrainingPlace.id))
        .join(
            Training, and_(Training.county_id == TrainingSession.county_id, Training.id == TrainingSession.training_id)
        )
        .outerjoin(TrainingPlace, there)
        .where(TrainingSession.county_id == county_id)
        .group_by(Training.title, TrainingSession.county_id, TrainingSession.id)
        .order_by(Training.title, TrainingSession.no)
    )
    return [Taken(*row) for row in await session.execute(statement)]


async def count_states(
    session: AsyncSession, *, county_id: UUID, training_ids: Sequence[UUID]
) -> dict[UUID, dict[PlaceState, int]]:
    """Training → state → places, of units at or below the acting one. Counted, not stored."""
    statement = (
        select(TrainingPlace.training_id, TrainingPlace.state, func.count())
        .where(TrainingPlace.county_id == county_id, TrainingPlace.training_id.in_(training_ids))
        .group_by(TrainingPlace.training_id, TrainingPlace.state)
    )
    found: dict[UUID, dict[PlaceState, int]] = {}
    for training_id, state, count in await session.execute(statement):
        found.setdefault(training_id, {})[state] = count
    return found


async def count_attended(session: AsyncSession, *, county_id: UUID, session_id: UUID) -> int:
    """How many have come to a session, of units at or below the acting one."""
    statement = select(func.count()).where(
        TrainingPlace.county_id == county_id,
        TrainingPlace.session_id == session_id,
        TrainingPlace.state == PlaceState.ATTENDED,
    )
    return (await session.scalar(statement)) or 0


async def get_place(session: AsyncSession, *, county_id: UUID, place_id: UUID, lock: bool = False) -> TrainingPlace:
    """A place of a unit at or below the acting one. Raises NotFound."""
    return await get_row(session, TrainingPlace, county_id=county_id, id=place_id, lock=lock)


async def list_places(
    session: AsyncSession,
    *,
    county_id: UUID,
    training_id: UUID | None = None,
    training_ids: Sequence[UUID] | None = None,
    session_id: UUID | None = None,
    unit_id: UUID | None = None,
    staff_ids: Sequence[UUID] | None = None,
    place_ids: Sequence[UUID] | None = None,
    states: Sequence[PlaceState] | None = None,
    lock: bool = False,
) -> Sequence[TrainingPlace]:
    """Places of units at or below the acting one that fit all that is named, by unit and name."""
    wanted: list[ColumnElement[bool]] = [TrainingPlace.county_id == county_id]
    if training_id is not None:
        wanted.append(TrainingPlace.training_id == training_id)
    if training_ids is not None:
        wanted.append(TrainingPlace.training_id.in_(training_ids))
    if session_id is not None:
        wanted.append(TrainingPlace.session_id == session_id)
    if unit_id is not None:
        wanted.append(TrainingPlace.unit_id == unit_id)
    if staff_ids is not None:
        wanted.append(TrainingPlace.staff_id.in_(staff_ids))
    if place_ids is not None:
        wanted.append(TrainingPlace.id.in_(place_ids))
    if states is not None:
        wanted.append(TrainingPlace.state.in_(states))
    statement = select(TrainingPlace).where(*wanted)
    if lock:
        return (await session.scalars(statement.order_by(TrainingPlace.id).with_for_update())).all()
    return (
        await session.scalars(
            statement.order_by(TrainingPlace.unit_name, TrainingPlace.staff_name, TrainingPlace.day, TrainingPlace.id)
        )
    ).all()


def _matches(words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [
        or_(Training.title.contains(word, autoescape=True), Training.text.contains(word, autoescape=True))
        for word in words
    ]


async def list_received(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, words: Sequence[str], before: Mark | None, limit: int
) -> list[tuple[Training, TrainingInvitation]]:
    """What was announced to a unit, the latest first session on top."""
    statement = (
        select(Training, TrainingInvitation)
        .join(
            TrainingInvitation,
            and_(TrainingInvitation.county_id == Training.county_id, TrainingInvitation.training_id == Training.id),
        )
        .where(
            Training.county_id == county_id,
            TrainingInvitation.unit_id == unit_id,
            *_matches(words),
            *beyond(before, Training.starts_at, Training.id, newest_first=True),
        )
        .order_by(Training.starts_at.desc(), Training.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_issued(
    session: AsyncSession,
    *,
    county_id: UUID,
    issuer_unit_id: UUID,
    words: Sequence[str],
    before: Mark | None,
    limit: int,
) -> Sequence[Training]:
    """What a unit announced, in any state, the latest first session on top."""
    statement = (
        select(Training)
        .where(
            Training.county_id == county_id,
            Training.issuer_unit_id == issuer_unit_id,
            *_matches(words),
            *beyond(before, Training.starts_at, Training.id, newest_first=True),
        )
        .order_by(Training.starts_at.desc(), Training.id.desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def list_held(
    session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID, since: datetime, until: datetime
) -> list[tuple[Training, TrainingSession]]:
    """The sessions of a span of a unit's trainings that were held, oldest first: its ledger. The span is of the session
    and not of the training, as the hours are."""
    statement = (
        select(Training, TrainingSession)
        .join(
            TrainingSession,
            and_(TrainingSession.county_id == Training.county_id, TrainingSession.training_id == Training.id),
        )
        .where(
            Training.county_id == county_id,
            Training.issuer_unit_id == issuer_unit_id,
            Training.state.in_((TrainingState.HELD, TrainingState.CONCLUDED)),
            TrainingSession.starts_at >= since,
            TrainingSession.starts_at < until,
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
