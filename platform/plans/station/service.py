"""Saving what a station is, a section at a time. By the unit itself or by a unit above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.db.batch import Write, change, put, write_all
from kit.errors import Forbidden, NotFound, Stale
from kit.ids import new_id
from plans.staff.service import may_keep, may_reveal
from plans.station import queries
from plans.station.errors import FoundedLater, NotOfTheStandard
from plans.station.models import StationFund, StationProfile
from plans.station.rules import PREMISES
from plans.station.schemas import Funds, Grid, GridMemberIn, LeadingGroup, Organisation, Premises
from reporting.months.contacts import sealed_phone
from tenancy.audit import audited
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, load_line_in_scope
from tenancy.rules import TreeNode
from tenancy.tiers import Tier
from workflow.kept import kept

KIND = "station_profile"
PHONE = "station_profile.grid"
Section = Organisation | LeadingGroup | Grid | Premises | Funds


async def save(
    session: AsyncSession,
    *,
    actor: Principal,
    unit_id: UUID,
    version: int | None,
    given: Section,
    also: Sequence[Write] = (),
) -> int:
    """Save one section whole; the history keeps each fact before and after. `version` is 0 before anything was said.

    Raises NotFound, Forbidden, Stale, NotOfTheStandard, FoundedLater, PhoneImpossible.
    """
    line = await load_line_in_scope(session, actor.scope, unit_id)
    unit, place = line.nodes[unit_id], line.ancestors(unit_id)
    if not may_keep(actor):
        raise Forbidden
    profile = await queries.find_profile(session, county_id=actor.county_id, unit_id=unit_id, lock=True)
    now = 0 if profile is None else profile.version
    if version != now:
        raise Stale(version=now)
    subject_id = new_id() if profile is None else profile.id
    facts: dict[str, Any] = {"version": now + 1, "changed_at": clock.now(), "changed_by": actor.account_id}
    writes: list[Write] = []
    if isinstance(given, Funds):
        write, changes = await _funds(session, actor, unit_id, given, place)
        writes.append(write)
    else:
        values = _values(given, unit, profile)
        changes = _changes(values, profile)
        facts |= values
    if profile is None:
        writes.append(
            put(StationProfile, county_id=actor.county_id, id=subject_id, unit_id=unit_id, place=place, **facts)
        )
    else:
        writes.append(change(StationProfile, county_id=actor.county_id, id=subject_id, **facts))
    detail = {"section": given.section, "changes": changes}
    try:
        await write_all(
            session,
            [
                *also,
                *writes,
                kept(actor, KIND, subject_id, version=now + 1, action="save", detail=detail, place=place),
                audited(
                    actor,
                    "station_profile.save",
                    subject_kind=KIND,
                    subject_id=subject_id,
                    detail={"section": given.section, "changed": [name for name, _, _ in changes]},
                ),
            ],
        )
    except IntegrityError as error:
        # Somebody said something first.
        raise Stale(version=1) from error
    return now + 1


def _values(given: Section, unit: TreeNode, profile: StationProfile | None) -> dict[str, Any]:
    """The columns that a section sets."""
    match given:
        case Organisation():
            if given.founded_on is not None and given.founded_on > clock.today():
                raise FoundedLater
            village, township = unit.tier is Tier.VILLAGE, unit.tier is Tier.TOWNSHIP
            if (not village and (given.head_post or given.named_person)) or (not township and given.militia):
                raise NotOfTheStandard
            return {name: getattr(given, name) for name in Organisation.model_fields if name != "section"}
        case LeadingGroup():
            if given.group_on is not None and given.group_on > clock.today():
                raise FoundedLater
            members = [one.model_dump(mode="json") for one in given.group_members]
            return {"group_members": members, "group_document": given.group_document, "group_on": given.group_on}
        case Grid():
            before = {} if profile is None else {one["id"]: one for one in profile.grid}
            return {"grid": [_grid_member(one, before) for one in given.grid]}
        case Premises():
            if not set(given.premises) <= set(PREMISES[unit.tier]):
                raise NotOfTheStandard
            return {"premises": sorted(set(given.premises))}
        case _:
            raise AssertionError(given)


def _grid_member(given: GridMemberIn, before: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    known = before.get(str(given.id), {})
    sealed = sealed_phone(given.phone, known.get("phone_cipher"), context=PHONE)
    facts = given.model_dump(mode="json", include={"name", "grid", "households", "veterans"})
    # An id that stands nowhere here is nobody's.
    return {"id": known.get("id") or str(new_id()), **facts, "phone_cipher": sealed}


async def _funds(
    session: AsyncSession, actor: Principal, unit_id: UUID, given: Funds, place: Sequence[UUID]
) -> tuple[Write, list[tuple[str, Any, Any]]]:
    found = await queries.list_funds(session, county_id=actor.county_id, unit_ids=[unit_id], year=given.year)
    row = found[0] if found else None
    names = ("budget", "arrived", "spent", "note")
    values = {name: getattr(given, name) for name in names}
    changes = _compared(values, {name: None if row is None else getattr(row, name) for name in names})
    if row is not None:
        write = change(StationFund, county_id=actor.county_id, id=row.id, **values)
    else:
        key = {"unit_id": unit_id, "year": given.year, "place": list(place)}
        write = put(StationFund, county_id=actor.county_id, id=new_id(), **key, **values)
    return write, [("year", given.year, given.year), *changes]


def _changes(values: Mapping[str, Any], profile: StationProfile | None) -> list[tuple[str, Any, Any]]:
    return _compared(values, {name: None if profile is None else getattr(profile, name) for name in values})


def _compared(after: Mapping[str, Any], before: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(fact, before, after) of what changed, in words that anybody who sees the station may read: no numbers of
    telephones."""
    return [
        (name, _told(before[name]), _told(value))
        for name, value in after.items()
        if before[name] != value and (before[name] or value or value is False)
    ]


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return (
            [" ".join(filter(None, (one["name"], one.get("post") or one.get("grid")))) for one in value]
            if (value and isinstance(value[0], dict))
            else value
        )
    return value if value is None or isinstance(value, bool | int) else str(value)


async def reveal(session: AsyncSession, *, actor: Principal, unit_id: UUID, member_id: UUID) -> str | None:
    """A 网格员's number itself; goes on record. Raises NotFound, Forbidden."""
    await get_unit_in_scope(session, actor.scope, unit_id)
    profile = await queries.find_profile(session, county_id=actor.county_id, unit_id=unit_id)
    found = [] if profile is None else [one for one in profile.grid if one["id"] == str(member_id)]
    if profile is None or not found:
        raise NotFound
    if not may_reveal(actor, unit_id):
        raise Forbidden
    await write_all(session, [audited(actor, "station_profile.reveal", subject_kind=KIND, subject_id=profile.id)])
    cipher = found[0]["phone_cipher"]
    return None if cipher is None else crypto.decrypt(cipher, context=PHONE)
