"""工作人员 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.staff import service, views
from plans.staff.schemas import (
    FoundStaff,
    LeaveIn,
    RosterOut,
    RosterUnits,
    StaffAddIn,
    StaffIn,
    StaffPage,
    StaffPhone,
)
from plans.staff.service import Given
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

PART_OF_NAME = Parameter(max_length=40, description="Part of a name")


async def _page(edit: Edit, staff_id: UUID) -> Response[StaffPage]:
    page = await views.member_page(edit.session, edit.principal, staff_id)
    return tagged(page, page.member.version)


def _given(data: StaffIn) -> Given:
    return Given(
        name=data.name,
        post=data.post,
        kind=data.kind,
        background=data.background,
        duties=data.duties,
        certificates=[one.model_dump(mode="json") for one in data.certificates],
        established=data.established,
        started_on=data.started_on,
        phone=data.phone,
        account_id=data.account_id,
    )


class StaffController(Controller):
    """工作人员."""

    path = "/api/staff"
    tags = ("staff",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="A unit's people, those who serve and those who left; the acting unit's unless one is named")
    async def get_roster(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromQuery[UUID | None] = None,
    ) -> RosterOut:
        return await views.roster(session, principal, unit_id or principal.unit_id)

    @get("/units", summary="The units in scope with how many serve at each")
    async def list_units(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> RosterUnits:
        return await views.roster_units(session, principal)

    @get("/found", summary="Who serves at or below the acting unit, by a part of the name")
    async def find_staff(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, PART_OF_NAME] = "",
    ) -> FoundStaff:
        return await views.found(session, principal, search)

    @post("/", summary="Put somebody on a roster")
    async def add(
        self, edit: NamedDependency[Edit], principal: NamedDependency[Principal], data: JSONBody[StaffAddIn]
    ) -> Response[StaffPage]:
        unit_id = data.unit_id or principal.unit_id
        return await _page(edit, await edit.make(service.add, unit_id=unit_id, given=_given(data)))

    @get("/{staff_id:uuid}", summary="A person on a roster")
    async def get_member(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], staff_id: FromPath[UUID]
    ) -> Response[StaffPage]:
        page = await views.member_page(session, principal, staff_id)
        return tagged(page, page.member.version)

    @put("/{staff_id:uuid}", summary="Change what the roster says")
    async def change(
        self, edit: NamedDependency[Edit], staff_id: FromPath[UUID], data: JSONBody[StaffIn]
    ) -> Response[StaffPage]:
        await edit.carry_out(service.change, staff_id=staff_id, given=_given(data))
        return await _page(edit, staff_id)

    @post("/{staff_id:uuid}/leave", summary="离岗", status_code=200)
    async def leave(
        self, edit: NamedDependency[Edit], staff_id: FromPath[UUID], data: JSONBody[LeaveIn]
    ) -> Response[StaffPage]:
        await edit.carry_out(service.leave, staff_id=staff_id, on=data.on)
        return await _page(edit, staff_id)

    @post("/{staff_id:uuid}/come-back", summary="恢复在岗", status_code=200)
    async def come_back(self, edit: NamedDependency[Edit], staff_id: FromPath[UUID]) -> Response[StaffPage]:
        await edit.carry_out(service.come_back, staff_id=staff_id)
        return await _page(edit, staff_id)

    @post("/{staff_id:uuid}/phone", summary="The telephone number itself, on the record", status_code=200)
    async def reveal(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], staff_id: FromPath[UUID]
    ) -> StaffPhone:
        return StaffPhone(phone=await service.reveal(session, actor=principal, staff_id=staff_id))
