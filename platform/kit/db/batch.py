"""Several writes in one statement: one round trip, one plan, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Delete, Insert, Table, Update, bindparam, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.base import Base, TenantRow

Write = Insert | Update | Delete


def _bound(table: Table, name: str, value: Any) -> BindParameter[Any]:
    """A parameter with a name of its own: statements that are joined may set the same columns."""
    return bindparam(None, value, type_=table.columns[name].type, unique=True)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def put(model: type[Base], **values: Any) -> Insert:
    """An INSERT of one row for `write_all`, the columns' defaults filled in."""
    table = _table(model)
    row = dict(values)
    for column in table.columns:
        if column.key not in row and column.default is not None:
            default: Any = column.default
            row[column.key] = default.arg(None) if default.is_callable else default.arg
    return insert(table).values({name: _bound(table, name, value) for name, value in row.items()})


def change(model: type[TenantRow], *, county_id: Any, id: Any, **values: Any) -> Update:
    """An UPDATE of one tenant row by its key, for `write_all`."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return (
        update(table)
        .where(table.c.county_id == county_id, table.c.id == id)
        .values({name: _bound(table, name, value) for name, value in values.items()})
    )


async def write_all(session: AsyncSession, writes: Sequence[Write]) -> None:
    """Execute the writes as data-modifying CTEs of one statement. Inserts come from `put`, updates from `change`.

    They all see the database as it was before the statement, so no write may depend on another's row being visible;
    foreign keys between them are fine (they are checked at the statement's end). No row may be touched twice.
    """
    if not writes:
        return
    statement = select(literal(1))
    for number, write in enumerate(writes):
        statement = statement.add_cte(write.cte(f"w{number}"))
    await session.execute(statement)
