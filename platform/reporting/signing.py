"""制表 → 审核 → 签批 inside a unit, before its report goes up. The draft is frozen while it is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit import clock
from kit.db.batch import Write, change, remove
from reporting import asides, figures, personal, signing_queries
from reporting.errors import NotAsked, SignedAlready
from reporting.filing import facts_of, load_locked, mark_target, subject_of, to_fill
from reporting.handin import freeze
from reporting.handing import Given, Submitted, hand_in, refuse_unanswered
from reporting.lifecycle import SUBMISSION
from reporting.models import Draft, Signing, SignOffSteps, SignStep
from reporting.queries import Filed
from reporting.signatures import WAITS, closing_mail, ended, may_decline
from reporting.submissions import HandedIn, evaluated
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, perform


async def _signature(
    session: AsyncSession, actor: Principal, filed: Filed, step: SignStep, before: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The actor's signature. Nobody signs twice unless the unit has only them, which goes on the record.

    Raises SignedAlready.
    """
    again = any(entry["account_id"] == str(actor.account_id) for entry in before)
    if again:
        unit_id = filed.submission.unit_id
        people = await signing_queries.count_people_of(session, county_id=actor.county_id, unit_ids=[unit_id])
        if people.get(unit_id, 0) > 1:
            raise SignedAlready
    return {
        "step": step.value,
        "name": actor.display_name,
        "account_id": str(actor.account_id),
        "at": clock.now().isoformat(),
        "sole": again,
    }


async def prepare(
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
) -> int:
    """制表（送签）: evaluate as at a hand-in and freeze the draft; the unit's own people sign it next.

    Raises what `submissions.submit` raises.
    """
    filed = await asides.settle(session, await load_locked(session, actor, submission_id, "prepare", version))
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    evaluation, kept, zeroed = evaluated(filed, form, baseline, given, zero)
    said = {**kept, **(reasons or {})}
    if not filed.unit.asked and any(evaluation.rows.values()):
        raise NotAsked
    refuse_unanswered(evaluation.problems, said)
    frozen = await freeze(session, actor, filed, form, evaluation, missing_reason)
    refuse_unanswered(frozen.problems, said)
    s = filed.submission
    entry = await _signature(session, actor, filed, SignStep.PREPARE, ())
    content = {
        "cells": evaluation.cells,
        "rows": personal.to_store(form.definition, evaluation.rows),
        "reasons": said,
        "zeroed": list(zeroed),
        "saved_at": clock.now(),
        "saved_by": actor.account_id,
        "begun_from": s.revision_no,
    }
    key = {"county_id": actor.county_id, "id": submission_id}
    await session.execute(
        upsert(Draft)
        .values(**key, **content, place=[s.unit_id])
        .on_conflict_do_update(index_elements=["county_id", "id"], set_=content)
    )
    asked = {"steps": filed.steps, "signatures": [entry], "zero": zero, "missing_reason": missing_reason.strip()}
    await session.execute(
        upsert(Signing)
        .values(**key, **asked, place=list(s.place))
        .on_conflict_do_update(index_elements=["county_id", "id"], set_=asked)
    )
    first = SignStep.CHECK if filed.steps is SignOffSteps.CHECK_AND_SIGN else SignStep.SIGN
    return await perform(
        session,
        SUBMISSION,
        "prepare",
        subject_of(filed),
        actor=actor,
        also=also,
        mail=[Mail(s.unit_id, Role.REPORTER, "fill", closed=True), _waiting(filed, form, first)],
        context={"mark": mark_target(filed)},
    )


async def check(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """审核, by the unit's own reviewer. Raises SignedAlready."""
    filed = await load_locked(session, actor, submission_id, "check", version)
    under_way = _under_way(filed)
    entry = await _signature(session, actor, filed, SignStep.CHECK, under_way.signatures)
    form = await figures.form_of(session, filed)
    signed = change(Signing, county_id=actor.county_id, id=submission_id, signatures=[*under_way.signatures, entry])
    return await perform(
        session,
        SUBMISSION,
        "check",
        subject_of(filed),
        actor=actor,
        also=[*also, signed],
        mail=[closing_mail(filed, SignStep.CHECK), _waiting(filed, form, SignStep.SIGN)],
        context={"mark": mark_target(filed)},
        detail={"sole": entry["sole"]},
    )


async def sign(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> Submitted:
    """签批, by the unit's leader: only this makes the revision. Raises SignedAlready and what a hand-in raises."""
    filed = await load_locked(session, actor, submission_id, "sign", version)
    under_way = _under_way(filed)
    entry = await _signature(session, actor, filed, SignStep.SIGN, under_way.signatures)
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    evaluation, reasons, zeroed = evaluated(filed, form, baseline, None, under_way.zero)
    return await hand_in(
        session,
        actor,
        filed,
        Given(
            form,
            evaluation,
            reasons,
            zeroed,
            zero=under_way.zero,
            missing_reason=under_way.missing_reason,
            signatures=[*under_way.signatures, entry],
        ),
        action="sign",
        also=[*also, remove(Draft, county_id=actor.county_id, id=submission_id)],
    )


async def decline(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """退回修改 inside the unit, by whoever's signature is awaited: back to the draft, with a reason."""
    filed = await load_locked(session, actor, submission_id, "decline", version, reason)
    if not may_decline(filed, actor):
        raise ActionNotAllowed
    return await _back(session, actor, filed, "decline", reason, also)


async def withdraw(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """取回: the one who prepared it goes on typing."""
    filed = await load_locked(session, actor, submission_id, "withdraw", version)
    return await _back(session, actor, filed, "withdraw", "", also)


async def _back(
    session: AsyncSession, actor: Principal, filed: Filed, action: str, reason: str, also: Sequence[Write]
) -> int:
    form = await figures.form_of(session, filed)
    again = to_fill(filed, form, declined=bool(reason), reason=reason, by=actor.display_name if reason else "")
    return await perform(
        session,
        SUBMISSION,
        action,
        subject_of(filed),
        actor=actor,
        reason=reason,
        also=[*also, ended(filed)],
        mail=[
            *(closing_mail(filed, step) for step in WAITS),
            again,
        ],
        context={"mark": mark_target(filed)},
    )


def _under_way(filed: Filed) -> Signing:
    assert filed.signing is not None, "a submission that is signing has its signatures"
    return filed.signing


def _waiting(filed: Filed, form: CompiledForm, step: SignStep) -> Mail:
    role, topic = WAITS[step]
    s = filed.submission
    return Mail(s.unit_id, role, topic, facts=facts_of(filed, form), due_at=s.due_at)
