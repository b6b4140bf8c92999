"""The lifecycle of somebody on the roster: kept by the unit or by those above it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from plans.staff import following
from plans.staff.following import Moved
from plans.staff.models import StaffMember, StaffState
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Happened, Lifecycle, Relation, Subject, Transition

_SERVING = frozenset({StaffState.SERVING})
_LEFT = frozenset({StaffState.LEFT})


async def _tell(session: AsyncSession, actor: Principal, happened: Happened) -> None:
    if happened.action in ("leave", "come_back"):
        subject = happened.subject
        await following.tell(session, actor, Moved(subject.id, subject.owner_unit_id, happened.action == "come_back"))


STAFF = Lifecycle(
    kind="staff_member",
    model=StaffMember,
    transitions=(
        Transition("change", _SERVING, Relation.LINE, Role.REPORTER, None, or_role=Role.REVIEWER),
        Transition("leave", _SERVING, Relation.LINE, Role.REPORTER, StaffState.LEFT, or_role=Role.REVIEWER),
        Transition("come_back", _LEFT, Relation.LINE, Role.REPORTER, StaffState.SERVING, or_role=Role.REVIEWER),
    ),
    follow=_tell,
)


def subject_of(member: StaffMember) -> Subject:
    """The lifecycle's view of a member: the unit's own."""
    place = tuple(member.place)
    return Subject(member.id, member.state, member.version, member.unit_id, member.unit_id, place, place[1:])
