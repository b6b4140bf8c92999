"""What was backed up comes back: whole, one county, and from releases before. `jiceng check` is the judge."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cli import check
from cli.upkeep import copies
from kit import crypto, files
from kit.db.batch import put, write_all
from kit.db.session import REFERENCE_ONLY, Database, Identity, make_engine
from kit.embedded import Cluster, cluster
from kit.models import County
from kit.settings import from_environment
from migrations import runner
from plans.notices.models import NoticeReceipt
from plans.tasks.models import Assignment, Task
from plans.urgent.models import UrgentMatter
from reporting.models import Revision
from tests.cli.test_check import live
from tests.world import World, make_world
from workflow.models import Attachment

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
#: Made by release 0.1.0 (schema 0002) with two townships and four villages, two months in every state, and one file.
FIRST = DATA / "release-0.1.0.backup"
#: Made by release 0.2.0 (schema 0016) in such a county: a month in every state, a task to every village, a notice that
#: one has read, and an urgent matter that the township has signed.
BEFORE = DATA / "release-0.2.0.backup"
BEFORE_KEY = "YSBrZXkgdGhhdCBvbmx5IHRoaXMgdGVzdCBrbm93cyE="


def jiceng(env: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        env={**plain, "PYTHONPATH": str(ROOT / "platform"), **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def environment(made: Cluster, **more: str) -> dict[str, str]:
    return {**made.environment(), "JICENG_BACKUP_URL": made.backup_url, **more}


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Cluster]:
    """Servers with an empty database, on another machine as it were."""
    with cluster(tmp_path / "other", valkey=False) as made:
        yield made


def read(path: Path) -> bytes:
    return path.read_bytes()


def remove(path: Path) -> None:
    path.unlink()


@pytest.fixture
async def own(servers: Cluster, tmp_path: Path) -> AsyncIterator[tuple[Cluster, Database]]:
    """Servers of this test alone, under the key of all tests: a whole backup holds nobody else's counties."""
    with cluster(tmp_path / "own", valkey=False) as made:
        await runner.upgrade(migration_url=made.migration_url, database_url=made.database_url)
        used = Database(make_engine(from_environment(made.environment())))
        yield made, used
        await used.close()


async def content(made: Cluster, county: UUID, where: Path) -> dict[str, bytes]:
    """Every row of a county, but for what a restore changes on purpose: who is signed in."""
    found = {}
    async with copies.connected(made.backup_url) as connection:
        for table in await copies.list_tables(connection):
            await copies.copy_out(connection, table, county, where)
            found[table.name] = read(where)
    del found["user_session"]
    return found


async def lived(database: Database) -> World:
    """A county in every state, its rollups up to date: the check after a restore folds what is marked."""
    world = await make_world(database)
    await live(database, world)
    assert (await check.run(database, world.county.code)).ok
    return world


async def with_a_file(database: Database, world: World, made: Cluster, scratch: Path) -> UUID:
    await asyncio.to_thread(scratch.write_text, "盖章扫描件")
    async with database.transaction(world.identity) as session:
        return await files.keep(
            session,
            files_dir=made.layout.data / "files",
            county_id=world.county.id,
            made=scratch,
            name="扫描.txt",
            media_type="text/plain",
            created_by=None,
            place=[world.county.unit_id],
            expires_at=None,
        )


async def with_a_scan(database: Database, world: World, made: Cluster, scratch: Path) -> UUID:
    """A scan that only its village sees yet."""
    await asyncio.to_thread(scratch.write_bytes, b"%PDF-1.4 scan")
    facts = await files.take_in(scratch, files_dir=made.layout.data / "files", county_id=world.county.id)
    unit_id = world.units["A1"]
    row = put(
        Attachment,
        county_id=world.county.id,
        **facts,
        name="盖章.pdf",
        media_type="application/pdf",
        subject_kind="submission",
        subject_id=world.submission("A1"),
        kind="stamped_scan",
        unit_id=unit_id,
        added_by=world.accounts[unit_id],
        adder_name="A1",
        place=[unit_id],
    )
    async with database.transaction(Identity.of_unit(world.county.id, unit_id)) as session:
        await write_all(session, [row])
    file_id: UUID = facts["id"]
    return file_id


