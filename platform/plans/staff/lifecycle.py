"""The lifecycle of somebody on the roster: kept by the unit or by those above it."""

from __future__ import annotations

from plans.staff.models import StaffMember, StaffState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_SERVING = frozenset({StaffState.SERVING})
_LEFT = frozenset({StaffState.LEFT})

STAFF = Lifecycle(
    kind="staff_member",
    model=StaffMember,
    transitions=(
        Transition("change", _SERVING, Relation.LINE, Role.REPORTER, None, or_role=Role.REVIEWER),
        Transition("leave", _SERVING, Relation.LINE, Role.REPORTER, StaffState.LEFT, or_role=Role.REVIEWER),
        Transition("come_back", _LEFT, Relation.LINE, Role.REPORTER, StaffState.SERVING, or_role=Role.REVIEWER),
    ),
)


def subject_of(member: StaffMember) -> Subject:
    """The lifecycle's view of a member: the unit's own."""
    place = tuple(member.place)
    return Subject(member.id, member.state, member.version, member.unit_id, member.unit_id, place, place[1:])
