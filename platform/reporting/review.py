"""Commands of the unit that reviews: claim, release, approve, return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from reporting import figures, queries
from reporting.errors import BeingReviewed
from reporting.filing import facts_of, load_locked, mark_target, subject_of
from reporting.lifecycle import CLAIM_LASTS, SUBMISSION
from reporting.models import Submission, SubmissionState
from reporting.queries import Filed
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.bulk import Outcome, each
from workflow.lifecycle import Mail, perform

_NO_CLAIM: dict[str, Any] = {"claimed_by": None, "claimed_until": None}


def _held_by_other(submission: Submission, actor: Principal) -> bool:
    return (
        submission.claimed_by is not None
        and submission.claimed_by != actor.account_id
        and submission.claimed_until is not None
        and submission.claimed_until > clock.now()
    )


async def _load(
    session: AsyncSession, actor: Principal, submission_id: UUID, action: str, version: int | None, reason: str = ""
) -> Filed:
    filed = await load_locked(session, actor, submission_id, action, version, reason)
    if _held_by_other(filed.submission, actor):
        raise BeingReviewed(name="另一位同事")
    return filed


async def claim(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    also: Sequence[Write] = (),
) -> int:
    """Begin reviewing: for 30 minutes nobody else reviews it and the unit can't recall it. Claiming again renews."""
    filed = await _load(session, actor, submission_id, "claim", version)
    return await perform(
        session,
        SUBMISSION,
        "claim",
        subject_of(filed),
        actor=actor,
        values={"claimed_by": actor.account_id, "claimed_until": clock.now() + CLAIM_LASTS},
        also=also,
        context={"mark": mark_target(filed)},
    )


async def release(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    also: Sequence[Write] = (),
) -> int:
    """Stop reviewing without a decision."""
    filed = await _load(session, actor, submission_id, "release", version)
    return await perform(
        session,
        SUBMISSION,
        "release",
        subject_of(filed),
        actor=actor,
        values=_NO_CLAIM,
        also=also,
        context={"mark": mark_target(filed)},
    )


async def approve(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    also: Sequence[Write] = (),
) -> int:
    """审核通过: what counts now is approved. Raises BeingReviewed while a colleague holds the claim."""
    filed = await _load(session, actor, submission_id, "approve", version)
    s = filed.submission
    return await perform(
        session,
        SUBMISSION,
        "approve",
        subject_of(filed),
        actor=actor,
        values={"approved_revision_id": s.live_revision_id, "correction_reason": "", **_NO_CLAIM},
        mail=[
            Mail(s.reviewer_unit_id, Role.REVIEWER, "review", closed=True),
            Mail(s.unit_id, Role.REPORTER, "fill", closed=True),
        ],
        also=also,
        context={"mark": mark_target(filed)},
        detail={"revision": s.revision_no},
    )


async def send_back(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    marked: Sequence[str] = (),
    also: Sequence[Write] = (),
) -> int:
    """退回修改, with a reason and the very cells. From approved, the approval is withdrawn too.

    A submitted correction that is returned leaves the older approval standing. Being returned makes nobody late.
    """
    filed = await _load(session, actor, submission_id, "return", version, reason)
    return await _give_back(session, actor, filed, "return", reason, marked, also=also)


async def return_through(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    marked: Sequence[str] = (),
    also: Sequence[Write] = (),
) -> int:
    """The county returns a village's figures through its township: both are returned in one transaction, and the
    township is told. A township that has handed in nothing keeps what it is doing."""
    seen = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id)
    between_id = await queries.find_submission_id(
        session, county_id=actor.county_id, cycle_id=seen.cycle.id, unit_id=seen.submission.reviewer_unit_id
    )
    if between_id is not None:
        # Both rows are held in the order of their ids, as everybody holds them who holds more than one.
        for one in sorted((submission_id, between_id)):
            await queries.get_filed(session, county_id=actor.county_id, submission_id=one, lock=True)
    filed = await _load(session, actor, submission_id, "return_through", version, reason)
    if between_id is not None:
        between = await queries.get_filed(session, county_id=actor.county_id, submission_id=between_id)
        if between.submission.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED):
            between = await _load(session, actor, between_id, "return", None, reason)
            told = f"{filed.unit.short_name}：{reason}"
            await _give_back(session, actor, between, "return", told, ())
    form = await figures.form_of(session, filed)
    tell = Mail(
        filed.submission.reviewer_unit_id,
        Role.REVIEWER,
        "returned_through",
        facts=facts_of(filed, form, reason=reason, by=actor.display_name),
    )
    return await _give_back(session, actor, filed, "return_through", reason, marked, mail=[tell], also=also)


async def _give_back(
    session: AsyncSession,
    actor: Principal,
    filed: Filed,
    action: str,
    reason: str,
    marked: Sequence[str],
    *,
    mail: Sequence[Mail] = (),
    also: Sequence[Write] = (),
) -> int:
    s = filed.submission
    form = await figures.form_of(session, filed)
    stands = s.approved_revision_id if s.state == SubmissionState.SUBMITTED else None
    return await perform(
        session,
        SUBMISSION,
        action,
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={
            "live_revision_id": stands,
            "approved_revision_id": stands,
            "return_reason": reason,
            "marked_cells": list(marked),
            **_NO_CLAIM,
        },
        mail=[
            Mail(s.reviewer_unit_id, Role.REVIEWER, "review", closed=True),
            Mail(
                s.unit_id,
                Role.REPORTER,
                "fill",
                facts=facts_of(filed, form, returned=True, reason=reason, marked=len(marked)),
                due_at=s.due_at,
            ),
            *mail,
        ],
        also=also,
        context={"mark": mark_target(filed)},
        detail={"marked": list(marked), "revision": s.revision_no},
    )


async def approve_many(
    session: AsyncSession, *, actor: Principal, submissions: Mapping[UUID, int]
) -> Sequence[Outcome]:
    """Approve several, each as it was seen: one that can't be approved says why and holds up no other."""
    return await each(
        session,
        submissions,
        lambda submission_id, version: approve(session, actor=actor, submission_id=submission_id, version=version),
    )
