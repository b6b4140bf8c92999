"""小结、总结: drafted from what was recorded in a period, edited, sent up; each sent version is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put, write_all
from kit.errors import Forbidden
from kit.ids import new_id
from plans.planning import letters, queries
from plans.planning.errors import NotYetApproved, PeriodToCome, SummaryOpen
from plans.planning.lifecycle import PLAN_SUMMARY, part_of
from plans.planning.models import ItemState, Plan, PlanSummary, SummaryPeriod, SummaryState
from plans.planning.rules import span_of, standing
from plans.planning.wording import Recorded, SummaryFacts, draft
from plans.tasks.queries import count_of_unit
from plans.training.hours_queries import count_attended, count_held_for_others
from reporting.comparing.wording import Section
from reporting.months.queries import count_handed_in
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line
from workflow.lifecycle import Mail, expect_version, mail_writes, perform


async def facts_of(session: AsyncSession, plan: Plan, period: SummaryPeriod) -> SummaryFacts:
    """What was recorded of a plan's unit in a period, as far as today. The caller has authorised the plan."""
    county_id, unit_id = plan.county_id, plan.unit_id
    first, last = span_of(plan.year, period)
    # What was due on the period's last day and is not done is late once the period is over.
    day = min(last + timedelta(days=1), clock.today())
    since, until = clock.start_of_day(first), clock.start_of_day(last + timedelta(days=1))
    items = await queries.list_items(session, county_id=county_id, plan_ids=[plan.id])
    # How far an item was when the period ended; what was recorded later belongs to a later period.
    notes: dict[UUID, str] = {}
    percent: dict[UUID, int] = {}
    for entry in await queries.list_progress(session, county_id=county_id, item_ids=[item.id for item in items]):
        if entry.at >= until:
            continue
        percent[entry.subject_id] = entry.detail["percent"]
        if entry.at >= since and entry.reason:
            notes[entry.subject_id] = entry.reason
    told: list[Recorded] = []
    for item in items:
        done_before = item.done_on is not None and item.done_on < first
        not_begun = item.start_on > last and item.id not in percent
        if done_before or not_begun:
            continue
        done = item.done_on is not None and item.done_on <= last
        how = standing(
            state=ItemState.DONE if done else ItemState.OPEN,
            end_on=item.end_on,
            percent=percent.get(item.id, 0),
            reported=item.id in percent,
            start_on=item.start_on,
            today=day,
        )
        far, note = percent.get(item.id, 0), notes.get(item.id, "")
        told.append(Recorded(item.section, item.what, how, far, note, item.done_on, item.end_on))
    tasks = await count_of_unit(session, county_id=county_id, unit_id=unit_id, since=since, until=until)
    trained = await count_attended(session, county_id=county_id, unit_id=unit_id, first=first, last=last)
    held = await count_held_for_others(session, county_id=county_id, unit_id=unit_id, first=first, last=last)
    reports = await count_handed_in(session, county_id=county_id, unit_id=unit_id, first=first, last=last)
    return SummaryFacts(plan.unit_name, plan.year, period, min(last, day), told, *tasks, *trained, *reports, *held)


async def draft_of(
    session: AsyncSession, principal: Principal, plan_id: UUID, period: SummaryPeriod
) -> tuple[str, list[Section]]:
    """The words as they would be drafted now; nothing is kept. Raises NotFound, NotYetApproved."""
    plan = await queries.get_plan_in_sight(
        session, county_id=principal.county_id, plan_id=plan_id, unit_id=principal.unit_id
    )
    if not plan.in_force:
        raise NotYetApproved
    return draft(await facts_of(session, plan, period))


