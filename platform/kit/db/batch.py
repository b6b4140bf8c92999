"""Several writes in one statement: one round trip, one plan, all or nothing.

A command says what it writes as plain values (`put`, `change`, `remove`); the statement for a sequence of such shapes
is made once and kept, so a hot command costs no statement building at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.base import Base, TenantRow


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
    return Write("update", model.__table__, values, (county_id, id))  # type: ignore[attr-defined]


def remove(model: type[TenantRow], *, county_id: UUID, id: UUID) -> Write:
    """The DELETE of one tenant row by its key, if it is there."""
    return Write("delete", model.__table__, {}, (county_id, id))  # type: ignore[attr-defined]


async def write_all(session: AsyncSession, writes: Sequence[Write]) -> None:
    """Execute the writes as data-modifying CTEs of one statement.

    They all see the database as it was before the statement, so no write may depend on another's row being visible;
    foreign keys between them are fine (they are checked at the statement's end). No row may be touched twice.
    """
    if not writes:
        return
    await session.flush()
    statement = _statement(tuple((write.verb, write.table, tuple(write.values)) for write in writes))
    parameters: dict[str, Any] = {}
    for number, write in enumerate(writes):
        for name, value in write.values.items():
            parameters[f"w{number}_{name}"] = value
        if write.key is not None:
            parameters[f"w{number}__county"], parameters[f"w{number}__id"] = write.key
    await session.execute(statement, parameters)


@cache
def _statement(shapes: tuple[tuple[str, Table, tuple[str, ...]], ...]) -> TextClause:
    """The statement for a sequence of shapes. There are as many as there are commands."""
    parts: list[str] = []
    binds = []
    for number, (verb, table, columns) in enumerate(shapes):
        names = [f"w{number}_{column}" for column in columns]
        binds += [
            bindparam(name, type_=table.columns[column].type) for name, column in zip(names, columns, strict=True)
        ]
        key = f"county_id = :w{number}__county AND id = :w{number}__id"
        if verb != "insert":
            binds += [
                bindparam(f"w{number}__county", type_=table.columns["county_id"].type),
                bindparam(f"w{number}__id", type_=table.columns["id"].type),
            ]
        match verb:
            case "insert":
                listed = ", ".join(f'"{column}"' for column in columns)
                sql = f'INSERT INTO "{table.name}" ({listed}) VALUES ({", ".join(f":{n}" for n in names)})'
            case "update":
                assigned = ", ".join(f'"{column}" = :{name}' for column, name in zip(columns, names, strict=True))
                sql = f'UPDATE "{table.name}" SET {assigned} WHERE {key}'
            case _:
                sql = f'DELETE FROM "{table.name}" WHERE {key}'
        parts.append(f"w{number} AS ({sql})")
    return text(f"WITH {', '.join(parts)} SELECT 1").bindparams(*binds)
