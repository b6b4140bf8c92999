"""进展: what a unit records of its items, and that items past their last day are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change
from kit.jobs import CountyRef, pulse
from plans.planning import letters, queries
from plans.planning.errors import DoneBeforeYear, DoneTooEarly
from plans.planning.lifecycle import PLAN, PLAN_ITEM, part_of
from plans.planning.models import ItemState, Plan, PlanItem
from tenancy.principal import Principal
from workflow.lifecycle import expect_version, perform, post

_AT_ONCE = 200


async def act_on_item(
    session: AsyncSession,
    *,
    actor: Principal,
    item_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    percent: int | None = None,
    done_on: date | None = None,
    also: Sequence[Write] = (),
) -> int:
    """Record how far an item is (`progress`: percent 0–99, words), that it is done (`finish`, on a day in China, today
    unless one is given), or that it is not after all (`reopen`, with a reason). At any time of the year, whatever is
    being changed in the plan meanwhile.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, DoneTooEarly,
    DoneBeforeYear.
    """
    county_id, today = actor.county_id, clock.today()
    found = await queries.get_item(session, county_id=county_id, item_id=item_id)
    plan = await queries.get_plan(session, county_id=county_id, plan_id=found.plan_id, lock=True)
    await session.refresh(found)
    subject = part_of(plan, found)
    PLAN_ITEM.check_side(action, subject, actor)
    expect_version(subject, version)
    PLAN_ITEM.check(action, subject, actor, text)
    values: dict[str, Any] = {"note": text.strip() or found.note, "progressed_at": clock.now()}
    match action:
        case "finish":
            day = done_on or today
            if day > today:
                raise DoneTooEarly
            if day.year < plan.year:
                raise DoneBeforeYear(year=plan.year)
            values |= {"percent": 100, "done_on": day, "late_told_at": None}
        case "reopen":
            values |= {"percent": min(found.percent, 99), "done_on": None}
        case _:
            values["percent"] = found.percent if percent is None else percent
    told = {"percent": values["percent"], "done_on": str(values["done_on"]) if values.get("done_on") else None}
    settled = await _settled(session, actor, plan, found, action, today)
    return await perform(
        session,
        PLAN_ITEM,
        action,
        subject,
        actor=actor,
        reason=text,
        values=values,
        also=[*also, *settled],
        detail=told,
    )


async def _settled(
    session: AsyncSession, actor: Principal, plan: Plan, item: PlanItem, action: str, today: date
) -> list[Write]:
    """Once a late item is done, the unit's inbox says what is left; once the last is, it has nothing of it any more."""
    if action != "finish" or plan.late_told_at is None or item.end_on >= today:
        return []
    left = await queries.find_late(session, county_id=plan.county_id, plan_id=plan.id, today=today, but=item.id)
    told_at = plan.late_told_at if left.count else None
    return [
        *letters.told_late(actor, plan, left),
        change(Plan, county_id=plan.county_id, id=plan.id, late_told_at=told_at, late_no=plan.late_no + 1),
    ]


@pulse("plans.planning", every=60)
async def tell_late(session: AsyncSession, county: CountyRef) -> None:
    """Tell what has become late since the last beat: one item a plan, told anew when more comes to it. That an item is
    late is reckoned when it is read; this only says so."""
    today, now = clock.today(), clock.now()
    held = await queries.list_newly_late(session, county_id=county.id, today=today, limit=_AT_ONCE)
    items: list[tuple[UUID, int, list[Any]]] = []
    for plan_id in held:
        plan = await queries.get_plan(session, county_id=county.id, plan_id=plan_id)
        no = plan.late_no + 1
        await session.execute(
            update(PlanItem)
            .where(
                PlanItem.county_id == county.id,
                PlanItem.plan_id == plan_id,
                PlanItem.state == ItemState.OPEN,
                PlanItem.end_on < today,
            )
            .values(late_told_at=now)
        )
        await session.execute(
            update(Plan).where(Plan.county_id == county.id, Plan.id == plan_id).values(late_told_at=now, late_no=no)
        )
        found = await queries.find_late(session, county_id=county.id, plan_id=plan_id, today=today)
        items.append((plan.id, no, [letters.late(plan, found)]))
    await post(session, county, PLAN.kind, items)
