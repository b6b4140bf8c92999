"""One embedded PostgreSQL and Valkey for a whole test process; every test makes the counties it needs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator

import pytest

from kit import crypto
from kit.db.session import Database, make_engine
from kit.embedded import Cluster, cluster
from kit.settings import Settings, from_environment
from kit.settings import settings as process_settings
from migrations import runner

#: Files that take long, the longest first: whole platforms that start, live and are killed.
LONG = (
    "cli/test_simulate.py",
    "runtime/test_serve.py",
    "runtime/test_urgent_killed.py",
    "runtime/test_digest_killed.py",
    "runtime/test_backup.py",
    "web/test_isolation.py",
    "reporting/test_fold_property.py",
    "runtime/test_outside_servers.py",
    "cli/test_bench.py",
    "web/test_fuzz.py",
    "reporting/test_months.py",
    "workbook/test_template.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the long files before the short ones; each keeps its order inside."""
    rank = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get("/".join(item.path.parts[-2:]), len(LONG)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Migrated servers; this process's settings point at them."""
    with cluster(tmp_path_factory.mktemp("servers")) as made:
        asyncio.run(runner.upgrade(migration_url=made.migration_url, database_url=made.database_url))
        os.environ.update(made.environment())
        process_settings.cache_clear()
        crypto._key.cache_clear()
        yield made


@pytest.fixture(scope="session")
def settings(servers: Cluster) -> Settings:
    return from_environment(servers.environment())


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A database as the runtime role."""
    made = Database(make_engine(settings))
    yield made
    await made.close()
