"""What a task does to the cycle that it carries: open it, move its deadline, take reports back, tell, end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms.models import FormVersion
from forms.queries import compiled, get_compiled
from kit import clock
from kit.ids import new_id
from kit.jobs import CountyRef
from reporting import closing
from reporting.carried import queries
from reporting.carried.errors import FiguresCount
from reporting.carried.lifecycle import CYCLE, REPORT
from reporting.filing import line_of, target_of
from reporting.lifecycle import EDITABLE, UNSENT
from reporting.models import Cycle, CycleUnit, Submission
from reporting.periods import span_of
from reporting.reminders import told_again
from reporting.seating import Seat, deliver, seat
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import Tree, TreeNode
from workflow.lifecycle import Mail, Subject, perform, perform_many


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit that a task goes to: what its report is called, and under whose it stands (the asking unit's: None)."""

    node: TreeNode
    submission_id: UUID
    under: UUID | None


async def open_cycle(
    session: AsyncSession,
    *,
    county: CountyRef,
    task_id: UUID,
    version: FormVersion,
    tree: Tree,
    asking: UUID,
    asked: Sequence[Asked],
    due_at: datetime,
) -> UUID:
    """Open a one-off form for some units alone: the frozen tree is the asking unit and under it those asked, each
    under the one whose report it is a part of. A unit gives figures of its own where the form asks its tier."""
    form = compiled(version)
    span = span_of(form.definition.period, clock.today())
    cycle = Cycle(
        county_id=county.id,
        id=new_id(),
        form_id=version.form_id,
        form_version_id=version.id,
        period_key=span.key,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        due_village=due_at,
        due_township=due_at,
        due_county=due_at,
        task_id=task_id,
    )
    session.add(cycle)
    await session.flush()
    above = {one.node.id: one.under or asking for one in asked}
    parents = set(above.values())

    def seat_of(node: TreeNode, submission_id: UUID | None) -> Seat:
        line = [node.id]
        while line[-1] != asking:
            line.append(above[line[-1]])
        return Seat(
            node,
            line=tuple(line),
            has_children=node.id in parents,
            asked=submission_id is not None and node.tier in form.definition.tiers,
            submission_id=submission_id,
            due_at=due_at,
            also_seen_by=tuple(unit_id for unit_id in tree.ancestors(node.id) if unit_id not in line),
        )

    seats = [seat_of(tree.nodes[asking], None), *(seat_of(one.node, one.submission_id) for one in asked)]
    await seat(session, county, cycle, form, seats, tell=True)
    return cycle.id


async def hold(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, submission_id: UUID | None = None) -> None:
    """Keep others from acting on one report, or on all of a cycle's, until the transaction ends. Taken after the
    task's lock and before its shares', as acts on the reports take them."""
    if submission_id is None:
        await queries.get_held_cycle(session, county_id=county_id, cycle_id=cycle_id)
    else:
        await queries.hold_report(session, county_id=county_id, submission_id=submission_id)


def _subject(submission: Submission, unit: CycleUnit) -> Subject:
    line = line_of(submission, unit)
    return Subject(
        submission.id,
        submission.state,
        submission.version,
        submission.unit_id,
        submission.reviewer_unit_id,
        tuple(submission.place),
        line[1:] or line,
    )


async def redate(
    session: AsyncSession,
    *,
    actor: Principal,
    cycle_id: UUID,
    submission_ids: Sequence[UUID],
    due_at: datetime,
    reason: str,
    for_all: bool = False,
) -> None:
    """Move the due time of some reports; with `for_all` the cycle's own too. Who was late is reckoned again.

    The caller holds them (`hold`), has checked the deadline, and moves the task's shares alike.
    """
    if for_all:
        cycle = await queries.get_cycle_of(session, county_id=actor.county_id, cycle_id=cycle_id)
        values = {"due_village": due_at, "due_township": due_at, "due_county": due_at}
        await perform(session, CYCLE, "extend", _whole(cycle, actor), actor=actor, reason=reason, values=values)
    found = await _reports(session, actor, cycle_id, submission_ids)
    await perform_many(
        session,
        REPORT,
        "extend",
        [_subject(*one) for one in found.values()],
        actor=actor,
        reason=reason,
        values={
            "due_at": due_at,
            "extended_to": None if for_all else due_at,
            "late": func.coalesce(Submission.first_submitted_at > due_at, False),
        },
        context=lambda subject: {"mark": target_of(*found[subject.id])},
        detail={"until": due_at.isoformat()},
    )


async def take_back(
    session: AsyncSession, *, actor: Principal, cycle_id: UUID, submission_ids: Sequence[UUID], reason: str
) -> None:
    """收回: some units owe their reports no more (免报). What they have typed is kept.

    The caller holds the cycle. Raises FiguresCount where one has handed in.
    """
    found = await _reports(session, actor, cycle_id, submission_ids)
    for submission, unit in found.values():
        if submission.live_revision_id is not None or submission.state not in EDITABLE:
            raise FiguresCount(unit=unit.name)
    await session.execute(
        update(CycleUnit)
        .where(
            CycleUnit.county_id == actor.county_id,
            CycleUnit.cycle_id == cycle_id,
            CycleUnit.unit_id.in_([unit.unit_id for _, unit in found.values()]),
        )
        .values(exempt_reason=reason)
    )
    await perform_many(
        session,
        REPORT,
        "exempt",
        [_subject(*one) for one in found.values()],
        actor=actor,
        reason=reason,
        mail=lambda subject: [Mail(subject.owner_unit_id, Role.REPORTER, "fill", closed=True)],
        context=lambda subject: {"mark": target_of(*found[subject.id])},
    )


async def _reports(
    session: AsyncSession, actor: Principal, cycle_id: UUID, submission_ids: Sequence[UUID]
) -> dict[UUID, tuple[Submission, CycleUnit]]:
    await session.flush()
    found = await queries.list_reports(
        session, county_id=actor.county_id, cycle_id=cycle_id, submission_ids=submission_ids
    )
    return {submission.id: (submission, unit) for submission, unit in found}


async def end(session: AsyncSession, *, actor: Principal, cycle_id: UUID, reason: str) -> None:
    """The task is over: nothing is typed, reviewed or recalled any more, for good, so no copy of the figures is kept
    beside them. What was owed leaves the inboxes."""
    cycle = await queries.get_held_cycle(session, county_id=actor.county_id, cycle_id=cycle_id)
    values = {"closed_at": clock.now()}
    await perform(session, CYCLE, "close", _whole(cycle, actor), actor=actor, reason=reason, values=values)
    await closing.tell(session, actor, cycle, closed=True)


def _whole(cycle: Cycle, actor: Principal) -> Subject:
    """The cycle as the asking unit's own: only its task acts on it, and the task has checked who may."""
    return Subject(cycle.id, cycle.state, cycle.version, actor.unit_id, actor.unit_id, (actor.unit_id,))


async def tell(
    session: AsyncSession, *, county: CountyRef, cycle_id: UUID, facts: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Tell units anew what they owe: submission → further facts. Who owes nothing now is not told."""
    if not facts:
        return
    await session.flush()
    cycle = await queries.get_cycle_of(session, county_id=county.id, cycle_id=cycle_id)
    form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
    found = await queries.list_reports(session, county_id=county.id, cycle_id=cycle_id, submission_ids=list(facts))
    rows = [
        told_again(cycle, form, submission, unit.name, **facts[submission.id])
        for submission, unit in found
        if submission.state in UNSENT and unit.exempt_reason is None
    ]
    await deliver(session, county, cycle_id, rows)
