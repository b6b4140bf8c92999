"""Units that moved: those above them now see what is on record, as each table declares (`kit.db.base.Moves`).

Nothing is counted elsewhere for it: open cycles keep the tree they froze, and what somebody has in hand (a review, a
share of a task, a request) stays in their hand. Whoever stands above the unit now reads what came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.base import Audience, Base, Moves
from kit.jobs import CountyRef, pulse
from tenancy import tree_queries
from tenancy.queries import load_tree


@dataclass(frozen=True, slots=True)
class Followers:
    """The tables that follow a moving unit: `by_unit` name it themselves, `through` name a row that does."""

    by_unit: Sequence[tuple[Table, Moves]]
    through: Sequence[tuple[Table, Moves]]


def followers(tables: Iterable[Table] | None = None) -> Followers:
    """Derived from what the tables declare. Raises LookupError for a table with a `place` that declares nothing."""
    by_unit: list[tuple[Table, Moves]] = []
    through: list[tuple[Table, Moves]] = []
    for table in Base.metadata.sorted_tables if tables is None else tables:
        if "place" not in table.c:
            continue
        moves: Moves | None = table.info["moves"]
        if moves is None:
            raise LookupError(f"{table.name} has a place and does not say what becomes of it when a unit moves")
        if moves.audience is not Audience.THEN:
            (by_unit if moves.through is None else through).append((table, moves))
    return Followers(by_unit, through)


async def follow_moves(session: AsyncSession, county: CountyRef) -> int:
    """Show what is on record of every unit that has moved by today to its superiors of today.

    Returns how many rows that name the unit were shown to somebody new. The session acts as the county: what is a
    unit's alone stays so. Run twice, it does it once; a move of a day to come is followed on its day.
    """
    today = clock.today()
    moved = await tree_queries.list_moved_units(session, county_id=county.id, day=today)
    if not moved:
        return 0
    tree = await load_tree(session, county_id=county.id, day=today)
    # One pass for all that stand under the same superior.
    by_line: dict[tuple[UUID, ...], list[UUID]] = {}
    for unit_id in moved:
        if line := tree.ancestors(unit_id):
            by_line.setdefault(tuple(line[1:]), []).append(unit_id)
    found = followers()
    count = 0
    for superiors, units in by_line.items():
        touched: dict[str, Sequence[UUID]] = {}
        rows: Sequence[UUID]
        for table, moves in found.by_unit:
            if moves.audience is Audience.NOW:
                rows = [
                    row for one in units for row in await _hand_over(session, county.id, table, moves, one, superiors)
                ]
            else:
                rows = await tree_queries.show_records(session, table.name, moves.by, units, superiors)
            touched[table.name] = rows
            count += len(rows)
        everything = [row for rows in touched.values() for row in rows]
        for table, moves in found.through:
            if rows := touched[moves.through] if moves.through else everything:
                await tree_queries.show_records(session, table.name, moves.by, rows, superiors)
    return count


async def _hand_over(
    session: AsyncSession, county_id: UUID, table: Table, moves: Moves, unit_id: UUID, superiors: Sequence[UUID]
) -> Sequence[UUID]:
    columns: Any = table.c
    line = [unit_id, *superiors]
    changed = (
        update(table)
        .where(columns.county_id == county_id, columns[moves.by] == unit_id, columns.place != line)
        .values(place=line)
        .returning(columns.id)
    )
    return (await session.scalars(changed)).all()


@pulse("tenancy.follow_moves", every=60)
async def follow(session: AsyncSession, county: CountyRef) -> None:
    """Show the past of units that moved to those above them now."""
    await follow_moves(session, county)
