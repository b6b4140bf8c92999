"""A county's rules of dispatch over HTTP."""

from __future__ import annotations

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from plans import service
from plans.schemas import RulesIn, RulesOut
from tenancy.principal import Principal


class DispatchRulesController(Controller):
    """下达规则: 最短时限、紧急事项签收时限、每日摘要."""

    path = "/api/dispatch-rules"
    tags = ("tasks",)

    @get("/", summary="What the county decided, and its last changes")
    async def get_rules(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> RulesOut:
        return await service.rules_view(session, principal)

    @put("/", summary="Set the rules; If-Match names the version read, 0 for the defaults")
    async def put_rules(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[RulesIn],
        asked: NamedDependency[Asked],
    ) -> RulesOut:
        return await service.save_rules(session, actor=principal, version=asked.if_match, given=data)
