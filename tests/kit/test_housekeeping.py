"""What is kept for a time goes when it is over, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from kit import clock, files
from kit.db.session import Database
from kit.housekeeping import KEYS_KEPT, tidy
from kit.ids import new_id
from kit.jobs import CountyRef
from kit.models import IdempotencyKey, StoredFile
from kit.settings import Settings
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


async def tidied(database: Database, world: World) -> None:
    async with database.transaction(world.identity) as session:
        await tidy(session, CountyRef(world.county.id, world.county.unit_id))


async def test_old_keys_go_and_young_ones_stay(database: Database, world: World) -> None:
    async with database.transaction(world.identity) as session:
        for name, age in (("old-key-1", KEYS_KEPT + timedelta(minutes=1)), ("young-key", timedelta(days=1))):
            await session.execute(
                insert(IdempotencyKey).values(
                    county_id=world.county.id,
                    account_id=new_id(),
                    membership_id=new_id(),
                    key=name,
                    request_hash="",
                    status=200,
                    created_at=clock.now() - age,
                )
            )
    await tidied(database, world)
    async with database.transaction(world.identity) as session:
        assert (await session.scalars(select(IdempotencyKey.key))).all() == ["young-key"]


async def test_expired_files_go_with_their_bytes(database: Database, settings: Settings, world: World) -> None:
    paths = {}
    for name, expires_at in (("old", clock.now() - timedelta(seconds=1)), ("kept", None)):
        made = settings.files_dir / name
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(name)
        async with database.transaction(world.identity) as session:
            file_id = await files.keep(
                session,
                files_dir=settings.files_dir,
                county_id=world.county.id,
                made=made,
                name=name,
                media_type="text/plain",
                created_by=None,
                place=[world.county.unit_id],
                expires_at=expires_at,
            )
            found = await session.get_one(StoredFile, (world.county.id, file_id))
            paths[name] = files.path_of(settings.files_dir, found)
    await tidied(database, world)
    async with database.transaction(world.identity) as session:
        assert (await session.scalars(select(StoredFile.name))).all() == ["kept"]
    assert (paths["old"].exists(), paths["kept"].exists()) == (False, True)
