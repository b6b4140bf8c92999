"""下载记录: what somebody had made, and having it made again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, files
from kit.errors import Conflict
from kit.jobs import begin_anew
from kit.models import Job, StoredFile
from reporting import exports
from reporting.city import filling
from reporting.downloads import queries
from reporting.rollup_views import require_rollup
from tenancy.principal import Principal

State = Literal["queued", "running", "done", "failed", "expired"]
Check = Callable[[AsyncSession, Principal, Mapping[str, Any]], Awaitable[None]]

#: How far back the list goes, and how long it is at most.
LISTED = timedelta(days=30)
AT_MOST = 100


class NotToBeMadeAgain(Conflict):
    """Being made, or made and still there."""

    code = "download_stands"
    zh = "这份文件正在生成，或仍可下载，不需要重新生成。"
    en = "This file is being made, or can still be downloaded."


async def _may_export(session: AsyncSession, actor: Principal, payload: Mapping[str, Any]) -> None:
    await require_rollup(session, actor, UUID(payload["cycle_id"]), UUID(payload["unit_id"]))


async def _may_fill(session: AsyncSession, actor: Principal, payload: Mapping[str, Any]) -> None:
    await filling.look_ahead(session, actor=actor, sheet_id=UUID(payload["sheet_id"]), period=payload["period"])


#: Jobs that make files to download, and whether the actor may still have one made.
KINDS: Mapping[str, Check] = {exports.JOB: _may_export, filling.JOB: _may_fill}


@dataclass(frozen=True, slots=True)
class Download:
    """A job and what is left of it."""

    job: Job
    file: StoredFile | None
    state: State


def state_of(job: Job, file: StoredFile | None) -> State:
    """`done` while its file can be fetched. Pure but for the clock."""
    match job.state:
        case "queued" | "running" | "failed" as state:
            return state
        case _:
            kept = file is not None and (file.expires_at is None or file.expires_at > clock.now())
            return "done" if kept else "expired"


async def list_downloads(session: AsyncSession, *, actor: Principal) -> Sequence[Download]:
    """What the actor had made in the acting unit of late, newest first."""
    found = await queries.list_asked(session, actor=actor, kinds=KINDS, since=clock.now() - LISTED, limit=AT_MOST)
    return [Download(job, file, state_of(job, file)) for job, file in found]


async def make_again(session: AsyncSession, *, actor: Principal, job_id: UUID) -> None:
    """Have a file made anew that failed or is no longer kept, from the figures of now.

    Raises NotFound for what others asked for, NotToBeMadeAgain, and what the first request would raise today.
    """
    job = await queries.get_asked(session, actor=actor, kinds=KINDS, job_id=job_id)
    file_id = (job.result or {}).get("file_id")
    file = None if file_id is None else await files.find_file(session, county_id=job.county_id, file_id=UUID(file_id))
    if state_of(job, file) not in ("failed", "expired"):
        raise NotToBeMadeAgain
    await KINDS[job.kind](session, actor, job.payload)
    await begin_anew(session, county_id=actor.county_id, job_id=job_id)
