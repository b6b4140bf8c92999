"""The year over the units: who has a plan, how far it is, a bar for each item; and the counts of a home page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.planning import queries
from plans.planning.models import Plan, PlanItem, PlanState, SummaryState
from plans.planning.queries import ItemCounts
from plans.planning.schemas import (
    BarOut,
    OverviewOut,
    PlansSummaryOut,
    StatesOut,
    SummaryBrief,
    TrailOut,
    UnitRow,
)
from plans.planning.views import counts_of, standing_of, summaries_of
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, load_tree
from tenancy.rules import Tree, TreeNode


def state_seen(plan: Plan | None, *, own: bool) -> PlanState | None:
    """The state of a plan as others see it: what was never handed in is not there for them."""
    if plan is None or (not own and plan.edition_no == 0):
        return None
    return plan.state


def states_of(units: Sequence[UUID], plans: Mapping[UUID, Plan], own: UUID) -> StatesOut:
    """Units by the state of their plan. One approved that is being changed counts as approved and as changing."""
    counts: Counter[str] = Counter()
    for unit_id in units:
        plan = plans.get(unit_id)
        state = state_seen(plan, own=unit_id == own)
        if plan is None or state is None:
            counts["missing"] += 1
        elif plan.in_force:
            counts["approved"] += 1
            counts["changing"] += state is not PlanState.APPROVED
        else:
            counts[state.value] += 1
    return StatesOut(
        units=len(units),
        **{name: counts[name] for name in ("approved", "changing", "submitted", "returned", "draft", "missing")},
    )


def summed(units: Sequence[UUID], counts: Mapping[UUID, ItemCounts]) -> ItemCounts:
    return sum((counts[unit_id] for unit_id in units if unit_id in counts), ItemCounts())


async def overview(session: AsyncSession, principal: Principal, *, year: int, unit_id: UUID | None) -> OverviewOut:
    """A unit at or below the acting one (the acting one unless named) and its direct subordinates, a row each, with
    the items in force as bars. Raises NotFound."""
    county_id, today = principal.county_id, clock.today()
    at = unit_id or principal.unit_id
    await get_unit_in_scope(session, principal.scope, at)
    tree = await load_tree(session, county_id=county_id, day=today)
    plans = {plan.unit_id: plan for plan in await queries.list_of_units(session, county_id=county_id, year=year)}
    counts = await queries.count_items(session, county_id=county_id, year=year, today=today)
    shown = [tree.nodes[at], *tree.children(at)]
    ids = [plans[node.id].id for node in shown if node.id in plans]
    bars: dict[UUID, list[PlanItem]] = {}
    for item in await queries.list_items(session, county_id=county_id, plan_ids=ids):
        bars.setdefault(item.unit_id, []).append(item)
    sent: dict[UUID, list[SummaryBrief]] = {}
    for one in await summaries_of(session, county_id, ids):
        newest = sent.setdefault(one.plan_id, [])
        if one.state is not SummaryState.DRAFT and all(other.period is not one.period for other in newest):
            newest.append(one)
    every = [node.id for node in tree.walk(at)]
    line = tree.ancestors(at)
    trail = list(reversed(line[: line.index(principal.unit_id) + 1]))
    return OverviewOut(
        year=year,
        today=today,
        unit_id=at,
        unit=tree.nodes[at].name,
        trail=[TrailOut(unit_id=one, unit=tree.nodes[one].short_name) for one in trail],
        rows=[_row(node, at, tree, principal, plans, counts, bars, sent, today) for node in shown],
        states=states_of(every, plans, principal.unit_id),
        counts=counts_of(summed(every, counts)),
    )


def _row(
    node: TreeNode,
    at: UUID,
    tree: Tree,
    principal: Principal,
    plans: Mapping[UUID, Plan],
    counts: Mapping[UUID, ItemCounts],
    bars: Mapping[UUID, Sequence[PlanItem]],
    sent: Mapping[UUID, list[SummaryBrief]],
    today: date,
) -> UnitRow:
    plan = plans.get(node.id)
    state = state_seen(plan, own=node.id == principal.unit_id)
    seen = plan if state is not None else None
    # The unit on top stands for itself; those below it have rows of their own.
    below = [] if node.id == at else [one.id for one in tree.walk(node.id)[1:]]
    return UnitRow(
        unit_id=node.id,
        unit=node.name,
        short_name=node.short_name,
        tier=node.tier,
        own=node.id == at,
        plan_id=None if seen is None else seen.id,
        state=state,
        in_force=seen is not None and seen.in_force,
        submitted_at=None if seen is None else seen.submitted_at,
        counts=counts_of(counts.get(node.id, ItemCounts())),
        bars=[
            BarOut(
                id=item.id,
                section=item.section,
                what=item.what,
                owner=item.owner,
                start_on=item.start_on,
                end_on=item.end_on,
                standing=standing_of(item, today),
                percent=item.percent,
                done_on=item.done_on,
            )
            for item in bars.get(node.id, [])
        ],
        below=states_of(below, plans, principal.unit_id),
        below_counts=counts_of(summed(below, counts)),
        summaries=[] if seen is None else sent.get(seen.id, []),
    )


async def year_summary(session: AsyncSession, principal: Principal, *, year: int | None) -> PlansSummaryOut:
    """Plans of the acting unit and those below it by state, and their items, of a year: this one in China unless
    another is named."""
    county_id, today = principal.county_id, clock.today()
    of = year or today.year
    tree = await load_tree(session, county_id=county_id, day=today)
    every = [node.id for node in tree.walk(principal.unit_id)]
    plans = {plan.unit_id: plan for plan in await queries.list_of_units(session, county_id=county_id, year=of)}
    counts = await queries.count_items(session, county_id=county_id, year=of, today=today)
    return PlansSummaryOut(
        year=of,
        states=states_of(every, plans, principal.unit_id),
        counts=counts_of(summed(every, counts)),
    )
