"""Handing in: evaluated figures become a kept revision that waits for review. Every way of handing in ends here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.compiled import CompiledForm
from forms.definition import Severity
from forms.outcome import Evaluation, Problem
from kit import clock
from kit.db.batch import Write, put
from kit.ids import new_id
from reporting import personal, sign_rules
from reporting.errors import ChecksFailed, NotAsked
from reporting.explaining import explained, unanswered
from reporting.filing import facts_of, mark_target, subject_of
from reporting.handin import freeze
from reporting.lifecycle import SUBMISSION
from reporting.models import BehalfKind, Revision, SubmissionState
from reporting.queries import Filed
from reporting.signatures import WAITS, closing_mail, ended
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.attachments.service import handed_in
from workflow.lifecycle import Mail, perform


@dataclass(frozen=True, slots=True)
class Behalf:
    """代报、代改: what a superior did for the unit, and on what grounds. `unit` is the superior's name."""

    kind: BehalfKind
    unit: str
    basis: str


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in."""

    form: CompiledForm
    evaluation: Evaluation
    reasons: Mapping[str, str]
    zeroed: Sequence[str] = ()
    zero: bool = False
    missing_reason: str = ""
    #: As `Revision.signatures`.
    signatures: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submit came to, and what its receipt says."""

    version: int
    revision_no: int
    late: bool
    warnings: int
    unit: str
    form: str
    period: str
    submitted_at: datetime


async def hand_in(
    session: AsyncSession,
    actor: Principal,
    filed: Filed,
    given: Given,
    *,
    action: str = "submit",
    behalf: Behalf | None = None,
    also: Sequence[Write] = (),
) -> Submitted:
    """Keep a revision and hand it to the reviewer. A unit with subordinates freezes its rollup (汇总上报).

    The caller holds the submission for `action`. Raises ChecksFailed with every problem, SubordinatesMissing, NotAsked.
    """
    form, evaluation = given.form, given.evaluation
    if not filed.unit.asked and any(evaluation.rows.values()):
        raise NotAsked
    refuse_unanswered(evaluation.problems, given.reasons)
    frozen = await freeze(session, actor, filed, form, evaluation, given.missing_reason)
    refuse_unanswered(frozen.problems, given.reasons)
    problems = (*evaluation.problems, *frozen.problems)
    s = filed.submission
    now = clock.now()
    first = s.first_submitted_at or now
    late = first > s.due_at
    revision_id = new_id()
    number = s.revision_no + 1
    signing = s.state is SubmissionState.SIGNING
    warnings = sum(1 for p in problems if p.severity is Severity.WARNING)
    new_version = await perform(
        session,
        SUBMISSION,
        action,
        subject_of(filed),
        actor=actor,
        reason=behalf.basis if behalf else _unsigned(filed),
        values={
            "live_revision_id": revision_id,
            "revision_no": number,
            "first_submitted_at": first,
            "submitted_at": now,
            "late": late,
            "warnings": warnings,
            "outliers": sum(1 for p in evaluation.problems if "median12" in _expression(form, p)),
            "claimed_by": None,
            "claimed_until": None,
            "return_reason": "",
            "marked_cells": [],
        },
        also=[
            *also,
            *([ended(filed)] if signing else []),
            put(
                Revision,
                county_id=actor.county_id,
                id=revision_id,
                submission_id=s.id,
                no=number,
                cells=evaluation.cells,
                rows=personal.to_store(form.definition, evaluation.rows),
                reasons=dict(given.reasons),
                explained=explained(problems, given.reasons),
                after_closing=filed.cycle.closed_at is not None,
                behalf_kind=behalf.kind.value if behalf else None,
                behalf_unit_id=actor.unit_id if behalf else None,
                behalf_unit_name=behalf.unit if behalf else "",
                behalf_basis=behalf.basis if behalf else "",
                zeroed=list(given.zeroed),
                zero_report=given.zero,
                partials=aggregate.leaf(form, evaluation.cells, evaluation.rows, personal.person_hash),
                frozen=frozen.partials,
                sources=frozen.sources,
                signatures=[dict(entry) for entry in given.signatures],
                missing_reason=given.missing_reason,
                submitted_at=now,
                submitted_by=actor.account_id,
                submitter_name=actor.display_name,
                place=list(s.place),
            ),
            *handed_in(actor.county_id, filed.pending, number=number, place=s.place),
        ],
        mail=[
            Mail(s.unit_id, Role.REPORTER, "fill", closed=True),
            Mail(
                s.reviewer_unit_id,
                Role.REVIEWER,
                "review",
                facts=facts_of(filed, form, warnings=warnings),
                due_at=filed.cycle.due(filed.unit.tier) if filed.unit.parent_id is None else None,
            ),
            *(closing_mail(filed, step) for step in WAITS if signing),
            *([_told(filed, form, behalf)] if behalf else []),
        ],
        context={"mark": mark_target(filed)},
        detail={"revision": number, "late": late},
    )
    return Submitted(
        version=new_version,
        revision_no=number,
        late=late,
        warnings=warnings,
        unit=filed.unit.name,
        form=form.definition.name.zh,
        period=filed.cycle.period_key,
        submitted_at=now,
    )


def _unsigned(filed: Filed) -> str:
    """What history says of a hand-in past a step that nobody of the unit can sign."""
    return f"本单位无人担任{sign_rules.names(filed.lacking)}，未经该步签批" if filed.lacking else ""


def _told(filed: Filed, form: CompiledForm, behalf: Behalf) -> Mail:
    facts = facts_of(filed, form, reason=behalf.basis, by=behalf.unit, kind=behalf.kind.value)
    return Mail(filed.submission.unit_id, Role.REPORTER, "behalf", facts=facts)


def refuse_unanswered(problems: Sequence[Problem], reasons: Mapping[str, str]) -> None:
    """Raises ChecksFailed with every error, and every warning that has no reason."""
    left = unanswered(problems, reasons)
    if left:
        raise ChecksFailed(count=len(left), problems=left)


def _expression(form: CompiledForm, problem: Problem) -> str:
    return next((c.expression for c in form.plan.checks if c.key == problem.key), "")
