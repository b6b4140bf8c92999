"""What inboxes are told of meetings."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from plans.meetings.models import Meeting
from tenancy.models import Role
from workflow.lifecycle import Mail

#: A unit is asked whether it comes. It closes when it answers, or when the meeting is held or cancelled.
ASKED = "meeting"
#: These only tell.
CHANGED, CANCELLED, MINUTES = "meeting_changed", "meeting_cancelled", "meeting_minutes"


def _facts(meeting: Meeting, **more: Any) -> dict[str, Any]:
    return {
        "title": meeting.title,
        "kind": meeting.kind.value,
        "by": meeting.issuer_name,
        "starts_at": meeting.starts_at.isoformat(),
        **more,
    }


def asked(meeting: Meeting, unit_id: UUID, **more: Any) -> Mail:
    return Mail(unit_id, Role.REPORTER, ASKED, facts=_facts(meeting, **more), due_at=meeting.starts_at)


def answered(unit_id: UUID) -> Mail:
    return Mail(unit_id, Role.REPORTER, ASKED, closed=True)


def told(meeting: Meeting, topic: str, unit_id: UUID, **more: Any) -> Mail:
    return Mail(unit_id, Role.REPORTER, topic, facts=_facts(meeting, **more))
