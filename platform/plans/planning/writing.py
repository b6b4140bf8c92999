"""A unit's own acts on its plan: begun, written, sent up, taken back, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put, write_all
from kit.ids import new_id
from plans.planning import letters, queries
from plans.planning.errors import (
    NothingChanged,
    NotYetApproved,
    PlanEmpty,
    PlanLineWrong,
    PlanThereAlready,
    PlanYearOutOfReach,
)
from plans.planning.lifecycle import PLAN, subject_of
from plans.planning.models import Plan, PlanDraft, PlanEdition
from plans.planning.rules import (
    PlanLine,
    changes_of,
    fault_of,
    in_next_year,
    line_of,
    read_line,
    write_change,
    write_line,
)
from plans.staff.queries import list_by_id
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line
from workflow.lifecycle import expect_version, mail_writes, perform


@dataclass(frozen=True, slots=True)
class Given:
    """One item as the unit writes it; `id` of one that is there already."""

    id: UUID | None
    section: str
    what: str
    owner: str
    staff_id: UUID | None
    start_on: date
    end_on: date
    measure: str
    serves_id: UUID | None


async def begin(
    session: AsyncSession,
    *,
    actor: Principal,
    year: int,
    start: str = "blank",
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """Begin the acting unit's plan of a year: `blank`, with `last_year`'s items moved by a year, or with the `emphases`
    of the nearest unit above that has some, each served by an item of its own.

    Raises Forbidden, PlanYearOutOfReach, PlanThereAlready.
    """
    actor.require(Role.REPORTER, Role.REVIEWER)
    this_year = clock.today().year
    if not this_year - 1 <= year <= this_year + 1:
        raise PlanYearOutOfReach(first=this_year - 1, last=this_year + 1)
    county_id = actor.county_id
    if await queries.find_of_year(session, county_id=county_id, unit_id=actor.unit_id, year=year) is not None:
        raise PlanThereAlready(year=year)
    tree = await load_line(session, county_id=county_id, unit_id=actor.unit_id)
    node, place = tree.nodes[actor.unit_id], tree.ancestors(actor.unit_id)
    lines = await _starting(session, actor, year, start, place[1:])
    plan = Plan(
        county_id=county_id,
        id=made or new_id(),
        unit_id=node.id,
        unit_name=node.name,
        tier=node.tier,
        reviewer_unit_id=place[1] if len(place) > 1 else node.id,
        year=year,
        version=1,
        creator_name=actor.display_name,
        place=place,
    )
    session.add(plan)
    try:
        await session.flush()
    except IntegrityError as error:
        raise PlanThereAlready(year=year) from error
    entry = audited(actor, "plan.begin", subject_kind=PLAN.kind, subject_id=plan.id)
    await write_all(session, [*also, _draft(actor, plan.id, lines), entry])
    return plan.id


async def _starting(
    session: AsyncSession, actor: Principal, year: int, start: str, above: Sequence[UUID]
) -> list[PlanLine]:
    if start == "last_year":
        return await lines_of_last_year(session, actor, year)
    if start == "emphases":
        found = await queries.list_emphases(session, county_id=actor.county_id, unit_ids=above, year=year)
        nearest = min((above.index(one.unit_id) for one in found), default=0)
        return [
            PlanLine(new_id(), one.section, one.what, "", None, one.start_on, one.end_on, one.measure, one.id)
            for one in found
            if one.unit_id == above[nearest]
        ]
    return []


async def lines_of_last_year(session: AsyncSession, actor: Principal, year: int) -> list[PlanLine]:
    """The acting unit's items in force of the year before, as they would stand in this one."""
    county_id = actor.county_id
    last = await queries.find_of_year(session, county_id=county_id, unit_id=actor.unit_id, year=year - 1)
    if last is None:
        return []
    items = await queries.list_items(session, county_id=county_id, plan_ids=[last.id])
    return [in_next_year(line_of(item), year, new_id()) for item in items]


def _draft(actor: Principal, plan_id: UUID, lines: Sequence[PlanLine]) -> Write:
    return put(
        PlanDraft,
        county_id=actor.county_id,
        id=plan_id,
        items=[write_line(line) for line in lines],
        place=[actor.unit_id],
    )


async def save(
    session: AsyncSession,
    *,
    actor: Principal,
    plan_id: UUID,
    version: int | None,
    items: Sequence[Given],
    also: Sequence[Write] = (),
) -> int:
    """Keep what is being written; only the unit sees it. An id that is none of the plan's is given anew.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, PlanLineWrong.
    """
    plan = await held(session, actor, plan_id, "save", version)
    known = {line.id for line in [*await _in_force(session, plan), *await _written(session, plan)]}
    lines, taken = list[PlanLine](), set[UUID]()
    for one in items:
        line_id = one.id if one.id in known and one.id not in taken else new_id()
        taken.add(line_id)
        lines.append(PlanLine(line_id, *(getattr(one, name) for name in _GIVEN)))
    await _require_right(session, actor, plan, lines)
    kept = change(PlanDraft, county_id=plan.county_id, id=plan.id, items=[write_line(line) for line in lines])
    return await perform(session, PLAN, "save", subject_of(plan), actor=actor, also=[*also, kept])


_GIVEN = ("section", "what", "owner", "staff_id", "start_on", "end_on", "measure", "serves_id")