async def begin(
    session: AsyncSession,
    *,
    actor: Principal,
    plan_id: UUID,
    period: SummaryPeriod,
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """Begin a version of a period's summary, drafted from what was recorded; after one that came back, its words.

    Raises NotFound, Forbidden, NotYetApproved, PeriodToCome, SummaryOpen.
    """
    county_id = actor.county_id
    plan = await queries.get_plan(session, county_id=county_id, plan_id=plan_id, lock=True)
    if plan.unit_id != actor.unit_id:
        raise Forbidden
    actor.require(Role.REPORTER, Role.REVIEWER)
    if not plan.in_force:
        raise NotYetApproved
    if span_of(plan.year, period)[0] > clock.today():
        raise PeriodToCome
    before = await queries.list_summaries(session, county_id=county_id, plan_ids=[plan.id], period=period)
    if any(one.state is SummaryState.DRAFT for one in before):
        raise SummaryOpen
    last = before[0] if before and before[0].state is SummaryState.RETURNED else None
    title, sections = draft(await facts_of(session, plan, period)) if last is None else _words(last)
    settled = [] if last is None else [letters.summary_returned(plan, last, closed=True)]
    summary_id = made or new_id()
    writes = [
        put(
            PlanSummary,
            county_id=county_id,
            id=summary_id,
            plan_id=plan.id,
            unit_id=plan.unit_id,
            period=period.value,
            no=max((one.no for one in before), default=0) + 1,
            title=title,
            sections=_kept(sections),
            writer_name=actor.display_name,
            sent_at=None,
            place=[plan.unit_id],
        ),
        audited(actor, "plan_summary.begin", subject_kind=PLAN_SUMMARY.kind, subject_id=summary_id),
        *([] if last is None else mail_writes(actor, PLAN_SUMMARY.kind, last.id, last.version + 1, settled)),
    ]
    await write_all(session, [*also, *writes])
    return summary_id


def _words(summary: PlanSummary) -> tuple[str, list[Section]]:
    return summary.title, [Section(one["heading"], one["text"]) for one in summary.sections]


def _kept(sections: Sequence[Section]) -> list[dict[str, str]]:
    return [{"heading": one.heading, "text": one.text} for one in sections]


async def _held(
    session: AsyncSession, actor: Principal, summary_id: UUID, action: str, version: int | None, text: str = ""
) -> tuple[Plan, PlanSummary]:
    summary = await queries.get_summary(session, county_id=actor.county_id, summary_id=summary_id, lock=True)
    plan = await queries.get_plan(session, county_id=actor.county_id, plan_id=summary.plan_id)
    subject = part_of(plan, summary)
    PLAN_SUMMARY.check_side(action, subject, actor)
    expect_version(subject, version)
    PLAN_SUMMARY.check(action, subject, actor, text)
    return plan, summary


async def save(
    session: AsyncSession,
    *,
    actor: Principal,
    summary_id: UUID,
    version: int | None,
    title: str,
    sections: Sequence[Section],
    also: Sequence[Write] = (),
) -> int:
    """Keep the words as they were edited. Raises NotFound, Forbidden, Stale, ActionNotAllowed (it was sent)."""
    plan, summary = await _held(session, actor, summary_id, "save", version)
    values: dict[str, Any] = {
        "title": title,
        "sections": _kept(sections),
        "written_at": clock.now(),
        "writer_name": actor.display_name,
    }
    return await perform(session, PLAN_SUMMARY, "save", part_of(plan, summary), actor=actor, values=values, also=also)


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    summary_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """报送: the unit above reads it from now on, and it is never altered; 收下 or 退回 (with a reason): the unit it was
    sent to says whether it stands. Raises as `save`, and ReasonMissing."""
    plan, summary = await _held(session, actor, summary_id, action, version, text)
    values: dict[str, Any] = {}
    mail = list[Mail]()
    if action == "send":
        above = await load_line(session, county_id=plan.county_id, unit_id=plan.unit_id)
        line = above.ancestors(plan.unit_id)
        to = line[1] if len(line) > 1 else None
        # Those above it today read it, and those above its plan.
        place = [*plan.place, *(unit_id for unit_id in line if unit_id not in plan.place)]
        values = {"sent_at": clock.now(), "place": place, "reviewer_unit_id": to}
        mail += [] if to is None else [letters.summary(plan, summary, to)]
    else:
        mail.append(letters.summary(plan, summary, actor.unit_id, closed=True))
    if action == "return":
        values = {"return_reason": text.strip()}
        mail.append(letters.summary_returned(plan, summary, reason=text.strip()))
    return await perform(
        session,
        PLAN_SUMMARY,
        action,
        part_of(plan, summary),
        actor=actor,
        reason=text,
        values=values,
        mail=mail,
        also=also,
    )
