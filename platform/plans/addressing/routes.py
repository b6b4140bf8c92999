"""Addressing over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from plans.addressing import service
from plans.addressing.schemas import AddressBook, GroupIn, PreviewIn, PreviewOut, TagIn
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit


class AddressingController(Controller):
    """承办单位、标签、常用分组."""

    path = "/api/addressees"
    tags = ("tasks",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="The acting unit's groups, and the tags of units below it")
    async def get_address_book(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> AddressBook:
        return await service.address_book(session, principal)

    @post("/preview", summary="Who is meant by a choice", status_code=200)
    async def preview(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[PreviewIn]
    ) -> PreviewOut:
        return await service.preview(session, principal, [one.as_choice() for one in data.to])

    @post("/groups", summary="Save a group of units under a name")
    async def make_group(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        edit: NamedDependency[Edit],
        data: JSONBody[GroupIn],
    ) -> AddressBook:
        await edit.make(service.make_group, name=data.name, unit_ids=data.unit_ids)
        return await service.address_book(session, principal)

    @put("/groups/{group_id:uuid}", summary="Change a group")
    async def change_group(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        edit: NamedDependency[Edit],
        group_id: FromPath[UUID],
        data: JSONBody[GroupIn],
    ) -> AddressBook:
        await edit.carry_out(service.change_group, group_id=group_id, name=data.name, unit_ids=data.unit_ids)
        return await service.address_book(session, principal)

    @delete("/groups/{group_id:uuid}", summary="Forget a group")
    async def drop_group(self, edit: NamedDependency[Edit], group_id: FromPath[UUID]) -> None:
        await edit.carry_out(service.drop_group, group_id=group_id)

    @put("/tags", summary="Say which units bear a tag")
    async def put_tag(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[TagIn]
    ) -> AddressBook:
        await service.put_tag(session, actor=principal, tag=data.tag, unit_ids=data.unit_ids)
        return await service.address_book(session, principal)
