"""Files: bytes on disk named by id, facts (`FileFacts`) in the database under their table's policy."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import NotFound
from kit.ids import new_id
from kit.models import FileFacts, StoredFile

#: Where uploads are written before their rows name them.
_INCOMING = "incoming"
#: Seconds after which what a crash left there is taken away.
_ABANDONED = 24 * 3600


class HasFile(Protocol):
    """A row with `FileFacts`."""

    county_id: UUID
    id: UUID


def tables(metadata: MetaData) -> list[Table]:
    """The tables whose rows each name a file."""
    facts = {name for name, value in vars(FileFacts).items() if not name.startswith("_")}
    return [table for table in metadata.sorted_tables if facts <= set(table.columns.keys())]


@dataclass(frozen=True, slots=True)
class Received:
    """An upload that came whole: where it waits, how long it is, its SHA-256 in hex."""

    path: Path
    size: int
    sha256: str


class TooLong(Exception):
    """More bytes came than are taken."""


@asynccontextmanager
async def receiving(chunks: AsyncIterator[bytes], *, files_dir: Path, limit: int) -> AsyncIterator[Received]:
    """Write an upload to disk as it comes; it is gone at the end of the block unless it was taken in.

    Raises TooLong beyond `limit` bytes, and what `chunks` raises when its sender goes away.
    """
    folder = files_dir / _INCOMING
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    path, digest, size = Path(name), hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as stream:
            async for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLong
                digest.update(chunk)
                await asyncio.to_thread(stream.write, chunk)
        yield Received(path, size, digest.hexdigest())
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def remove_abandoned(files_dir: Path) -> None:
    """Take uploads away that a crash left half-way."""
    folder = files_dir / _INCOMING
    for path in folder.iterdir() if folder.is_dir() else ():
        if time.time() - path.stat().st_mtime > _ABANDONED:
            path.unlink(missing_ok=True)


async def take_in(made: Path, *, files_dir: Path, county_id: UUID) -> dict[str, Any]:
    """Move a finished file to its place, durably, before the row that names it is written.

    Returns the row's `id`, `size` and `sha256`. A crash before the commit leaves bytes without a row, which harm
    nobody.
    """
    file_id = new_id()
    size, digest = await asyncio.to_thread(_take_in, made, path_in(files_dir, county_id, file_id))
    return {"id": file_id, "size": size, "sha256": digest}


def fault_of(files_dir: Path, county_id: UUID, file_id: UUID, *, size: int, sha256: str) -> str | None:
    """What is wrong with a file's bytes, or None when they are what its row says."""
    path = path_in(files_dir, county_id, file_id)
    if not path.is_file():
        return "is not on disk"
    if path.stat().st_size != size:
        return "has another size than its row"
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    return None if found == sha256 else "has another SHA-256 than its row"


def path_of(files_dir: Path, file: HasFile) -> Path:
    """Where a file's bytes lie."""
    return path_in(files_dir, file.county_id, file.id)


def path_in(files_dir: Path, county_id: UUID, file_id: UUID) -> Path:
    return files_dir / str(county_id) / file_id.hex[-2:] / str(file_id)


def _take_in(made: Path, target: Path) -> tuple[int, str]:
    """Move a file to its place, durably; returns its size and SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with made.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
        os.fsync(stream.fileno())
    size = made.stat().st_size
    made.replace(target)
    return size, digest.hexdigest()


async def get_file(session: AsyncSession, *, county_id: UUID, file_id: UUID) -> StoredFile:
    """A file in scope that has not expired. Raises NotFound."""
    found = await find_file(session, county_id=county_id, file_id=file_id)
    if found is None:
        raise NotFound
    return found


async def find_file(session: AsyncSession, *, county_id: UUID, file_id: UUID) -> StoredFile | None:
    """A file in scope, unless it has expired."""
    statement = select(StoredFile).where(StoredFile.county_id == county_id, StoredFile.id == file_id)
    found = (await session.scalars(statement)).one_or_none()
    return None if found is None or (found.expires_at is not None and found.expires_at <= clock.now()) else found


async def list_expired(session: AsyncSession, *, county_id: UUID, limit: int) -> Sequence[StoredFile]:
    """Files in scope whose time is over."""
    statement = (
        select(StoredFile).where(StoredFile.county_id == county_id, StoredFile.expires_at <= clock.now()).limit(limit)
    )
    return (await session.scalars(statement)).all()


async def keep(
    session: AsyncSession,
    *,
    files_dir: Path,
    county_id: UUID,
    made: Path,
    name: str,
    media_type: str,
    created_by: UUID | None,
    place: Sequence[UUID],
    expires_at: datetime | None,
) -> UUID:
    """Take a finished file in, with a row of its own."""
    facts = await take_in(made, files_dir=files_dir, county_id=county_id)
    await session.execute(
        insert(StoredFile).values(
            county_id=county_id,
            **facts,
            name=name,
            media_type=media_type,
            created_by=created_by,
            expires_at=expires_at,
            place=list(place),
        )
    )
    file_id: UUID = facts["id"]
    return file_id
