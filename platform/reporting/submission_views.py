"""What the page of one submission shows, to its unit and to its superiors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.outcome import Problem
from kit import clock
from reporting import asides, figures, personal, queries
from reporting.briefs import claim_out, claimants_of, form_brief, is_late, period_out, unit_brief
from reporting.explaining import reason_key
from reporting.figures import Baseline, Content
from reporting.filing import is_open, offered, saver_name, standing_refusal
from reporting.lifecycle import EDITABLE, UNSENT
from reporting.models import Revision, Signing, SubmissionState
from reporting.printed import token_of
from reporting.queries import Filed
from reporting.schemas import (
    Children,
    MissingChild,
    Previous,
    ProblemOut,
    Receipt,
    Returned,
    SubmissionOut,
)
from reporting.signatures import next_step
from reporting.standing_schemas import AsideOut, BehalfOut, Extension, ObjectionOut, SignatureOut
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.queries import find_last


def problems_out(problems: Sequence[Problem], principal: Principal, locale: str) -> list[ProblemOut]:
    """Problems as the page shows them, to those who may be told."""
    return [
        ProblemOut(
            code=p.code,
            key=p.key,
            reason_key=reason_key(p),
            severity=p.severity.value,
            message=p.message.en if locale == "en" else p.message.zh,
            cells=list(p.cells),
            table=p.table,
            row=p.row,
        )
        for p in problems
        if p.shown(principal.tier)
    ]


def receipt_of(filed: Filed, form: CompiledForm, revision: Revision | None) -> Receipt | None:
    """回执 of what is handed in now."""
    s = filed.submission
    if revision is None or s.state not in (SubmissionState.SUBMITTED, SubmissionState.APPROVED):
        return None
    return Receipt(
        unit=filed.unit.name,
        form=form.definition.name.zh,
        period=filed.cycle.period_key,
        revision_no=revision.no,
        submitted_at=revision.submitted_at,
        by_name=revision.submitter_name,
        late=s.late,
    )


async def submission_view(
    session: AsyncSession, principal: Principal, submission_id: UUID, *, locale: str, unmask: bool = False
) -> SubmissionOut:
    """One submission as its unit or its superiors see it.

    The unit sees its working copy, personal values in the clear while it may type; superiors see what was handed in
    (never a draft), masked unless `unmask`, which the caller has authorised and audited.
    """
    filed = await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    own = principal.unit_id == filed.submission.unit_id
    may_type = principal.has(Role.REPORTER) and filed.submission.state in EDITABLE
    opened = await is_open(session, filed)
    editable = own and may_type and standing_refusal(filed, "save", opened=opened) is None
    if own:
        content = figures.content_of(filed, form, baseline)
        revision = filed.newest
    else:
        revision = await figures.handed_in(session, filed)
        content = (
            Content({}, {}, {}, [])
            if revision is None
            else Content(dict(revision.cells), dict(revision.rows), dict(revision.reasons), list(revision.zeroed))
        )
    clear = editable or unmask
    plain_rows = personal.from_store(form.definition, content.rows)
    problems: list[ProblemOut] = []
    if editable or revision is not None:
        evaluation = form.evaluate(content.cells, plain_rows, figures.context_of(filed, form, baseline))
        problems = problems_out(evaluation.problems, principal, locale)
        if own and filed.working is not None and not editable:
            # A draft has no computed figures yet; what was handed in is shown as it was stored, whatever prev is now.
            content = Content(evaluation.cells, content.rows, content.reasons, content.zeroed)
    show = personal.unsealed if clear else personal.masked
    return SubmissionOut(
        **_state_of(filed, form, baseline, editable, revision, filed.signing if own else None),
        actions=offered(filed, principal, opened=opened),
        exempt_reason=filed.unit.exempt_reason,
        extended=await _extended(session, filed),
        cycle_state=filed.cycle.state,
        task_id=filed.cycle.task_id,
        reopened=filed.submission.reopened_at is not None,
        behalf=_behalf(revision),
        objection=await _objection(session, filed),
        saved_by_name=await saver_name(session, filed) if own and editable else "",
        aside=await _aside(session, filed) if own else None,
        sign_steps=filed.steps.value,
        signatures=[SignatureOut.model_validate(one) for one in _signatures(filed, revision, own=own)],
        printed_token=None
        if revision is None or (own and (filed.working is not None or filed.submission.state in UNSENT))
        else token_of(filed.submission.county_id, revision.id),
        awaited=next_step(filed.signing).value if own and filed.signing is not None else None,
        after_closing=revision is not None and revision.after_closing,
        returned=await _returned(session, filed),
        claimed=claim_out(
            filed.submission, principal, await claimants_of(session, principal.county_id, [filed.submission])
        ),
        cells=content.cells,
        rows=show(form.definition, content.rows),
        masked=not clear,
        reasons=content.reasons,
        zeroed=content.zeroed,
        problems=problems,
        previous=None
        if baseline.previous is None or baseline.previous_key is None
        else Previous(
            period_key=baseline.previous_key,
            cells=baseline.previous.cells,
            rows=show(form.definition, baseline.previous.rows),
        ),
        medians=dict(baseline.medians),
        children=await _children(session, filed),
    )


def _state_of(
    filed: Filed,
    form: CompiledForm,
    baseline: Baseline,
    editable: bool,
    revision: Revision | None,
    signing: Signing | None,
) -> dict[str, object]:
    s = filed.submission
    source = signing or revision
    handed_in = s.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
    return {
        "id": s.id,
        "cycle_id": filed.cycle.id,
        "form": form_brief(filed.cycle, form),
        "period": period_out(filed.cycle, form),
        "unit": unit_brief(filed.unit),
        "state": s.state,
        "version": s.version,
        "editable": editable,
        "due_at": s.due_at,
        "late": filed.unit.exempt_reason is None and is_late(s, clock.now()),
        "first_period": baseline.first_period,
        "opening_changed": baseline.opening_changed,
        "correction_reason": s.correction_reason,
        "revision_no": s.revision_no,
        "saved_at": filed.working.saved_at if filed.working is not None else None,
        "submitted_at": revision.submitted_at if revision is not None and handed_in else None,
        "submitted_by_name": revision.submitter_name if revision is not None and handed_in else None,
        "zero_report": signing.zero if signing is not None else revision is not None and revision.zero_report,
        "missing_reason": source.missing_reason if source is not None else "",
        "receipt": receipt_of(filed, form, revision),
    }


def _signatures(filed: Filed, revision: Revision | None, *, own: bool) -> Sequence[dict[str, Any]]:
    """Of the sheet that is shown: the unit sees the one that is being signed, the others what was handed in."""
    if own and filed.signing is not None:
        return filed.signing.signatures
    return [] if revision is None or (own and filed.working is not None) else revision.signatures


def _behalf(revision: Revision | None) -> BehalfOut | None:
    if revision is None or revision.behalf_kind is None:
        return None
    return BehalfOut(
        kind=revision.behalf_kind,
        unit_name=revision.behalf_unit_name,
        by_name=revision.submitter_name,
        basis=revision.behalf_basis,
        at=revision.submitted_at,
    )


async def _objection(session: AsyncSession, filed: Filed) -> ObjectionOut | None:
    """异议 and its answer, of what was done on the unit's behalf last."""
    s = filed.submission
    if filed.newest is None or filed.newest.behalf_kind is None:
        return None
    raised = await find_last(session, county_id=s.county_id, subject_id=s.id, actions=("object",))
    if raised is None or raised.at < filed.newest.submitted_at:
        return None
    answer = await find_last(session, county_id=s.county_id, subject_id=s.id, actions=("answer",))
    answered = answer is not None and answer.at > raised.at
    return ObjectionOut(
        reason=raised.reason,
        by_name=raised.actor_name,
        at=raised.at,
        answer=answer.reason if answered and answer is not None else None,
        answered_by=answer.actor_name if answered and answer is not None else "",
    )


