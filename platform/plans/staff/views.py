"""What the pages of the roster show."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.masks import masked_phone
from plans.staff import queries
from plans.staff.lifecycle import STAFF, subject_of
from plans.staff.models import Duty, StaffMember
from plans.staff.schemas import (
    Certificate,
    FoundStaff,
    RosterAccount,
    RosterOut,
    RosterUnit,
    RosterUnits,
    StaffBrief,
    StaffChange,
    StaffOut,
    StaffPage,
)
from plans.staff.service import PHONE, may_keep
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, list_accounts, list_names, list_unit_names, load_scope_tree
from workflow.queries import list_history

#: Found people that are shown at once.
MOST_FOUND = 50


def _out(member: StaffMember, principal: Principal, unit: str, accounts: Mapping[UUID, str]) -> StaffOut:
    phone = None if member.phone_cipher is None else crypto.decrypt(member.phone_cipher, context=PHONE)
    return StaffOut(
        id=member.id,
        version=member.version,
        unit_id=member.unit_id,
        unit=unit,
        name=member.name,
        post=member.post,
        kind=member.kind,
        background=member.background,
        duties=[Duty(one) for one in member.duties],
        certificates=[Certificate.model_validate(one) for one in member.certificates],
        established=member.established,
        phone=None if phone is None else masked_phone(phone),
        account_id=member.account_id,
        account="" if member.account_id is None else accounts.get(member.account_id, ""),
        started_on=member.started_on,
        left_on=member.left_on,
        state=member.state,
        actions=STAFF.allowed(subject_of(member), principal),
    )


async def roster(session: AsyncSession, principal: Principal, unit_id: UUID) -> RosterOut:
    """A unit's people. Raises NotFound out of scope."""
    unit = await get_unit_in_scope(session, principal.scope, unit_id)
    county_id = principal.county_id
    members = await queries.list_of_units(session, county_id=county_id, unit_ids=[unit_id], state=None)
    names = await list_names(
        session, county_id=county_id, account_ids=[m.account_id for m in members if m.account_id is not None]
    )
    keeps = may_keep(principal)
    known = await list_accounts(session, county_id=county_id, unit_ids=[unit_id]) if keeps else []
    return RosterOut(
        unit_id=unit_id,
        unit=unit.name,
        items=[_out(member, principal, unit.name, names) for member in members],
        may_add=keeps,
        accounts=[
            RosterAccount(id=facts.account.id, name=facts.account.display_name)
            for facts in known
            if facts.membership.admin_kind is None
        ],
    )


async def roster_units(session: AsyncSession, principal: Principal) -> RosterUnits:
    """The units in scope, with how many serve at each, in the order of the tree."""
    nodes = await load_scope_tree(session, principal.scope, day=clock.today())
    counts = await queries.count_by_unit(session, county_id=principal.county_id)
    names = {node.id: node.short_name for node in nodes}
    return RosterUnits(
        items=[
            RosterUnit(
                id=node.id,
                name=node.name,
                tier=node.tier,
                parent=names.get(node.parent_id, "") if node.parent_id is not None else "",
                serving=counts.get(node.id, 0),
            )
            for node in nodes
        ]
    )


async def found(session: AsyncSession, principal: Principal, search: str) -> FoundStaff:
    """Who serves at or below the acting unit, by a part of the name."""
    members = await queries.list_of_units(
        session, county_id=principal.county_id, search=search.strip(), limit=MOST_FOUND
    )
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids={m.unit_id for m in members})
    return FoundStaff(
        items=[
            StaffBrief(id=m.id, name=m.name, post=m.post, unit_id=m.unit_id, unit=names.get(m.unit_id, ""))
            for m in members
        ]
    )


async def member_page(session: AsyncSession, principal: Principal, staff_id: UUID) -> StaffPage:
    """A person with what was changed about them. Raises NotFound."""
    member = await queries.get_member(session, county_id=principal.county_id, staff_id=staff_id)
    units = await list_unit_names(session, county_id=principal.county_id, unit_ids=[member.unit_id])
    linked = [] if member.account_id is None else [member.account_id]
    accounts = await list_names(session, county_id=principal.county_id, account_ids=linked)
    history = await list_history(session, county_id=principal.county_id, subject_id=staff_id)
    return StaffPage(
        member=_out(member, principal, units.get(member.unit_id, ""), accounts),
        history=[
            StaffChange(action=one.action, at=one.at, by=one.actor_name, changed=one.detail.get("changed", []))
            for one in history
        ],
    )
