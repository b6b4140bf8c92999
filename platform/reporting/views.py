"""What the pages of cycles and submissions show: reads put together, nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.models import Form
from forms.outcome import Problem
from forms.queries import get_compiled
from kit import clock, crypto
from kit.errors import NotFound
from reporting import figures, personal, queries, rollup_queries
from reporting.figures import Baseline, Content
from reporting.filing import subject_of
from reporting.lifecycle import EDITABLE, SUBMISSION
from reporting.models import Cycle, CycleUnit, Draft, Revision, Submission, SubmissionState
from reporting.queries import Filed
from reporting.schemas import (
    Children,
    ClaimOut,
    Contact,
    Counts,
    CycleBrief,
    CyclePage,
    FormBrief,
    MissingChild,
    MissingPage,
    OwnBrief,
    PeriodOut,
    Previous,
    ProblemOut,
    Receipt,
    Returned,
    SubmissionBrief,
    SubmissionOut,
    SubmissionPage,
    UnitBrief,
)
from reporting.submissions import reason_key
from tenancy.principal import Principal
from tenancy.queries import list_contacts


def unit_brief(unit: CycleUnit | rollup_queries.Contribution) -> UnitBrief:
    return UnitBrief(id=unit.unit_id, tier=unit.tier, code=unit.code, name=unit.name, short_name=unit.short_name)


def form_brief(cycle: Cycle, form: CompiledForm) -> FormBrief:
    name = form.definition.name
    return FormBrief(
        id=cycle.form_id,
        code=form.definition.code,
        name=name.zh,
        name_en=name.en,
        version_id=cycle.form_version_id,
        zero_allowed=form.definition.zero_report is not None,
    )


def period_out(cycle: Cycle, form: CompiledForm) -> PeriodOut:
    return PeriodOut(
        kind=form.definition.period.kind.value,
        key=cycle.period_key,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
    )


def is_late(submission: Submission, now: datetime) -> bool:
    """Late is late: handed in after the due time, or not handed in and the due time has passed."""
    if submission.first_submitted_at is not None:
        return submission.late
    return submission.state in EDITABLE and submission.due_at < now


def typed_count(form: CompiledForm, unit: CycleUnit, cells: dict[str, str | None]) -> tuple[int, int]:
    """How many of the cells that the unit types are filled: (filled, all)."""
    codes = [
        code for code, planned in form.plan.fields.items() if unit.tier in planned.tiers and planned.formula is None
    ]
    return sum(1 for code in codes if cells.get(code) is not None), len(codes)


def _own_brief(form: CompiledForm, unit: CycleUnit, own: tuple[Submission, Draft | None] | None) -> OwnBrief | None:
    if own is None:
        return None
    submission, draft = own
    filled, total = typed_count(form, unit, draft.cells if draft is not None else {})
    return OwnBrief(
        submission_id=submission.id,
        state=submission.state,
        version=submission.version,
        late=is_late(submission, clock.now()),
        filled=total if submission.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED) else filled,
        total=total,
    )


def _cycle_brief(
    cycle: Cycle, form: CompiledForm, unit: CycleUnit, counts: dict[str, int], own: OwnBrief | None
) -> CycleBrief:
    return CycleBrief(
        id=cycle.id,
        form=form_brief(cycle, form),
        period=period_out(cycle, form),
        state="open" if cycle.closed_at is None else "closed",
        due_at=cycle.due(unit.tier),
        due={"village": cycle.due_village, "township": cycle.due_township, "county": cycle.due_county},
        provisional=cycle.provisional,
        counts=Counts(**counts),
        own=own,
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
        out.append(_cycle_brief(cycle, form, unit, counts[cycle.id], _own_brief(form, unit, own.get(cycle.id))))
    return out


async def cycle_page(session: AsyncSession, principal: Principal, period: str | None) -> CyclePage:
    """The cycles of a month (and the quarter, half-year or year that ends in it), and the periods there are."""
    found = await queries.list_cycles(session, principal.scope)
    months = sorted({f"{cycle.ends_on.year:04d}-{cycle.ends_on.month:02d}" for cycle, _, _ in found}, reverse=True)
    if period is not None:
        found = [
            line
            for line in found
            if period in (line[0].period_key, f"{line[0].ends_on.year:04d}-{line[0].ends_on.month:02d}")
        ]
    return CyclePage(items=await _briefs(session, principal, found), periods=months)


async def cycle_view(session: AsyncSession, principal: Principal, cycle_id: UUID) -> CycleBrief:
    found = await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    return (await _briefs(session, principal, [found]))[0]


def _claim(submission: Submission, principal: Principal) -> ClaimOut | None:
    if submission.claimed_until is None or submission.claimed_until <= clock.now():
        return None
    return ClaimOut(mine=submission.claimed_by == principal.account_id, until=submission.claimed_until)


async def submission_page(
    session: AsyncSession, principal: Principal, cycle_id: UUID, parent_id: UUID | None
) -> SubmissionPage:
    """The submissions of the direct subordinates of a unit in scope (the acting one unless named)."""
    await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    parent = parent_id or principal.unit_id
    lines = await queries.list_subordinates(session, county_id=principal.county_id, cycle_id=cycle_id, parent_id=parent)
    if parent_id is not None and parent_id != principal.unit_id and not lines:
        raise NotFound
    contacts = await list_contacts(session, county_id=principal.county_id, unit_ids=[unit.unit_id for _, unit in lines])
    now = clock.now()
    return SubmissionPage(
        items=[
            SubmissionBrief(
                id=s.id,
                unit=unit_brief(unit),
                state=s.state,
                version=s.version,
                late=is_late(s, now),
                due_at=s.due_at,
                submitted_at=s.submitted_at,
                revision_no=s.revision_no,
                warnings=s.warnings,
                outliers=s.outliers,
                claimed=_claim(s, principal),
                contact=_contact(contacts.get(unit.unit_id)),
                exempt_reason=unit.exempt_reason,
                correction=s.correction_reason != "",
            )
            for s, unit in lines
        ]
    )


def _contact(found: tuple[str, str | None] | None) -> Contact | None:
    if found is None:
        return None
    name, cipher = found
    return Contact(name=name, phone=crypto.decrypt(cipher, context="account.phone") if cipher else None)


async def missing_page(session: AsyncSession, principal: Principal, cycle_id: UUID) -> MissingPage:
    """Who has not reported, and their names for a chat group."""
    page = await submission_page(session, principal, cycle_id, None)
    items = [item for item in page.items if item.state in EDITABLE and item.exempt_reason is None]
    return MissingPage(items=items, text="、".join(item.unit.short_name for item in items))


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
    editable = own and filed.submission.state in EDITABLE and filed.cycle.closed_at is None
    if own:
        content = figures.content_of(filed, form, baseline)
        revision = filed.newest
    else:
        revision = await _handed_in(session, filed)
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
        if not editable:
            content = Content(evaluation.cells, content.rows, content.reasons, content.zeroed)
    show = personal.unsealed if clear else personal.masked
    return SubmissionOut(
        **_state_of(filed, form, principal, baseline, editable, revision),
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
    principal: Principal,
    baseline: Baseline,
    editable: bool,
    revision: Revision | None,
) -> dict[str, object]:
    s = filed.submission
    actions = SUBMISSION.allowed(subject_of(filed), principal) if filed.cycle.closed_at is None else []
    if s.approved_revision_id is None and "abandon" in actions:
        actions.remove("abandon")
    handed_in = s.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
    return {
        "id": s.id,
        "cycle_id": filed.cycle.id,
        "form": form_brief(filed.cycle, form),
        "period": period_out(filed.cycle, form),
        "unit": unit_brief(filed.unit),
        "state": s.state,
        "version": s.version,
        "actions": actions,
        "editable": editable,
        "due_at": s.due_at,
        "late": is_late(s, clock.now()),
        "first_period": baseline.first_period,
        "opening_changed": baseline.opening_changed,
        "returned": Returned(reason=s.return_reason, marked=list(s.marked_cells)) if s.return_reason else None,
        "claimed": _claim(s, principal),
        "correction_reason": s.correction_reason,
        "revision_no": s.revision_no,
        "saved_at": filed.draft.saved_at if filed.draft is not None else None,
        "submitted_at": revision.submitted_at if revision is not None and handed_in else None,
        "submitted_by_name": revision.submitter_name if revision is not None and handed_in else None,
        "zero_report": revision is not None and revision.zero_report,
        "missing_reason": revision.missing_reason if revision is not None else "",
        "receipt": receipt_of(filed, form, revision),
    }


async def _handed_in(session: AsyncSession, filed: Filed) -> Revision | None:
    """What a superior sees: what counts now."""
    s = filed.submission
    if s.live_revision_id is None:
        return None
    if filed.newest is not None and filed.newest.id == s.live_revision_id:
        return filed.newest
    return await queries.get_revision(session, county_id=s.county_id, revision_id=s.live_revision_id)


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


def label_of(period_kind: str, key: str) -> str:
    """A period for a person: 2026年11月, 2026年第4季度."""
    year, _, rest = key.partition("-")
    match period_kind:
        case "month":
            return f"{year}年{int(rest)}月"
        case "quarter":
            return f"{year}年第{rest[1:]}季度"
        case "half_year":
            return f"{year}年{'上' if rest == 'H1' else '下'}半年"
        case "ten_days":
            month, _, part = rest.partition("-T")
            return f"{year}年{int(month)}月{'上中下'[int(part) - 1]}旬"
        case _:
            return f"{year}年"
