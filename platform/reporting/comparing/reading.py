"""Figures of a unit and its direct subordinates over several periods, by the tree of then or of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock
from kit.errors import NotFound
from reporting import fold, rollup_views
from reporting.briefs import unit_brief
from reporting.comparing import queries
from reporting.comparing.queries import Seen
from reporting.comparing.refold import Row, refold
from reporting.comparing.succession import heirs_of, today_of, unchanged
from reporting.models import Cycle
from reporting.rollup_views import finalised
from reporting.schemas import UnitBrief
from tenancy import tree_queries
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier

Basis = Literal["live", "reported"]
Units = Literal["then", "now"]
Cells = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Heading:
    """A row: a unit, and as what it stands there."""

    unit: UnitBrief
    kind: str

    @property
    def key(self) -> Row:
        return self.unit.id, self.kind == "own"


@dataclass(slots=True)
class Reading:
    """Rows in the order shown, and their figures by period; a period without an entry has none."""

    headings: list[Heading]
    trail: list[UnitBrief]
    figures: dict[Row, dict[str, Cells]] = field(default_factory=dict)
    #: How many units' figures each is the fold of.
    units: dict[Row, dict[str, int]] = field(default_factory=dict)

    def put(self, row: Row, key: str, cells: Cells | None, state: Partials | None) -> None:
        if cells is not None and state is not None:
            self.figures.setdefault(row, {})[key] = cells
            self.units.setdefault(row, {})[key] = state["units"]


@dataclass(frozen=True, slots=True)
class Where:
    """What is read: for whom, of which unit, on which basis."""

    principal: Principal
    unit_id: UUID
    basis: Basis

    @property
    def reported(self) -> bool:
        return self.basis == "reported"


async def read_figures(
    session: AsyncSession,
    principal: Principal,
    *,
    cycle: Cycle,
    keys: Sequence[str],
    unit_id: UUID,
    basis: Basis,
    units: Units,
) -> Reading:
    """The figures of a unit at or below the acting one for some periods of a form. Raises NotFound.

    `then`: each period by the tree that its cycle froze. `now`: every period by today's, so that a unit's history
    includes that of the units merged into it and of those that moved to it.
    """
    cycles = await queries.list_cycles_by_key(session, county_id=principal.county_id, form_id=cycle.form_id, keys=keys)
    if units == "now":
        return await _by_todays_tree(session, principal, cycles, unit_id, basis)
    unit = await rollup_views.unit_in_scope(session, principal, cycle.id, unit_id)
    where = Where(principal, unit_id, basis)
    pages = await _pages(session, where, cycles)
    shown = [seen for seen in pages.get(cycle.id, []) if seen.unit_id != unit_id]
    headings = [Heading(unit_brief(unit), "total")]
    if unit.has_children and unit.asked:
        headings.append(Heading(unit_brief(unit), "own"))
    headings += [Heading(_brief(seen), seen.tier.value) for seen in shown]
    reading = Reading(headings, await rollup_views.trail_of(session, principal, cycle.id, unit))
    for one in cycles:
        await _take(session, reading, where, one, pages.get(one.id, []))
    return reading


def _brief(unit: Seen | TreeNode) -> UnitBrief:
    key = unit.unit_id if isinstance(unit, Seen) else unit.id
    return UnitBrief(id=key, tier=unit.tier, code=unit.code, name=unit.name, short_name=unit.short_name)


async def _pages(session: AsyncSession, where: Where, cycles: Sequence[Cycle]) -> dict[UUID, list[Seen]]:
    """cycle → the unit and its direct children; what is marked is folded first, as the pages of rollups do."""
    principal = where.principal
    found: dict[UUID, list[Seen]] = {}
    for seen in await queries.list_seen(
        session,
        county_id=principal.county_id,
        cycle_ids=[cycle.id for cycle in cycles],
        unit_id=where.unit_id,
        reported=where.reported,
    ):
        found.setdefault(seen.cycle_id, []).append(seen)
    for cycle_id, family in list(found.items()):
        unit = next((seen for seen in family if seen.unit_id == where.unit_id), None)
        if unit is None:
            del found[cycle_id]
        elif unit.has_children and principal.unit_id not in (where.unit_id, principal.county_unit_id):
            # It stood elsewhere then, and its subordinates are not this reader's.
            del found[cycle_id]
        elif unit.has_children and unit.marks:
            cycle = next(one for one in cycles if one.id == cycle_id)
            found[cycle_id] = await _folded(session, where, cycle)
    return found


async def _folded(session: AsyncSession, where: Where, cycle: Cycle) -> list[Seen]:
    principal = where.principal
    page = await fold.read(
        session,
        county_unit_id=principal.county_unit_id,
        county_id=principal.county_id,
        cycle_id=cycle.id,
        unit_id=where.unit_id,
        form=await _form(session, cycle),
    )
    top = page.reported if where.reported else page.live
    found: list[Seen] = []
    for unit in (page.unit, *page.children):
        own = unit.own_approved if where.reported else unit.own_live
        below = unit.approved if where.reported else unit.live
        found.append(
            Seen(
                cycle_id=cycle.id,
                unit_id=unit.unit_id,
                parent_id=unit.parent_id,
                tier=unit.tier,
                code=unit.code,
                name=unit.name,
                short_name=unit.short_name,
                has_children=unit.has_children,
                asked=unit.asked,
                own=own,
                total=top if unit is page.unit else below,
                marks=0,
            )
        )
    return found


async def _form(session: AsyncSession, cycle: Cycle) -> CompiledForm:
    return await get_compiled(session, county_id=cycle.county_id, version_id=cycle.form_version_id)


async def _take(session: AsyncSession, reading: Reading, where: Where, cycle: Cycle, family: Sequence[Seen]) -> None:
    """One period's figures, of the rows that are shown."""
    form = await _form(session, cycle)
    wanted = {heading.key for heading in reading.headings}
    for seen in family:
        if (seen.unit_id, False) in wanted:
            total = finalised(form, cycle, seen.tier, seen.total)
            reading.put((seen.unit_id, False), cycle.period_key, total, seen.total)
        if seen.unit_id == where.unit_id and (seen.unit_id, True) in wanted:
            own = finalised(form, cycle, seen.tier, seen.own)
            reading.put((seen.unit_id, True), cycle.period_key, own, seen.own)


