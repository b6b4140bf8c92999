"""Health, jobs, files, and the feed that tells open pages to look again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import orjson
from litestar import Controller, MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import File, ServerSentEvent, ServerSentEventMessage
from pydantic import BaseModel
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import files
from kit.db.session import REFERENCE_ONLY
from kit.errors import NotFound
from kit.jobs.queries import get_job
from tenancy.auth import Bearer
from tenancy.principal import ADMINISTERING, Principal
from web.dependencies import AnyRequest, database_of
from web.feed import Feed

#: Seconds between signs of life in a feed: shorter than any gateway's patience.
_SIGN_OF_LIFE = 15


@get("/healthz", tags=["system"], summary="This process lives", media_type=MediaType.TEXT)
async def healthz() -> str:
    return "ok"


@get("/readyz", tags=["system"], summary="Database and broker answer")
async def readyz(request: AnyRequest) -> Response[dict[str, bool]]:
    """200 while the database answers. The broker may be away: pages poll, and the sweeper finds the jobs."""
    state = {"database": False, "broker": False}
    try:
        async with database_of(request).transaction(REFERENCE_ONLY) as session:
            await session.execute(text("SELECT 1"))
        state["database"] = True
    except (OSError, ConnectionError) as error:
        request.app.state.log.warning("not_ready", reason=str(error))
    if request.app.state.feed is not None:
        try:
            state["broker"] = bool(await request.app.state.feed.client.ping())
        except (RedisError, OSError) as error:
            request.app.state.log.warning("broker_away", reason=str(error))
    return Response(state, status_code=200 if state["database"] else 503)


class FileOut(BaseModel):
    id: UUID
    name: str
    size: int


class JobOut(BaseModel):
    id: UUID
    kind: str
    state: str
    progress: Decimal
    message: str
    file: FileOut | None


def _require_own(account_id: UUID | None, principal: Principal) -> None:
    """Raises NotFound for what somebody else asked for."""
    if account_id != principal.account_id:
        raise NotFound


class JobController(Controller):
    path = "/api/jobs"
    tags = ("system",)
    opt = ADMINISTERING

    @get("/{job_id:uuid}", summary="How far a job is, and the file it made")
    async def get_job(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        job_id: FromPath[UUID],
        locale: NamedDependency[str],
    ) -> JobOut:
        """For whoever asked for it. A file whose time is over is none."""
        job = await get_job(session, county_id=principal.county_id, job_id=job_id)
        _require_own(job.requested_by, principal)
        made: FileOut | None = None
        if job.result and "file_id" in job.result:
            found = await files.find_file(session, county_id=principal.county_id, file_id=UUID(job.result["file_id"]))
            made = None if found is None else FileOut(id=found.id, name=found.name, size=found.size)
        return JobOut(
            id=job.id,
            kind=job.kind,
            state=job.state,
            progress=job.progress,
            message=job.message if job.failure is None else job.failure[locale],
            file=made,
        )


class FileController(Controller):
    path = "/api/files"
    tags = ("system",)
    opt = ADMINISTERING

    @get("/{file_id:uuid}", summary="Download")
    async def download(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        file_id: FromPath[UUID],
    ) -> File:
        """For whoever had it made."""
        found = await files.get_file(session, county_id=principal.county_id, file_id=file_id)
        _require_own(found.created_by, principal)
        return File(
            path=files.path_of(request.app.state.settings.files_dir, found),
            filename=found.name,
            media_type=found.media_type,
            headers={"Cache-Control": "private, no-store"},
        )


class EventController(Controller):
    path = "/api/events"
    tags = ("system",)
    opt = ADMINISTERING

    @get("/", summary="Server-sent events: hints that something of yours changed")
    async def events(self, request: AnyRequest, bearer: NamedDependency[Bearer]) -> ServerSentEvent:
        """One stream a browser. Opens no database session while it lasts; a page without it polls."""
        units = {str(unit_id) for unit_id in bearer.unit_ids}
        return ServerSentEvent(_feed(request, bearer.county_id, units))


async def _feed(request: AnyRequest, county_id: UUID, units: set[str]) -> AsyncIterator[ServerSentEventMessage]:
    yield ServerSentEventMessage(event="hello", data="{}", retry=3000)
    feed: Feed | None = request.app.state.feed
    if feed is None:
        return
    async with feed.listen(county_id) as messages:
        while True:
            try:
                message = await asyncio.wait_for(messages.get(), _SIGN_OF_LIFE)
            except TimeoutError:
                yield ServerSentEventMessage(comment="alive")
                continue
            if units.isdisjoint(message["recipients"]):
                continue
            told = {"id": message["id"], **message["payload"]}
            yield ServerSentEventMessage(
                event=message["topic"], id=str(message["id"]), data=orjson.dumps(told).decode()
            )
