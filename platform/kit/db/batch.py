"""Several writes in one statement: one round trip, one plan, all or nothing.

A command says what it writes as plain values (`put`, `change`, `remove`); the statement for a sequence of such shapes
is made once and kept, so a hot command costs no statement building at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.base import Base, TenantRow
from kit.db.direct import execute_many, fetch


@dataclass(frozen=True, slots=True)
class Write:
    """One row's INSERT, UPDATE or DELETE. The key of the last two is (county, id)."""

    verb: str
    table: Table
    values: dict[str, Any]
    key: tuple[UUID, UUID] | None = None


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


@cache
def _defaults(table: Table) -> tuple[tuple[str, Any, bool], ...]:
    """(column, default, whether it is called) of the columns that Python fills in."""
    found: list[tuple[str, Any]] = [(column.key, column.default) for column in table.columns]
    return tuple((key, default.arg, default.is_callable) for key, default in found if default is not None)


def put(model: type[Base], **values: Any) -> Write:
    """The INSERT of one row, the columns' defaults filled in."""
    table = _table(model)
    for key, default, called in _defaults(table):
        if key not in values:
            values[key] = default(None) if called else default
    return Write("insert", table, values)


def change(model: type[TenantRow], *, county_id: UUID, id: UUID, **values: Any) -> Write:
    """The UPDATE of one tenant row by its key."""
    return Write("update", model.__table__, values, (county_id, id))  # type: ignore[attr-defined] # set by the mapper


def remove(model: type[TenantRow], *, county_id: UUID, id: UUID) -> Write:
    """The DELETE of one tenant row by its key, if it is there."""
    return Write("delete", model.__table__, {}, (county_id, id))  # type: ignore[attr-defined] # set by the mapper


async def write_all(session: AsyncSession, writes: Sequence[Write]) -> None:
    """Execute the writes as data-modifying CTEs of one statement.

    They all see the database as it was before the statement, so no write may depend on another's row being visible;
    foreign keys between them are fine (they are checked at the statement's end). No row may be touched twice.
    """
    if not writes:
        return
    await session.flush()
    sql, is_json = _statement(tuple((write.verb, write.table, tuple(write.values)) for write in writes))
    values: list[Any] = []
    for write in writes:
        values += write.values.values()
        values += write.key or ()
    await fetch(session, sql, *(_json(v) if j else v for v, j in zip(values, is_json, strict=True)))


async def put_many(session: AsyncSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of one table, all with the same columns; the columns' defaults filled in for each."""
    await insert_all(session, [put(model, **row) for row in rows])


async def insert_all(session: AsyncSession, writes: Sequence[Write]) -> None:
    """Execute many inserts of one table, all with the same columns.

    Building a statement of many rows costs more than executing one statement many times.
    """
    if not writes:
        return
    await session.flush()
    verb, table, columns = writes[0].verb, writes[0].table, tuple(writes[0].values)
    assert verb == "insert" and all(write.verb == verb and write.table is table for write in writes)
    sql, is_json = _statement(((verb, table, columns),))
    given = [
        [_json(write.values[name]) if j else write.values[name] for name, j in zip(columns, is_json, strict=True)]
        for write in writes
    ]
    await execute_many(session, sql, given)


def _json(value: Any) -> str | None:
    # asyncpg has a UUID type of its own.
    return None if value is None else orjson.dumps(value, default=str).decode()


@cache
def _statement(shapes: tuple[tuple[str, Table, tuple[str, ...]], ...]) -> tuple[str, list[bool]]:
    """The statement for a sequence of shapes, and which of its values are JSON. There are as many as there are
    commands."""
    parts: list[str] = []
    is_json: list[bool] = []

    def bound(table: Table, column: str) -> str:
        is_json.append(isinstance(table.columns[column].type, JSONB))
        return f"${len(is_json)}"

    for number, (verb, table, columns) in enumerate(shapes):
        places = [bound(table, column) for column in columns]
        match verb:
            case "insert":
                listed = ", ".join(f'"{column}"' for column in columns)
                sql = f'INSERT INTO "{table.name}" ({listed}) VALUES ({", ".join(places)})'
            case "update":
                assigned = ", ".join(f'"{column}" = {place}' for column, place in zip(columns, places, strict=True))
                sql = f'UPDATE "{table.name}" SET {assigned}'
            case _:
                sql = f'DELETE FROM "{table.name}"'
        if verb != "insert":
            sql += f" WHERE county_id = {bound(table, 'county_id')} AND id = {bound(table, 'id')}"
        parts.append(f"w{number} AS ({sql})")
    return f"WITH {', '.join(parts)} SELECT 1", is_json
