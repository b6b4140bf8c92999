"""Row-level security of every tenant table, as the runtime role: one test per table, by construction."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import pytest
from alembic.util import CommandError
from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import ProgrammingError

from kit.db.base import Policy
from kit.db.policy import POLICIES
from kit.db.session import REFERENCE_ONLY, Database, Identity, MissingPrincipal
from kit.embedded import Cluster
from kit.ids import new_id
from migrations import runner
from migrations.tables import metadata
from tests.world import World, make_world

pytestmark = pytest.mark.anyio

TENANT_TABLES = [t for t in metadata.sorted_tables if t.info["policy"] is not None]


def of_class(*policies: Policy) -> list[Table]:
    return [t for t in TENANT_TABLES if t.info["policy"] in policies]


def names(tables: Iterable[Table]) -> list[str]:
    return [t.name for t in tables]


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=2, villages=1)


class TestDeclared:
    def test_every_table_declares_a_class(self) -> None:
        assert [t.name for t in metadata.sorted_tables if "policy" not in t.info] == []

    @pytest.mark.parametrize("table", TENANT_TABLES, ids=names(TENANT_TABLES))
    def test_the_county_comes_first_in_every_key(self, table: Table) -> None:
        assert [c.name for c in table.primary_key.columns] == ["county_id", "id"]
        for key in table.foreign_key_constraints:
            assert next(iter(key.columns)).name == "county_id", f"{table.name}: {key.name}"

    def test_only_the_county_itself_is_shared(self) -> None:
        assert [t.name for t in metadata.sorted_tables if t.info["policy"] is None] == ["county"]


class TestInForce:
    @pytest.mark.parametrize("table", TENANT_TABLES, ids=names(TENANT_TABLES))
    async def test_the_database_has_what_the_model_declares(self, database: Database, table: Table) -> None:
        async with database.transaction(REFERENCE_ONLY) as session:
            row = (
                await session.execute(
                    text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = CAST(:t AS regclass)"),
                    {"t": table.name},
                )
            ).one()
            found = (
                await session.execute(
                    text("SELECT policyname, cmd FROM pg_policies WHERE tablename = :t"), {"t": table.name}
                )
            ).all()
        assert tuple(row) == (True, True)
        expected = {(f"{table.name}_{suffix}", command) for suffix, command, _, _ in POLICIES[table.info["policy"]]}
        assert {tuple(policy) for policy in found} == expected

    @pytest.mark.parametrize("table", TENANT_TABLES, ids=names(TENANT_TABLES))
    async def test_no_settings_no_rows(self, database: Database, world: World, table: Table) -> None:
        async with database.transaction(REFERENCE_ONLY) as session:
            assert (await session.execute(select(table.c.id).limit(1))).all() == []

    @pytest.mark.parametrize("table", TENANT_TABLES, ids=names(TENANT_TABLES))
    async def test_another_county_sees_nothing(self, database: Database, world: World, table: Table) -> None:
        other = await make_world(database, townships=1, villages=1)
        async with database.transaction(other.identity) as session:
            rows = await session.execute(select(table.c.county_id).distinct())
            assert {row[0] for row in rows} <= {other.county.id}

    @pytest.mark.parametrize("table", of_class(Policy.OWN_RECORDS), ids=names(of_class(Policy.OWN_RECORDS)))
    async def test_own_records_are_seen_only_along_their_line(
        self, database: Database, world: World, table: Table
    ) -> None:
        outsider = Identity.of_unit(world.county.id, world.units["B1"])
        async with database.transaction(outsider) as session:
            places = [row[0] for row in await session.execute(select(table.c.place))]
        assert all(world.units["B1"] in place for place in places)

    async def test_a_forged_place_can_not_be_written(self, database: Database, world: World) -> None:
        """A unit can't put a record where it does not see it itself."""
        table = metadata.tables["job"]
        with pytest.raises(ProgrammingError, match="row-level security"):
            async with database.transaction(world.actor("A1").identity) as session:
                await session.execute(
                    insert(table).values(county_id=world.county.id, id=new_id(), kind="x", place=[world.units["B1"]])
                )

    async def test_a_forged_county_can_not_be_written(self, database: Database, world: World) -> None:
        other = await make_world(database, townships=1, villages=1)
        with pytest.raises(ProgrammingError, match="row-level security"):
            async with database.transaction(world.actor("A1").identity) as session:
                await session.execute(
                    insert(metadata.tables["outbox"]).values(
                        county_id=other.county.id, id=new_id(), topic="x", recipients=[], place=[]
                    )
                )

    @pytest.mark.parametrize("table", of_class(Policy.SENT_UPWARD), ids=names(of_class(Policy.SENT_UPWARD)))
    async def test_what_is_sent_upward_is_read_by_its_recipient_alone(
        self, database: Database, world: World, table: Table
    ) -> None:
        async with database.transaction(world.actor("A1").identity) as session:
            places: list[list[UUID]] = [row[0] for row in await session.execute(select(table.c.place))]
        assert all(world.units["A1"] in place for place in places)

    @pytest.mark.parametrize("name", [t.name for t in TENANT_TABLES if t.info["append_only"]])
    async def test_append_only_tables_can_not_be_changed(self, database: Database, world: World, name: str) -> None:
        for statement in (f'UPDATE "{name}" SET county_id = county_id', f'DELETE FROM "{name}"'):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with database.transaction(world.identity) as session:
                    await session.execute(text(statement))

    async def test_settings_do_not_leak_through_the_pool(self, database: Database, world: World) -> None:
        async with database.transaction(world.identity) as session:
            assert (await session.scalar(select(metadata.tables["unit"].c.id).limit(1))) is not None
        for _ in range(10):
            async with database.transaction(REFERENCE_ONLY) as session:
                assert (await session.scalar(select(metadata.tables["unit"].c.id).limit(1))) is None


class TestSession:
    async def test_a_forgotten_principal_raises(self, database: Database) -> None:
        with pytest.raises(MissingPrincipal):
            async with database.session(None) as session:
                await session.execute(text("SELECT 1"))


class TestMigrations:
    async def test_models_and_database_agree(self, servers: Cluster) -> None:
        try:
            await runner.check(migration_url=servers.migration_url, database_url=servers.database_url)
        except CommandError as difference:
            pytest.fail(str(difference)[:2000])

    async def test_a_second_migration_finds_nothing_to_do(self, servers: Cluster) -> None:
        await runner.upgrade(migration_url=servers.migration_url, database_url=servers.database_url)
