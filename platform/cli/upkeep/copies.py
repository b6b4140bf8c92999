"""Rows out of a database and into one, by COPY, county by county, whatever tables a schema has.

Reading signs in as the backup role, in one REPEATABLE READ snapshot. Loading is done by the tables' owner: row-level
security, which binds the owner too, and the immediacy of foreign keys are lifted inside the transaction that loads,
under its exclusive locks, and are in force again before it commits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy.engine import make_url

from kit import files
from migrations.tables import metadata

#: The table of counties; every other table with rows of a county has the column `county_id`.
COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with rows of counties, its columns in their order."""

    name: str
    columns: tuple[str, ...]

    @property
    def key(self) -> str:
        return "id" if self.name == COUNTY else "county_id"

    def rows_of(self, county: UUID) -> str:
        listed = ", ".join(f'"{column}"' for column in self.columns)
        return f"SELECT {listed} FROM \"{self.name}\" WHERE {self.key} = '{county}' ORDER BY {self.key}, id"


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection by a URL of ours or of libpq's."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        yield connection
    finally:
        await connection.close()


async def revision_of(connection: asyncpg.Connection) -> str | None:
    """The schema's revision; None in an empty database."""
    if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is None:
        return None
    found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return found


async def list_tables(connection: asyncpg.Connection) -> list[Table]:
    """Tables with rows of counties, the table of counties first."""
    rows = await connection.fetch(
        """
        SELECT c.relname AS name,
               array_agg(a.attname::text ORDER BY a.attnum) AS columns
          FROM pg_class c
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         GROUP BY c.relname
         ORDER BY c.relname
        """
    )
    tables = [Table(row["name"], tuple(row["columns"])) for row in rows if row["name"] != "alembic_version"]
    strange = [t.name for t in tables if t.key not in t.columns]
    if strange:
        raise RuntimeError(f"tables whose rows belong to no county: {', '.join(strange)}")
    return sorted(tables, key=lambda table: table.name != COUNTY)


async def list_counties(connection: asyncpg.Connection) -> list[tuple[UUID, str, str]]:
    """(id, code, name) of every county."""
    rows = await connection.fetch("SELECT id, code, name FROM county ORDER BY code")
    return [(row["id"], row["code"], row["name"]) for row in rows]


async def list_files(connection: asyncpg.Connection, county: UUID) -> list[tuple[UUID, bool]]:
    """(id, whether it is kept only for a time) of a county's files that have not expired."""
    found: list[tuple[UUID, bool]] = []
    for table in files.tables(metadata):
        passing, living = "false", "true"
        if "expires_at" in table.columns:
            passing, living = "expires_at IS NOT NULL", "(expires_at IS NULL OR expires_at > now())"
        rows = await connection.fetch(
            f'SELECT id, {passing} AS passing FROM "{table.name}" WHERE county_id = $1 AND {living} ORDER BY id', county
        )
        found += [(row["id"], row["passing"]) for row in rows]
    return found


async def copy_out(connection: asyncpg.Connection, table: Table, county: UUID, target: Path) -> None:
    await connection.copy_from_query(table.rows_of(county), output=target, format="text")


async def copy_in(connection: asyncpg.Connection, name: str, columns: Sequence[str], source: Path) -> None:
    await connection.copy_to_table(name, source=source, columns=list(columns), format="text", schema_name="public")


async def delete_county(connection: asyncpg.Connection, tables: Iterable[Table], county: UUID) -> None:
    """Every row of a county. Inside `loading`."""
    for table in tables:
        await connection.execute(f'DELETE FROM "{table.name}" WHERE {table.key} = $1', county)


async def end_sessions(connection: asyncpg.Connection, county: UUID) -> None:
    """Whoever was signed in when the backup was made signs in again: some of them were signed out since."""
    await connection.execute(
        "UPDATE user_session SET revoked_at = now() WHERE county_id = $1 AND revoked_at IS NULL", county
    )


@asynccontextmanager
async def loading(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """A transaction in which the owner may write any county's rows in any order."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '60s'")
        forced = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity"
        )
        immediate = await connection.fetch(
            "SELECT conrelid::regclass::text AS held_by, conname FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT condeferrable"
        )
        for row in forced:
            await connection.execute(f'ALTER TABLE "{row["relname"]}" NO FORCE ROW LEVEL SECURITY')
        for row in immediate:
            await connection.execute(f'ALTER TABLE {row["held_by"]} ALTER CONSTRAINT "{row["conname"]}" DEFERRABLE')
        await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for row in immediate:
            await connection.execute(f'ALTER TABLE {row["held_by"]} ALTER CONSTRAINT "{row["conname"]}" NOT DEFERRABLE')
        for row in forced:
            await connection.execute(f'ALTER TABLE "{row["relname"]}" FORCE ROW LEVEL SECURITY')
