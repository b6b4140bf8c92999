"""Who may read a meeting."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.meetings import queries
from plans.meetings.models import Meeting, MeetingDecision, MeetingInvitation, MeetingState
from tenancy.principal import Principal
from workflow.enclosures.documents import enclosing


async def get_meeting(
    session: AsyncSession, principal: Principal, meeting_id: UUID, *, lock: bool = False
) -> tuple[Meeting, MeetingInvitation | None]:
    """A meeting that the acting unit or one below it called or was asked to; with the unit's own invitation.

    Raises NotFound.
    """
    county_id = principal.county_id
    meeting = await queries.get_meeting(session, county_id=county_id, meeting_id=meeting_id, lock=lock)
    found = await queries.list_invitations(
        session, county_id=county_id, meeting_id=meeting_id, unit_id=principal.unit_id
    )
    invitation = found[0] if found else None
    reached = (
        invitation is not None
        or principal.unit_id in meeting.place
        or await queries.has_invitations(session, county_id=county_id, meeting_id=meeting_id)
    )
    if not reached:
        raise NotFound
    return meeting, invitation


def reads_minutes(principal: Principal, meeting: Meeting) -> bool:
    """Minutes are the issuer's own until they are issued."""
    return meeting.state is MeetingState.CLOSED or meeting.issuer_unit_id == principal.unit_id


async def get_decision(
    session: AsyncSession, principal: Principal, decision_id: UUID, *, lock: bool = False
) -> tuple[MeetingDecision, Meeting]:
    """A decision of a meeting whose minutes may be read. Raises NotFound."""
    decision = await queries.get_decision(session, county_id=principal.county_id, decision_id=decision_id, lock=lock)
    meeting, _ = await get_meeting(session, principal, decision.meeting_id)
    if not reads_minutes(principal, meeting):
        raise NotFound
    return decision, meeting


#: The kind of the files that go with the minutes: read with them, and no sooner.
MINUTES = "minutes"


@enclosing(MINUTES)
async def may_read_minutes(session: AsyncSession, principal: Principal, document_id: UUID) -> None:
    """What goes with the minutes is read by whoever may read these. Raises NotFound."""
    meeting, _ = await get_meeting(session, principal, document_id)
    if not reads_minutes(principal, meeting):
        raise NotFound


@enclosing("meeting")
async def may_read(session: AsyncSession, principal: Principal, document_id: UUID) -> None:
    """Its papers are read by whoever may read it. Raises NotFound."""
    await get_meeting(session, principal, document_id)
