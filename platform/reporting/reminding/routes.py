"""Reminders over HTTP: the county's rules, a unit's channels."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from reporting.reminding import channels, plan
from reporting.reminding.schemas import ChannelIn, ChannelOut, ChannelPage, PlanIn, PlanOut
from reporting.schemas import JobStarted
from tenancy.principal import Principal


class ReminderPlanController(Controller):
    """催报规则."""

    path = "/api/reminders/plan"
    tags = ("reminders",)

    @get("/", summary="When units are reminded")
    async def get_plan(self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]) -> PlanOut:
        return await plan.plan_view(session, principal)

    @put("/", summary="Set when units are reminded; If-Match names the version read, 0 for the defaults")
    async def put_plan(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[PlanIn],
        asked: NamedDependency[Asked],
    ) -> PlanOut:
        return await plan.save_plan(session, actor=principal, version=asked.if_match, given=data)


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
    ) -> JobStarted:
        return JobStarted(job_id=await channels.test(session, actor=principal, channel_id=channel_id))
