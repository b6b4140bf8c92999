"""Several writes in one statement: one round trip, one plan, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Delete, Insert, Update, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

Write = Insert | Update | Delete


async def write_all(session: AsyncSession, writes: Sequence[Write]) -> None:
    """Execute the writes as data-modifying CTEs of one statement.

    They all see the database as it was before the statement, so no write may depend on another's row being visible;
    foreign keys between them are fine (they are checked at the statement's end). No row may be touched twice.
    """
    if not writes:
        return
    statement = select(literal(1))
    for number, write in enumerate(writes):
        statement = statement.add_cte(write.cte(f"w{number}"))
    await session.execute(statement)
