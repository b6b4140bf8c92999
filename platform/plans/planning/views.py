"""What the pages of a plan show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.planning import queries, rules, summaries, writing
from plans.planning.lifecycle import PLAN, PLAN_ITEM, PLAN_SUMMARY, allowed_of, part_of, subject_of
from plans.planning.models import (
    Plan,
    PlanEdition,
    PlanEmphasis,
    PlanItem,
    PlanState,
    PlanSummary,
    SummaryPeriod,
    SummaryState,
)
from plans.planning.queries import ItemCounts, Serving
from plans.planning.rules import ItemStanding, PlanLine, line_of, quarter_of, read_line
from plans.planning.schemas import (
    ChangeOut,
    CountsOut,
    DraftedOut,
    EditionOut,
    EmphasisOut,
    EmphasisTaken,
    OwnYearOut,
    PlanItemOut,
    PlanLineOut,
    PlanLogLine,
    PlanSummaryOut,
    ProgressOut,
    ServingOut,
    SummaryBrief,
    SummarySection,
    TakenUpOut,
    TakenUpUnit,
    WorkPlanOut,
)
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line, load_tree
from tenancy.rules import Tree, TreeNode
from workflow.models import TransitionEntry
from workflow.queries import list_history


def standing_of(item: PlanItem, today: date) -> ItemStanding:
    return rules.standing(
        state=item.state,
        end_on=item.end_on,
        percent=item.percent,
        reported=item.progressed_at is not None,
        start_on=item.start_on,
        today=today,
    )


def counts_of(counts: ItemCounts) -> CountsOut:
    return CountsOut(total=counts.total, done=counts.done, late=counts.late, under_way=counts.under_way)


def counted(items: Iterable[PlanItem], today: date) -> CountsOut:
    """The items of one plan, counted as `queries.count_items` counts many."""
    found = [standing_of(item, today) for item in items]
    return CountsOut(
        total=len(found),
        done=found.count(ItemStanding.DONE),
        late=found.count(ItemStanding.LATE),
        under_way=found.count(ItemStanding.UNDER_WAY),
    )


def brief_facts(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "version": plan.version,
        "unit_id": plan.unit_id,
        "unit": plan.unit_name,
        "tier": plan.tier,
        "year": plan.year,
        "state": plan.state,
        "in_force": plan.in_force,
        "submitted_at": plan.submitted_at,
        "approved_at": plan.approved_at,
    }


def summary_facts(summary: PlanSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "plan_id": summary.plan_id,
        "period": summary.period,
        "no": summary.no,
        "title": summary.title,
        "state": summary.state,
        "written_at": summary.written_at,
        "writer": summary.writer_name,
        "sent_at": summary.sent_at,
    }


def _line(line: PlanLine, named: Mapping[UUID, str]) -> PlanLineOut:
    return PlanLineOut(
        id=line.id,
        section=line.section,
        what=line.what,
        owner=line.owner,
        staff_id=line.staff_id,
        start_on=line.start_on,
        end_on=line.end_on,
        quarter=quarter_of(line.start_on, line.end_on),
        measure=line.measure,
        serves_id=line.serves_id,
        serves="" if line.serves_id is None else named.get(line.serves_id, ""),
    )


def _edition(edition: PlanEdition, named: Mapping[UUID, str]) -> EditionOut:
    def line(kept: Mapping[str, Any] | None) -> PlanLineOut | None:
        return None if kept is None else _line(read_line(kept), named)

    return EditionOut(
        no=edition.no,
        reason=edition.reason,
        submitted_at=edition.submitted_at,
        by=edition.submitter_name,
        approved_at=edition.approved_at,
        approver=edition.approver_name,
        items=[_line(read_line(one), named) for one in edition.items],
        changes=[
            ChangeOut(kind=one["kind"], before=line(one["before"]), after=line(one["after"])) for one in edition.changes
        ],
    )


async def emphases_above(
    session: AsyncSession, county_id: UUID, unit_id: UUID, year: int, *, dropped: bool = False
) -> list[PlanEmphasis]:
    """What the line above a unit published of a year, the nearest first."""
    line = await load_line(session, county_id=county_id, unit_id=unit_id)
    above = line.ancestors(unit_id)[1:]
    found = await queries.list_emphases(session, county_id=county_id, unit_ids=above, year=year, dropped=dropped)
    return sorted(found, key=lambda one: (above.index(one.unit_id), one.position))


def _item(
    item: PlanItem,
    plan: Plan,
    principal: Principal,
    named: Mapping[UUID, str],
    entries: Sequence[TransitionEntry],
    served: Sequence[ServingOut],
) -> PlanItemOut:
    return PlanItemOut(
        **_line(line_of(item), named).model_dump(),
        version=item.version,
        standing=standing_of(item, clock.today()),
        percent=item.percent,
        note=item.note,
        progressed_at=item.progressed_at,
        done_on=item.done_on,
        actions=PLAN_ITEM.allowed(part_of(plan, item), principal),
        progress=[
            ProgressOut(
                action=one.action, by=one.actor_name, at=one.at, text=one.reason, percent=one.detail.get("percent")
            )
            for one in entries
        ],
        taken_up=len({one.unit_id for one in served}),
        taken_up_done=sum(1 for one in served if one.standing is ItemStanding.DONE),
    )


async def plan_view(session: AsyncSession, principal: Principal, plan_id: UUID) -> WorkPlanOut:
    """A plan with its items, what is written of it (to its unit) or waits (to those above), and its summaries.

    Raises NotFound, also of a plan below that was never handed in.
    """
    county_id, today = principal.county_id, clock.today()
    plan = await queries.get_plan_in_sight(session, county_id=county_id, plan_id=plan_id, unit_id=principal.unit_id)
    own = plan.unit_id == principal.unit_id
    items = await queries.list_items(session, county_id=county_id, plan_ids=[plan.id])
    above = await emphases_above(session, county_id, plan.unit_id, plan.year, dropped=True)
    named = {one.id: one.what for one in above}
    progress: dict[UUID, list[TransitionEntry]] = {}
    for entry in await queries.list_progress(session, county_id=county_id, item_ids=[item.id for item in items]):
        progress.setdefault(entry.subject_id, []).append(entry)
    served: dict[UUID, list[ServingOut]] = {}
    for one in await serving(session, county_id, items, plan.year, today):
        served.setdefault(one.emphasis_id, []).append(one)
    editions = await queries.list_editions(session, county_id=county_id, plan_id=plan.id)
    written = plan.state in (PlanState.DRAFT, PlanState.RETURNED)
    draft = await queries.find_draft(session, county_id=county_id, plan_id=plan.id) if own and written else None
    history = await list_history(session, county_id=county_id, subject_id=plan.id)
    return WorkPlanOut(
        **brief_facts(plan),
        return_reason=plan.return_reason,
        change_reason=plan.change_reason,
        actions=[one for one in allowed_of(plan, PLAN.allowed(subject_of(plan), principal)) if one != "save"],
        counts=counted(items, today),
        items=[_item(one, plan, principal, named, progress.get(one.id, []), served.get(one.id, [])) for one in items],
        draft=None if draft is None else [_line(read_line(one), named) for one in draft.items],
        waiting=_edition(editions[0], named) if plan.state is PlanState.SUBMITTED else None,
        editions=[_edition(one, named) for one in editions if one.approved_at is not None],
        summaries=await summaries_of(session, county_id, [plan.id]),
        log=[
            PlanLogLine(action=one.action, by=one.actor_name, at=one.at, text=one.reason)
            for one in history
            if one.action != "save"
        ],
    )


async def serving(
    session: AsyncSession, county_id: UUID, items: Sequence[PlanItem], year: int, today: date
) -> list[ServingOut]:
    """Which items below serve these, themselves or through an item between."""
    below = await queries.list_serving(session, county_id=county_id, year=year)
    by_target: dict[UUID, list[Serving]] = {}
    for one in below:
        if one.item.serves_id is not None:
            by_target.setdefault(one.item.serves_id, []).append(one)
    found: list[ServingOut] = []
    for item in items:
        reached, seen = list(by_target.get(item.id, [])), set[UUID]()
        while reached:
            one = reached.pop(0)
            if one.item.id in seen:
                continue
            seen.add(one.item.id)
            reached += by_target.get(one.item.id, [])
            found.append(
                ServingOut(
                    item_id=one.item.id,
                    emphasis_id=item.id,
                    unit_id=one.item.unit_id,
                    unit=one.unit_name,
                    tier=one.tier,
                    plan_id=one.item.plan_id,
                    what=one.item.what,
                    standing=standing_of(one.item, today),
                    percent=one.item.percent,
                )
            )
    return found


async def taken_up_view(session: AsyncSession, principal: Principal, plan_id: UUID) -> TakenUpOut:
    """For each item of a plan, which units directly below took it up, which did not, and how many under each did.

    An item counts as done where every item that serves it is. Raises NotFound.
    """
    county_id, today = principal.county_id, clock.today()
    plan = await queries.get_plan_in_sight(session, county_id=county_id, plan_id=plan_id, unit_id=principal.unit_id)
    items = await queries.list_items(session, county_id=county_id, plan_ids=[plan.id])
    tree = await load_tree(session, county_id=county_id, day=today)
    plans = {one.unit_id: one for one in await queries.list_of_units(session, county_id=county_id, year=plan.year)}
    found: dict[tuple[UUID, UUID], list[ServingOut]] = {}
    for one in await serving(session, county_id, items, plan.year, today):
        found.setdefault((one.emphasis_id, one.unit_id), []).append(one)
    units = [_taker(node, tree, plans.get(node.id), items, found) for node in tree.children(plan.unit_id)]
    return TakenUpOut(
        plan_id=plan.id,
        unit=plan.unit_name,
        year=plan.year,
        emphases=[
            EmphasisTaken(
                id=item.id,
                section=item.section,
                what=item.what,
                end_on=item.end_on,
                taken_up=sum(1 for one in units if item.id in one.serves),
                done=sum(1 for one in units if one.serves.get(item.id) is ItemStanding.DONE),
            )
            for item in items
        ],
        units=units,
    )


#: Of several items that serve one, the standing that needs looking at most.
_WORST = (ItemStanding.LATE, ItemStanding.WAITING, ItemStanding.UNDER_WAY, ItemStanding.DONE)


def _taker(
    node: TreeNode,
    tree: Tree,
    plan: Plan | None,
    items: Sequence[PlanItem],
    found: Mapping[tuple[UUID, UUID], Sequence[ServingOut]],
) -> TakenUpUnit:
    seen = plan if plan is not None and plan.edition_no > 0 else None
    under = [one.id for one in tree.walk(node.id)[1:]]
    serves = {
        item.id: min((one.standing for one in found[item.id, node.id]), key=_WORST.index)
        for item in items
        if (item.id, node.id) in found
    }
    below = {item.id: sum(1 for unit_id in under if (item.id, unit_id) in found) for item in items}
    return TakenUpUnit(
        unit_id=node.id,
        unit=node.short_name,
        plan_id=None if seen is None else seen.id,
        in_force=seen is not None and seen.in_force,
        serves=serves,
        below={item_id: count for item_id, count in below.items() if count},
    )


async def summaries_of(session: AsyncSession, county_id: UUID, plan_ids: Sequence[UUID]) -> list[SummaryBrief]:
    found = await queries.list_summaries(session, county_id=county_id, plan_ids=plan_ids)
    return [SummaryBrief(**summary_facts(one)) for one in found]


async def own_year_view(session: AsyncSession, principal: Principal, year: int) -> OwnYearOut:
    """The acting unit's plan of a year, or what it could begin with."""
    county_id = principal.county_id
    plan = await queries.find_of_year(session, county_id=county_id, unit_id=principal.unit_id, year=year)
    above = await emphases_above(session, county_id, principal.unit_id, year)
    last = await writing.lines_of_last_year(session, principal, year)
    this_year = clock.today().year
    return OwnYearOut(
        year=year,
        plan_id=None if plan is None else plan.id,
        may_begin=plan is None
        and principal.has(Role.REPORTER, Role.REVIEWER)
        and this_year - 1 <= year <= this_year + 1,
        last_year=[_line(line, {}) for line in last],
        emphases=[
            EmphasisOut(
                id=one.id,
                unit=one.unit_name,
                section=one.section,
                what=one.what,
                start_on=one.start_on,
                end_on=one.end_on,
                measure=one.measure,
            )
            for one in above
        ],
        sections=list(rules.SECTIONS),
    )


