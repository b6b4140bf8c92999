"""Commands of whoever calls a meeting: call, amend, remind, cancel, hold, issue the minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put_many, write_all
from kit.ids import new_id
from kit.settings import settings
from plans.addressing import service as addressing
from plans.addressing.rules import addressee_rows
from plans.addressing.schemas import ChoiceIn
from plans.meetings import access, letters, queries, rooms
from plans.meetings.errors import LinkOrRoom, MeetingPast, MeetingTimesImpossible, MinutesEmpty, RoomNotOffered
from plans.meetings.lifecycle import INVITATION, MEETING, invitation_subject, meeting_subject
from plans.meetings.models import Meeting, MeetingInvitation, MeetingKind, ReplyState
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import TreeNode
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.service import enclose
from workflow.lifecycle import Mail, expect_version, perform, perform_many, post

_LONGEST = timedelta(days=7)
#: Who said that it comes, said so to this.
_ASKED_ANEW = frozenset({"starts_at", "ends_at", "venue", "link", "room"})


@dataclass(frozen=True, slots=True)
class Arranged:
    """What may change until a meeting is held. `room`: one on the platform's own server is made."""

    starts_at: datetime
    ends_at: datetime
    agenda: str = ""
    venue: str = ""
    link: str = ""
    room: bool = False
    guests: str = ""

    def values(self, room: str = "") -> dict[str, Any]:
        """The columns; a room that stands already stays. Raises MeetingTimesImpossible, LinkOrRoom, RoomNotOffered."""
        if not timedelta(0) < self.ends_at - self.starts_at <= _LONGEST:
            raise MeetingTimesImpossible
        if self.room and self.link:
            raise LinkOrRoom
        if self.room and not room and not rooms.offered(settings()):
            raise RoomNotOffered
        return {
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "agenda": self.agenda,
            "venue": self.venue,
            "link": self.link,
            "room": (room or rooms.new_room()) if self.room else "",
            "guests": self.guests,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """A meeting as it is called. Without units in `to` it is one among one's own, and may be over already."""

    kind: MeetingKind
    title: str
    arranged: Arranged
    to: Sequence[ChoiceIn] = ()
    file_ids: Sequence[UUID] = ()


async def call(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """通知开会: ask units below to come, or write down a meeting among one's own.

    Raises Forbidden, NotFound, NobodyAddressed, MeetingPast, FileGone, and what `Arranged.values` raises.
    """
    nodes: list[TreeNode] = []
    if given.to:
        actor.require(Role.REVIEWER, Role.LEADER)
        if given.arranged.starts_at <= clock.now():
            raise MeetingPast
        tree, nodes = await addressing.addressed(session, actor, [one.as_choice() for one in given.to])
    else:
        actor.require(Role.REPORTER, Role.REVIEWER, Role.LEADER)
        tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    meeting_id = made or new_id()
    values = given.arranged.values()
    files = await enclose(session, actor, kind=MEETING.kind, document_id=meeting_id, file_ids=given.file_ids)
    meeting = Meeting(
        county_id=actor.county_id,
        id=meeting_id,
        issuer_unit_id=actor.unit_id,
        issuer_name=tree.nodes[actor.unit_id].short_name,
        kind=given.kind,
        title=given.title,
        addressees=[one.model_dump(mode="json") for one in given.to],
        version=1,
        created_by=actor.account_id,
        creator_name=actor.display_name,
        place=tree.ancestors(actor.unit_id),
        **values,
    )
    session.add(meeting)
    await session.flush()
    entry = audited(
        actor, "meeting.call", subject_kind=MEETING.kind, subject_id=meeting_id, detail={"units": len(nodes)}
    )
    await write_all(session, [*also, *files, entry])
    invited = {"meeting_id": meeting_id, "state": ReplyState.INVITED, "version": 1}
    await put_many(session, MeetingInvitation, addressee_rows(tree, nodes, county_id=actor.county_id, **invited))
    asked = [letters.asked(meeting, node.id) for node in nodes]
    await post(session, actor.county, MEETING.kind, [(meeting_id, 1, asked)])
    return meeting_id


async def locked(
    session: AsyncSession, actor: Principal, meeting_id: UUID, action: str, version: int | None, reason: str = ""
) -> Meeting:
    """A meeting held for an act on it. Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing."""
    meeting, _ = await access.get_meeting(session, actor, meeting_id, lock=True)
    subject = meeting_subject(meeting)
    MEETING.check_side(action, subject, actor)
    expect_version(subject, version)
    MEETING.check(action, subject, actor, reason)
    return meeting


async def amend(
    session: AsyncSession,
    *,
    actor: Principal,
    meeting_id: UUID,
    version: int | None,
    arranged: Arranged,
    reason: str,
    file_ids: Sequence[UUID] | None = None,
    also: Sequence[Write] = (),
) -> int:
    """变更: another time, place or agenda. Everybody who was asked is told what is different; where it is the time or
    the place, everybody is asked anew. `file_ids` is the whole list of its papers from now on; left out, they stay.

    Raises Forbidden, Stale, ReasonMissing, MeetingPast, FileGone, and what `Arranged.values` raises.
    """
    meeting = await locked(session, actor, meeting_id, "amend", version, reason)
    if meeting.addressees and arranged.starts_at <= clock.now():
        raise MeetingPast
    values = arranged.values(meeting.room)
    changes: dict[str, list[Any]] = {
        name: [_plain(name, getattr(meeting, name)), _plain(name, value)]
        for name, value in values.items()
        if getattr(meeting, name) != value
    }
    writes: list[Write] = []
    if file_ids is not None:
        present = await list_enclosed(session, county_id=actor.county_id, document_id=meeting_id, kind=MEETING.kind)
        writes = await enclose(
            session, actor, kind=MEETING.kind, document_id=meeting_id, file_ids=file_ids, present=present
        )
        if [one.id for one in present] != list(file_ids):
            changes["files"] = []
    detail = {"changes": changes}
    # What inboxes are told is read from the row.
    meeting.starts_at, meeting.ends_at = arranged.starts_at, arranged.ends_at
    number = await perform(
        session,
        MEETING,
        "amend",
        meeting_subject(meeting),
        actor=actor,
        reason=reason,
        values=values,
        also=[*also, *writes],
        detail=detail,
    )
    invited = await queries.list_invitations(session, county_id=actor.county_id, meeting_id=meeting_id, lock=True)
    elsewhere = not _ASKED_ANEW.isdisjoint(changes)
    await perform_many(
        session,
        INVITATION,
        "ask_again" if elsewhere else "inform",
        [invitation_subject(one) for one in invited],
        actor=actor,
        reason=reason,
        detail=detail,
    )
    mail: list[Mail] = []
    for one in invited:
        mail.append(letters.told(meeting, letters.CHANGED, one.unit_id, reason=reason, again=elsewhere))
        if elsewhere:
            mail.append(letters.asked(meeting, one.unit_id))
    await post(session, actor.county, MEETING.kind, [(meeting_id, number, mail)])
    return number


def _plain(name: str, value: Any) -> Any:
    """As the record has it. What a room is called stays between the platform and its server."""
    if name == "room":
        return bool(value)
    return value.isoformat() if isinstance(value, datetime) else value


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    meeting_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """催复、取消、召开、印发纪要. Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, MinutesEmpty."""
    meeting = await locked(session, actor, meeting_id, action, version, text)
    if action == "issue_minutes" and not meeting.minutes.strip():
        raise MinutesEmpty
    invited = await queries.list_invitations(session, county_id=actor.county_id, meeting_id=meeting_id)
    values, mail = _effect(action, meeting, invited, actor, text)
    number = await perform(
        session,
        MEETING,
        action,
        meeting_subject(meeting),
        actor=actor,
        reason=text,
        values=values,
        also=also,
        detail={"units": len(mail)},
    )
    await post(session, actor.county, MEETING.kind, [(meeting_id, number, mail)])
    return number


def _effect(
    action: str, meeting: Meeting, invited: Sequence[MeetingInvitation], actor: Principal, text: str
) -> tuple[Mapping[str, Any], list[Mail]]:
    """What an act changes beside the state, and who hears of it."""
    silent = [one.unit_id for one in invited if one.state is ReplyState.INVITED]
    answered = [letters.answered(unit_id) for unit_id in silent]
    match action:
        case "remind":
            return {}, [letters.asked(meeting, unit_id, reminded_by=actor.display_name) for unit_id in silent]
        case "cancel":
            told = [letters.told(meeting, letters.CANCELLED, one.unit_id, reason=text) for one in invited]
            return {"cancelled_reason": text}, [*told, *answered]
        case "hold":
            return {}, answered
        case "issue_minutes":
            told = [letters.told(meeting, letters.MINUTES, one.unit_id) for one in invited]
            return {"minutes_at": clock.now()}, told
        case _:
            raise AssertionError(action)
