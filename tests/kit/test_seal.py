"""The audit chain: every entry sealed once, in an order that can't be altered unseen."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from kit.db.session import Database
from kit.embedded import Cluster
from kit.jobs import CountyRef
from kit.models import AuditEntry, AuditSeal
from kit.seal import seal, verify
from tests.reporting.test_submissions import approved
from tests.world import World, make_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    made = await make_world(database, townships=1, villages=2)
    await approved(database, made, "A1", "A")
    return made


async def seal_now(database: Database, world: World) -> None:
    async with database.transaction(world.identity) as session:
        await seal(session, CountyRef(world.county.id, world.county.unit_id))


async def broken_at(database: Database, world: World) -> int | None:
    async with database.transaction(world.identity) as session:
        return (await verify(session, world.county.id)).broken_at


async def as_superuser(servers: Cluster, statement: str) -> None:
    """What somebody with the database's highest rights could do."""
    database = make_url(servers.migration_url).database
    engine = create_async_engine(make_url(servers.superuser_url).set(database=database))
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


class TestSeal:
    async def test_seals_every_entry_once(self, database: Database, world: World) -> None:
        await seal_now(database, world)
        await approved(database, world, "A2", "A")
        await seal_now(database, world)
        await seal_now(database, world)
        async with database.transaction(world.identity) as session:
            state = await verify(session, world.county.id)
            entries = len((await session.scalars(select(AuditEntry))).all())
        assert (state.links, state.unsealed, state.broken_at) == (entries, 0, None)

    async def test_two_sealers_never_fork_the_chain(self, database: Database, world: World) -> None:
        outcomes = await asyncio.gather(seal_now(database, world), seal_now(database, world), return_exceptions=True)
        assert all(outcome is None or isinstance(outcome, IntegrityError) for outcome in outcomes)
        assert await broken_at(database, world) is None
        async with database.transaction(world.identity) as session:
            numbers = list(await session.scalars(select(AuditSeal.seq).order_by(AuditSeal.seq)))
        assert numbers == list(range(1, len(numbers) + 1))


class TestVerify:
    async def test_an_altered_entry_breaks_the_chain(self, database: Database, world: World, servers: Cluster) -> None:
        await seal_now(database, world)
        await as_superuser(
            servers,
            "UPDATE audit_entry SET action = 'nothing' WHERE action = 'submission.approve'"
            f" AND county_id = '{world.county.id}'",
        )
        assert await broken_at(database, world) is not None

    async def test_a_link_taken_out_breaks_the_chain(self, database: Database, world: World, servers: Cluster) -> None:
        await seal_now(database, world)
        await as_superuser(servers, f"DELETE FROM audit_seal WHERE seq = 2 AND county_id = '{world.county.id}'")
        assert await broken_at(database, world) == 2
