"""A migrated database for the whole directory's tests, and counties in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from kit.db.session import Database, make_engine
from kit.embedded import Cluster, cluster
from kit.settings import Settings, from_environment
from migrations import runner
from tests.runtime.places import Place, make_place


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("servers")) as made:
        asyncio.run(runner.upgrade(migration_url=made.migration_url, database_url=made.database_url))
        yield made


@pytest.fixture(scope="session")
def settings(servers: Cluster) -> Settings:
    return from_environment(servers.environment())


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    made = Database(make_engine(settings))
    yield made
    await made.close()


@pytest.fixture
async def place(database: Database) -> Place:
    return await make_place(database)
