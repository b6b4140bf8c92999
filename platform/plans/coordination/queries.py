"""Every SELECT of requests for coordination."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.coordination.models import CoordinationRequest, RequestState

CLOSED = (RequestState.SETTLED, RequestState.WITHDRAWN)


class Side(enum.StrEnum):
    """Which requests: those the unit raised, those it has to handle, or all of it and those below."""

    RAISED = "raised"
    HANDLED = "handled"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for."""

    side: Side = Side.ALL
    open_only: bool = True
    words: Sequence[str] = ()
    submission_id: UUID | None = None


async def get_request(
    session: AsyncSession, *, county_id: UUID, request_id: UUID, lock: bool = False
) -> CoordinationRequest:
    """A request of the acting unit or one below it. Raises NotFound."""
    return await get_row(session, CoordinationRequest, county_id=county_id, id=request_id, lock=lock)


def _side(side: Side, unit_id: UUID) -> list[ColumnElement[bool]]:
    match side:
        case Side.RAISED:
            return [CoordinationRequest.unit_id == unit_id]
        case Side.HANDLED:
            return [CoordinationRequest.handler_unit_id == unit_id]
        case Side.ALL:
            return []


async def list_requests(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, wanted: Wanted, after: Mark | None, limit: int
) -> Sequence[CoordinationRequest]:
    """Requests of the acting unit and those below it, the newest first."""
    conditions: list[ColumnElement[bool]] = [
        CoordinationRequest.county_id == county_id,
        *_side(wanted.side, unit_id),
        *(
            or_(
                CoordinationRequest.title.contains(word, autoescape=True),
                CoordinationRequest.text.contains(word, autoescape=True),
            )
            for word in wanted.words
        ),
        *beyond(after, CoordinationRequest.raised_at, CoordinationRequest.id, newest_first=True),
    ]
    if wanted.open_only:
        conditions.append(CoordinationRequest.state.not_in(CLOSED))
    if wanted.submission_id is not None:
        conditions.append(CoordinationRequest.submission_id == wanted.submission_id)
    statement = (
        select(CoordinationRequest)
        .where(*conditions)
        .order_by(CoordinationRequest.raised_at.desc(), CoordinationRequest.id.desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def find_of_report(
    session: AsyncSession, *, county_id: UUID, submission_id: UUID, field: str
) -> CoordinationRequest | None:
    """What a field of a report was turned into."""
    statement = select(CoordinationRequest).where(
        CoordinationRequest.county_id == county_id,
        CoordinationRequest.submission_id == submission_id,
        CoordinationRequest.field == field,
    )
    return (await session.scalars(statement)).one_or_none()


async def count_by_state(session: AsyncSession, *, county_id: UUID) -> dict[RequestState, int]:
    """How many requests of the acting unit and those below it stand in each state."""
    statement = (
        select(CoordinationRequest.state, func.count())
        .where(CoordinationRequest.county_id == county_id)
        .group_by(CoordinationRequest.state)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}