async def _require_right(session: AsyncSession, actor: Principal, plan: Plan, lines: Sequence[PlanLine]) -> None:
    """Raises PlanLineWrong. What stands in force already is not asked again where it points."""
    county_id = plan.county_id
    old = {line.id: line for line in await _in_force(session, plan)}
    tree = await load_line(session, county_id=county_id, unit_id=plan.unit_id)
    above = tree.ancestors(plan.unit_id)[1:]
    serving = {
        one.id for one in await queries.list_emphases(session, county_id=county_id, unit_ids=above, year=plan.year)
    }
    named = [line.staff_id for line in lines if line.staff_id is not None]
    staff = {one.id for one in await list_by_id(session, county_id=county_id, staff_ids=named, unit_id=plan.unit_id)}
    for number, line in enumerate(lines, 1):
        before = old.get(line.id)
        stands = [] if before is None or before.serves_id is None else [before.serves_id]
        fault = fault_of(line, plan.year, serving=[*serving, *stands], staff=staff)
        if fault is not None:
            raise PlanLineWrong(line=number, fault=fault[0], fault_en=fault[1])


async def _in_force(session: AsyncSession, plan: Plan) -> list[PlanLine]:
    return [line_of(i) for i in await queries.list_items(session, county_id=plan.county_id, plan_ids=[plan.id])]


async def _written(session: AsyncSession, plan: Plan) -> list[PlanLine]:
    draft = await queries.find_draft(session, county_id=plan.county_id, plan_id=plan.id)
    return [] if draft is None else [read_line(one) for one in draft.items]


async def held(session: AsyncSession, actor: Principal, plan_id: UUID, action: str, version: int | None) -> Plan:
    """The plan under its row lock, for who stands where the action is done from. Raises NotFound, Forbidden, Stale,
    ActionNotAllowed."""
    plan = await queries.get_plan(session, county_id=actor.county_id, plan_id=plan_id, lock=True)
    subject = subject_of(plan)
    PLAN.check_side(action, subject, actor)
    expect_version(subject, version)
    PLAN.check(action, subject, actor, "x")
    return plan


async def submit(session: AsyncSession, actor: Principal, plan: Plan, also: Sequence[Write]) -> int:
    """上报: the draft becomes an edition that those above see. Of a plan in force it says what it changes."""
    lines, before = await _written(session, plan), await _in_force(session, plan)
    if not lines:
        raise PlanEmpty
    await _require_right(session, actor, plan, lines)
    changes = changes_of(before, lines) if plan.in_force else []
    if plan.in_force and not changes:
        raise NothingChanged
    tree = await load_line(session, county_id=plan.county_id, unit_id=plan.unit_id)
    line = tree.ancestors(plan.unit_id)
    now, no = clock.now(), plan.edition_no + 1
    reviewer = line[1] if len(line) > 1 else plan.unit_id
    edition = put(
        PlanEdition,
        county_id=plan.county_id,
        id=new_id(),
        plan_id=plan.id,
        unit_id=plan.unit_id,
        no=no,
        items=[write_line(one) for one in lines],
        changes=[write_change(one) for one in changes],
        reason=plan.change_reason,
        submitted_at=now,
        submitter_name=actor.display_name,
        approved_at=None,
        place=list(plan.place),
    )
    due = [] if plan.in_force else await _owed_below(session, actor, plan, reviewer)
    return await perform(
        session,
        PLAN,
        "submit",
        subject_of(plan),
        actor=actor,
        values={
            "edition_no": no,
            "submitted_at": now,
            "first_submitted_at": plan.first_submitted_at or now,
            "reviewer_unit_id": reviewer,
            "return_reason": "",
        },
        mail=[*letters.review(plan, reviewer), letters.returned(plan, closed=True)],
        also=[*also, edition, *due],
        detail={"no": no},
    )


async def _owed_below(session: AsyncSession, actor: Principal, plan: Plan, above: UUID) -> list[Write]:
    """The item with which the plan above asked for this one is done."""
    found = await queries.list_emphases(
        session, county_id=plan.county_id, unit_ids=[above], year=plan.year, dropped=True
    )
    asked = {one.plan_id for one in found if above != plan.unit_id}
    return [
        w for one in asked for w in mail_writes(actor, PLAN.kind, one, 1, [letters.owed(plan.unit_id, closed=True)])
    ]


async def take_up_change(
    session: AsyncSession, actor: Principal, plan: Plan, reason: str, also: Sequence[Write]
) -> int:
    """变更: the items in force become a draft; until what comes of it is approved they stand."""
    lines = await _in_force(session, plan)
    kept = change(PlanDraft, county_id=plan.county_id, id=plan.id, items=[write_line(line) for line in lines])
    values: Mapping[str, Any] = {"change_reason": reason.strip(), "return_reason": ""}
    return await perform(
        session, PLAN, "change", subject_of(plan), actor=actor, reason=reason, values=values, also=[*also, kept]
    )


async def abandon(session: AsyncSession, actor: Principal, plan: Plan, also: Sequence[Write]) -> int:
    """放弃变更: what is in force goes on. Raises NotYetApproved."""
    if not plan.in_force:
        raise NotYetApproved
    return await perform(
        session,
        PLAN,
        "abandon",
        subject_of(plan),
        actor=actor,
        values={"change_reason": "", "return_reason": ""},
        mail=[letters.returned(plan, closed=True)],
        also=also,
    )
