"""What a superior grants a unit: a later due time (延期), exemption (免报), leave to act in a closed cycle (启封)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change
from reporting import figures
from reporting.errors import ExtensionTooEarly
from reporting.filing import load_locked, mark_target, subject_of, to_fill
from reporting.lifecycle import SUBMISSION, UNSENT
from reporting.models import CycleUnit
from reporting.queries import Filed
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Mail, perform

_LONGEST = timedelta(days=366)


async def extend(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    until: datetime,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """延期: a later due time for one unit. Whether it was late is reckoned again. Raises ExtensionTooEarly."""
    filed = await load_locked(session, actor, submission_id, "extend", version, reason)
    s = filed.submission
    if not s.due_at < until <= max(s.due_at, clock.now()) + _LONGEST:
        raise ExtensionTooEarly
    return await perform(
        session,
        SUBMISSION,
        "extend",
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={
            "due_at": until,
            "extended_to": until,
            "late": s.first_submitted_at is not None and s.first_submitted_at > until,
        },
        also=also,
        mail=await _fill_mail(session, filed, due_at=until),
        context={"mark": mark_target(filed)},
        detail={"from": s.due_at.isoformat(), "until": until.isoformat()},
    )


async def exempt(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """免报: the unit owes nothing in this cycle. What it has typed is kept."""
    filed = await load_locked(session, actor, submission_id, "exempt", version, reason)
    return await perform(
        session,
        SUBMISSION,
        "exempt",
        subject_of(filed),
        actor=actor,
        reason=reason,
        also=[*also, _exemption(filed, reason)],
        mail=[Mail(filed.submission.unit_id, Role.REPORTER, "fill", closed=True)],
        context={"mark": mark_target(filed)},
    )


async def require(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """Withdraw an exemption: the unit owes again."""
    filed = await load_locked(session, actor, submission_id, "require", version)
    return await perform(
        session,
        SUBMISSION,
        "require",
        subject_of(filed),
        actor=actor,
        also=[*also, _exemption(filed, None)],
        mail=await _fill_mail(session, filed, due_at=filed.submission.due_at),
        context={"mark": mark_target(filed)},
    )


def _exemption(filed: Filed, reason: str | None) -> Write:
    return change(CycleUnit, county_id=filed.unit.county_id, id=filed.unit.id, exempt_reason=reason)


async def reopen(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """启封: in a closed cycle this unit, and those above it in the frozen tree, may act again."""
    filed = await load_locked(session, actor, submission_id, "reopen", version, reason)
    return await perform(
        session,
        SUBMISSION,
        "reopen",
        subject_of(filed),
        actor=actor,
        reason=reason,
        values={"reopened_at": clock.now()},
        also=also,
        mail=await _fill_mail(session, filed, due_at=filed.submission.due_at),
        context={"mark": mark_target(filed)},
    )


async def reclose(
    session: AsyncSession, *, actor: Principal, submission_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """End a reopening."""
    filed = await load_locked(session, actor, submission_id, "reclose", version)
    s = filed.submission
    return await perform(
        session,
        SUBMISSION,
        "reclose",
        subject_of(filed),
        actor=actor,
        values={"reopened_at": None},
        also=also,
        mail=[
            Mail(s.unit_id, Role.REPORTER, "fill", closed=True),
            Mail(s.reviewer_unit_id, Role.REVIEWER, "review", closed=True),
        ],
        context={"mark": mark_target(filed)},
    )


async def _fill_mail(session: AsyncSession, filed: Filed, *, due_at: datetime) -> list[Mail]:
    """The unit's item, told anew; none where it has nothing to fill."""
    s = filed.submission
    if s.state not in UNSENT:
        return []
    form = await figures.form_of(session, filed)
    return [to_fill(filed, form, due_at=due_at, returned=s.return_reason != "", reason=s.return_reason)]
