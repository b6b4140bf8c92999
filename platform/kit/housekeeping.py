"""What is kept for a time goes when that time is over: answers to repeated requests, files that were made."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, files
from kit.jobs import CountyRef, pulse
from kit.models import IdempotencyKey, StoredFile
from kit.settings import settings

KEYS_KEPT = timedelta(days=7)
#: Taken away in one transaction; the rest waits for the next beat.
_AT_ONCE = 1000


@pulse("kit.housekeeping", every=600)
async def tidy(session: AsyncSession, county: CountyRef) -> None:
    """Forget old keys, and take expired files away: their rows now, their bytes before the rows are gone.

    Bytes that are gone already harm nobody, so a crash between the two is mended by the next beat.
    """
    await session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.county_id == county.id, IdempotencyKey.created_at < clock.now() - KEYS_KEPT
        )
    )
    expired = await files.list_expired(session, county_id=county.id, limit=_AT_ONCE)
    files_dir = settings().files_dir
    await asyncio.to_thread(files.remove_abandoned, files_dir)
    await asyncio.to_thread(_remove, [files.path_of(files_dir, file) for file in expired])
    await session.execute(
        delete(StoredFile).where(StoredFile.county_id == county.id, StoredFile.id.in_([file.id for file in expired]))
    )


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
