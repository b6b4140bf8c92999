"""What is kept of a meeting: replies, who was there, minutes, decisions and the tasks they become; and its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put, remove
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from kit.settings import settings
from plans.follow_up.errors import TaskedAlready
from plans.follow_up.service import make_task
from plans.meetings import access, letters, queries, rooms
from plans.meetings.calling import locked
from plans.meetings.errors import NamesMissing, NotOnLine, ReplyClosed
from plans.meetings.lifecycle import INVITATION, MEETING, invitation_subject, meeting_subject
from plans.meetings.models import MeetingDecision, MeetingInvitation, MeetingState
from plans.tasks.models import TaskKind
from tenancy.principal import Principal
from tenancy.queries import load_tree
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.service import enclose
from workflow.lifecycle import perform, post


@dataclass(frozen=True, slots=True)
class Decided:
    """议定事项 as the minutes have it; `id` of one that stands already."""

    text: str
    unit_ids: Sequence[UUID] = ()
    due_on: date | None = None
    id: UUID | None = None


async def reply(session: AsyncSession, *, actor: Principal, meeting_id: UUID, names: str, leave_reason: str) -> None:
    """参会 with names, or 请假 with a reason (where there is one). Again, it changes the reply, until it is held.

    Raises NotFound, Forbidden, ReplyClosed, NamesMissing.
    """
    meeting, invitation = await access.get_meeting(session, actor, meeting_id)
    if invitation is None:
        raise NotFound
    (invitation,) = await queries.list_invitations(
        session, county_id=actor.county_id, meeting_id=meeting_id, unit_id=actor.unit_id, lock=True
    )
    subject = invitation_subject(invitation)
    action = "ask_leave" if leave_reason else "come"
    INVITATION.check_side(action, subject, actor)
    if meeting.state is not MeetingState.SCHEDULED:
        raise ReplyClosed
    if not names and not leave_reason:
        raise NamesMissing
    values = {
        "names": "" if leave_reason else names,
        "leave_reason": leave_reason,
        "answered_at": clock.now(),
        "answerer_name": actor.display_name,
    }
    await perform(session, INVITATION, action, subject, actor=actor, reason=leave_reason, values=values)
    await post(session, actor.county, MEETING.kind, [(meeting_id, meeting.version, [letters.answered(actor.unit_id)])])


async def mark(
    session: AsyncSession,
    *,
    actor: Principal,
    meeting_id: UUID,
    version: int | None,
    unit_ids: Sequence[UUID],
    also: Sequence[Write] = (),
) -> int:
    """签到: these units were there, the others who were asked were not. Raises NotFound for one that was not asked."""
    meeting = await locked(session, actor, meeting_id, "mark", version)
    invited = await queries.list_invitations(session, county_id=actor.county_id, meeting_id=meeting_id, lock=True)
    here = set(unit_ids)
    if not here <= {one.unit_id for one in invited}:
        raise NotFound
    ticks = [
        change(MeetingInvitation, county_id=one.county_id, id=one.id, present=one.unit_id in here) for one in invited
    ]
    return await perform(
        session,
        MEETING,
        "mark",
        meeting_subject(meeting),
        actor=actor,
        also=[*also, *ticks],
        detail={"units": len(here)},
    )


async def write_minutes(
    session: AsyncSession,
    *,
    actor: Principal,
    meeting_id: UUID,
    version: int | None,
    text: str,
    decisions: Sequence[Decided],
    file_ids: Sequence[UUID] | None = None,
    also: Sequence[Write] = (),
) -> int:
    """写纪要: the whole text and list of decisions from now on. A decision that became a task stays word for word.

    Raises NotFound for a decision or unit out of scope, TaskedAlready, FileGone.
    """
    meeting = await locked(session, actor, meeting_id, "write", version)
    standing = {
        one.id: one
        for one in await queries.list_decisions(session, county_id=actor.county_id, meeting_ids=[meeting_id], lock=True)
    }
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    below = {node.id for node in tree.walk(actor.unit_id)} - {actor.unit_id}
    writes: list[Write] = []
    for no, one in enumerate(decisions, 1):
        if not set(one.unit_ids) <= below:
            raise NotFound
        said = {"text": one.text, "unit_ids": list(dict.fromkeys(one.unit_ids)), "due_on": one.due_on}
        if one.id is None:
            writes.append(
                put(MeetingDecision, county_id=actor.county_id, id=new_id(), meeting_id=meeting_id, no=no, **said)
            )
            continue
        old = standing.pop(one.id, None)
        if old is None:
            raise NotFound
        if old.task_id is not None:
            if old.text != one.text:
                raise TaskedAlready
            said = {}
        writes.append(change(MeetingDecision, county_id=actor.county_id, id=one.id, no=no, **said))
    if any(one.task_id is not None for one in standing.values()):
        raise TaskedAlready
    writes += [remove(MeetingDecision, county_id=actor.county_id, id=gone) for gone in standing]
    if file_ids is not None:
        present = await list_enclosed(session, county_id=actor.county_id, document_id=meeting_id, kind=access.MINUTES)
        writes += await enclose(
            session, actor, kind=access.MINUTES, document_id=meeting_id, file_ids=file_ids, present=present
        )
    return await perform(
        session,
        MEETING,
        "write",
        meeting_subject(meeting),
        actor=actor,
        values={"minutes": text},
        also=[*also, *writes],
    )


async def to_task(
    session: AsyncSession,
    *,
    actor: Principal,
    decision_id: UUID,
    made: UUID,
    unit_ids: Sequence[UUID] | None = None,
    due_on: date | None = None,
    also: Sequence[Write] = (),
) -> None:
    """议定事项转任务: issued to the units named in it, by the unit that held the meeting.

    Raises NotFound, Forbidden, and what `follow_up.make_task` raises.
    """
    decision, meeting = await access.get_decision(session, actor, decision_id, lock=True)
    if meeting.issuer_unit_id != actor.unit_id:
        raise Forbidden
    named = list(decision.unit_ids if unit_ids is None else dict.fromkeys(unit_ids))
    day = meeting.starts_at.astimezone(clock.SHANGHAI)
    await make_task(
        session,
        actor=actor,
        line=decision,
        kind=TaskKind.DECISION,
        source=f"（{day:%Y年%m月%d日}《{meeting.title}》议定事项）",
        unit_ids=named,
        due_on=due_on or decision.due_on,
        made=made,
        also=also,
        kept={"unit_ids": named},
    )


async def join(session: AsyncSession, *, actor: Principal, meeting_id: UUID) -> str:
    """The address at which the actor enters a meeting on line. Only who called it and who was asked enter; it moderates
    who called it. Raises NotFound, NotOnLine."""
    meeting, invitation = await access.get_meeting(session, actor, meeting_id)
    caller = meeting.issuer_unit_id == actor.unit_id
    if not caller and invitation is None:
        raise NotFound
    if meeting.state not in (MeetingState.SCHEDULED, MeetingState.HELD):
        raise NotOnLine
    if meeting.link:
        return meeting.link
    own = settings()
    if not meeting.room or not rooms.offered(own):
        raise NotOnLine
    return rooms.address(own, room=meeting.room, name=actor.display_name, moderator=caller)


async def meeting_of(session: AsyncSession, actor: Principal, decision_id: UUID) -> UUID:
    """The meeting that a decision was taken at. Raises NotFound."""
    decision, _ = await access.get_decision(session, actor, decision_id)
    return decision.meeting_id
