"""The lifecycles of a training and of a place in it (`docs/dispatch.md`)."""

from __future__ import annotations

from plans.training.models import PlaceState, Training, TrainingPlace, TrainingState
from tenancy.models import Role
from workflow.lifecycle import Lifecycle, Relation, Subject, Transition

_ANNOUNCED = frozenset({TrainingState.ANNOUNCED})
_HELD = frozenset({TrainingState.HELD})
_STANDING = _ANNOUNCED | _HELD | {TrainingState.CONCLUDED}
_OWN, _ORGANISER = Relation.OWN, Relation.REVIEWER

TRAINING = Lifecycle(
    kind="training",
    model=Training,
    transitions=(
        Transition("amend", _ANNOUNCED, _OWN, Role.REVIEWER, None, True, Role.LEADER),
        Transition("enclose", _STANDING, _OWN, Role.REVIEWER, None, or_role=Role.REPORTER),
        Transition("remind", _ANNOUNCED, _OWN, Role.REVIEWER, None, or_role=Role.LEADER),
        Transition("cancel", _ANNOUNCED, _OWN, Role.REVIEWER, TrainingState.CANCELLED, True, Role.LEADER),
        Transition("hold", _ANNOUNCED, _OWN, Role.REVIEWER, TrainingState.HELD, or_role=Role.REPORTER),
        Transition("conclude", _HELD, _OWN, Role.REVIEWER, TrainingState.CONCLUDED, or_role=Role.REPORTER),
    ),
)

_SIGNED_UP = frozenset({PlaceState.SIGNED_UP})
_WITHDRAWN = frozenset({PlaceState.WITHDRAWN})
_EXPECTED = frozenset({PlaceState.SIGNED_UP, PlaceState.ABSENT})
_TAKEN = _EXPECTED | {PlaceState.ATTENDED}

PLACE = Lifecycle(
    kind="training_place",
    model=TrainingPlace,
    transitions=(
        Transition("sign_again", _WITHDRAWN, _OWN, Role.REPORTER, PlaceState.SIGNED_UP, or_role=Role.REVIEWER),
        Transition("withdraw", _SIGNED_UP, _OWN, Role.REPORTER, PlaceState.WITHDRAWN, or_role=Role.REVIEWER),
        # Whoever works there checks in for themselves.
        Transition("check_in", _EXPECTED, _OWN, None, PlaceState.ATTENDED),
        Transition("add_again", _WITHDRAWN, _ORGANISER, Role.REVIEWER, PlaceState.SIGNED_UP, or_role=Role.REPORTER),
        Transition("remove", _SIGNED_UP, _ORGANISER, Role.REVIEWER, PlaceState.WITHDRAWN, or_role=Role.REPORTER),
        Transition("move", _SIGNED_UP, _ORGANISER, Role.REVIEWER, None, or_role=Role.REPORTER),
        Transition("mark_attended", _TAKEN, _ORGANISER, Role.REVIEWER, PlaceState.ATTENDED, or_role=Role.REPORTER),
        Transition("mark_absent", _TAKEN, _ORGANISER, Role.REVIEWER, PlaceState.ABSENT, or_role=Role.REPORTER),
        Transition("correct_attended", _TAKEN, _ORGANISER, Role.REVIEWER, PlaceState.ATTENDED, True, Role.REPORTER),
        Transition("correct_absent", _TAKEN, _ORGANISER, Role.REVIEWER, PlaceState.ABSENT, True, Role.REPORTER),
    ),
)


def training_subject(training: Training) -> Subject:
    """The lifecycle's view of a training: its issuer's own."""
    unit_id = training.issuer_unit_id
    return Subject(training.id, training.state, training.version, unit_id, unit_id, (unit_id,))


def place_subject(taken: TrainingPlace, training: Training) -> Subject:
    """The lifecycle's view of a place: its unit's own, and the organiser stands where a reviewer does."""
    place = tuple(taken.place)
    return Subject(taken.id, taken.state, taken.version, taken.unit_id, training.issuer_unit_id, place, place[1:])
