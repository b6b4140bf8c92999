"""Commands of the unit that fills: save, submit (a township's is its hand-in), recall, correct, abandon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.outcome import Evaluation, Row
from kit import clock
from kit.db.batch import Write, put, remove
from reporting import asides, figures, personal, queries
from reporting.errors import BeingReviewed, ChecksFailed
from reporting.figures import Baseline, Content
from reporting.filing import load_locked, mark_target, require_standing, saver_name, subject_of, to_fill
from reporting.handing import Given, Submitted, hand_in
from reporting.lifecycle import SUBMISSION
from reporting.models import Draft, SubmissionState
from reporting.queries import Filed
from reporting.row_edits import RowConflict, RowEdit, apply_rows
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Mail, perform


@dataclass(frozen=True, slots=True)
class CellEdit:
    """One cell as a browser saw it (`base`) and as it was typed (`new`)."""

    code: str
    base: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class CellConflict:
    """A cell that somebody else changed meanwhile: nothing was overwritten. `by_name` saved the draft last, at `at`."""

    code: str
    base: str | None
    mine: str | None
    theirs: str | None
    by_name: str = ""
    at: datetime | None = None


C = TypeVar("C", CellConflict, RowConflict)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to."""

    version: int
    cells: dict[str, str | None]
    conflicts: list[CellConflict]
    #: The row tables as they stand now, where rows were sent.
    rows: Mapping[str, Sequence[Row]] | None = None
    row_conflicts: Sequence[RowConflict] = ()


async def save_draft(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    edits: Sequence[CellEdit],
    rows: Sequence[RowEdit] = (),
    reasons: Mapping[str, str] | None = None,
    zeroed: Sequence[str] = (),
) -> Saved:
    """Keep what was typed, cell by cell and row by row: one conflicts only where the server's is not the sender's base.

    Values that can't be stored are kept as typed and told by the checks at submission. Raises NotFound, Forbidden,
    ActionNotAllowed (already submitted), CycleClosed, TooManyRows.
    """
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id, lock=True)
    # Typing is allowed where submitting is, and in a draft that is being corrected.
    SUBMISSION.check("submit", subject_of(filed), actor)
    await require_standing(session, filed, "save")
    filed = await asides.settle(session, filed)
    form = await figures.form_of(session, filed)
    if filed.draft is None and filed.newest is None:
        content = figures.opening_content(form, await figures.load_baseline(session, filed, form))
    else:
        source = filed.draft or filed.newest
        assert source is not None
        content = Content(dict(source.cells), dict(source.rows), dict(source.reasons), list(source.zeroed))
    conflicts = await _signed(session, filed, _apply(form, content, edits))
    content.zeroed.extend(code for code in zeroed if code in form.plan.fields and code not in content.zeroed)
    now, collided = _with_rows(form, content, rows)
    row_conflicts = await _signed(session, filed, collided)
    kept_reasons = content.reasons if reasons is None else dict(reasons)
    version = filed.submission.version
    if filed.submission.state == SubmissionState.NOT_STARTED:
        version = await perform(
            session,
            SUBMISSION,
            "save",
            subject_of(filed),
            actor=actor,
            context={"mark": mark_target(filed)},
        )
    values = {
        "cells": content.cells,
        "rows": content.rows if now is None else personal.to_store(form.definition, now),
        "reasons": kept_reasons,
        "zeroed": content.zeroed,
        "saved_at": clock.now(),
        "saved_by": actor.account_id,
    }
    await session.execute(
        upsert(Draft)
        .values(
            county_id=actor.county_id,
            id=submission_id,
            place=[filed.submission.unit_id],
            begun_from=filed.submission.revision_no,
            **values,
        )
        .on_conflict_do_update(index_elements=["county_id", "id"], set_=values)
    )
    return Saved(version, content.cells, conflicts, now, row_conflicts)


def _with_rows(
    form: CompiledForm, content: Content, edits: Sequence[RowEdit]
) -> tuple[dict[str, tuple[Row, ...]] | None, list[RowConflict]]:
    """The draft's row tables with these edits in the clear, and the collisions; None where no row was sent."""
    known = {table.code for table in form.definition.row_tables}
    wanted = [edit for edit in edits if edit.table in known]
    return apply_rows(personal.from_store(form.definition, content.rows), wanted) if wanted else (None, [])


def _apply(form: CompiledForm, content: Content, edits: Sequence[CellEdit]) -> list[CellConflict]:
    conflicts: list[CellConflict] = []
    for edit in edits:
        if edit.code not in form.plan.fields:
            continue
        theirs = content.cells.get(edit.code)
        if theirs not in (edit.base, edit.new):
            conflicts.append(CellConflict(edit.code, edit.base, edit.new, theirs))
            continue
        content.cells[edit.code] = edit.new
        if edit.code in content.zeroed and edit.new != "0":
            content.zeroed.remove(edit.code)
    return conflicts


