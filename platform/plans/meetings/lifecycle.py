"""The lifecycles of a meeting and of a unit's invitation to it (`docs/dispatch.md`)."""

from __future__ import annotations

from plans.meetings.models import Meeting, MeetingInvitation, MeetingState, ReplyState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_SCHEDULED = frozenset({MeetingState.SCHEDULED})
_HELD = frozenset({MeetingState.HELD})
_OWN = Relation.OWN

MEETING = Lifecycle(
    kind="meeting",
    model=Meeting,
    transitions=(
        Transition("amend", _SCHEDULED, _OWN, Role.REVIEWER, None, True, Role.REPORTER),
        Transition("remind", _SCHEDULED, _OWN, Role.REVIEWER, None, or_role=Role.REPORTER),
        Transition("cancel", _SCHEDULED, _OWN, Role.REVIEWER, MeetingState.CANCELLED, True, Role.REPORTER),
        Transition("hold", _SCHEDULED, _OWN, Role.REVIEWER, MeetingState.HELD, or_role=Role.REPORTER),
        Transition("mark", _HELD, _OWN, Role.REVIEWER, None, or_role=Role.REPORTER),
        Transition("write", _HELD, _OWN, Role.REVIEWER, None, or_role=Role.REPORTER),
        Transition("issue_minutes", _HELD, _OWN, Role.REVIEWER, MeetingState.CLOSED, or_role=Role.LEADER),
    ),
)

_ANY = frozenset(ReplyState)

INVITATION = Lifecycle(
    kind="meeting_invitation",
    model=MeetingInvitation,
    transitions=(
        Transition("come", _ANY, _OWN, Role.REPORTER, ReplyState.COMING, or_role=Role.REVIEWER),
        Transition("ask_leave", _ANY, _OWN, Role.REPORTER, ReplyState.ON_LEAVE, True, Role.REVIEWER),
        # 变更: the caller asks anew where the time or place is another, and tells the rest.
        Transition("ask_again", _ANY, Relation.SUPERIOR, Role.REVIEWER, ReplyState.INVITED, True, Role.REPORTER),
        Transition("inform", _ANY, Relation.SUPERIOR, Role.REVIEWER, None, True, Role.REPORTER),
    ),
)


def meeting_subject(meeting: Meeting) -> Subject:
    """The lifecycle's view of a meeting: the own one of the unit that called it."""
    place = tuple(meeting.place)
    unit_id = meeting.issuer_unit_id
    return Subject(meeting.id, meeting.state, meeting.version, unit_id, unit_id, place, place[1:])


def invitation_subject(invitation: MeetingInvitation) -> Subject:
    """The lifecycle's view of an invitation: its unit's own."""
    place = tuple(invitation.place)
    unit_id = invitation.unit_id
    return Subject(invitation.id, invitation.state, invitation.version, unit_id, unit_id, place, place[1:])
