"""The lifecycle of a notice."""

from __future__ import annotations

from plans.notices.models import Notice, NoticeState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_SCHEDULED = frozenset({NoticeState.SCHEDULED})
_STANDING = frozenset({NoticeState.SCHEDULED, NoticeState.PUBLISHED})

NOTICE = Lifecycle(
    kind="notice",
    model=Notice,
    transitions=(
        # The scheduler's, at the county, when the time has come.
        Transition("publish", _SCHEDULED, Relation.COUNTY, None, NoticeState.PUBLISHED),
        Transition("withdraw", _STANDING, Relation.OWN, Role.REVIEWER, NoticeState.WITHDRAWN, True, Role.LEADER),
        Transition("pin", _STANDING, Relation.OWN, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition(
            "remind", frozenset({NoticeState.PUBLISHED}), Relation.OWN, Role.REVIEWER, None, or_role=Role.LEADER
        ),
    ),
)

#: Acts of people; `publish` is the scheduler's.
ACTIONS = frozenset(one.action for one in NOTICE.transitions) - {"publish"}


def subject_of(notice: Notice) -> Subject:
    """The lifecycle's view of a notice: its issuer's own."""
    unit_id = notice.issuer_unit_id
    return Subject(notice.id, notice.state, notice.version, unit_id, unit_id, (unit_id,))
