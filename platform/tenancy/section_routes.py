"""Sections over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tenancy import queries, section_queries, sections
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import SectionIn, SectionOut, SectionPage, SectionPlaceIn, SectionSetIn


async def _page(session: AsyncSession, principal: Principal, unit_id: UUID) -> SectionPage:
    await queries.get_unit_in_scope(session, principal.scope, unit_id)
    found = await section_queries.list_sections(session, county_id=principal.county_id, unit_id=unit_id)
    counts = await section_queries.count_members(session, county_id=principal.county_id, unit_id=unit_id)
    return SectionPage(
        items=[
            SectionOut(id=one.id, name=one.name, closed=one.closed_on is not None, members=counts.get(one.id, 0))
            for one in found
        ],
        may_arrange=sections.may_arrange(principal),
        may_place=sections.may_place(principal),
    )


class SectionController(Controller):
    """股室."""

    path = "/api"
    tags = ("units",)
    opt = ADMINISTERING

    @get("/units/{unit_id:uuid}/sections", summary="A unit's sections and how many stand in each")
    async def list_sections(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], unit_id: FromPath[UUID]
    ) -> SectionPage:
        return await _page(session, principal, unit_id)

    @post("/units/{unit_id:uuid}/sections", summary="Make a section")
    async def add_section(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[SectionIn],
    ) -> SectionPage:
        await sections.add_section(session, actor=principal, unit_id=unit_id, name=data.name)
        return await _page(session, principal, unit_id)

    @put("/sections/{section_id:uuid}", summary="Rename a section, close it or open it again", status_code=204)
    async def set_section(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        section_id: FromPath[UUID],
        data: JSONBody[SectionSetIn],
    ) -> None:
        if data.name is not None:
            await sections.rename_section(session, actor=principal, section_id=section_id, name=data.name)
        if data.closed is not None:
            await sections.close_section(session, actor=principal, section_id=section_id, closed=data.closed)

    @put("/memberships/{membership_id:uuid}/section", summary="Put a membership into a section", status_code=204)
    async def place_membership(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        membership_id: FromPath[UUID],
        data: JSONBody[SectionPlaceIn],
    ) -> None:
        await sections.place_membership(
            session, actor=principal, membership_id=membership_id, section_id=data.section_id
        )
