"""The fold: marked rollups are recomputed from their direct children, deepest level first (含待审、已审).

The changing transaction appends a mark and locks no parent; whoever reads first, or the worker at once, folds. The
order inside a level is what makes it right, in READ COMMITTED, each step a statement of its own:

1. lock the marked rollups (and the page's own), listing the marks anew;
2. delete their marks;
3. read their children, after the delete;
4. write the rollups, and append the marks of their parents in the same transaction.

The variants that look better are wrong: SKIP LOCKED serves stale totals, one statement for lock, delete, sum and
write loses updates for good, one list of marks for all levels serves stale county totals, and a REPEATABLE READ
snapshot is older than the lock (`tests/reporting/test_fold_property.py` shows the first two failing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from kit import clock
from kit.db.session import county_scope
from reporting import rollup_queries as queries
from reporting.errors import TreeMismatch
from reporting.models import Rollup, RollupMark, SubmissionState
from reporting.rollup_queries import Contribution

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Page:
    """A unit and its direct children as one consistent read saw them, with the unit's folded figures."""

    unit: Contribution
    children: Sequence[Contribution]
    live: Partials
    reported: Partials
    counts: Counts
    differs: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """What a rollup row becomes."""

    live: Partials
    reported: Partials
    counts: Counts
    differs: bool


def fold_unit(form: CompiledForm, unit: Contribution, children: Sequence[Contribution]) -> Folded:
    """The rollup of a unit from its own figures and its direct children. Pure.

    Below the county, 已审 is what the unit handed in and had approved; at the county it is the county's own approved
    figures and what its townships reported.
    """
    live = aggregate.merge([p for p in (unit.own_live, *(c.live for c in children)) if p])
    if unit.parent_id is None:
        reported = aggregate.merge([p for p in (unit.own_approved, *(c.approved for c in children)) if p])
        differs = any(c.differs for c in children)
    else:
        reported = unit.frozen or aggregate.empty()
        # Merged once more, so that what was stored and what was just computed have one shape.
        differs = unit.handed_in is not None and aggregate.merge([unit.handed_in]) != live
    return Folded(live, reported, count_units(children), differs)


def count_units(children: Sequence[Contribution]) -> Counts:
    """tier → state → number of units that owe, below a unit; with `late` (handed in late) and `exempt`."""
    counts: Counts = {}

    def add(tier: str, what: str, number: int) -> None:
        line = counts.setdefault(tier, {})
        line[what] = line.get(what, 0) + number

    for child in children:
        if child.exempt_reason is not None:
            add(child.tier.value, "exempt", 1)
        elif child.submission_id is not None:
            add(child.tier.value, (child.state or SubmissionState.NOT_STARTED).value, 1)
            if child.late:
                add(child.tier.value, "late", 1)
        for tier, line in child.counts.items():
            for what, number in line.items():
                add(tier, what, number)
    return counts


async def read(
    session: AsyncSession, *, county_unit_id: UUID, county_id: UUID, cycle_id: UUID, unit_id: UUID, form: CompiledForm
) -> Page:
    """A unit's rollup, right as of a moment within this call. The caller has authorised the unit.

    Without marks one statement serves it. Otherwise folds what is marked at or below the unit and serves the children
    just read.
    """
    family, marks = await queries.read_page(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit_id)
    if marks:
        family = await fold(
            session,
            county_unit_id=county_unit_id,
            county_id=county_id,
            cycle_id=cycle_id,
            unit_id=unit_id,
            form=form,
        )
    unit = next(c for c in family if c.unit_id == unit_id)
    children = [c for c in family if c.parent_id == unit_id]
    if not marks and unit.rollup_live and unit.rollup_reported:
        # Of the same snapshot as the count of marks: the stored rollup is the fold of these children.
        return Page(unit, children, unit.rollup_live, unit.rollup_reported, unit.counts, unit.differs)
    folded = fold_unit(form, unit, children)
    return Page(unit, children, folded.live, folded.reported, folded.counts, folded.differs)


async def fold(
    session: AsyncSession, *, county_unit_id: UUID, county_id: UUID, cycle_id: UUID, unit_id: UUID, form: CompiledForm
) -> list[Contribution]:
    """Fold everything marked at or below a unit; returns the unit and its children as the last step read them."""
    family: list[Contribution] = []
    async with county_scope(session, county_unit_id):
        for lvl in await queries.levels_at_or_below(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit_id):
            family = await _fold_level(
                session, county_id=county_id, cycle_id=cycle_id, lvl=lvl, page_unit_id=unit_id, form=form
            )
    return family


async def _fold_level(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, lvl: int, page_unit_id: UUID, form: CompiledForm
) -> list[Contribution]:
    locked = await queries.lock_marked(
        session, county_id=county_id, cycle_id=cycle_id, lvl=lvl, page_unit_id=page_unit_id
    )
    if not locked:
        return []
    deleted = await session.scalars(
        delete(RollupMark)
        .where(RollupMark.county_id == county_id, RollupMark.cycle_id == cycle_id, RollupMark.unit_id.in_(locked))
        .returning(RollupMark.unit_id)
    )
    marked = set(deleted.all())
    family = await queries.list_families(session, county_id=county_id, cycle_id=cycle_id, unit_ids=locked)
    units, children = _families(family, locked)
    for unit_id in locked:
        if unit_id in marked:
            await _write(session, form, units[unit_id], children[unit_id], cycle_id, county_id)
    return family


def _families(
    family: Sequence[Contribution], locked: Sequence[UUID]
) -> tuple[Mapping[UUID, Contribution], Mapping[UUID, list[Contribution]]]:
    """Units and their children, having made sure that every child that owes was seen.

    The frozen tree lists all children whoever reads; a submission or rollup that the policies hid would show as
    missing here, and a total without it would be silently too small.
    """
    units = {c.unit_id: c for c in family}
    children: dict[UUID, list[Contribution]] = {unit_id: [] for unit_id in locked}
    for c in family:
        if c.parent_id in children:
            hidden = (c.asked or c.has_children) and c.submission_id is None
            if hidden or (c.has_children and c.rollup_live is None):
                raise TreeMismatch(f"the fold of {c.parent_id} does not see its child {c.unit_id}")
            children[c.parent_id].append(c)
    empty = [unit_id for unit_id in locked if not children[unit_id]]
    if empty:
        raise TreeMismatch(f"no children seen under {empty}")
    return units, children


async def _write(
    session: AsyncSession,
    form: CompiledForm,
    unit: Contribution,
    children: Sequence[Contribution],
    cycle_id: UUID,
    county_id: UUID,
) -> None:
    folded = fold_unit(form, unit, children)
    await session.execute(
        update(Rollup)
        .where(Rollup.county_id == county_id, Rollup.cycle_id == cycle_id, Rollup.unit_id == unit.unit_id)
        .values(
            live=folded.live,
            reported=folded.reported,
            counts=folded.counts,
            differs=folded.differs,
            folded_at=clock.now(),
        )
    )
    if unit.parent_id is not None:
        place = await queries.place_of(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit.parent_id)
        await session.execute(
            insert(RollupMark).values(
                county_id=county_id, cycle_id=cycle_id, unit_id=unit.parent_id, lvl=unit.lvl - 1, place=place
            )
        )
