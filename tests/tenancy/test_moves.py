"""Who sees what once a unit stands under another superior: every table that has a place, by construction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, UniqueConstraint, Uuid, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from kit import clock
from kit.db.base import Audience, Policy, TextEnum, rls
from kit.db.session import Database, make_engine
from kit.embedded import Cluster
from kit.ids import new_id
from kit.jobs import CountyRef
from kit.settings import Settings
from migrations.tables import metadata
from tenancy import tree, tree_queries
from tenancy.models import AdminKind
from tenancy.moves import follow_moves, followers
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
PLACED = [table for table in metadata.sorted_tables if "place" in table.c]


def test_a_table_can_not_be_forgotten() -> None:
    forgotten = Table("forgotten", MetaData(), Column("place", ARRAY(Uuid())), info=rls(Policy.OWN_RECORDS))
    with pytest.raises(LookupError, match="forgotten"):
        followers([forgotten])
    found = followers(PLACED)
    follow = {table.name for table, _ in (*found.by_unit, *found.through)}
    stay = {table.name for table in PLACED if table.info["moves"].audience is Audience.THEN}
    assert follow | stay == {table.name for table in PLACED}
    assert all(table.info["moves"].why for table in PLACED if table.name in stay)
    for table, moves in (*found.by_unit, *found.through):
        assert moves.by in table.c
    for _, moves in found.through:
        # A row goes with one that was handled before.
        assert not moves.through or moves.through in {one.name for one, _ in found.by_unit}


class _Undone(Exception):
    """Ends a transaction that must leave nothing behind."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A county in which A1 has moved from A to B, with a row of A1's in every table; ids by table."""

    world: World
    session: AsyncSession
    seen: Mapping[str, UUID]
    private: Mapping[str, UUID]

    async def place(self, table: Table, row: UUID) -> list[str]:
        place = await self.session.scalar(select(table.c.place).where(table.c.id == row))
        codes = {unit_id: code for code, unit_id in self.world.units.items()}
        return [codes[unit_id] for unit_id in place or []]


def _value(column: Column[Any], unit_id: UUID, number: int) -> Any:
    kind = column.type
    if isinstance(kind, TextEnum):
        return next(iter(kind.members))
    if column.name.endswith("unit_id"):
        return unit_id
    if column.name == "year":
        return 2025 + number
    if isinstance(column.default, ScalarElementColumnDefault):
        return column.default.arg
    by_type: dict[type, Any] = {
        UUID: new_id(),
        int: number,
        str: str(number),
        bool: False,
        bytes: b"x",
        Decimal: Decimal(0),
        object: {},
        list: [],
        date: date(2026, 1, 1),
        datetime: clock.now(),
    }
    return by_type[list if isinstance(kind, ARRAY) else kind.python_type]


def _one_of_a_unit(table: Table) -> bool:
    keys = (rule for rule in table.constraints if isinstance(rule, UniqueConstraint))
    return any({column.name for column in key.columns} == {"county_id", "unit_id"} for key in keys)


@asynccontextmanager
async def filled(servers: Cluster, settings: Settings, world: World) -> AsyncIterator[Filled]:
    """Rows as nobody could write them through the program, seen and followed as the runtime role."""
    direct = replace(settings, database_url=servers.postgres.url("superuser"))
    database, role = Database(make_engine(direct)), str(make_engine(settings).url.username)
    unit, line = world.units["A1"], [world.units[code] for code in ("A1", "A", "C")]
    seen: dict[str, UUID] = {table.name: new_id() for table in PLACED}
    private: dict[str, UUID] = {table.name: new_id() for table in PLACED}
    try:
        async with database.transaction(world.identity) as session:
            # Foreign keys are not what is tried here.
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for number, (ids, place) in enumerate(((seen, line), (private, [unit])), 1):
                for table in PLACED:
                    # Where a unit has one row, the second is another's.
                    whose = world.units["A2"] if number == 2 and _one_of_a_unit(table) else unit
                    values = {c.name: _value(c, whose, number) for c in table.c if not c.nullable}
                    moves = table.info["moves"]
                    if moves.audience is not Audience.THEN and moves.through is not None:
                        values[moves.by] = ids[moves.through or "visit"]
                    values |= {"county_id": world.county.id, "id": ids[table.name], "place": place}
                    await session.execute(insert(table).values(values))
            await session.execute(text(f'SET LOCAL ROLE "{role}"'))
            yield Filled(world, session, seen, private)
            raise _Undone
    except _Undone:
        pass
    finally:
        await database.close()


@pytest.fixture
async def world(database: Database) -> World:
    world = await make_county_with_people(database)
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.move_unit(
            session,
            actor=system,
            unit_id=world.units["A1"],
            parent_id=world.units["B"],
            on=clock.today(),
            reason="调整",
        )
    return world


async def test_every_record_follows_as_its_table_declares(servers: Cluster, settings: Settings, world: World) -> None:
    expected = {
        Audience.THEN_AND_NOW: ["A1", "A", "C", "B"],
        Audience.NOW: ["A1", "B", "C"],
        Audience.THEN: ["A1", "A", "C"],
    }
    county = CountyRef(world.county.id, world.county.unit_id)
    async with filled(servers, settings, world) as made:
        followed = len(followers(PLACED).by_unit)
        assert (await follow_moves(made.session, county), await follow_moves(made.session, county)) == (followed, 0)
        await made.session.execute(text("RESET ROLE"))
        for table in PLACED:
            found = await made.place(table, made.seen[table.name])
            assert found == expected[table.info["moves"].audience], table.name
            assert await made.place(table, made.private[table.name]) == ["A1"], table.name


async def test_what_was_sent_upward_is_shown_to_nobody_else(database: Database, world: World) -> None:
    for table in ("audit_entry", "account", "county"):
        with pytest.raises(DBAPIError, match=r"not shown|does not exist"):
            async with database.transaction(world.identity) as session:
                await tree_queries.show_records(session, table, "unit_id", [new_id()], [new_id()])
