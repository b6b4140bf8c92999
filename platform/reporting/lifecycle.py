"""The submission's lifecycle, the fold marks that accompany every one of its transitions, and who follows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write, put
from reporting import following
from reporting.models import Cycle, CycleState, RollupMark, Submission, SubmissionState
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Happened, Lifecycle, Relation, Subject, Transition

#: The pulse that folds what was marked.
FOLD = "reporting.fold"
#: How long a reviewer's claim keeps others out.
CLAIM_LASTS = timedelta(minutes=30)

_OPEN = frozenset({SubmissionState.NOT_STARTED, SubmissionState.DRAFT, SubmissionState.RETURNED})
_SIGNING = frozenset({SubmissionState.SIGNING})
_SUBMITTED = frozenset({SubmissionState.SUBMITTED})
_APPROVED = frozenset({SubmissionState.APPROVED})
_ANY = frozenset(SubmissionState)
#: States in which nothing that awaits review was handed in.
UNSENT = _OPEN | _SIGNING


@dataclass(frozen=True, slots=True)
class MarkTarget:
    """Whose rollup a submission's change makes old: the unit's own when it has subordinates, else its parent's."""

    county_id: UUID
    cycle_id: UUID
    unit_id: UUID
    lvl: int
    place: tuple[UUID, ...]
    #: The task that carries the cycle, which hears of the change.
    task_id: UUID | None = None


def accompany_mark(_subject: Subject, context: Mapping[str, Any]) -> Iterable[Write]:
    """The fold mark of a change, of the target that the context names."""
    target: MarkTarget = context["mark"]
    yield put(
        RollupMark,
        county_id=target.county_id,
        cycle_id=target.cycle_id,
        unit_id=target.unit_id,
        lvl=target.lvl,
        place=list(target.place),
    )


async def _tell_the_task(session: AsyncSession, actor: Principal, happened: Happened) -> None:
    """A report of a plan of periods has nobody to tell, and costs nothing here."""
    target: MarkTarget = happened.context["mark"]
    if target.task_id is not None:
        await following.tell(session, actor, target.task_id, happened)


SUBMISSION = Lifecycle(
    kind="submission",
    model=Submission,
    transitions=(
        Transition(
            "save", frozenset({SubmissionState.NOT_STARTED}), Relation.OWN, Role.REPORTER, SubmissionState.DRAFT
        ),
        Transition("submit", _OPEN, Relation.OWN, Role.REPORTER, SubmissionState.SUBMITTED),
        Transition("prepare", _OPEN, Relation.OWN, Role.REPORTER, SubmissionState.SIGNING),
        Transition("check", _SIGNING, Relation.OWN, Role.REVIEWER, None),
        Transition("sign", _SIGNING, Relation.OWN, Role.LEADER, SubmissionState.SUBMITTED),
        Transition(
            "decline",
            _SIGNING,
            Relation.OWN,
            Role.LEADER,
            SubmissionState.DRAFT,
            needs_reason=True,
            or_role=Role.REVIEWER,
        ),
        Transition("withdraw", _SIGNING, Relation.OWN, Role.REPORTER, SubmissionState.DRAFT),
        Transition("recall", _SUBMITTED, Relation.OWN, Role.REPORTER, SubmissionState.DRAFT),
        Transition("claim", _SUBMITTED, Relation.REVIEWER, Role.REVIEWER, None),
        Transition("release", _SUBMITTED, Relation.REVIEWER, Role.REVIEWER, None),
        Transition("approve", _SUBMITTED, Relation.REVIEWER, Role.REVIEWER, SubmissionState.APPROVED),
        Transition(
            "return",
            _SUBMITTED | _APPROVED,
            Relation.REVIEWER,
            Role.REVIEWER,
            SubmissionState.RETURNED,
            needs_reason=True,
        ),
        Transition(
            "return_through",
            _SUBMITTED | _APPROVED,
            Relation.ABOVE_REVIEWER,
            Role.REVIEWER,
            SubmissionState.RETURNED,
            needs_reason=True,
        ),
        Transition("correct", _APPROVED, Relation.OWN, Role.REPORTER, SubmissionState.DRAFT, needs_reason=True),
        Transition(
            "abandon",
            frozenset({SubmissionState.DRAFT, SubmissionState.RETURNED}),
            Relation.OWN,
            Role.REPORTER,
            SubmissionState.APPROVED,
        ),
        Transition(
            "fill_for",
            _OPEN | _SIGNING,
            Relation.SUPERIOR,
            Role.REVIEWER,
            SubmissionState.SUBMITTED,
            needs_reason=True,
        ),
        Transition(
            "mend",
            _SUBMITTED | _APPROVED,
            Relation.SUPERIOR,
            Role.REVIEWER,
            SubmissionState.SUBMITTED,
            needs_reason=True,
        ),
        Transition("object", _ANY, Relation.OWN, Role.REPORTER, None, needs_reason=True),
        Transition("answer", _ANY, Relation.REVIEWER, Role.REVIEWER, None, needs_reason=True),
        Transition("extend", UNSENT | _SUBMITTED, Relation.SUPERIOR, Role.REVIEWER, None, needs_reason=True),
        Transition("exempt", _OPEN, Relation.COUNTY, Role.REVIEWER, None, needs_reason=True),
        Transition("require", _OPEN, Relation.COUNTY, Role.REVIEWER, None),
        Transition("reopen", _ANY, Relation.COUNTY, Role.REVIEWER, None, needs_reason=True),
        Transition("reclose", _ANY, Relation.COUNTY, Role.REVIEWER, None),
    ),
    accompany=accompany_mark,
    follow=_tell_the_task,
    bells=(FOLD,),
)

CYCLE = Lifecycle(
    kind="cycle",
    model=Cycle,
    transitions=(
        Transition("close", frozenset({CycleState.OPEN}), Relation.COUNTY, Role.REVIEWER, CycleState.CLOSED),
        Transition(
            "unclose",
            frozenset({CycleState.CLOSED}),
            Relation.COUNTY,
            Role.REVIEWER,
            CycleState.OPEN,
            needs_reason=True,
        ),
        Transition("report_up", frozenset(CycleState), Relation.COUNTY, Role.REVIEWER, None),
    ),
)

#: How a past year's figures come in. Apart from the submission's own, because no page offers it.
PAST = Lifecycle(
    kind="submission",
    model=Submission,
    transitions=(
        Transition(
            "import",
            frozenset({SubmissionState.NOT_STARTED, SubmissionState.APPROVED}),
            Relation.COUNTY,
            Role.REVIEWER,
            SubmissionState.APPROVED,
        ),
    ),
    accompany=accompany_mark,
    bells=(FOLD,),
)

#: States in which the unit may type.
EDITABLE = _OPEN
