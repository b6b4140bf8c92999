"""The lifecycle of an urgent matter."""

from __future__ import annotations

from plans.urgent.models import UrgentMatter, UrgentState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_REPORTED = frozenset({UrgentState.REPORTED})
_OPEN = frozenset({UrgentState.REPORTED, UrgentState.HANDLING})
_HANDLING = frozenset({UrgentState.HANDLING})
_CONCLUDED = frozenset({UrgentState.CONCLUDED})

URGENT = Lifecycle(
    kind="urgent_matter",
    model=UrgentMatter,
    transitions=(
        Transition(
            "acknowledge", _REPORTED, Relation.SUPERIOR, Role.REVIEWER, UrgentState.HANDLING, False, Role.LEADER
        ),
        Transition("escalate", _REPORTED, Relation.COUNTY, Role.REVIEWER, None),
        Transition("tell", _OPEN, Relation.OWN, Role.REPORTER, None, True, Role.REVIEWER),
        Transition("instruct", _OPEN, Relation.SUPERIOR, Role.REVIEWER, None, True, Role.LEADER),
        Transition("conclude", _HANDLING, Relation.OWN, Role.REPORTER, UrgentState.CONCLUDED, True, Role.REVIEWER),
        Transition("reopen", _CONCLUDED, Relation.SUPERIOR, Role.REVIEWER, UrgentState.HANDLING, True, Role.LEADER),
    ),
)

#: Acts of people; `escalate` is the scheduler's.
ACTIONS = tuple(one.action for one in URGENT.transitions if one.action != "escalate")


def subject_of(matter: UrgentMatter) -> Subject:
    """The lifecycle's view of a matter. The county's own has nobody above: it is its own superior."""
    place = tuple(matter.place)
    above = place[1:] or place
    return Subject(matter.id, matter.state, matter.version, matter.unit_id, above[0], place, above)
