"""交接 over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tenancy.models import Role
from tenancy.principal import ADMINISTERING, Principal
from workflow.handover import queries, service
from workflow.handover.schemas import DutyOut, HandedOverOut, HandOverIn, HandOverOut, PostOut


class PostController(Controller):
    """A post that may be handed over."""

    path = "/api/memberships/{membership_id:uuid}/hand-over"
    tags = ("hand-over",)
    opt = ADMINISTERING

    @get("/", summary="What is open at a post, and who could take it over")
    async def get_post(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        membership_id: FromPath[UUID],
    ) -> PostOut:
        return await service.post_view(session, actor=principal, membership_id=membership_id)

    @post("/", summary="确认交接: in force at once")
    async def hand_over(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        membership_id: FromPath[UUID],
        data: JSONBody[HandOverIn],
    ) -> HandedOverOut:
        made, slip = await service.hand_over(session, actor=principal, membership_id=membership_id, given=data)
        return HandedOverOut(
            id=made,
            sign_name=None if slip is None else slip.sign_name,
            initial_password=None if slip is None else slip.initial_password,
        )


class HandOverController(Controller):
    path = "/api/hand-overs"
    tags = ("hand-over",)
    opt = ADMINISTERING

    @get("/{hand_over_id:uuid}", summary="交接清单, to the unit and those above it")
    async def get_hand_over(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        hand_over_id: FromPath[UUID],
    ) -> HandOverOut:
        found = await queries.get_hand_over(session, county_id=principal.county_id, hand_over_id=hand_over_id)
        return HandOverOut(
            id=found.id,
            unit_id=found.unit_id,
            unit_name=found.unit_name,
            leaver_name=found.leaver_name,
            successor_name=found.successor_name,
            roles=[Role(role) for role in found.roles],
            duties=[DutyOut(**duty) for duty in found.duties],
            last_post=found.last_post,
            handed_on=found.handed_on,
            remark=found.remark,
            made_at=found.made_at,
            maker_name=found.maker_name,
        )