async def summary_view(session: AsyncSession, principal: Principal, summary_id: UUID) -> PlanSummaryOut:
    """One version of a summary. Raises NotFound."""
    summary = await queries.get_summary(session, county_id=principal.county_id, summary_id=summary_id)
    plan = await queries.get_plan(session, county_id=principal.county_id, plan_id=summary.plan_id)
    history = await list_history(session, county_id=principal.county_id, subject_id=summary.id)
    versions = await queries.list_summaries(
        session, county_id=principal.county_id, plan_ids=[plan.id], period=summary.period
    )
    return PlanSummaryOut(
        **summary_facts(summary),
        version=summary.version,
        unit=plan.unit_name,
        year=plan.year,
        sections=[SummarySection(**one) for one in summary.sections],
        actions=PLAN_SUMMARY.allowed(part_of(plan, summary), principal),
        return_reason=summary.return_reason,
        log=[
            PlanLogLine(action=one.action, by=one.actor_name, at=one.at, text=one.reason)
            for one in history
            if one.action != "save"
        ],
        may_revise=summary.state is SummaryState.RETURNED
        and summary.unit_id == principal.unit_id
        and versions[0].id == summary.id
        and principal.has(Role.REPORTER, Role.REVIEWER),
    )


async def drafted_view(session: AsyncSession, principal: Principal, plan_id: UUID, period: SummaryPeriod) -> DraftedOut:
    """The words of a period as they would be drafted now. Raises NotFound, NotYetApproved."""
    title, sections = await summaries.draft_of(session, principal, plan_id, period)
    return DraftedOut(title=title, sections=[SummarySection(heading=one.heading, text=one.text) for one in sections])


async def plan_of_item(session: AsyncSession, principal: Principal, item_id: UUID) -> UUID:
    """The plan that an item belongs to. Raises NotFound."""
    return (await queries.get_item(session, county_id=principal.county_id, item_id=item_id)).plan_id
