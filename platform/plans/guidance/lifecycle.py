"""The lifecycle of a visit. How far findings are rectified is read from their tasks (`docs/dispatch.md`)."""

from __future__ import annotations

from plans.guidance.models import Visit, VisitState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_RECORDED = frozenset({VisitState.RECORDED})

VISIT = Lifecycle(
    kind="visit",
    model=Visit,
    transitions=(
        # The station's answer to what was said.
        Transition("answer", _RECORDED, Relation.OWN, Role.REPORTER, None, True, Role.REVIEWER),
        # Whoever wrote it down adds to it, or takes it back.
        Transition("note", _RECORDED, Relation.REVIEWER, Role.REPORTER, None, True, Role.REVIEWER),
        Transition("void", _RECORDED, Relation.REVIEWER, Role.REPORTER, VisitState.VOID, True, Role.REVIEWER),
    ),
)


def subject_of(visit: Visit) -> Subject:
    """The lifecycle's view of a visit: the station's, and who wrote it down stands where a reviewer does."""
    place = tuple(visit.place)
    return Subject(visit.id, visit.state, visit.version, visit.unit_id, visit.visitor_unit_id, place, place[1:])
