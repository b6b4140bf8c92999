"""What every command on a submission begins with: the locked row as the lifecycle sees it, and what others are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit.errors import Forbidden
from reporting import queries
from reporting.errors import CycleClosed
from reporting.lifecycle import SUBMISSION, MarkTarget
from reporting.queries import Filed
from tenancy.principal import Principal
from workflow.errors import ReasonMissing
from workflow.lifecycle import Subject, expect_version


def subject_of(filed: Filed) -> Subject:
    """The lifecycle's view of a submission."""
    s = filed.submission
    return Subject(s.id, s.state, s.version, s.unit_id, s.reviewer_unit_id, tuple(s.place))


def mark_target(filed: Filed) -> MarkTarget:
    """Whose rollup this submission's change makes old."""
    unit = filed.unit
    # The unit and its superiors in the frozen tree; behind them stand those that it moved to later.
    line = tuple(filed.submission.place[: unit.lvl + 1])
    if unit.has_children or unit.parent_id is None:
        return MarkTarget(unit.county_id, unit.cycle_id, unit.unit_id, unit.lvl, line)
    return MarkTarget(unit.county_id, unit.cycle_id, unit.parent_id, unit.lvl - 1, line[1:])


def facts_of(filed: Filed, form: CompiledForm, **more: Any) -> dict[str, Any]:
    """What an inbox item says of a submission."""
    return {
        "form": form.definition.name.zh,
        "form_en": form.definition.name.en,
        "form_code": form.definition.code,
        "period": filed.cycle.period_key,
        "unit": filed.unit.name,
        "cycle_id": str(filed.cycle.id),
        **more,
    }


async def load_locked(
    session: AsyncSession, actor: Principal, submission_id: UUID, action: str, version: int | None, reason: str = ""
) -> Filed:
    """Lock a submission for an action: in scope, permitted, of the expected version, in an open cycle.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, CycleClosed, in that order.
    """
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id, lock=True)
    subject = subject_of(filed)
    if SUBMISSION.refusal(action, subject, actor, reason) is Forbidden:
        raise Forbidden
    expect_version(subject, version)
    SUBMISSION.check(action, subject, actor, reason)
    if filed.cycle.closed_at is not None:
        raise CycleClosed
    return filed


def require_reason(reason: str) -> None:
    """Raises ReasonMissing for an empty reason."""
    if not reason.strip():
        raise ReasonMissing