async def _by_todays_tree(
    session: AsyncSession, principal: Principal, cycles: Sequence[Cycle], unit_id: UUID, basis: Basis
) -> Reading:
    today = clock.today()
    tree = await load_tree(session, county_id=principal.county_id, day=today)
    changes = await tree_queries.list_changes(session, county_id=principal.county_id, until=today)
    heirs = heirs_of(changes)
    standing = today_of(unit_id, tree, heirs)
    if standing is None or not tree.is_below(standing, principal.unit_id):
        raise NotFound
    where = Where(principal, standing, basis)
    frozen = await queries.list_frozen(session, county_id=principal.county_id, cycle_ids=[cycle.id for cycle in cycles])
    node, children = tree.nodes[standing], tree.children(standing)
    headings = [Heading(_brief(node), "total")]
    asked = {unit.unit_id for found in frozen.values() for unit in found if unit.asked}
    if children and node.id in asked:
        headings.append(Heading(_brief(node), "own"))
    headings += [Heading(_brief(child), child.tier.value) for child in children]
    reading = Reading(headings, _trail_today(tree, principal, standing))
    same = [cycle for cycle in cycles if unchanged(frozen[cycle.id], tree)]
    pages = await _pages(session, where, same)
    for cycle in cycles:
        if cycle in same:
            await _take(session, reading, where, cycle, pages.get(cycle.id, []))
            continue
        refolded = await refold(
            session,
            county_id=principal.county_id,
            county_unit_id=principal.county_unit_id,
            cycle_id=cycle.id,
            frozen=frozen[cycle.id],
            tree=tree,
            heirs=heirs,
            unit_id=standing,
            reported=where.reported,
        )
        known = {heading.unit.id for heading in headings}
        gone = [unit for unit in refolded.ended.values() if unit.unit_id not in known]
        headings += [Heading(unit_brief(unit), "ended") for unit in gone]
        await _take_states(session, reading, cycle, refolded.states)
    return reading


async def _take_states(session: AsyncSession, reading: Reading, cycle: Cycle, states: Mapping[Row, Partials]) -> None:
    form = await _form(session, cycle)
    tiers: dict[UUID, Tier] = {heading.unit.id: heading.unit.tier for heading in reading.headings}
    wanted = {heading.key for heading in reading.headings}
    for row, state in states.items():
        if row in wanted:
            reading.put(row, cycle.period_key, finalised(form, cycle, tiers[row[0]], state), state)


def _trail_today(tree: Tree, principal: Principal, unit_id: UUID) -> list[UnitBrief]:
    path = tree.ancestors(unit_id)
    path = path[: path.index(principal.unit_id) + 1]
    return [_brief(tree.nodes[one]) for one in reversed(path)]
