"""What the pages of pledges show."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.pledges import queries
from plans.pledges.models import PledgeText
from plans.pledges.schemas import PledgeLine, PledgeOut, PledgePage, PledgeTextOut, PledgeVoidOut
from plans.pledges.service import may_issue, may_sign, may_void
from plans.staff import queries as staff_queries
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, load_scope_tree


def _text(found: PledgeText) -> PledgeTextOut:
    return PledgeTextOut(
        id=found.id,
        year=found.year,
        no=found.no,
        title=found.title,
        text=found.text,
        due_on=found.due_on,
        made_at=found.made_at,
        maker=found.maker_name,
    )


async def year_page(
    session: AsyncSession, principal: Principal, *, year: int, unit_id: UUID | None, below: bool
) -> PledgePage:
    """A unit's year (the acting unit's unless one is named), or of all at or below it. Raises NotFound."""
    if unit_id is not None:
        await get_unit_in_scope(session, principal.scope, unit_id)
    texts = await queries.list_texts(session, county_id=principal.county_id, year=year)
    issues = may_issue(principal)
    latest = await queries.find_latest_text(session, county_id=principal.county_id) if issues and not texts else None
    nodes = await load_scope_tree(session, principal.scope)
    order = {node.id: (at, node.name) for at, node in enumerate(nodes)}
    members = await staff_queries.list_of_units(
        session, county_id=principal.county_id, unit_ids=None if below else [unit_id or principal.unit_id]
    )
    signed = await queries.list_signed(session, county_id=principal.county_id, year=year)
    void: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for one in await queries.list_void(session, county_id=principal.county_id, year=year):
        void[one.staff_id].append(one.id)
    items = [
        PledgeLine(
            staff_id=member.id,
            name=member.name,
            post=member.post,
            unit_id=member.unit_id,
            unit=order[member.unit_id][1] if member.unit_id in order else "",
            pledge_id=signed[member.id].id if member.id in signed else None,
            signed_at=signed[member.id].signed_at if member.id in signed else None,
            void_ids=void.get(member.id, []),
            may_sign=bool(texts) and member.id not in signed and may_sign(principal, member),
        )
        for member in sorted(members, key=lambda one: (order.get(one.unit_id, (len(order), ""))[0], one.name))
    ]
    return PledgePage(
        year=year,
        text=_text(texts[-1]) if texts else None,
        draft=None if latest is None else _text(latest),
        may_issue=issues,
        items=items,
        total=len(items),
        signed=sum(1 for item in items if item.pledge_id is not None),
    )


async def pledge_view(session: AsyncSession, principal: Principal, pledge_id: UUID) -> PledgeOut:
    """A signed pledge at or below the acting unit, with the text that was signed. Raises NotFound."""
    pledge = await queries.get_pledge(session, county_id=principal.county_id, pledge_id=pledge_id)
    text = await queries.get_text(session, county_id=principal.county_id, text_id=pledge.text_id)
    void = await queries.find_void(session, county_id=principal.county_id, pledge_id=pledge_id)
    return PledgeOut(
        id=pledge.id,
        year=pledge.year,
        title=text.title,
        text=text.text,
        name=pledge.staff_name,
        unit=pledge.unit_name,
        signed_at=pledge.signed_at,
        void=None
        if void is None
        else PledgeVoidOut(reason=void.reason, voided_at=void.voided_at, voider=void.voider_name),
        may_void=void is None and may_void(principal),
    )
