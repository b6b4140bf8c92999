"""Files of documents that go down, over HTTP. They are gathered by the routes of attachments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter
from litestar.response import File
from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.principal import Principal
from workflow.attachments.serving import served
from workflow.enclosures import queries
from workflow.enclosures.documents import require_readable
from workflow.enclosures.schemas import EnclosurePage, enclosure_out

Word = Annotated[str, Parameter(max_length=40)]


class EnclosureController(Controller):
    path = "/api/enclosures"
    tags = ("attachments",)

    @get("/", summary="The files of a document")
    async def list_enclosures(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        subject_kind: FromQuery[Word],
        subject_id: FromQuery[UUID],
    ) -> EnclosurePage:
        await require_readable(session, principal, subject_kind, subject_id)
        found = await queries.list_enclosed(
            session, county_id=principal.county_id, document_id=subject_id, kind=subject_kind
        )
        return EnclosurePage(items=[enclosure_out(one) for one in found])

    @get("/{enclosure_id:uuid}", summary="One of a document's files")
    async def read(
        self,
        request: Request[object, object, State],
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        enclosure_id: FromPath[UUID],
    ) -> File:
        found = await queries.get(session, county_id=principal.county_id, enclosure_id=enclosure_id)
        await require_readable(session, principal, found.subject_kind, found.subject_id)
        return served(request.app.state.settings.files_dir, found, name=found.name, media_type=found.media_type)
