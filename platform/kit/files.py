"""Stored files: bytes on disk named by id, facts in the database under the owner's policy."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import NotFound
from kit.ids import new_id
from kit.models import StoredFile


def path_of(files_dir: Path, file: StoredFile) -> Path:
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
    statement = select(StoredFile).where(StoredFile.county_id == county_id, StoredFile.id == file_id)
    found = (await session.scalars(statement)).one_or_none()
    if found is None or (found.expires_at is not None and found.expires_at <= clock.now()):
        raise NotFound
    return found


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
    """Take a finished file in: its bytes are moved (durably) before the row that names them is written.

    A crash between the two leaves bytes without a row, which harm nobody.
    """
    file_id = new_id()
    size, digest = await asyncio.to_thread(_take_in, made, path_in(files_dir, county_id, file_id))
    await session.execute(
        insert(StoredFile).values(
            county_id=county_id,
            id=file_id,
            name=name,
            media_type=media_type,
            size=size,
            sha256=digest,
            created_by=created_by,
            expires_at=expires_at,
            place=list(place),
        )
    )
    return file_id
