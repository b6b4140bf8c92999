"""Statements straight to the session's own connection, for what nearly every request executes.

SQLAlchemy's way from a statement to its rows costs the web process several times what asyncpg's does. A `Direct` is a
SQLAlchemy statement compiled once; it runs in the session's transaction, under its settings, and is refused by the
same exceptions. Rows come as the driver has them: enums as their text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import driver_connection

Record = Any  # asyncpg.Record: columns by name


class Direct:
    """A statement whose parameters are `bindparam`s with types."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=dialect(), compile_kwargs={"render_postcompile": True})  # type: ignore[no-untyped-call]
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup  # type: ignore[attr-defined]
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    async def rows(self, session: AsyncSession, **named: Any) -> list[Record]:
        values = {**self._fixed, **named}
        return await fetch(session, self.sql, *(values[name] for name in self._names))


async def fetch(session: AsyncSession, sql: str, *values: Any) -> list[Record]:
    """Execute a statement with `$1` parameters. Raises DBAPIError, as a session does."""
    connection = await driver_connection(session)
    try:
        rows: list[Record] = await connection.fetch(sql, *values)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(sql, None, error) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise DBAPIError(sql, None, error) from error
    return rows
