"""What the pages of meetings show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.paging import Mark, cut, read_mark
from plans.follow_up.service import follow
from plans.meetings import access, queries
from plans.meetings.lifecycle import INVITATION, MEETING, invitation_subject, meeting_subject
from plans.meetings.models import Meeting, MeetingDecision, MeetingInvitation, MeetingState
from plans.meetings.queries import Replies, Wanted
from plans.meetings.schemas import (
    DecisionOut,
    InvitedOut,
    MeetingBrief,
    MeetingLog,
    MeetingOut,
    MeetingPage,
    NamedUnit,
)
from tenancy.principal import Principal
from tenancy.queries import list_unit_names
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.schemas import enclosure_out
from workflow.queries import list_history

PAGE = 50


def _facts(meeting: Meeting, replies: Replies) -> dict[str, Any]:
    return {
        "id": meeting.id,
        "kind": meeting.kind,
        "title": meeting.title,
        "issuer_unit_id": meeting.issuer_unit_id,
        "issuer": meeting.issuer_name,
        "state": meeting.state,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "venue": meeting.venue,
        "on_line": bool(meeting.link or meeting.room),
        "asked": replies.asked,
        "coming": replies.coming,
        "on_leave": replies.on_leave,
        "present": replies.present,
        "own": replies.own,
    }


async def _replies(session: AsyncSession, principal: Principal, ids: Sequence[UUID]) -> dict[UUID, Replies]:
    return await queries.count_replies(
        session, county_id=principal.county_id, meeting_ids=ids, unit_id=principal.unit_id
    )


async def meeting_page(
    session: AsyncSession, principal: Principal, *, wanted: Wanted, after: str | None
) -> MeetingPage:
    """Meetings of a side, the latest first. Raises PageLost."""
    found = await queries.list_meetings(
        session,
        county_id=principal.county_id,
        unit_id=principal.unit_id,
        wanted=wanted,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda one: Mark(one.starts_at, one.id))
    replies = await _replies(session, principal, [one.id for one in page])
    items = [MeetingBrief(**_facts(one, replies.get(one.id, Replies()))) for one in page]
    return MeetingPage(items=items, next=following)


async def _decisions(
    session: AsyncSession, principal: Principal, found: Sequence[MeetingDecision]
) -> list[DecisionOut]:
    named = {unit_id for one in found for unit_id in one.unit_ids}
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids=named) if named else {}
    tasks = await follow(session, principal, found)
    return [
        DecisionOut(
            id=one.id,
            text=one.text,
            units=[NamedUnit(id=unit_id, name=names.get(unit_id, "")) for unit_id in one.unit_ids],
            due_on=one.due_on,
            tasked=one.task_id is not None,
            follow=None if one.task_id is None else tasks.get(one.task_id),
        )
        for one in found
    ]


def _invited(one: MeetingInvitation) -> InvitedOut:
    return InvitedOut(
        unit_id=one.unit_id,
        unit=one.unit_name,
        tier=one.tier,
        state=one.state,
        names=one.names,
        leave_reason=one.leave_reason,
        answered_at=one.answered_at,
        answerer=one.answerer_name,
        present=one.present,
    )


async def meeting_view(session: AsyncSession, principal: Principal, meeting_id: UUID) -> MeetingOut:
    """A meeting as the acting unit sees it. Raises NotFound."""
    meeting, own = await access.get_meeting(session, principal, meeting_id)
    county_id = principal.county_id
    replies = await _replies(session, principal, [meeting_id])
    invited = await queries.list_invitations(session, county_id=county_id, meeting_id=meeting_id)
    reads = access.reads_minutes(principal, meeting)
    decided = await queries.list_decisions(session, county_id=county_id, meeting_ids=[meeting_id]) if reads else []
    history = list(await list_history(session, county_id=county_id, subject_id=meeting_id))
    if own is not None:
        # The course of the meeting itself is its caller's; a unit that was asked has that of its invitation.
        history = sorted(
            [*history, *await list_history(session, county_id=county_id, subject_id=own.id)], key=lambda entry: entry.at
        )
    papers = await list_enclosed(session, county_id=county_id, document_id=meeting_id, kind=MEETING.kind)
    enclosed = (
        await list_enclosed(session, county_id=county_id, document_id=meeting_id, kind=access.MINUTES) if reads else []
    )
    caller = meeting.issuer_unit_id == principal.unit_id
    enters = caller or own is not None
    standing = meeting.state in (MeetingState.SCHEDULED, MeetingState.HELD)
    return MeetingOut(
        **_facts(meeting, replies.get(meeting_id, Replies())),
        version=meeting.version,
        agenda=meeting.agenda,
        guests=meeting.guests,
        link=meeting.link if enters else "",
        room=bool(meeting.room),
        own_names=own.names if own else "",
        own_reason=own.leave_reason if own else "",
        files=[enclosure_out(one) for one in papers],
        minutes_files=[enclosure_out(one) for one in enclosed],
        creator=meeting.creator_name,
        called_at=meeting.called_at,
        cancelled_reason=meeting.cancelled_reason,
        caller=caller,
        may_join=enters and standing and bool(meeting.link or meeting.room),
        may_reply=(
            own is not None
            and meeting.state is MeetingState.SCHEDULED
            and bool(INVITATION.allowed(invitation_subject(own), principal))
        ),
        minutes=meeting.minutes if reads else "",
        minutes_at=meeting.minutes_at,
        decisions=await _decisions(session, principal, decided),
        invited=[_invited(one) for one in invited],
        actions=MEETING.allowed(meeting_subject(meeting), principal),
        log=[
            MeetingLog(
                action=f"{one.subject_kind}_{one.action}",
                by=one.actor_name,
                at=one.at,
                text=one.reason,
                changes=one.detail.get("changes", {}),
            )
            for one in history
        ],
    )
