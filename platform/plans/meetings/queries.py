"""Every SELECT of meetings."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.meetings.models import Meeting, MeetingDecision, MeetingInvitation, MeetingState, ReplyState


class Side(enum.StrEnum):
    """Which meetings: called by the unit, those it is asked to, both, or called by units below it."""

    CALLED = "called"
    INVITED = "invited"
    OURS = "ours"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for; `since` and `until` of the beginning."""

    side: Side = Side.OURS
    words: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


async def get_meeting(session: AsyncSession, *, county_id: UUID, meeting_id: UUID, lock: bool = False) -> Meeting:
    """A meeting of the county. Who may read it is decided in `access`. Raises NotFound."""
    return await get_row(session, Meeting, county_id=county_id, id=meeting_id, lock=lock)


async def get_decision(
    session: AsyncSession, *, county_id: UUID, decision_id: UUID, lock: bool = False
) -> MeetingDecision:
    """A decision of the county. Who may read it is decided in `access`. Raises NotFound."""
    return await get_row(session, MeetingDecision, county_id=county_id, id=decision_id, lock=lock)


async def list_decisions(
    session: AsyncSession, *, county_id: UUID, meeting_ids: Sequence[UUID], lock: bool = False
) -> Sequence[MeetingDecision]:
    """What meetings decided, in the order of the minutes."""
    statement = select(MeetingDecision).where(
        MeetingDecision.county_id == county_id, MeetingDecision.meeting_id.in_(meeting_ids)
    )
    if lock:
        found = (await session.scalars(statement.order_by(MeetingDecision.id).with_for_update())).all()
        return sorted(found, key=lambda one: one.no)
    return (await session.scalars(statement.order_by(MeetingDecision.meeting_id, MeetingDecision.no))).all()


async def list_invitations(
    session: AsyncSession,
    *,
    county_id: UUID,
    meeting_id: UUID,
    unit_id: UUID | None = None,
    silent: bool = False,
    lock: bool = False,
) -> Sequence[MeetingInvitation]:
    """Invitations of units at or below the acting one, or one unit's own; the silent first, by name."""
    statement = select(MeetingInvitation).where(
        MeetingInvitation.county_id == county_id, MeetingInvitation.meeting_id == meeting_id
    )
    if unit_id is not None:
        statement = statement.where(MeetingInvitation.unit_id == unit_id)
    if silent:
        statement = statement.where(MeetingInvitation.state == ReplyState.INVITED)
    if lock:
        return (await session.scalars(statement.order_by(MeetingInvitation.id).with_for_update())).all()
    order = (MeetingInvitation.answered_at.is_not(None), MeetingInvitation.tier, MeetingInvitation.unit_name)
    return (await session.scalars(statement.order_by(*order))).all()


async def has_invitations(session: AsyncSession, *, county_id: UUID, meeting_id: UUID) -> bool:
    """Whether any unit at or below the acting one was asked to come."""
    statement = (
        select(MeetingInvitation.id)
        .where(MeetingInvitation.county_id == county_id, MeetingInvitation.meeting_id == meeting_id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Replies:
    """How many units were asked, come, are on leave, were there, and were ticked; and what one of them answered."""

    asked: int = 0
    coming: int = 0
    on_leave: int = 0
    present: int = 0
    own: ReplyState | None = None
    #: Of whom the attendance says that they were there or were not: none until it is taken.
    marked: int = 0


async def count_replies(
    session: AsyncSession, *, county_id: UUID, meeting_ids: Sequence[UUID], unit_id: UUID
) -> dict[UUID, Replies]:
    """Meeting → the replies of units at or below the acting one, and the unit's own."""
    statement = (
        select(
            MeetingInvitation.meeting_id,
            func.count(),
            func.count().filter(MeetingInvitation.state == ReplyState.COMING),
            func.count().filter(MeetingInvitation.state == ReplyState.ON_LEAVE),
            func.count().filter(MeetingInvitation.present.is_(True)),
            func.max(MeetingInvitation.state).filter(MeetingInvitation.unit_id == unit_id),
            func.count(MeetingInvitation.present),
        )
        .where(MeetingInvitation.county_id == county_id, MeetingInvitation.meeting_id.in_(meeting_ids))
        .group_by(MeetingInvitation.meeting_id)
    )
    return {
        row[0]: Replies(row[1], row[2], row[3], row[4], None if row[5] is None else ReplyState(row[5]), row[6])
        for row in await session.execute(statement)
    }


def _side(wanted: Wanted, unit_id: UUID) -> ColumnElement[bool]:
    called = Meeting.issuer_unit_id == unit_id
    invited = exists().where(
        MeetingInvitation.county_id == Meeting.county_id,
        MeetingInvitation.meeting_id == Meeting.id,
        MeetingInvitation.unit_id == unit_id,
    )
    match wanted.side:
        case Side.CALLED:
            return called
        case Side.INVITED:
            return invited
        case Side.OURS:
            return or_(called, invited)
        case Side.BELOW:
            return (literal(unit_id) == any_(Meeting.place)) & (Meeting.issuer_unit_id != unit_id)


async def list_meetings(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, wanted: Wanted, after: Mark | None, limit: int
) -> Sequence[Meeting]:
    """Meetings of a side, the latest first."""
    conditions: list[ColumnElement[bool]] = [
        Meeting.county_id == county_id,
        _side(wanted, unit_id),
        *(
            or_(Meeting.title.contains(word, autoescape=True), Meeting.agenda.contains(word, autoescape=True))
            for word in wanted.words
        ),
        *beyond(after, Meeting.starts_at, Meeting.id, newest_first=True),
    ]
    if wanted.since is not None:
        conditions.append(Meeting.starts_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Meeting.starts_at < wanted.until)
    statement = select(Meeting).where(*conditions).order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def list_held(
    session: AsyncSession, *, county_id: UUID, issuer_unit_id: UUID, since: datetime, until: datetime
) -> Sequence[Meeting]:
    """A unit's meetings of a span that were held, oldest first: its ledger."""
    statement = (
        select(Meeting)
        .where(
            Meeting.county_id == county_id,
            Meeting.issuer_unit_id == issuer_unit_id,
            Meeting.state.in_((MeetingState.HELD, MeetingState.CLOSED)),
            Meeting.starts_at >= since,
            Meeting.starts_at < until,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return (await session.scalars(statement)).all()
