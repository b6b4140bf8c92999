"""What the pages of cycles show: reads put together, nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.models import Form
from forms.queries import get_compiled
from kit import clock
from kit.errors import NotFound
from reporting import closing, queries
from reporting.briefs import claim_out, claimants_of, form_brief, is_late, period_out, typed_count, unit_brief
from reporting.lifecycle import UNSENT
from reporting.models import Cycle, CycleUnit, Draft, Submission, SubmissionState
from reporting.months.contacts import Reachable, reachable_at
from reporting.schemas import (
    Contact,
    Counts,
    CycleBrief,
    CyclePage,
    MissingPage,
    OwnBrief,
    SubmissionBrief,
    SubmissionPage,
)
from tenancy.principal import Principal


def _own_brief(form: CompiledForm, unit: CycleUnit, own: tuple[Submission, Draft | None] | None) -> OwnBrief | None:
    if own is None:
        return None
    submission, draft = own
    filled, total = typed_count(form, unit, draft.cells if draft is not None else {})
    return OwnBrief(
        submission_id=submission.id,
        state=submission.state,
        version=submission.version,
        late=unit.exempt_reason is None and is_late(submission, clock.now()),
        exempt=unit.exempt_reason is not None,
        filled=total if submission.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED) else filled,
        total=total,
    )


def _cycle_brief(
    cycle: Cycle,
    form: CompiledForm,
    unit: CycleUnit,
    counts: dict[str, int],
    own: OwnBrief | None,
    principal: Principal,
) -> CycleBrief:
    return CycleBrief(
        id=cycle.id,
        version=cycle.version,
        actions=closing.offered(cycle, principal),
        form=form_brief(cycle, form),
        period=period_out(cycle, form),
        state=cycle.state,
        due_at=cycle.due(unit.tier),
        due={"village": cycle.due_village, "township": cycle.due_township, "county": cycle.due_county},
        provisional=cycle.provisional,
        counts=Counts(**counts),
        own=own,
        task_id=cycle.task_id,
    )


async def _briefs(
    session: AsyncSession, principal: Principal, found: Sequence[tuple[Cycle, Form, CycleUnit]]
) -> list[CycleBrief]:
    ids = [cycle.id for cycle, _, _ in found]
    counts = await queries.count_states(
        session, county_id=principal.county_id, cycle_ids=ids, parent_id=principal.unit_id
    )
    own = await queries.list_own(session, county_id=principal.county_id, cycle_ids=ids, unit_id=principal.unit_id)
    out: list[CycleBrief] = []
    for cycle, _, unit in found:
        form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
        own_brief = _own_brief(form, unit, own.get(cycle.id))
        out.append(_cycle_brief(cycle, form, unit, counts[cycle.id], own_brief, principal))
    return out


async def cycle_page(session: AsyncSession, principal: Principal, period: str | None) -> CyclePage:
    """The cycles of a month (and the quarter, half-year or year that ends in it), and the periods there are: those
    of the plan, for what a task asks once begins no month."""
    found = await queries.list_cycles(session, principal.scope)
    planned = [cycle for cycle, _, _ in found if cycle.task_id is None]
    months = sorted({f"{cycle.ends_on.year:04d}-{cycle.ends_on.month:02d}" for cycle in planned}, reverse=True)
    if period is not None:
        found = [
            line
            for line in found
            if period in (line[0].period_key, f"{line[0].ends_on.year:04d}-{line[0].ends_on.month:02d}")
        ]
    return CyclePage(items=await _briefs(session, principal, found), periods=months)


async def cycle_view(session: AsyncSession, principal: Principal, cycle_id: UUID) -> CycleBrief:
    return await brief_of(session, principal, await queries.get_cycle_in_scope(session, principal.scope, cycle_id))


async def brief_of(session: AsyncSession, principal: Principal, found: tuple[Cycle, Form, CycleUnit]) -> CycleBrief:
    """A cycle that was read in scope."""
    return (await _briefs(session, principal, [found]))[0]


async def submission_page(
    session: AsyncSession, principal: Principal, cycle_id: UUID, parent_id: UUID | None
) -> SubmissionPage:
    """The submissions of the direct subordinates of a unit in scope (the acting one unless named)."""
    await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    parent = parent_id or principal.unit_id
    lines = await queries.list_subordinates(session, county_id=principal.county_id, cycle_id=cycle_id, parent_id=parent)
    if parent_id is not None and parent_id != principal.unit_id and not lines:
        raise NotFound
    contacts = await reachable_at(session, county_id=principal.county_id, unit_ids=[unit.unit_id for _, unit in lines])
    claimants = await claimants_of(session, principal.county_id, [s for s, _ in lines])
    now = clock.now()
    return SubmissionPage(
        items=[
            SubmissionBrief(
                id=s.id,
                unit=unit_brief(unit),
                state=s.state,
                version=s.version,
                late=unit.exempt_reason is None and is_late(s, now),
                due_at=s.due_at,
                submitted_at=s.submitted_at,
                revision_no=s.revision_no,
                warnings=s.warnings,
                outliers=s.outliers,
                claimed=claim_out(s, principal, claimants),
                contact=_contact(contacts[unit.unit_id]),
                exempt_reason=unit.exempt_reason,
                correction=s.correction_reason != "",
                objection=s.objection,
            )
            for s, unit in lines
        ]
    )


def _contact(found: Reachable) -> Contact | None:
    """The number is masked: seeing it is an act of its own (`months.contacts.reveal`)."""
    return Contact(name=found.name, phone=found.masked) if found.name or found.phone else None


async def missing_page(session: AsyncSession, principal: Principal, cycle_id: UUID) -> MissingPage:
    """Who has not reported, and their names for a chat group."""
    page = await submission_page(session, principal, cycle_id, None)
    items = [item for item in page.items if item.state in UNSENT and item.exempt_reason is None]
    return MissingPage(items=items, text="、".join(item.unit.short_name for item in items))
