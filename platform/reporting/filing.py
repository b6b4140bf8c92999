"""What every command on a submission begins with: the locked row as the lifecycle sees it, and what others are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit.errors import Forbidden, JicengError
from reporting import closing_queries, queries
from reporting.carried.errors import TaskDecides
from reporting.errors import CycleClosed, CycleNotClosed, Exempted, ExemptionRefused, SignOffNeeded
from reporting.lifecycle import SUBMISSION, MarkTarget
from reporting.models import Cycle, CycleUnit, SignOffSteps, SignStep, Submission
from reporting.queries import Filed
from reporting.signatures import awaits, may_decline
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import list_names
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.lifecycle import Mail, Subject, expect_version


def subject_of(filed: Filed) -> Subject:
    """The lifecycle's view of a submission."""
    s = filed.submission
    line = line_of(s, filed.unit)
    # Above the county stands nobody: it is its own superior.
    return Subject(s.id, s.state, s.version, s.unit_id, s.reviewer_unit_id, tuple(s.place), line[1:] or line)


async def is_open(session: AsyncSession, filed: Filed) -> bool:
    """Whether anything may be done to a submission: its cycle is open, or it, or a unit below it, was reopened."""
    if filed.cycle.closed_at is None or filed.submission.reopened_at is not None:
        return True
    if not filed.unit.has_children:
        return False
    lines = await closing_queries.list_reopened_lines(session, county_id=filed.cycle.county_id, cycle_id=filed.cycle.id)
    return any(filed.submission.unit_id in line for line in lines)


async def saver_name(session: AsyncSession, filed: Filed) -> str:
    """Who saved the unit's draft last; nobody where there is none."""
    draft = filed.working
    if draft is None or draft.saved_by is None:
        return ""
    names = await list_names(session, county_id=draft.county_id, account_ids=[draft.saved_by])
    return names.get(draft.saved_by, "")


def standing_refusal(filed: Filed, action: str, *, opened: bool) -> type[JicengError] | None:
    """What beyond state and role keeps an action from a submission: the cycle's closing, the unit's exemption. Pure."""
    s, unit = filed.submission, filed.unit
    exempt = unit.exempt_reason is not None
    refusal: type[JicengError] | None = None
    match action:
        case "reopen" | "reclose" if filed.cycle.task_id is not None:
            refusal = TaskDecides
        case "reopen" | "reclose" if filed.cycle.closed_at is None:
            refusal = CycleNotClosed
        case "reopen" | "reclose":
            refusal = ActionNotAllowed if (s.reopened_at is None) is not (action == "reopen") else None
        case _ if not opened:
            refusal = CycleClosed
        case "require":
            refusal = None if exempt else ActionNotAllowed
        case _ if exempt:
            refusal = Exempted
        case "exempt" if unit.has_children or s.live_revision_id is not None:
            refusal = ExemptionRefused
        case "fill_for" | "mend" if unit.has_children:
            refusal = ActionNotAllowed
        case "object" if s.objection or filed.newest is None or filed.newest.behalf_kind is None:
            refusal = ActionNotAllowed
        case "answer" if not s.objection:
            refusal = ActionNotAllowed
        case "submit" if filed.steps is not SignOffSteps.NONE:
            refusal = SignOffNeeded
        case "prepare" if filed.steps is SignOffSteps.NONE:
            refusal = ActionNotAllowed
        case "check" if not awaits(filed, SignStep.CHECK):
            refusal = ActionNotAllowed
        case "sign" if not awaits(filed, SignStep.SIGN):
            refusal = ActionNotAllowed
        case "abandon" if s.approved_revision_id is None:
            refusal = ActionNotAllowed
        case _:
            pass
    return refusal


def offered(filed: Filed, actor: Principal, *, opened: bool) -> list[str]:
    """The actions that the page may offer the actor now."""
    return [
        action
        for action in SUBMISSION.allowed(subject_of(filed), actor)
        if standing_refusal(filed, action, opened=opened) is None and (action != "decline" or may_decline(filed, actor))
    ]


def mark_target(filed: Filed) -> MarkTarget:
    """Whose rollup this submission's change makes old, and which task hears of it."""
    return target_of(filed.submission, filed.unit, filed.cycle.task_id)


def line_of(submission: Submission, unit: CycleUnit) -> tuple[UUID, ...]:
    """The unit and its superiors in the frozen tree; behind them in the place stand others who see it: those that it
    moved to later, and who was passed over when a task asked."""
    return tuple(submission.place[: unit.lvl + 1])


def target_of(submission: Submission, unit: CycleUnit, task_id: UUID | None = None) -> MarkTarget:
    """Whose rollup a submission's change makes old."""
    line = line_of(submission, unit)
    if unit.has_children or unit.parent_id is None:
        return MarkTarget(unit.county_id, unit.cycle_id, unit.unit_id, unit.lvl, line, task_id)
    return MarkTarget(unit.county_id, unit.cycle_id, unit.parent_id, unit.lvl - 1, line[1:], task_id)


def facts_of(filed: Filed, form: CompiledForm, **more: Any) -> dict[str, Any]:
    """What an inbox item says of a submission."""
    return fill_facts(filed.cycle, filed.unit.name, form, **more)


def to_fill(filed: Filed, form: CompiledForm, *, due_at: datetime | None = None, **more: Any) -> Mail:
    """The unit's item: it goes on writing. While something approved stands, what it writes is a correction."""
    s = filed.submission
    correction = {"correction": True} if s.approved_revision_id is not None else {}
    facts = facts_of(filed, form, **correction, **more)
    return Mail(s.unit_id, Role.REPORTER, "fill", facts=facts, due_at=due_at or s.due_at)


def fill_facts(cycle: Cycle, unit: str, form: CompiledForm, **more: Any) -> dict[str, Any]:
    """What an inbox item says of the report of a unit, given by name, in a cycle."""
    carried = {"task_id": str(cycle.task_id), "by": form.definition.issuer.zh} if cycle.task_id is not None else {}
    return {
        "form": form.definition.name.zh,
        "form_en": form.definition.name.en,
        "form_code": form.definition.code,
        "period": cycle.period_key,
        "unit": unit,
        "cycle_id": str(cycle.id),
        "zero_allowed": form.definition.zero_report is not None,
        **carried,
        **more,
    }


async def load_locked(
    session: AsyncSession, actor: Principal, submission_id: UUID, action: str, version: int | None, reason: str = ""
) -> Filed:
    """Lock a submission for an action: in scope, permitted, of the expected version, in an open cycle.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, then what `require_standing` raises.
    """
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id, lock=True)
    subject = subject_of(filed)
    if SUBMISSION.refusal(action, subject, actor, reason) is Forbidden:
        raise Forbidden
    expect_version(subject, version)
    SUBMISSION.check(action, subject, actor, reason)
    await require_standing(session, filed, action)
    return filed


async def require_standing(session: AsyncSession, filed: Filed, action: str) -> None:
    """Raises CycleClosed, Exempted and the like."""
    refusal = standing_refusal(filed, action, opened=await is_open(session, filed))
    if refusal is not None:
        raise refusal()


def require_reason(reason: str) -> None:
    """Raises ReasonMissing for an empty reason."""
    if not reason.strip():
        raise ReasonMissing
