"""The lifecycle of a petition: its statutory course, beside the task that carries it."""

from __future__ import annotations

from plans.petitions.models import Petition, PetitionState
from plans.tasks.models import Task
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_ROUTED = frozenset({PetitionState.ROUTED})
_OBJECTED = frozenset({PetitionState.OBJECTED})
_ACCEPTED = frozenset({PetitionState.ACCEPTED})
_CONCLUDED = frozenset({PetitionState.CONCLUDED})


def _by_handler(action: str, sources: frozenset[PetitionState], to: PetitionState | None, reason: bool) -> Transition:
    return Transition(action, sources, Relation.OWN, Role.REPORTER, to, reason, Role.REVIEWER)


def _by_line(action: str) -> Transition:
    return Transition(action, _CONCLUDED, Relation.LINE, Role.REPORTER, None, False, Role.REVIEWER)


PETITION = Lifecycle(
    kind="petition",
    model=Petition,
    transitions=(
        _by_handler("accept", _ROUTED, PetitionState.ACCEPTED, False),
        _by_handler("object", _ROUTED, PetitionState.OBJECTED, True),
        Transition("overrule", _OBJECTED, Relation.REVIEWER, Role.REVIEWER, PetitionState.ROUTED, True, Role.LEADER),
        _by_handler("inform", _ROUTED | _ACCEPTED, None, False),
        Transition("extend", _ACCEPTED, Relation.OWN, Role.LEADER, None, True),
        _by_handler("conclude", _ACCEPTED, PetitionState.CONCLUDED, True),
        _by_handler("tell", _CONCLUDED, None, False),
        _by_line("ask_review"),
        _by_line("answer_review"),
        _by_line("ask_reexamination"),
        _by_line("answer_reexamination"),
    ),
)


def subject_of(petition: Petition, task: Task) -> Subject:
    """The lifecycle's view of a petition: the handling unit's own, and its issuer answers."""
    place = tuple(petition.place)
    return Subject(
        petition.id,
        petition.state,
        petition.version,
        petition.handler_unit_id,
        task.issuer_unit_id,
        place,
        place[1:],
    )
