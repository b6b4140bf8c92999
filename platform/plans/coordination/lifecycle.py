"""The lifecycle of a request for coordination."""

from __future__ import annotations

from plans.coordination.models import CoordinationRequest, RequestState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_RAISED = frozenset({RequestState.RAISED})
_TAKEN = frozenset({RequestState.TAKEN})
_OPEN = _RAISED | _TAKEN
_ANSWERED = frozenset({RequestState.ANSWERED})

COORDINATION = Lifecycle(
    kind="coordination_request",
    model=CoordinationRequest,
    transitions=(
        Transition("take", _RAISED, Relation.REVIEWER, Role.REVIEWER, RequestState.TAKEN, False, Role.LEADER),
        Transition("note", _TAKEN, Relation.REVIEWER, Role.REVIEWER, None, True, Role.LEADER),
        Transition("answer", _OPEN, Relation.REVIEWER, Role.REVIEWER, RequestState.ANSWERED, True, Role.LEADER),
        Transition("pass_up", _OPEN, Relation.REVIEWER, Role.REVIEWER, RequestState.RAISED, True, Role.LEADER),
        Transition("add", _OPEN, Relation.OWN, Role.REPORTER, None, True, Role.REVIEWER),
        Transition("confirm", _ANSWERED, Relation.OWN, Role.REPORTER, RequestState.SETTLED, False, Role.REVIEWER),
        Transition("insist", _ANSWERED, Relation.OWN, Role.REPORTER, RequestState.TAKEN, True, Role.REVIEWER),
        Transition("withdraw", _OPEN, Relation.OWN, Role.REPORTER, RequestState.WITHDRAWN, True, Role.REVIEWER),
    ),
)


def subject_of(request: CoordinationRequest) -> Subject:
    """The lifecycle's view of a request: whoever has it in hand is its reviewer."""
    place = tuple(request.place)
    return Subject(
        request.id, request.state, request.version, request.unit_id, request.handler_unit_id, place, place[1:]
    )
