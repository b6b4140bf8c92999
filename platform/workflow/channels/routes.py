"""A unit's channels over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from tenancy.principal import Principal
from workflow.channels import service as channels
from workflow.channels.schemas import ChannelIn, ChannelOut, ChannelPage, TestStarted


class ChannelController(Controller):
    """消息渠道."""

    path = "/api/channels"
    tags = ("reminders",)

    @get("/", summary="The acting unit's channels; addresses and secrets stay hidden")
    async def list_channels(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> ChannelPage:
        return ChannelPage(items=await channels.list_views(session, principal))

    @post("/", summary="Add a channel")
    async def add_channel(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[ChannelIn]
    ) -> ChannelOut:
        return await channels.add(session, actor=principal, given=data)

    @put("/{channel_id:uuid}", summary="Change a channel; what is left out stays")
    async def put_channel(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        channel_id: FromPath[UUID],
        data: JSONBody[ChannelIn],
        asked: NamedDependency[Asked],
    ) -> ChannelOut:
        return await channels.edit(session, actor=principal, channel_id=channel_id, version=asked.if_match, given=data)

    @delete("/{channel_id:uuid}", summary="Remove a channel", status_code=204)
    async def remove_channel(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], channel_id: FromPath[UUID]
    ) -> None:
        await channels.delete(session, actor=principal, channel_id=channel_id)

    @post("/{channel_id:uuid}/test", summary="Send a test message", status_code=202)
    async def test_channel(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], channel_id: FromPath[UUID]
    ) -> TestStarted:
        return TestStarted(job_id=await channels.test(session, actor=principal, channel_id=channel_id))
