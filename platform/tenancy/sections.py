"""Commands on sections 股室: make, rename, close; and who stands in which.

A membership without a section sees what belongs to any section of its unit. So putting somebody into a section takes
sight away and taking them out gives it, which is for an administrator and never for the person themselves.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import write_all
from kit.errors import Forbidden
from kit.ids import new_id
from tenancy import queries, section_queries
from tenancy.audit import audited
from tenancy.errors import AdministratorsApart, SectionInUse, SectionNameTaken
from tenancy.models import AdminKind, Membership, Role, Section
from tenancy.principal import Principal


def may_arrange(actor: Principal) -> bool:
    """Whether the actor makes sections at its unit and below: an administrator there, or the county's system
    administrator."""
    return actor.admin_kind is AdminKind.SYSTEM or actor.has(Role.ADMINISTRATOR)


def may_place(actor: Principal) -> bool:
    """Whether the actor says who stands in which section: an administrator, or the county's security administrator."""
    return actor.admin_kind is AdminKind.SECURITY or actor.has(Role.ADMINISTRATOR)


async def _record(session: AsyncSession, actor: Principal, action: str, section_id: UUID, **detail: str) -> None:
    entry = audited(actor, f"section.{action}", subject_kind="section", subject_id=section_id, detail=detail)
    await write_all(session, [entry])


async def _named(session: AsyncSession, section: Section) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise SectionNameTaken from error


async def add_section(session: AsyncSession, *, actor: Principal, unit_id: UUID, name: str) -> UUID:
    """Make a section of a unit in scope. Raises NotFound, Forbidden, SectionNameTaken."""
    await queries.get_unit_in_scope(session, actor.scope, unit_id)
    if not may_arrange(actor):
        raise Forbidden
    section = Section(county_id=actor.county_id, id=new_id(), unit_id=unit_id, name=name)
    session.add(section)
    await _named(session, section)
    await _record(session, actor, "add", section.id, name=name)
    return section.id


async def _arranged(session: AsyncSession, actor: Principal, section_id: UUID) -> Section:
    section = await section_queries.get_section(session, county_id=actor.county_id, section_id=section_id, lock=True)
    await queries.get_unit_in_scope(session, actor.scope, section.unit_id)
    if not may_arrange(actor):
        raise Forbidden
    return section


async def rename_section(session: AsyncSession, *, actor: Principal, section_id: UUID, name: str) -> None:
    """Call a section otherwise. Raises NotFound, Forbidden, SectionNameTaken."""
    section = await _arranged(session, actor, section_id)
    before, section.name = section.name, name
    await _named(session, section)
    await _record(session, actor, "rename", section_id, before=before, after=name)


async def close_section(session: AsyncSession, *, actor: Principal, section_id: UUID, closed: bool) -> None:
    """Close a section, or open it again. One that people stand in stays open: without a section they would see what
    belongs to the others. Raises NotFound, Forbidden, SectionInUse."""
    section = await _arranged(session, actor, section_id)
    counts = await section_queries.count_members(session, county_id=actor.county_id, unit_id=section.unit_id)
    if closed and section_id in counts:
        raise SectionInUse(count=counts[section_id])
    section.closed_on = clock.today() if closed else None
    await session.flush()
    await _record(session, actor, "close" if closed else "reopen", section_id)


async def place_membership(
    session: AsyncSession, *, actor: Principal, membership_id: UUID, section_id: UUID | None
) -> Membership:
    """Put a membership into a section of its unit, or into none. Raises NotFound, Forbidden (one's own too),
    AdministratorsApart for one of 三员."""
    membership = await queries.get_membership(
        session, county_id=actor.county_id, membership_id=membership_id, lock=True
    )
    await queries.get_unit_in_scope(session, actor.scope, membership.unit_id)
    if not may_place(actor) or membership.account_id == actor.account_id:
        raise Forbidden
    if membership.admin_kind is not None:
        raise AdministratorsApart
    if section_id is not None:
        await section_queries.get_open_section(
            session, county_id=actor.county_id, unit_id=membership.unit_id, section_id=section_id
        )
    membership.section_id = section_id
    await session.flush()
    entry = audited(
        actor,
        "account.section",
        subject_kind="account",
        subject_id=membership.account_id,
        detail={"section_id": None if section_id is None else str(section_id)},
    )
    await write_all(session, [entry])
    return membership