async def _signed(session: AsyncSession, filed: Filed, conflicts: list[C]) -> list[C]:
    """Conflicts with who saved the other value, and when."""
    if not conflicts or filed.draft is None:
        return conflicts
    name = await saver_name(session, filed)
    return [replace(one, by_name=name, at=filed.draft.saved_at) for one in conflicts]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Figures that come with a submit request, in place of the draft."""

    cells: Mapping[str, str | None]
    rows: Mapping[str, Sequence[Row]]
    reasons: Mapping[str, str]


async def submit(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    given: HandedIn | None = None,
    reasons: Mapping[str, str] | None = None,
    zero: bool = False,
    missing_reason: str = "",
    also: Sequence[Write] = (),
) -> Submitted:
    """上报: evaluate, keep a revision, hand it to the reviewer. A unit with subordinates freezes its rollup (汇总上报).

    `reasons` are added to those kept with the draft. With `zero`, makes the zero report (零报告) in one act. Raises
    ChecksFailed with every problem, SubordinatesMissing when subordinates are not approved and no reason is given,
    NotAsked, and what `load_locked` raises.
    """
    filed = await asides.settle(session, await load_locked(session, actor, submission_id, "submit", version))
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    evaluation, kept_reasons, zeroed = evaluated(filed, form, baseline, given, zero)
    return await hand_in(
        session,
        actor,
        filed,
        Given(form, evaluation, {**kept_reasons, **(reasons or {})}, zeroed, zero=zero, missing_reason=missing_reason),
        also=[*also, remove(Draft, county_id=actor.county_id, id=submission_id)],
    )


def evaluated(
    filed: Filed, form: CompiledForm, baseline: Baseline, given: HandedIn | None, zero: bool
) -> tuple[Evaluation, Mapping[str, str], Sequence[str]]:
    """What is handed in: the figures, the reasons kept with them, what was filled with zeros."""
    context = figures.context_of(filed, form, baseline, zero_report=zero)
    if zero:
        report = form.zero_report(context)
        if report.refusals:
            raise ChecksFailed(count=len(report.refusals), problems=list(report.refusals))
        return form.evaluate(report.cells, {}, context), {}, ()
    if given is not None:
        return form.evaluate(given.cells, given.rows, context), given.reasons, ()
    content = figures.content_of(filed, form, baseline)
    rows = personal.from_store(form.definition, content.rows)
    return form.evaluate(content.cells, rows, context), content.reasons, content.zeroed


async def recall(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    also: Sequence[Write] = (),
) -> int:
    """撤回, while nobody has begun reviewing. The next submission's time decides whether it is late."""
    filed = await asides.settle(session, await load_locked(session, actor, submission_id, "recall", version))
    s = filed.submission
    if s.claimed_until is not None and s.claimed_until > clock.now():
        raise BeingReviewed(name="上级")
    form = await figures.form_of(session, filed)
    return await perform(
        session,
        SUBMISSION,
        "recall",
        subject_of(filed),
        actor=actor,
        values={
            "live_revision_id": s.approved_revision_id,
            "first_submitted_at": None if s.approved_revision_id is None else s.first_submitted_at,
            "claimed_by": None,
            "claimed_until": None,
        },
        also=also,
        mail=[
            Mail(s.reviewer_unit_id, Role.REVIEWER, "review", closed=True),
            to_fill(filed, form),
        ],
        context={"mark": mark_target(filed)},
    )


async def correct(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """更正: open approved figures for a new revision. What was approved goes on counting until that is submitted."""
    filed = await asides.settle(session, await load_locked(session, actor, submission_id, "correct", version, reason))
    form = await figures.form_of(session, filed)
    approved = filed.newest
    assert approved is not None
    draft = put(
        Draft,
        county_id=actor.county_id,
        id=submission_id,
        cells=approved.cells,
        rows=approved.rows,
        reasons=approved.reasons,
        zeroed=approved.zeroed,
        saved_by=actor.account_id,
        begun_from=filed.submission.revision_no,
        place=[filed.submission.unit_id],
    )
    return await perform(
        session,
        SUBMISSION,
        "correct",
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={"correction_reason": reason},
        also=[*also, draft],
        mail=[to_fill(filed, form)],
        context={"mark": mark_target(filed)},
    )


async def abandon(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    also: Sequence[Write] = (),
) -> int:
    """Give up a correction: the approved revision stands, the draft goes."""
    filed = await asides.settle(session, await load_locked(session, actor, submission_id, "abandon", version))
    s = filed.submission
    return await perform(
        session,
        SUBMISSION,
        "abandon",
        subject_of(filed),
        actor=actor,
        values={"correction_reason": "", "return_reason": "", "marked_cells": []},
        also=[*also, remove(Draft, county_id=actor.county_id, id=submission_id)],
        mail=[Mail(s.unit_id, Role.REPORTER, "fill", closed=True)],
        context={"mark": mark_target(filed)},
    )
