"""学时: what each staff member was credited with in a year, and a unit's sum. A record, never a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.pledges.queries import list_signed
from plans.staff.models import StaffState
from plans.staff.queries import get_member
from plans.training import hours_queries
from plans.training.hours_queries import PersonHours
from plans.training.models import PlaceState, TrainingKind
from plans.training.schemas import AttendedOut, HoursOut, PersonHoursOut, PersonOut, UnitHoursOut, UnitsHoursOut
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, list_unit_names, load_scope_tree

NOTHING = Decimal(0)


async def people(
    session: AsyncSession,
    principal: Principal,
    *,
    year: int,
    unit_id: UUID | None,
    below: bool,
    without: str | None,
) -> HoursOut:
    """The persons of a unit (the acting one unless one is named), or of all at or below the acting one; all, or those
    `without` `pre_service` training or `pledge`. Raises NotFound."""
    if unit_id is not None:
        await get_unit_in_scope(session, principal.scope, unit_id)
    units = None if below else [unit_id or principal.unit_id]
    found = await hours_queries.list_people(
        session,
        county_id=principal.county_id,
        year=year,
        unit_ids=units,
        without_pre_service=without == "pre_service",
    )
    signed = await list_signed(session, county_id=principal.county_id, year=year)
    if without == "pledge":
        found = [one for one in found if one.member.state is StaffState.SERVING and one.member.id not in signed]
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids={p.member.unit_id for p in found})
    nodes = await load_scope_tree(session, principal.scope)
    order = {node.id: at for at, node in enumerate(nodes)}
    items = [
        PersonHoursOut(
            staff_id=one.member.id,
            name=one.member.name,
            post=one.member.post,
            unit_id=one.member.unit_id,
            unit=names.get(one.member.unit_id, ""),
            serving=one.member.state is StaffState.SERVING,
            hours=one.hours,
            sessions=one.sessions,
            pre_service_on=one.pre_service_on,
            pledged_on=(
                signed[one.member.id].signed_at.astimezone(clock.SHANGHAI).date() if one.member.id in signed else None
            ),
        )
        for one in sorted(found, key=lambda p: (order.get(p.member.unit_id, len(order)), p.member.name))
    ]
    return HoursOut(year=year, items=items, total=total(found))


def total(found: Sequence[PersonHours]) -> Decimal:
    return sum((one.hours for one in found), NOTHING)


async def units(session: AsyncSession, principal: Principal, *, year: int) -> UnitsHoursOut:
    """Each unit in scope with its sum, and how many of its people still lack what everybody needs."""
    found = await hours_queries.list_people(session, county_id=principal.county_id, year=year)
    signed = await list_signed(session, county_id=principal.county_id, year=year)
    by_unit: dict[UUID, list[PersonHours]] = {}
    for one in found:
        by_unit.setdefault(one.member.unit_id, []).append(one)
    nodes = await load_scope_tree(session, principal.scope)
    names = {node.id: node.short_name for node in nodes}
    items = []
    for node in nodes:
        persons = by_unit.get(node.id, [])
        serving = [one for one in persons if one.member.state is StaffState.SERVING]
        items.append(
            UnitHoursOut(
                unit_id=node.id,
                unit=node.name,
                tier=node.tier,
                parent="" if node.parent_id is None else names.get(node.parent_id, ""),
                serving=len(serving),
                hours=total(persons),
                sessions=sum(one.sessions for one in persons),
                without_pre_service=sum(1 for one in serving if one.pre_service_on is None),
                without_pledge=sum(1 for one in serving if one.member.id not in signed),
            )
        )
    return UnitsHoursOut(year=year, items=items, total=total(found))


async def person(session: AsyncSession, principal: Principal, staff_id: UUID) -> PersonOut:
    """One person's record over all years. Raises NotFound."""
    member = await get_member(session, county_id=principal.county_id, staff_id=staff_id)
    found = await hours_queries.list_of_person(session, county_id=principal.county_id, staff_id=staff_id)
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids=[member.unit_id])
    attended = [one for one in found if one.taken.state is PlaceState.ATTENDED]
    years: dict[int, Decimal] = {}
    for one in attended:
        years[one.taken.day.year] = years.get(one.taken.day.year, NOTHING) + (one.taken.hours or NOTHING)
    first = [one.taken.day for one in attended if one.training.kind is TrainingKind.PRE_SERVICE]
    return PersonOut(
        staff_id=staff_id,
        name=member.name,
        unit=names.get(member.unit_id, ""),
        pre_service_on=min(first, default=None),
        years=years,
        items=[
            AttendedOut(
                training_id=one.training.id,
                title=one.training.title,
                kind=one.training.kind,
                issuer=one.training.issuer_name,
                starts_at=one.session.starts_at,
                state=one.taken.state,
                hours=one.taken.hours,
                result=one.taken.result,
                score=one.taken.score,
            )
            for one in found
        ],
    )
