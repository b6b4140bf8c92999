"""Units that moved: their period records are seen by those above them then, and by those above them now.

Cycles keep the tree they froze, so nothing moves in a rollup, and reviewing stays with the superior of that time. The
new superior reads what came before it: the history that a new month is judged by.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting import queries
from tenancy.queries import load_tree
from tenancy.tree_queries import list_moved_units


async def follow_moves(session: AsyncSession, *, county_id: UUID) -> int:
    """Show the period records of every unit that has moved by today to its superiors of today.

    Returns how many submissions were shown to somebody new. The session acts as the county; run twice, it does it
    once. A move of a day to come is followed on its day.
    """
    today = clock.today()
    moved = await list_moved_units(session, county_id=county_id, day=today)
    if not moved:
        return 0
    tree = await load_tree(session, county_id=county_id, day=today)
    shown = 0
    for unit_id, places in (await queries.list_places(session, county_id=county_id, unit_ids=moved)).items():
        above = tree.ancestors(unit_id)
        if any(not set(above) <= set(place) for place in places):
            shown += await queries.show_period_records(session, unit_id=unit_id, to=above)
    return shown
