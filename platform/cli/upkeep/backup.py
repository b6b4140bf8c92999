"""`jiceng backup`: every county, or one, into one file."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

import click

from cli.upkeep import archive, copies
from cli.upkeep.archive import ArchivedCounty, Manifest, Packer
from kit import crypto, files
from kit.settings import Settings, SettingsError, settings


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--county", "county_code", help="One county's code; every county by default.")
def backup(target: Path, county_code: str | None) -> None:
    """Write a backup to TARGET, beside a running platform: one moment's rows, and the files that belong to them.

    Needs JICENG_BACKUP_URL, or --data before the subcommand. The data key is not in it: keep that elsewhere.
    """
    try:
        used = settings()
    except (SettingsError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem
    if used.backup_url is None:
        raise click.ClickException("JICENG_BACKUP_URL is not set: backups are read as jiceng_backup (deploy/roles.sql)")
    try:
        manifest, missing = asyncio.run(make(used, used.backup_url, target, county_code))
    except OSError as problem:
        raise click.ClickException(f"the backup was not made: {problem}") from problem
    size = target.stat().st_size / 1e6
    click.echo(f"{target}: {len(manifest.counties)} counties, {len(manifest.members)} members, {size:.1f} MB")
    if missing:
        raise click.ClickException(f"{len(missing)} stored files have no bytes on disk, the first: {missing[0]}")


async def make(used: Settings, url: str, target: Path, county_code: str | None = None) -> tuple[Manifest, list[str]]:
    """Make the archive; also tells which stored files should be on disk and are not."""
    with tempfile.TemporaryDirectory(prefix="jiceng-backup-", dir=target.parent) as scratch:
        async with (
            copies.connected(url) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            revision = await copies.revision_of(connection)
            if revision is None:
                raise click.ClickException("there is nothing to back up: the database has no schema")
            manifest = Manifest(version("jiceng"), revision, datetime.now(UTC).isoformat(), key_mark())
            counties = [c for c in await copies.list_counties(connection) if county_code in (None, c[1])]
            if county_code is not None and not counties:
                raise click.ClickException(f"there is no county with the code {county_code}")
            tables = await copies.list_tables(connection)
            missing: list[str] = []
            with archive.packing(target, manifest, Path(scratch)) as packer:
                for county_id, code, name in counties:
                    archived = ArchivedCounty(str(county_id), code, name)
                    manifest.counties.append(archived)
                    for table in tables:
                        rows = Path(scratch) / "rows.copy"
                        await copies.copy_out(connection, table, county_id, rows)
                        packer.add(rows, f"{code}/tables/{table.name}.copy")
                        archived.tables[table.name] = list(table.columns)
                    listed = await copies.list_files(connection, county_id)
                    missing += _pack_files(packer, used.files_dir, archived, county_id, listed)
    return manifest, missing


def _pack_files(
    packer: Packer, files_dir: Path, archived: ArchivedCounty, county_id: UUID, listed: list[tuple[UUID, bool]]
) -> list[str]:
    """Files are never changed in place; one kept only for a time may have gone since the snapshot."""
    missing = []
    for file_id, passing in listed:
        path = files.path_in(files_dir, county_id, file_id)
        if path.is_file():
            packer.add(path, f"{archived.code}/files/{file_id}")
            archived.files += 1
        elif not passing:
            missing.append(str(file_id))
    return missing


def key_mark() -> str:
    """Tells one data key from another."""
    return crypto.keyed_hash("data key", context="backup")
