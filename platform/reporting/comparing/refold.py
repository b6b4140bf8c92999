"""Figures of past cycles by today's tree: what every unit reported then, folded under where it stands today.

The totals of the tree of then are not read: what counts is what they are the fold of, unit by unit. So the county's
figure is the same by either tree. Runs in the county's scope, after the reader was authorised: a merged unit's past
belongs to its successor, who never stood above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from kit.db.session import county_scope
from reporting.comparing import queries
from reporting.comparing.succession import row_of, settle
from reporting.models import CycleUnit
from tenancy.rules import Tree

Row = tuple[UUID, bool]


@dataclass(frozen=True, slots=True)
class Refolded:
    """The rows of a page by today's tree; `(page unit, False)` is its total."""

    states: Mapping[Row, Partials]
    #: Units that ended without a successor and are shown by their old name.
    ended: Mapping[UUID, CycleUnit]


async def refold(
    session: AsyncSession,
    *,
    county_id: UUID,
    county_unit_id: UUID,
    cycle_id: UUID,
    frozen: Sequence[CycleUnit],
    tree: Tree,
    heirs: Mapping[UUID, UUID],
    unit_id: UUID,
    reported: bool,
) -> Refolded:
    """A unit's page of one past cycle by today's tree."""
    async with county_scope(session, county_unit_id):
        read = queries.list_reported_parts if reported else queries.list_live_parts
        parts = await read(session, county_id=county_id, cycle_id=cycle_id)
    settled = settle(frozen, tree, heirs)
    units = {unit.unit_id: unit for unit in frozen}
    gathered: dict[Row, list[Partials]] = {}
    ended: dict[UUID, CycleUnit] = {}
    for past_unit, state in parts:
        place = settled.get(past_unit)
        row = None if place is None else row_of(place, past_unit, unit_id, tree)
        if place is None or row is None:
            continue
        gathered.setdefault(row, []).append(state)
        if place.ended and row == (past_unit, False):
            ended[past_unit] = units[past_unit]
    states = {row: aggregate.merge(found) for row, found in gathered.items()}
    states[unit_id, False] = aggregate.merge(list(states.values()))
    return Refolded(states, ended)
