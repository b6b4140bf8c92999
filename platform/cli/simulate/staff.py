"""People: from three one-time codes to somebody at every unit who has a password of their own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.simulate.client import Api, Person, SimulationError
from cli.simulate.server import ADMINISTRATORS, Platform
from cli.simulate.units import SimTree, SimUnit, import_text
from tenancy.tiers import Tier

#: Every so many people lose their slip and are given a reset code by the level above.
_LOSES_SLIP = 20
Step = Callable[[], None]


def new_password() -> str:
    return f"Sim-{secrets.token_hex(5)}-Pw"


@dataclass(slots=True)
class Staff:
    """Who acts for whom: unit code → the person who fills and reviews there."""

    administrators: dict[str, Person] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    unit_ids: dict[str, str] = field(default_factory=dict)


async def begin(api: Api, platform: Platform, tree: SimTree, step: Step) -> Staff:
    """Let everybody in: 三员 redeem their codes, units are imported, accounts are made by the level above."""
    staff = Staff()
    for kind in ADMINISTRATORS:
        password = new_password()
        answer = await api.call(
            "POST",
            "/api/auth/redeem",
            body={"county_code": platform.county_code, "code": platform.codes[kind], "new_password": password},
        )
        staff.administrators[kind] = await api.sign_in(platform.county_code, answer["sign_name"], password)
    system = staff.administrators["system"]
    await api.call("POST", "/api/units/import", by=system, upload=("units.csv", import_text(tree).encode("utf-8-sig")))
    staff.unit_ids = await _unit_ids(api, system, tree)
    await _open_county(api, platform, staff, tree.county, step)
    await _make_children(api, platform, staff, tree, tree.county, step)
    await asyncio.gather(*(_make_children(api, platform, staff, tree, township, step) for township in tree.townships))
    return staff


async def _unit_ids(api: Api, system: Person, tree: SimTree) -> dict[str, str]:
    listed = (await api.call("GET", "/api/units", by=system))["items"]
    found = {unit["code"]: unit for unit in listed}
    if missing := tree.units.keys() - found.keys():
        raise SimulationError(
            f"the platform does not have {len(missing)} of the units: {', '.join(sorted(missing)[:5])}"
        )
    ids = {unit["id"]: unit["code"] for unit in listed}
    for unit in tree.units.values():
        parent = found[unit.code]["parent_id"]
        if (ids[parent] if parent else None) != unit.parent:
            raise SimulationError(f"the platform has {unit.code} under another unit than the file says")
    return {code: unit["id"] for code, unit in found.items()}


def _reporter(unit: SimUnit) -> dict[str, Any]:
    roles = ["reporter"] if unit.tier is Tier.VILLAGE else ["reporter", "reviewer"]
    return {"sign_name": f"u{unit.code}", "display_name": f"{unit.short_name}专干"[:60], "roles": roles}


def _administrator(unit: SimUnit) -> dict[str, Any]:
    return {"sign_name": f"a{unit.code}", "display_name": f"{unit.short_name}管理员"[:60], "roles": ["administrator"]}


async def _open_county(api: Api, platform: Platform, staff: Staff, county: SimUnit, step: Step) -> None:
    """The system administrator makes the county's accounts without power; the security administrator grants it."""
    wanted = [_reporter(county), _administrator(county)]
    powerless = [{**person, "roles": []} for person in wanted]
    slips = await _make(api, staff.administrators["system"], staff.unit_ids[county.code], powerless)
    security = staff.administrators["security"]
    listed = await api.call("GET", "/api/accounts", by=security, query={"unit_id": staff.unit_ids[county.code]})
    memberships = {account["sign_name"]: account["membership_id"] for account in listed["items"]}
    for person in wanted:
        membership = memberships[person["sign_name"]]
        await api.call("PUT", f"/api/memberships/{membership}/roles", by=security, body={"roles": person["roles"]})
    staff.people[county.code] = await _enter(api, platform, slips[0])
    step()
    staff.administrators[county.code] = await _enter(api, platform, slips[1])


async def _make_children(api: Api, platform: Platform, staff: Staff, tree: SimTree, unit: SimUnit, step: Step) -> None:
    """A unit's administrator makes the accounts of the level below, and everybody comes in."""
    above = staff.administrators[unit.code]

    async def one(place: int, child: SimUnit) -> None:
        wanted = [_reporter(child)]
        if child.tier is Tier.TOWNSHIP:
            wanted.append(_administrator(child))
        slips = await _make(api, above, staff.unit_ids[child.code], wanted)
        if place % _LOSES_SLIP == _LOSES_SLIP - 1:
            staff.people[child.code] = await _enter_by_code(api, platform, above, slips[0])
        else:
            staff.people[child.code] = await _enter(api, platform, slips[0])
        if child.tier is Tier.TOWNSHIP:
            staff.administrators[child.code] = await _enter(api, platform, slips[1])
        step()

    await asyncio.gather(*(one(place, child) for place, child in enumerate(tree.children(unit.code))))


async def _make(api: Api, by: Person, unit_id: str, people: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    answer = await api.call("POST", "/api/accounts", by=by, body={"unit_id": unit_id, "people": list(people)})
    slips: list[Mapping[str, Any]] = answer["items"]
    return slips


async def _enter(api: Api, platform: Platform, slip: Mapping[str, Any]) -> Person:
    """Sign in with the printed password and change it, as one must."""
    person = await api.sign_in(platform.county_code, slip["sign_name"], slip["initial_password"])
    body = {"current": slip["initial_password"], "new": new_password()}
    await api.call("POST", "/api/auth/password", by=person, body=body)
    return person


async def _enter_by_code(api: Api, platform: Platform, above: Person, slip: Mapping[str, Any]) -> Person:
    """The slip is lost: the level above issues a code, which sets a password."""
    issued = await api.call("POST", f"/api/accounts/{slip['account_id']}/reset-code", by=above)
    password = new_password()
    body = {"county_code": platform.county_code, "code": issued["code"], "new_password": password}
    answer = await api.call("POST", "/api/auth/redeem", body=body)
    return await api.sign_in(platform.county_code, answer["sign_name"], password)
