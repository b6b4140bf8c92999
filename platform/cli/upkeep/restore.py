"""`jiceng restore`: a whole backup into an empty database, or one county into a living one."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from uuid import UUID

import asyncpg
import click

from cli import check
from cli.county import with_database
from cli.upkeep import archive, copies
from cli.upkeep.archive import ArchivedCounty, Manifest
from cli.upkeep.backup import key_mark
from kit import files
from kit.settings import Settings, SettingsError, settings
from migrations import runner


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--county", "county_code", help="This county alone, into a database that lives.")
@click.option("--replace", is_flag=True, help="With --county: the county's present rows go, in the same transaction.")
def restore(source: Path, county_code: str | None, replace: bool) -> None:
    """Load the backup SOURCE, bring it to this release's schema, and check it.

    Without --county the database must be empty. With it, other counties go on working, and wait for the moment in which
    the rows are loaded. Everybody restored signs in again. Exits with 1 when the check finds a breach.
    """
    try:
        used = settings()
    except (SettingsError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem
    if used.migration_url is None:
        raise click.ClickException("JICENG_MIGRATION_URL is not set: rows are loaded as the owner of the tables")
    if replace and county_code is None:
        raise click.ClickException("--replace goes with --county")
    with tempfile.TemporaryDirectory(prefix="jiceng-restore-", dir=_scratch_parent(used)) as scratch:
        manifest = archive.unpack(source, Path(scratch))
        if manifest.key_mark != key_mark():
            raise click.ClickException("the backup was made under another data key: set JICENG_DATA_KEY to that one")
        try:
            loaded = asyncio.run(load(used, used.migration_url, Path(scratch), manifest, county_code, replace))
        except (OSError, asyncpg.PostgresError) as problem:
            raise click.ClickException(f"nothing was restored: {problem}") from problem
    for county in loaded:
        click.echo(f"{county.code} {county.name}: {len(county.tables)} tables, {county.files} files")
    report = with_database(lambda database: check.run(database, county_code))
    check.tell(report)
    if not report.ok:
        sys.exit(1)


def _scratch_parent(used: Settings) -> Path:
    """Beside the files, where there must be room anyway."""
    used.data_dir.mkdir(parents=True, exist_ok=True)
    return used.data_dir


async def load(
    used: Settings, owner_url: str, unpacked: Path, manifest: Manifest, county_code: str | None, replace: bool
) -> list[ArchivedCounty]:
    """Load what was unpacked; returns the counties."""
    known = runner.known_revisions()
    if manifest.revision not in known:
        raise click.ClickException(f"the backup's schema {manifest.revision} is newer than this release's {known[0]}")
    wanted = manifest.counties if county_code is None else [manifest.county(county_code)]
    if county_code is None:
        await _prepare_empty(used, owner_url, manifest.revision)
    async with copies.connected(owner_url) as connection:
        revision = await copies.revision_of(connection)
        if revision != manifest.revision:
            raise click.ClickException(
                f"the backup is on schema {manifest.revision}, the database on {revision}: restore the whole backup"
                " into an empty database, which brings it up to date, back the county up there, and restore that"
            )
        tables = await copies.list_tables(connection)
        async with copies.loading(connection):
            present = {code: county_id for county_id, code, _ in await copies.list_counties(connection)}
            for county in wanted:
                if county.code in present:
                    if not replace:
                        raise click.ClickException(f"the county {county.code} is there already; --replace replaces it")
                    await copies.delete_county(connection, tables, present[county.code])
                for name, columns in county.tables.items():
                    await copies.copy_in(connection, name, columns, unpacked / f"{county.code}/tables/{name}.copy")
                await copies.end_sessions(connection, UUID(county.id))
                # Before the commit: a row never names a file that is not there.
                _put_files(used, unpacked, county)
    if county_code is None:
        await runner.upgrade(migration_url=owner_url, database_url=used.database_url)
    return wanted


async def _prepare_empty(used: Settings, owner_url: str, revision: str) -> None:
    async with copies.connected(owner_url) as connection:
        if await copies.revision_of(connection) is not None:
            if await copies.list_counties(connection):
                raise click.ClickException("the database is not empty: restore a whole backup into a new one")
            if await copies.revision_of(connection) != revision:
                raise click.ClickException("the database has a schema already: restore a whole backup into a new one")
    await runner.upgrade(migration_url=owner_url, database_url=used.database_url, revision=revision)


def _put_files(used: Settings, unpacked: Path, county: ArchivedCounty) -> None:
    source = unpacked / county.code / "files"
    for path in sorted(source.iterdir()) if source.is_dir() else ():
        target = files.path_in(used.files_dir, UUID(county.id), UUID(path.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