@asynccontextmanager
async def brought_up(backup: Path, made: Cluster) -> AsyncIterator[AsyncSession]:
    """An earlier release's backup in servers of today, checked by `restore` itself; read as its county."""
    env = environment(made, JICENG_DATA_KEY=BEFORE_KEY)
    done = await asyncio.to_thread(jiceng, env, "restore", backup)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No breach" in done.stdout
    await runner.check(migration_url=made.migration_url, database_url=made.database_url)
    database = Database(make_engine(from_environment(env)))
    try:
        async with database.transaction(REFERENCE_ONLY) as session:
            county = (await session.scalars(select(County))).one()
        async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
            yield session
    finally:
        await database.close()


async def test_the_first_release_comes_up_to_date_with_its_data(other: Cluster) -> None:
    async with brought_up(FIRST, other) as session:
        revisions = (await session.scalars(select(Revision))).all()
    assert len(revisions) == 12
    assert {row["cells"]["xm"][:4] for r in revisions for row in r.rows.get("people", [])} == {"enc:"}
    [attached] = (other.layout.data / "files").rglob("*-*-*/*/*")
    assert attached.read_text() == "上报附件"


async def test_the_release_before_comes_up_to_date_with_what_went_down(other: Cluster) -> None:
    """Each share stands where it stood; who has read and who has signed is known."""
    async with brought_up(BEFORE, other) as session:
        shares = (await session.scalars(select(Assignment))).all()
        task = (await session.scalars(select(Task))).one()
        receipts = (await session.scalars(select(NoticeReceipt))).all()
        matter = (await session.scalars(select(UrgentMatter))).one()
        revisions = (await session.scalars(select(Revision))).all()
    assert {share.unit_name: share.state.value for share in shares} == {
        "A镇": "in_progress", "B镇": "in_progress",
        "A1村": "accepted", "A2村": "acknowledged", "B1村": "returned", "B2村": "issued",
    }  # fmt: skip
    assert [share.unit_name for share in shares if share.supervised_by] == ["A2村"]
    assert (task.guarded, task.cycle_id) == (False, None)
    assert [one.unit_name for one in receipts if one.read_at is not None] == ["A1村"] and len(receipts) == 4
    assert (matter.state.value, matter.unit_name) == ("handling", "A1村")
    assert len(revisions) == 6


async def test_all_of_it_comes_back(
    own: tuple[Cluster, Database], servers: Cluster, other: Cluster, tmp_path: Path
) -> None:
    source, database = own
    key = {"JICENG_DATA_KEY": servers.secrets.data_key}
    world = await lived(database)
    file_id = await with_a_file(database, world, source, tmp_path / "scan")
    scan_id = await with_a_scan(database, world, source, tmp_path / "scan")
    target = tmp_path / "all.backup"
    made = await asyncio.to_thread(jiceng, environment(source, **key), "backup", target)
    assert made.returncode == 0, made.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    restored = await asyncio.to_thread(jiceng, environment(other, **key), "restore", target)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "No breach" in restored.stdout
    rows = tmp_path / "rows"
    assert await content(other, world.county.id, rows) == await content(source, world.county.id, rows)
    bytes_there = files.path_in(other.layout.data / "files", world.county.id, file_id)
    assert bytes_there.read_text() == "盖章扫描件"
    assert read(files.path_in(other.layout.data / "files", world.county.id, scan_id)) == b"%PDF-1.4 scan"
    async with copies.connected(other.backup_url) as connection:
        signed_in = "SELECT count(*) FROM user_session WHERE revoked_at IS NULL"
        assert await connection.fetchval(signed_in) == 0
        # What was lifted for the load is in force again.
        open_tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity"
            " AND NOT relforcerowsecurity"
        )
        assert open_tables == []
        lax = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferrable"
        assert await connection.fetchval(lax) == 0
    again = await asyncio.to_thread(jiceng, environment(other, **key), "restore", target)
    assert again.returncode != 0 and "not empty" in again.stderr


