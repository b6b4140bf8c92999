"""The month at a glance over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from kit.idempotency import Asked
from reporting.months import contacts, views
from reporting.months.schemas import ContactIn, ContactOut, MonthOut, PhoneOut
from tenancy.principal import Principal

MONTH = Parameter(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="A month, 2026-11")


class MonthController(Controller):
    """本月一览."""

    path = "/api/month"
    tags = ("cycles",)

    @get("/", summary="Units down, everything due in a month across")
    async def get_month(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        period: Annotated[str | None, MONTH] = None,
        parent_id: FromQuery[UUID | None] = None,
        everything: FromQuery[bool] = False,
    ) -> MonthOut:
        return await views.month_view(session, principal, period=period, parent_id=parent_id, everything=everything)


class ContactController(Controller):
    """联系人."""

    path = "/api/units/{unit_id:uuid}/contact"
    tags = ("units",)

    @get("/", summary="Whom to call at a unit, the number masked")
    async def get_contact(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], unit_id: FromPath[UUID]
    ) -> ContactOut:
        return await contacts.contact_view(session, principal, unit_id)

    @put("/", summary="Write down whom to call; If-Match names the version read, 0 for none")
    async def put_contact(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[ContactIn],
        asked: NamedDependency[Asked],
    ) -> ContactOut:
        return await contacts.edit(session, actor=principal, unit_id=unit_id, version=asked.if_match, given=data)

    @post("/reveal", summary="The telephone number itself; goes on record", status_code=200)
    async def reveal(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], unit_id: FromPath[UUID]
    ) -> PhoneOut:
        return await contacts.reveal(session, actor=principal, unit_id=unit_id)
