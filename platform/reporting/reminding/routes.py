"""Reminders over HTTP: the county's rules."""

from __future__ import annotations

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from reporting.reminding import plan
from reporting.reminding.schemas import PlanIn, PlanOut
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