async def test_one_county_comes_back_and_its_neighbour_stays(
    database: Database, servers: Cluster, tmp_path: Path
) -> None:
    world, neighbour = await lived(database), await make_world(database)
    rows, target = tmp_path / "rows", tmp_path / "one.backup"
    code = world.county.code
    scan_id = await with_a_scan(database, world, servers, tmp_path / "scan")
    scan = files.path_in(servers.layout.data / "files", world.county.id, scan_id)
    made = await asyncio.to_thread(jiceng, environment(servers), "backup", target, "--county", code)
    assert made.returncode == 0, made.stderr
    before, beside = await content(servers, world.county.id, rows), await content(servers, neighbour.county.id, rows)
    async with database.transaction(world.identity) as session:
        await session.execute(text("UPDATE cycle SET period_key = '1999-01'"))
    remove(scan)
    refused = await asyncio.to_thread(jiceng, environment(servers), "restore", target, "--county", code)
    assert refused.returncode != 0 and "--replace" in refused.stderr
    done = await asyncio.to_thread(jiceng, environment(servers), "restore", target, "--county", code, "--replace")
    assert done.returncode == 0, done.stdout + done.stderr
    assert await content(servers, world.county.id, rows) == before
    assert read(scan) == b"%PDF-1.4 scan"
    assert await content(servers, neighbour.county.id, rows) == beside
    report = await check.run(database, neighbour.county.code)
    assert report.ok


async def test_what_is_damaged_or_under_another_key_is_refused(other: Cluster, tmp_path: Path) -> None:
    spoilt = bytearray(gzip.decompress(BEFORE.read_bytes()))
    at = spoilt.index(b"2026-10")
    spoilt[at : at + 7] = b"2026-11"
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(gzip.compress(bytes(spoilt)))
    env = environment(other, JICENG_DATA_KEY=BEFORE_KEY)
    for source, said in ((damaged, "damaged"), (Path(__file__), "not a whole backup")):
        refused = await asyncio.to_thread(jiceng, env, "restore", source)
        assert refused.returncode != 0 and said in refused.stderr, refused.stderr
    env["JICENG_DATA_KEY"] = crypto.new_data_key()
    refused = await asyncio.to_thread(jiceng, env, "restore", BEFORE)
    assert refused.returncode != 0 and "another data key" in refused.stderr
    async with copies.connected(other.backup_url) as connection:
        assert await copies.revision_of(connection) is None


async def test_a_file_that_should_be_there_and_is_not_is_told(
    database: Database, servers: Cluster, tmp_path: Path
) -> None:
    world = await make_world(database)
    file_id = await with_a_file(database, world, servers, tmp_path / "scan")
    path = files.path_in(servers.layout.data / "files", world.county.id, file_id)
    path.unlink()
    target = tmp_path / "lacking.backup"
    made = await asyncio.to_thread(jiceng, environment(servers), "backup", target, "--county", world.county.code)
    assert made.returncode != 0 and str(file_id) in made.stderr
    assert target.exists()


def test_a_directorys_own_servers_are_used(tmp_path: Path) -> None:
    """As one command runs them: started for the command, and ended with it."""
    made = Cluster(tmp_path / "data")
    try:
        made.start(valkey=False)
        asyncio.run(runner.upgrade(migration_url=made.migration_url, database_url=made.database_url))
    finally:
        made.stop()
    done = jiceng({}, "--data", tmp_path / "data", "check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 counties" in done.stdout
