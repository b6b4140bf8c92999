"""What the pages of tasks show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit import clock
from kit.errors import Invalid, NotFound
from kit.paging import Mark, cut, read_mark
from plans.addressing import service as addressing
from plans.addressing.errors import NobodyAddressed
from plans.addressing.schemas import PreviewOut
from plans.tasks import access, issuing, notice_queries, queries
from plans.tasks.lifecycle import ASSIGNMENT, BY_REPORT, OPEN, TASK, subject_of, task_subject
from plans.tasks.models import Assignment, AssignmentState, Task, TaskAmendment, TaskState
from plans.tasks.queries import Counted, Wanted
from plans.tasks.rules import is_overdue, merged, progress_of
from plans.tasks.schemas import (
    AmendmentOut,
    AssignmentOut,
    EventOut,
    Progress,
    ReceivedLine,
    ReceivedPage,
    ShareOut,
    SharesOut,
    SummaryOut,
    TaskBrief,
    TaskOut,
    TaskPage,
)
from plans.tasks.table_schemas import TableOut
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.section_queries import find_name
from tenancy.tiers import Tier
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.schemas import EnclosureOut, enclosure_out
from workflow.queries import list_history

PAGE = 50
_DONE_STATES = frozenset(AssignmentState) - OPEN
#: What a share says of a 检举控告 to those who may not read it.
_WITHHELD = {"instruction": "", "result": "", "open_reason": "", "return_reason": "", "supervised_reason": ""}


def progress_out(lines: Iterable[Counted]) -> Progress:
    lines = list(lines)
    by_state = merged((line.state, line.number) for line in lines)
    total = sum(by_state.values()) - by_state[AssignmentState.RECALLED]
    return Progress(
        total=total,
        by_state=by_state,
        overdue=sum(line.overdue for line in lines),
        supervised=sum(line.supervised for line in lines),
    )


def brief_of(task: Task, counted: Iterable[Counted], *, withheld: bool = False) -> TaskBrief:
    return TaskBrief(
        id=task.id,
        number=task.number,
        title="" if withheld else task.title,
        kind=task.kind,
        priority=task.priority,
        issuer=task.issuer_name,
        state=task.state,
        due_at=task.due_at,
        issued_at=task.issued_at,
        notice_days=task.notice_days,
        short_notice=task.short_notice,
        progress=progress_out(counted),
    )


async def _table_out(session: AsyncSession, task: Task) -> TableOut | None:
    if task.form_version_id is None:
        return None
    form = await get_compiled(session, county_id=task.county_id, version_id=task.form_version_id)
    definition = form.definition
    return TableOut(
        name=definition.name.zh,
        form_version_id=task.form_version_id,
        fields=len(definition.fields),
        cycle_id=task.cycle_id,
    )


def share_out(
    principal: Principal, task: Task, share: Assignment, below: Sequence[Counted], *, withheld: bool = False
) -> ShareOut:
    states = merged((line.state, line.number) for line in below)
    signs_again = share.acknowledged_amendment < task.amendment and share.state in OPEN - {AssignmentState.ISSUED}
    return ShareOut(
        id=share.id,
        unit_id=share.unit_id,
        unit=share.unit_name,
        tier=share.tier,
        state=share.state,
        version=share.version,
        due_at=share.due_at,
        overdue=is_overdue(share.state, share.due_at, share.handed_in_at, clock.now()),
        late=share.late,
        percent=progress_of(share.progress, share.state, states),
        note="" if withheld else share.note,
        acknowledged_at=share.acknowledged_at,
        handed_in_at=share.handed_in_at,
        accepted_at=share.accepted_at,
        signs_again=signs_again,
        asked_until=share.asked_until,
        asked_reason="" if withheld else share.asked_reason,
        urged=share.urged,
        supervised=bool(share.supervised_by),
        section_id=share.section_id if share.unit_id == principal.unit_id else None,
        below=progress_out(below) if below else None,
        actions=_share_actions(principal, task, share, signs_again),
    )


def _share_actions(principal: Principal, task: Task, share: Assignment, signs_again: bool) -> list[str]:
    """What the page may offer the actor on a share now."""
    if task.state is not TaskState.ISSUED:
        return []
    refused = set()
    if not signs_again:
        refused.add("sign_amendment")
    if share.asked_until is None:
        refused |= {"grant_extension", "refuse_extension"}
    refused.add("supervise" if share.supervised_by else "ease")
    if principal.tier is Tier.VILLAGE or task.kind in access.CONFIDENTIAL:
        refused.add("pass_on")
    if task.guarded and not principal.has(Role.LEADER):
        refused.add("to_section")
    refused.add("amend")
    if task.cycle_id is not None:
        refused |= BY_REPORT
    return [action for action in ASSIGNMENT.allowed(subject_of(share), principal) if action not in refused]


def _amendment_out(one: TaskAmendment) -> AmendmentOut:
    return AmendmentOut(no=one.no, before=one.before, after=one.after, reason=one.reason, by=one.by_name, at=one.at)


async def _shares_out(
    session: AsyncSession, principal: Principal, task: Task, shares: Sequence[Assignment], *, withheld: bool
) -> list[ShareOut]:
    below = await queries.count_below(session, county_id=principal.county_id, parent_ids=[share.id for share in shares])
    ordered = sorted(shares, key=lambda share: (share.state in _DONE_STATES, share.unit_name))
    return [share_out(principal, task, share, below.get(share.id, []), withheld=withheld) for share in ordered]


async def task_view(session: AsyncSession, principal: Principal, task_id: UUID) -> TaskOut:
    """A task as the acting unit sees it. Raises NotFound."""
    task, own = await access.get_task(session, principal, task_id)
    county_id = principal.county_id
    at_issuer = principal.unit_id == task.issuer_unit_id or own is None
    shares = await queries.list_shares(
        session,
        county_id=county_id,
        task_id=task_id,
        parent_id=None if at_issuer or own is None else own.id,
        top=at_issuer,
    )
    counted = (await queries.count_by_task(session, county_id=county_id, task_ids=[task_id])).get(task_id, [])
    amendments = await queries.list_amendments(session, county_id=county_id, task_id=task_id)
    kept = access.withheld(principal, task, own)
    own_out = (await _shares_out(session, principal, task, [own], withheld=kept))[0] if own is not None else None
    return TaskOut(
        id=task.id,
        version=task.version,
        number=task.number,
        title="" if kept else task.title,
        text="" if kept else task.text,
        kind=task.kind,
        priority=task.priority,
        evidence="" if kept else task.evidence,
        files=[] if kept else await _files(session, principal, task),
        issuer=task.issuer_name,
        issuer_unit_id=task.issuer_unit_id,
        section=await find_name(session, county_id=county_id, section_id=task.section_id),
        withheld=kept,
        creator=task.creator_name,
        state=task.state,
        due_at=task.due_at,
        issued_at=task.issued_at,
        notice_days=task.notice_days,
        short_notice=task.short_notice,
        confirmed_by=task.confirmed_by,
        amendments=[] if kept else [_amendment_out(one) for one in amendments],
        progress=progress_out(counted),
        shares=await _shares_out(session, principal, task, shares, withheld=kept),
        own=own_out,
        addressed=await _addressed(session, principal, task),
        table=await _table_out(session, task),
        actions=TASK.allowed(task_subject(task), principal),
    )


async def _files(session: AsyncSession, principal: Principal, task: Task) -> list[EnclosureOut]:
    found = await list_enclosed(session, county_id=principal.county_id, document_id=task.id, kind=TASK.kind)
    return [enclosure_out(one) for one in found]


async def _addressed(session: AsyncSession, principal: Principal, task: Task) -> PreviewOut | None:
    if task.state is not TaskState.AWAITING or principal.unit_id != task.issuer_unit_id:
        return None
    try:
        return await addressing.preview(session, principal, issuing.choices_of(task))
    except (NobodyAddressed, NotFound):
        # The units or the group that were chosen are gone: confirming says so.
        return PreviewOut(total=0, by_tier={}, first=[])


async def shares_view(session: AsyncSession, principal: Principal, assignment_id: UUID) -> SharesOut:
    """The shares directly below one. Raises NotFound."""
    share, task = await access.get_assignment(session, principal, assignment_id)
    found = await queries.list_shares(session, county_id=principal.county_id, task_id=task.id, parent_id=share.id)
    kept = await access.keeps_from(session, principal, task)
    return SharesOut(items=await _shares_out(session, principal, task, found, withheld=kept))


async def assignment_view(session: AsyncSession, principal: Principal, assignment_id: UUID) -> AssignmentOut:
    """One share with its history. Raises NotFound."""
    share, task = await access.get_assignment(session, principal, assignment_id)
    counted = await queries.count_by_task(session, county_id=principal.county_id, task_ids=[task.id])
    history = await list_history(session, county_id=principal.county_id, kind=ASSIGNMENT.kind, subject_id=share.id)
    amendments = await queries.list_amendments(session, county_id=principal.county_id, task_id=task.id)
    kept = await access.keeps_from(session, principal, task)
    words = _WITHHELD if kept else {name: getattr(share, name) for name in _WITHHELD}
    return AssignmentOut(
        id=share.id,
        version=share.version,
        task=brief_of(task, counted.get(task.id, []), withheld=kept),
        section=await find_name(session, county_id=principal.county_id, section_id=task.section_id),
        creator=task.creator_name,
        confirmed_by=task.confirmed_by,
        latest=await queries.find_due(session, county_id=principal.county_id, assignment_id=share.parent_id),
        text="" if kept else task.text,
        evidence="" if kept else task.evidence,
        files=[] if kept else await _files(session, principal, task),
        share=(await _shares_out(session, principal, task, [share], withheld=kept))[0],
        table=await _table_out(session, task),
        **words,
        amendments=[] if kept else [_amendment_out(one) for one in amendments],
        history=[
            EventOut(
                action=one.action,
                from_state=one.from_state,
                to_state=one.to_state,
                reason="" if kept else one.reason,
                by=one.actor_name,
                at=one.at,
                detail={} if kept else one.detail,
            )
            for one in history
        ],
        withheld=kept,
    )


async def issued_page(
    session: AsyncSession, principal: Principal, *, open_only: bool, wanted: Wanted, after: str | None
) -> TaskPage:
    """What the acting unit issued, soonest deadline first; those of other sections that are confidential left out."""
    states = [TaskState.AWAITING, TaskState.ISSUED] if open_only else list(TaskState)
    found = await queries.list_issued(
        session,
        county_id=principal.county_id,
        issuer_unit_id=principal.unit_id,
        states=states,
        wanted=wanted,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda task: Mark(task.due_at, task.id))
    seen = [task for task in page if access.may_see(principal, task, None)]
    counted = await queries.count_by_task(session, county_id=principal.county_id, task_ids=[task.id for task in seen])
    return TaskPage(
        items=[
            brief_of(task, counted.get(task.id, []), withheld=access.withheld(principal, task, None)) for task in seen
        ],
        next=following,
    )


async def received_page(
    session: AsyncSession, principal: Principal, *, open_only: bool, wanted: Wanted, after: str | None
) -> ReceivedPage:
    """The acting unit's own shares, soonest deadline first."""
    found = await queries.list_received(
        session,
        county_id=principal.county_id,
        unit_id=principal.unit_id,
        states=sorted(OPEN) if open_only else list(AssignmentState),
        wanted=wanted,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda row: Mark(row[0].due_at, row[0].id))
    seen = [(share, task) for share, task in page if access.may_see(principal, task, share)]
    counted = await queries.count_by_task(
        session, county_id=principal.county_id, task_ids=[task.id for _, task in seen]
    )
    below = await queries.count_below(
        session, county_id=principal.county_id, parent_ids=[share.id for share, _ in seen]
    )
    return ReceivedPage(
        items=[
            ReceivedLine(
                task=brief_of(task, counted.get(task.id, []), withheld=kept),
                share=share_out(principal, task, share, below.get(share.id, []), withheld=kept),
            )
            for share, task in seen
            for kept in [access.withheld(principal, task, share)]
        ],
        next=following,
    )


def wanted_of(search: str, month: str | None) -> Wanted:
    """What a list is asked for: a part of the title, and deadlines of one month (2026-11). Raises Invalid."""
    if month is None:
        return Wanted(search)
    try:
        since, until = clock.month_of(month)
    except ValueError:
        raise Invalid(problem="month") from None
    return Wanted(search, since, until)


async def summary_view(session: AsyncSession, principal: Principal) -> SummaryOut:
    """How many of the acting unit's own tasks are under way, overdue somewhere, supervised somewhere; and how many of
    this year's gave short notice."""
    open_, overdue, supervised = await queries.count_troubled(
        session, county_id=principal.county_id, issuer_unit_id=principal.unit_id
    )
    own = None if principal.tier is Tier.COUNTY else principal.unit_id
    sent = await notice_queries.count_all_sent(
        session, county_id=principal.county_id, year=clock.today().year, issuer_unit_id=own
    )
    return SummaryOut(open=open_, overdue=overdue, supervised=supervised, short=sent.short)