async def _aside(session: AsyncSession, filed: Filed) -> AsideOut | None:
    found = await asides.newest(session, filed)
    return None if found is None else AsideOut(saved_at=found.saved_at, cells=found.cells)


async def behalf_view(session: AsyncSession, principal: Principal, filed: Filed, *, locale: str) -> SubmissionOut:
    """The sheet that a superior types on behalf of a unit: what was handed in last, else the opening; in the clear,
    because it is typed. The caller has authorised and recorded it."""
    view = await submission_view(session, principal, filed.submission.id, locale=locale, unmask=True)
    if filed.newest is not None:
        source = filed.newest
        content = Content(dict(source.cells), dict(source.rows), dict(source.reasons), list(source.zeroed))
    else:
        form = await figures.form_of(session, filed)
        content = figures.opening_content(form, await figures.load_baseline(session, filed, form))
    form = await figures.form_of(session, filed)
    return view.model_copy(
        update={
            "cells": content.cells,
            "rows": personal.unsealed(form.definition, content.rows),
            "reasons": content.reasons,
            "zeroed": content.zeroed,
        }
    )


async def _extended(session: AsyncSession, filed: Filed) -> Extension | None:
    """延期, with who granted it and why."""
    s = filed.submission
    if s.extended_to is None:
        return None
    last = await find_last(session, county_id=s.county_id, subject_id=s.id, actions=("extend",))
    return Extension(
        until=s.extended_to,
        reason=last.reason if last is not None else "",
        by_name=last.actor_name if last is not None else "",
    )


async def _returned(session: AsyncSession, filed: Filed) -> Returned | None:
    s = filed.submission
    if not s.return_reason:
        return None
    last = await find_last(session, county_id=s.county_id, subject_id=s.id, actions=("return", "return_through"))
    return Returned(
        reason=s.return_reason,
        marked=list(s.marked_cells),
        by_name=None if last is None else last.actor_name,
        at=None if last is None else last.at,
    )


async def _children(session: AsyncSession, filed: Filed) -> Children | None:
    if not filed.unit.has_children:
        return None
    lines = await queries.list_subordinates(
        session,
        county_id=filed.submission.county_id,
        cycle_id=filed.cycle.id,
        parent_id=filed.submission.unit_id,
    )
    owing = [(s, u) for s, u in lines if u.exempt_reason is None]
    return Children(
        total=len(owing),
        approved=sum(1 for s, _ in owing if s.state == SubmissionState.APPROVED),
        submitted=sum(1 for s, _ in owing if s.state == SubmissionState.SUBMITTED),
        missing=[
            MissingChild(unit_id=u.unit_id, name=u.short_name, state=s.state)
            for s, u in owing
            if s.approved_revision_id is None
        ],
    )
