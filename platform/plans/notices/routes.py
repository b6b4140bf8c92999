"""Notices over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.notices import service, views
from plans.notices.models import NoticeKind
from plans.notices.schemas import (
    IssuedNotices,
    NoticeIssueIn,
    NoticeOut,
    PinIn,
    ReceiptsOut,
    ReceivedNotices,
    WithdrawIn,
)
from plans.notices.service import Given
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

SEARCH = Parameter(max_length=60, description="Words of the title or text, separated by spaces")
AFTER = Parameter(max_length=100, description="`next` of the page before")


async def _notice(edit: Edit, notice_id: UUID) -> Response[NoticeOut]:
    view = await views.notice_view(edit.session, edit.principal, notice_id)
    return tagged(view, view.version)


class NoticeController(Controller):
    """通知公告."""

    path = "/api/notices"
    tags = ("notices",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/received", summary="What was published to the acting unit, newest first")
    async def list_received(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        after: Annotated[str | None, AFTER] = None,
        kind: FromQuery[NoticeKind | None] = None,
        unread: FromQuery[bool] = False,
    ) -> ReceivedNotices:
        kinds = list(NoticeKind) if kind is None else [kind]
        return await views.received_page(session, principal, kinds=kinds, search=search, unread=unread, after=after)

    @get("/issued", summary="What the acting unit issued, with how many have read it")
    async def list_issued(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        after: Annotated[str | None, AFTER] = None,
        kind: FromQuery[NoticeKind | None] = None,
    ) -> IssuedNotices:
        kinds = list(NoticeKind) if kind is None else [kind]
        return await views.issued_page(session, principal, kinds=kinds, search=search, after=after)

    @post("/", summary="Publish a notice to units below, now or later")
    async def issue(self, edit: NamedDependency[Edit], data: JSONBody[NoticeIssueIn]) -> Response[NoticeOut]:
        given = Given(
            kind=data.kind,
            title=data.title,
            text=data.text,
            to=data.to,
            job=data.job,
            receipt=data.receipt,
            publish_at=data.publish_at,
            pinned_until=data.pinned_until,
            file_ids=data.file_ids,
        )
        return await _notice(edit, await edit.make(service.issue, given=given))

    @get("/{notice_id:uuid}", summary="A notice")
    async def get_notice(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], notice_id: FromPath[UUID]
    ) -> Response[NoticeOut]:
        view = await views.notice_view(session, principal, notice_id)
        return tagged(view, view.version)

    @get("/{notice_id:uuid}/receipts", summary="Who has read it, of the units below")
    async def list_receipts(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        notice_id: FromPath[UUID],
        unread: FromQuery[bool | None] = None,
    ) -> ReceiptsOut:
        return await views.receipts_view(session, principal, notice_id, unread=unread)

    @post("/{notice_id:uuid}/read", summary="已阅", status_code=204)
    async def read(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], notice_id: FromPath[UUID]
    ) -> None:
        await service.read(session, actor=principal, notice_id=notice_id)

    @post("/{notice_id:uuid}/remind", summary="Tell those who have not read it once more", status_code=200)
    async def remind(self, edit: NamedDependency[Edit], notice_id: FromPath[UUID]) -> Response[NoticeOut]:
        await edit.carry_out(service.remind, notice_id=notice_id)
        return await _notice(edit, notice_id)

    @post("/{notice_id:uuid}/pin", summary="置顶 until a time, or no longer", status_code=200)
    async def pin(
        self, edit: NamedDependency[Edit], notice_id: FromPath[UUID], data: JSONBody[PinIn]
    ) -> Response[NoticeOut]:
        await edit.carry_out(service.pin, notice_id=notice_id, until=data.until)
        return await _notice(edit, notice_id)

    @post("/{notice_id:uuid}/withdraw", summary="撤回, with a reason", status_code=200)
    async def withdraw(
        self, edit: NamedDependency[Edit], notice_id: FromPath[UUID], data: JSONBody[WithdrawIn]
    ) -> Response[NoticeOut]:
        await edit.carry_out(service.withdraw, notice_id=notice_id, reason=data.reason)
        return await _notice(edit, notice_id)
