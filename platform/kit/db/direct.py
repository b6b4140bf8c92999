"""Statements straight to the session's own connection, for what nearly every request executes.

SQLAlchemy's way from a statement to its rows costs the web process several times what asyncpg's does. A `Direct` is a
SQLAlchemy statement compiled once; it runs in the session's transaction, under its settings, and is refused by the
same exceptions. Rows come as the driver has them: enums as their text.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, inspect
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import configure_mappers

from kit.db.base import Base, TextEnum
from kit.db.session import as_session_does, driver_connection

M = TypeVar("M", bound=Base)

Record = Any  # asyncpg.Record: columns by name


class Direct:
    """A statement whose parameters are `bindparam`s with types."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[no-untyped-call] # SQLAlchemy's dialects
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup  # type: ignore[attr-defined] # of SQL alone
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    async def rows(self, session: AsyncSession, **named: Any) -> list[Record]:
        values = {**self._fixed, **named}
        return await fetch(session, self.sql, *(values[name] for name in self._names))


def columns_of(*models: type[Base]) -> list[ColumnElement[Any]]:
    """Every column of these models, in the order that `reader_of` takes them in."""
    return [column for model in models for column in model.__table__.columns]


def reader_of(model: type[M], *, at: int = 0) -> Callable[[Record], M | None]:
    """Makes a model's row out of a record that has its columns from `at` on; None where an outer join found none.

    What it makes belongs to no session: it is read, and never written back.
    """
    configure_mappers()
    mapper = inspect(model)
    columns = list(model.__table__.columns)
    names = [mapper.get_property_by_column(column).key for column in columns]
    enums: list[tuple[str, type[enum.StrEnum]]] = [
        (name, column.type.members)
        for name, column in zip(names, columns, strict=True)
        if isinstance(column.type, TextEnum)
    ]
    key = at + next(number for number, column in enumerate(columns) if column.primary_key)
    end = at + len(columns)
    make = mapper.class_manager.new_instance

    def read(record: Record) -> M | None:
        if record[key] is None:
            return None
        row = make()
        assert isinstance(row, model)
        values = dict(zip(names, record[at:end], strict=True))
        for name, members in enums:
            if values[name] is not None:
                values[name] = members(values[name])
        row.__dict__.update(values)
        return row

    return read


async def fetch(session: AsyncSession, sql: str, *values: Any) -> list[Record]:
    """Execute a statement with `$1` parameters. Raises DBAPIError, as a session does."""
    connection = await driver_connection(session)
    with as_session_does(sql):
        rows: list[Record] = await connection.fetch(sql, *values)
    return rows


async def execute_many(session: AsyncSession, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute a statement for each row of parameters, in one go. Raises DBAPIError, as a session does."""
    connection = await driver_connection(session)
    with as_session_does(sql):
        await connection.executemany(sql, rows)
