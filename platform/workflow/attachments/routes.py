"""附件 over HTTP: one set of routes for every kind of subject."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import InternalServerException
from litestar.params import FromPath, FromQuery, Parameter
from litestar.response import File
from sqlalchemy.ext.asyncio import AsyncSession

from kit import files
from kit.db.session import Database
from kit.files import TooLong
from kit.idempotency import Attempt
from kit.settings import Settings
from tenancy.principal import Principal
from workflow.attachments import queries, service
from workflow.attachments.errors import FileTooLarge, UploadBroken
from workflow.attachments.schemas import AttachmentOut, AttachmentPage
from workflow.attachments.serving import served
from workflow.attachments.subjects import Holder, Slot, kind_of
from workflow.models import Attachment

_MB = 1024 * 1024

AnyRequest = Request[object, object, State]
Word = Annotated[str, Parameter(max_length=40)]


class AttachmentController(Controller):
    path = "/api/attachments"
    tags = ("attachments",)

    @get("/", summary="A subject's files, oldest first, and what may be added to it now")
    async def list_attachments(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        subject_kind: FromQuery[Word],
        subject_id: FromQuery[UUID],
    ) -> AttachmentPage:
        kind = kind_of(subject_kind)
        holder = await kind.look(session, actor=principal, subject_id=subject_id, lock=False)
        found = await queries.list_of_subject(
            session, county_id=principal.county_id, kind=subject_kind, subject_id=subject_id
        )
        return AttachmentPage(
            items=[_out(one, holder, principal) for one in found],
            may_add=sorted(holder.may_add),
            limit=kind.limit,
            max_bytes=_limit(request),
        )

    @post(
        "/", summary="Attach a file: the request's body is the file itself", status_code=201, request_max_body_size=None
    )
    async def add(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        subject_kind: FromQuery[Word],
        subject_id: FromQuery[UUID],
        kind: FromQuery[Word],
        name: FromQuery[str],
    ) -> AttachmentOut:
        """Refused before the bytes are read where it can be. The request's transaction begins when the last byte is
        there, so a slow sender holds no connection."""
        settings: Settings = request.app.state.settings
        database: Database = request.app.state.database
        slot = Slot(subject_kind, subject_id, kind)
        limit = _limit(request)
        announced = request.content_length
        if announced is not None and announced > limit:
            raise FileTooLarge(limit=settings.attachment_mb)
        async with database.transaction(principal.identity) as before:
            await service.require_addable(before, actor=principal, slot=slot)
        try:
            async with files.receiving(_chunks(request), files_dir=settings.files_dir, limit=limit) as received:
                if announced is not None and received.size != announced:
                    raise UploadBroken
                attempt = Attempt.of(
                    county_id=principal.county_id,
                    account_id=principal.account_id,
                    membership_id=principal.membership_id,
                    key=request.headers.get("idempotency-key"),
                    parts=[
                        b"attach",
                        *(str(part).encode() for part in (subject_kind, subject_id, kind, received.sha256)),
                    ],
                )
                made = await service.add(
                    session, actor=principal, slot=slot, name=name, received=received, attempt=attempt
                )
        except TooLong:
            raise FileTooLarge(limit=settings.attachment_mb) from None
        return await _answer(session, principal, made)

    @get("/{attachment_id:uuid}", summary="The file; a photo or PDF to be shown, anything else to be kept")
    async def read(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        attachment_id: FromPath[UUID],
    ) -> File:
        found = await service.get_readable(session, actor=principal, attachment_id=attachment_id)
        return served(request.app.state.settings.files_dir, found, name=found.name, media_type=found.media_type)

    @post(
        "/{attachment_id:uuid}/withdraw", summary="撤下: nobody reads it any more; it can be restored", status_code=200
    )
    async def withdraw(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        attachment_id: FromPath[UUID],
    ) -> AttachmentOut:
        found = await service.withdraw(session, actor=principal, attachment_id=attachment_id)
        return await _answer(session, principal, found)

    @post("/{attachment_id:uuid}/restore", summary="撤销: take a withdrawal back", status_code=200)
    async def restore(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        attachment_id: FromPath[UUID],
    ) -> AttachmentOut:
        found = await service.restore(session, actor=principal, attachment_id=attachment_id)
        return await _answer(session, principal, found)


async def _chunks(request: AnyRequest) -> AsyncIterator[bytes]:
    """The body as it comes. Raises UploadBroken when the sender goes away."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException:
        raise UploadBroken from None


def _limit(request: AnyRequest) -> int:
    settings: Settings = request.app.state.settings
    return settings.attachment_mb * _MB


async def _answer(session: AsyncSession, principal: Principal, found: Attachment) -> AttachmentOut:
    holder = await kind_of(found.subject_kind).look(session, actor=principal, subject_id=found.subject_id, lock=False)
    return _out(found, holder, principal)


def _out(one: Attachment, holder: Holder, principal: Principal) -> AttachmentOut:
    return AttachmentOut(
        id=one.id,
        kind=one.kind,
        name=one.name,
        media_type=one.media_type,
        size=one.size,
        number=one.number,
        added_at=one.added_at,
        by_name=one.adder_name,
        withdrawn_at=one.withdrawn_at,
        withdrawn_by=one.withdrawer_name,
        may_withdraw=service.may_withdraw(holder, one, principal),
    )
