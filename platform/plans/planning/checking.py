"""What must be true of plans: for `jiceng check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.planning import queries
from plans.planning.models import ItemState, Plan, PlanEdition, PlanEmphasis, PlanItem, PlanState
from plans.planning.rules import line_of, read_line
from workflow.models import TransitionEntry


async def check_plans(session: AsyncSession, *, county_id: UUID) -> tuple[int, list[str]]:
    """How many items of plans were looked at, and what is not as it must be. Reads as the county."""
    looked_at, faults, today = 0, list[str](), clock.today()
    for year in await queries.list_years(session, county_id=county_id):
        for plan in await queries.list_of_units(session, county_id=county_id, year=year):
            items = await queries.list_items(session, county_id=county_id, plan_ids=[plan.id], dropped=True)
            entries: dict[UUID, list[TransitionEntry]] = {}
            for one in await queries.list_progress(session, county_id=county_id, item_ids=[item.id for item in items]):
                entries.setdefault(one.subject_id, []).append(one)
            editions = await queries.list_editions(session, county_id=county_id, plan_id=plan.id)
            published = await queries.list_emphases(
                session, county_id=county_id, unit_ids=[plan.unit_id], year=year, dropped=True
            )
            looked_at += len(items)
            named = f"{plan.unit_name} {year}"
            faults += [f"{named}: {fault}" for fault in plan_faults(plan, editions, items, published, today)]
            faults += [f"{named}: {fault}" for fault in progress_faults(items, entries)]
    return looked_at, faults


def plan_faults(
    plan: Plan,
    editions: Sequence[PlanEdition],
    items: Sequence[PlanItem],
    published: Sequence[PlanEmphasis],
    today: date,
) -> list[str]:
    """What is not as it must be between a plan, its editions, its items and what it published. Pure."""
    faults = list[str]()
    if sorted(one.no for one in editions) != list(range(1, plan.edition_no + 1)):
        faults.append("its editions are not those that it counts")
    stands = next((one for one in editions if one.no == plan.approved_no), None)
    if plan.in_force and (stands is None or stands.approved_at is None):
        faults.append("what is in force was never approved")
    if plan.state is PlanState.APPROVED and plan.approved_no != plan.edition_no:
        faults.append("approved, and its newest edition is another")
    approved = [] if stands is None else [read_line(one) for one in stands.items]
    in_force = [line_of(one) for one in items if one.state is not ItemState.DROPPED]
    if in_force != approved:
        faults.append("its items are not those of the edition in force")
    shown = [one for one in published if not one.dropped]
    if shown and [(one.id, one.what, one.end_on) for one in shown] != [
        (one.id, one.what, one.end_on) for one in in_force
    ]:
        faults.append("what it published is not what is in force")
    late = any(one.state is ItemState.OPEN and one.end_on < today for one in items)
    if plan.late_told_at is not None and not late:
        faults.append("late items were told, and none is late")
    return faults


def progress_faults(items: Sequence[PlanItem], entries: Mapping[UUID, Sequence[TransitionEntry]]) -> list[str]:
    """Where an item does not stand where its records leave it. Pure."""
    faults = list[str]()
    for item in items:
        percent, done_on, note = 0, None, ""
        for one in entries.get(item.id, []):
            percent, done_on, note = one.detail["percent"], one.detail["done_on"], one.reason or note
        told = (item.percent, None if item.done_on is None else str(item.done_on), item.note)
        if told != (percent, done_on, note):
            faults.append(f"item {item.id} says {item.percent}%, {item.done_on}; its records say {percent}%, {done_on}")
    return faults
