"""Statements straight to the driver obey what a session's own do."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kit.db.direct import Direct, columns_of, fetch, reader_of
from kit.db.session import Database, Identity, MissingPrincipal, driver_connection
from kit.embedded import Cluster
from kit.ids import new_id
from kit.models import County
from tenancy.models import Unit
from tenancy.tiers import Tier
from tests.world import make_world

pytestmark = pytest.mark.anyio

UNITS = Direct(select(*columns_of(Unit)).where(Unit.county_id == bindparam("county", type_=Uuid())).order_by(Unit.code))
read_unit = reader_of(Unit)


async def test_it_reads_under_the_sessions_policies(database: Database) -> None:
    world = await make_world(database)
    county = world.county.id
    async with database.transaction(Identity.of_unit(county, world.county.unit_id)) as session:
        assert len(await UNITS.rows(session, county=county)) > 1
    async with database.transaction(Identity.of_unit(new_id(), world.county.unit_id)) as session:
        assert await UNITS.rows(session, county=county) == []


async def test_it_sees_what_the_session_wrote_and_is_rolled_back_with_it(database: Database) -> None:
    world = await make_world(database)
    identity = Identity.of_unit(world.county.id, world.county.unit_id)
    async with database.session(identity) as session:
        await session.begin()
        await fetch(
            session, "UPDATE unit SET code = 'x' WHERE county_id = $1 AND id = $2", world.county.id, identity.unit_id
        )
        code = select(Unit.code).where(Unit.county_id == identity.county_id, Unit.id == identity.unit_id)
        assert await session.scalar(code) == "x"
        await session.rollback()
        assert await session.scalar(code) != "x"


async def test_rows_become_models_with_their_enumerations_and_belong_to_no_session(database: Database) -> None:
    world = await make_world(database)
    async with database.transaction(Identity.of_unit(world.county.id, world.county.unit_id)) as session:
        units = [read_unit(row) for row in await UNITS.rows(session, county=world.county.id)]
        assert {unit.tier for unit in units if unit} == set(Tier)
        assert all(isinstance(unit.tier, Tier) for unit in units if unit)
        assert not list(session)


async def test_a_row_that_an_outer_join_lacks_is_none(database: Database) -> None:
    world = await make_world(database)
    beside = Direct(
        select(*columns_of(County, Unit))
        .outerjoin(Unit, Unit.county_id == new_id())
        .where(County.id == world.county.id)
    )
    read_county, read_beside = reader_of(County), reader_of(Unit, at=len(columns_of(County)))
    async with database.transaction(Identity.of_unit(world.county.id, world.county.unit_id)) as session:
        [row] = await beside.rows(session)
    county = read_county(row)
    assert county is not None and county.code == world.county.code
    assert read_beside(row) is None


async def test_refusals_are_the_sessions_own(database: Database) -> None:
    world = await make_world(database)
    identity = Identity.of_unit(world.county.id, world.county.unit_id)
    again = "INSERT INTO unit SELECT * FROM unit WHERE county_id = $1 LIMIT 1"
    with pytest.raises(IntegrityError):
        async with database.transaction(identity) as session:
            await fetch(session, again, world.county.id)
    with pytest.raises(DBAPIError):
        async with database.transaction(identity) as session:
            await fetch(session, "SELECT 1 / 0")


async def test_without_an_identity_it_raises(database: Database) -> None:
    with pytest.raises(MissingPrincipal):
        async with database.session(None) as session, session.begin():
            await fetch(session, "SELECT 1")


async def test_a_lookup_leaves_no_settings_behind(database: Database) -> None:
    world = await make_world(database)
    await database.lookup("SELECT * FROM bearer_of($1, $2)", world.county.id, "unknown")
    [row] = await database.lookup("SELECT current_setting('app.county_id', true) AS county")
    assert not row["county"]


async def test_the_transaction_has_begun_before_its_settings_are_put(database: Database) -> None:
    world = await make_world(database)
    async with database.transaction(Identity.of_unit(world.county.id, world.county.unit_id)) as session:
        connection = await driver_connection(session)
        assert connection.is_in_transaction()
        assert await session.scalar(text("SELECT current_setting('app.county_id')")) == str(world.county.id)


async def test_a_restarted_database_costs_no_further_request(database: Database, servers: Cluster) -> None:
    """All of the pool is dead: statements that go straight to the driver get new connections, like all others."""
    world = await make_world(database)
    identity = Identity.of_unit(world.county.id, world.county.unit_id)

    async def ask() -> None:
        await database.lookup("SELECT pg_sleep(0.05)")

    async def all_closed() -> None:
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jiceng_app'"
        await asyncio.to_thread(servers.postgres.ask, "superuser", end)
        await asyncio.sleep(0.1)

    await asyncio.gather(*(ask() for _ in range(4)))
    await all_closed()
    await asyncio.gather(*(ask() for _ in range(4)))
    await all_closed()
    async with database.transaction(identity) as session:
        assert len(await UNITS.rows(session, county=world.county.id)) > 1


async def test_what_is_cut_off_in_the_middle_is_told_as_a_session_tells_it(
    database: Database, servers: Cluster
) -> None:
    with pytest.raises(DBAPIError):
        await database.lookup("SELECT pg_terminate_backend(pg_backend_pid())")
