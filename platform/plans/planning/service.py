"""One act on a plan, and what it does beside the state: above all what an approval puts in force."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put, put_many, write_all
from plans.planning import letters, queries, writing
from plans.planning.lifecycle import PLAN, subject_of
from plans.planning.models import ItemState, Plan, PlanEdition, PlanEmphasis, PlanItem
from plans.planning.rules import PARTS, PlanLine, read_line
from tenancy.principal import Principal
from tenancy.queries import load_tree
from workflow.lifecycle import Mail, perform, post


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    plan_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """One act of the lifecycle on a plan, with its words: the reason of a change or of a return.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing; PlanEmpty, PlanLineWrong and NothingChanged when
    it is sent up, NotYetApproved when nothing stands that could go on.
    """
    plan = await writing.held(session, actor, plan_id, action, version)
    PLAN.check(action, subject_of(plan), actor, text)
    match action:
        case "submit":
            return await writing.submit(session, actor, plan, also)
        case "change":
            return await writing.take_up_change(session, actor, plan, text, also)
        case "abandon":
            return await writing.abandon(session, actor, plan, also)
        case "approve":
            return await _approve(session, actor, plan, text, also)
        case "recall" | "return":
            values = {"return_reason": text.strip()} if action == "return" else {}
            back = [letters.returned(plan, reason=text.strip())] if action == "return" else []
            mail = [*letters.review(plan, plan.reviewer_unit_id, closed=True), *back]
            return await perform(
                session, PLAN, action, subject_of(plan), actor=actor, reason=text, values=values, mail=mail, also=also
            )
        case _:
            raise AssertionError(action)


async def _approve(session: AsyncSession, actor: Principal, plan: Plan, text: str, also: Sequence[Write]) -> int:
    """审核通过: the edition that was handed in is in force from now on, and what lies below is told of the first."""
    edition = await queries.get_edition(session, county_id=plan.county_id, plan_id=plan.id, no=plan.edition_no)
    lines = [read_line(one) for one in edition.items]
    await _put_in_force(session, plan, lines)
    left = await _late_then(session, plan)
    first = not plan.in_force
    mail = letters.review(plan, plan.reviewer_unit_id, closed=True)
    if plan.unit_id != actor.unit_id:
        mail.append(letters.approved(plan, actor.display_name))
    late = [] if left is None else letters.told_late(actor, plan, left)
    tree = await load_tree(session, county_id=plan.county_id, day=clock.today())
    below = [node.id for node in tree.children(plan.unit_id)]
    if below:
        await _publish(session, plan, lines)
    now = clock.now()
    stamped = change(
        PlanEdition, county_id=plan.county_id, id=edition.id, approved_at=now, approver_name=actor.display_name
    )
    version = await perform(
        session,
        PLAN,
        "approve",
        subject_of(plan),
        actor=actor,
        reason=text,
        values={
            "approved_no": edition.no,
            "approved_at": now,
            "change_reason": "",
            "late_told_at": plan.late_told_at if left is not None and left.count else None,
            "late_no": plan.late_no + (left is not None),
        },
        mail=mail,
        also=[*also, stamped, *late],
        detail={"no": edition.no},
    )
    if first and below:
        there = await queries.units_with_plan(session, county_id=plan.county_id, year=plan.year)
        asked: list[Mail] = [letters.owed(unit_id, plan) for unit_id in below if unit_id not in there]
        await post(session, actor.county, PLAN.kind, [(plan.id, 1, asked)])
    return version


async def _put_in_force(session: AsyncSession, plan: Plan, lines: Sequence[PlanLine]) -> None:
    """Items follow the edition: new ones are made, those there keep their progress, the rest are taken out. One whose
    last day was moved may be told late anew."""
    there = {
        item.id: item
        for item in await queries.list_items(session, county_id=plan.county_id, plan_ids=[plan.id], dropped=True)
    }
    kept = {line.id for line in lines}
    writes = list[Write]()
    for position, line in enumerate(lines):
        item = there.get(line.id)
        if item is None:
            continue
        values = {part: getattr(line, part) for part in PARTS}
        told = item.late_told_at if item.end_on == line.end_on else None
        state = (
            (ItemState.OPEN if item.done_on is None else ItemState.DONE) if item.state is ItemState.DROPPED else None
        )
        writes.append(
            change(
                PlanItem,
                county_id=plan.county_id,
                id=line.id,
                position=position,
                late_told_at=told,
                version=item.version + 1,
                state=(state or item.state).value,
                **values,
            )
        )
    writes += [
        change(PlanItem, county_id=plan.county_id, id=item.id, state=ItemState.DROPPED.value, version=item.version + 1)
        for item in there.values()
        if item.id not in kept and item.state is not ItemState.DROPPED
    ]
    for one in writes:
        await write_all(session, [one])
    fresh = [(position, line) for position, line in enumerate(lines) if line.id not in there]
    await put_many(
        session,
        PlanItem,
        [
            {
                "county_id": plan.county_id,
                "id": line.id,
                "plan_id": plan.id,
                "unit_id": plan.unit_id,
                "year": plan.year,
                "position": position,
                "place": list(plan.place),
                **{part: getattr(line, part) for part in PARTS},
            }
            for position, line in fresh
        ],
    )


async def _late_then(session: AsyncSession, plan: Plan) -> queries.Late | None:
    """What is late now that the edition is in force, if the unit was told of some."""
    if plan.late_told_at is None:
        return None
    return await queries.find_late(session, county_id=plan.county_id, plan_id=plan.id, today=clock.today())


async def _publish(session: AsyncSession, plan: Plan, lines: Sequence[PlanLine]) -> None:
    """What is in force, for those below to read and to serve."""
    county_id = plan.county_id
    found = await queries.list_emphases(
        session, county_id=county_id, unit_ids=[plan.unit_id], year=plan.year, dropped=True
    )
    there = {one.id for one in found}
    await session.execute(
        update(PlanEmphasis)
        .where(PlanEmphasis.county_id == county_id, PlanEmphasis.plan_id == plan.id)
        .values(dropped=True)
    )
    for position, line in enumerate(lines):
        said = {
            "position": position,
            "section": line.section,
            "what": line.what,
            "start_on": line.start_on,
            "end_on": line.end_on,
            "measure": line.measure,
            "dropped": False,
        }
        if line.id in there:
            write = change(PlanEmphasis, county_id=county_id, id=line.id, **said)
        else:
            owner = {"plan_id": plan.id, "unit_id": plan.unit_id, "unit_name": plan.unit_name, "year": plan.year}
            write = put(PlanEmphasis, county_id=county_id, id=line.id, **owner, **said)
        await write_all(session, [write])
