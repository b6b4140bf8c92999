"""代报、代改: what a superior does for a unit, on the record; and what the unit says to it (异议)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write, write_all
from kit.errors import Stale
from reporting import figures, personal, queries
from reporting.errors import ChecksFailed
from reporting.filing import facts_of, load_locked, mark_target, subject_of
from reporting.handing import Behalf, Given, Submitted, hand_in
from reporting.lifecycle import SUBMISSION
from reporting.models import BehalfKind
from reporting.queries import Filed
from reporting.submissions import CellEdit, HandedIn
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, perform


async def _by(session: AsyncSession, actor: Principal, filed: Filed, kind: BehalfKind, basis: str) -> Behalf:
    unit = await queries.get_cycle_unit(
        session, county_id=actor.county_id, cycle_id=filed.cycle.id, unit_id=actor.unit_id
    )
    return Behalf(kind, unit.name, basis.strip())


async def begin(session: AsyncSession, *, actor: Principal, submission_id: UUID, action: str) -> Filed:
    """Who types on behalf sees the sheet in the clear, on the record. Raises what `load_locked` raises."""
    filed = await load_locked(session, actor, submission_id, action, None, "x")
    detail = {"action": action}
    await write_all(
        session,
        [audited(actor, "submission.behalf", subject_kind="submission", subject_id=submission_id, detail=detail)],
    )
    return filed


async def fill(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    basis: str,
    given: HandedIn | None,
    zero: bool = False,
    also: Sequence[Write] = (),
) -> Submitted:
    """代报: hand in for a unit that reported by other means; `basis` says who reported it and how. The unit's own draft
    is neither read nor touched. Raises ChecksFailed and what `load_locked` raises."""
    filed = await load_locked(session, actor, submission_id, "fill_for", version, basis)
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    context = figures.context_of(filed, form, baseline, zero_report=zero)
    if zero or given is None:
        report = form.zero_report(context)
        if report.refusals:
            raise ChecksFailed(count=len(report.refusals), problems=list(report.refusals))
        sheet = Given(form, form.evaluate(report.cells, {}, context), {}, zero=True)
    else:
        sheet = Given(form, form.evaluate(given.cells, given.rows, context), given.reasons)
    by = await _by(session, actor, filed, BehalfKind.FILLED, basis)
    return await hand_in(session, actor, filed, sheet, action="fill_for", behalf=by, also=also)


async def mend(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    basis: str,
    edits: Sequence[CellEdit],
    reasons: Mapping[str, str] | None = None,
    also: Sequence[Write] = (),
) -> Submitted:
    """代改: mend an obvious slip in what was handed in. Makes a revision that is reviewed again. Raises Stale where a
    cell is not what the sender saw, ChecksFailed, ActionNotAllowed when nothing changes."""
    filed = await load_locked(session, actor, submission_id, "mend", version, basis)
    form = await figures.form_of(session, filed)
    standing = filed.newest
    assert standing is not None
    cells = dict(standing.cells)
    for edit in edits:
        if edit.code not in form.plan.fields:
            continue
        if cells.get(edit.code) != edit.base:
            raise Stale(version=filed.submission.version)
        cells[edit.code] = edit.new
    context = figures.context_of(filed, form, await figures.load_baseline(session, filed, form))
    evaluation = form.evaluate(cells, personal.from_store(form.definition, standing.rows), context)
    if evaluation.cells == standing.cells:
        raise ActionNotAllowed
    given = Given(form, evaluation, {**standing.reasons, **(reasons or {})}, standing.zeroed)
    by = await _by(session, actor, filed, BehalfKind.MENDED, basis)
    return await hand_in(session, actor, filed, given, action="mend", behalf=by, also=also)


async def object_to(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """异议: the unit disagrees with what was done for it. Reopens nothing; waits for the reviewer's answer."""
    filed = await load_locked(session, actor, submission_id, "object", version, reason)
    s = filed.submission
    form = await figures.form_of(session, filed)
    return await perform(
        session,
        SUBMISSION,
        "object",
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={"objection": True},
        also=also,
        mail=[
            Mail(s.reviewer_unit_id, Role.REVIEWER, "objection", facts=facts_of(filed, form, reason=reason)),
            Mail(s.unit_id, Role.REPORTER, "behalf", closed=True),
        ],
        context={"mark": mark_target(filed)},
    )


async def answer(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """The reviewer's answer to an objection; whatever it asks for is done by returning or mending."""
    filed = await load_locked(session, actor, submission_id, "answer", version, reason)
    s = filed.submission
    form = await figures.form_of(session, filed)
    return await perform(
        session,
        SUBMISSION,
        "answer",
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={"objection": False},
        also=also,
        mail=[
            Mail(s.reviewer_unit_id, Role.REVIEWER, "objection", closed=True),
            Mail(
                s.unit_id,
                Role.REPORTER,
                "objection_answered",
                facts=facts_of(filed, form, reason=reason, by=actor.display_name),
            ),
        ],
        context={"mark": mark_target(filed)},
    )
