"""下载记录 over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.downloads import service
from reporting.downloads.service import State
from reporting.schemas import JobStarted
from tenancy.principal import ADMINISTERING, Principal


class DownloadOut(BaseModel):
    """A file that the person had made. `file_id`, `size` (bytes) and `kept_until` while it can be fetched."""

    id: UUID
    title: str
    state: State
    #: 0 to 1.
    progress: Decimal
    #: Why it failed.
    why: str
    asked_at: datetime
    file_id: UUID | None
    file_name: str | None
    size: int | None
    kept_until: datetime | None


class DownloadPage(BaseModel):
    items: list[DownloadOut]


class DownloadController(Controller):
    """下载记录."""

    path = "/api/downloads"
    tags = ("downloads",)
    opt = ADMINISTERING

    @get("/", summary="Files that the person had made in the acting unit, and those being made")
    async def list_downloads(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        locale: NamedDependency[str],
    ) -> DownloadPage:
        found = await service.list_downloads(session, actor=principal)
        return DownloadPage(items=[_out(one, locale) for one in found])

    @post("/{job_id:uuid}/again", summary="Have one made again that failed or is no longer kept", status_code=202)
    async def make_again(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], job_id: FromPath[UUID]
    ) -> JobStarted:
        await service.make_again(session, actor=principal, job_id=job_id)
        return JobStarted(job_id=job_id)


def _out(one: service.Download, locale: str) -> DownloadOut:
    job = one.job
    file = one.file if one.state == "done" else None
    return DownloadOut(
        id=job.id,
        title=job.title,
        state=one.state,
        progress=job.progress,
        why="" if one.state != "failed" else job.message if job.failure is None else job.failure[locale],
        asked_at=job.created_at,
        file_id=None if file is None else file.id,
        file_name=None if file is None else file.name,
        size=None if file is None else file.size,
        kept_until=None if file is None else file.expires_at,
    )
