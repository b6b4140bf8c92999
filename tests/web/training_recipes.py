"""Recipes of people and trainings: village A1's roster, and a training of the county's that A1 alone was told of."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from plans.staff import service as staff
from plans.staff.models import StaffKind
from tests.web.recipes import SECRET, Recipe, Scene

SINCE = date(2025, 3, 1)


async def member_of(scene: Scene, code: str = "A1", **more: Any) -> UUID:
    """Somebody on a unit's roster."""
    actor = scene.world.actor(code)
    values: dict[str, Any] = {"name": SECRET, "post": SECRET, "kind": StaffKind.FULL_TIME, "started_on": SINCE, **more}
    async with scene.database.transaction(actor.identity) as session:
        return await staff.add(session, actor=actor, unit_id=scene.world.units[code], given=staff.Given(**values))


async def member(scene: Scene) -> dict[str, Any]:
    found = {"staff_id": await member_of(scene, phone=f"1380{SECRET}1")}
    scene.made["version"] = 1
    return found


async def member_who_left(scene: Scene) -> dict[str, Any]:
    found = await member(scene)
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        scene.made["version"] = await staff.leave(session, actor=actor, version=1, on=SINCE, **found)
    return found


def _person(_scene: Scene) -> dict[str, Any]:
    return {"name": "李秀兰", "started_on": SINCE.isoformat()}


def _of_a1(scene: Scene) -> dict[str, Any]:
    return {"unit_id": str(scene.world.units["A1"])}


_STAFF = "/api/staff/{staff_id}"

TRAINING: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/staff"): Recipe("A1", member, query=_of_a1),
    ("GET", "/api/staff/units"): Recipe("A1", member, hidden=frozenset()),
    ("GET", "/api/staff/found"): Recipe("A1", member, hidden=frozenset()),
    ("POST", "/api/staff"): Recipe("A1", member, lambda s: {**_person(s), **_of_a1(s)}),
    ("GET", _STAFF): Recipe("A1", member),
    ("PUT", _STAFF): Recipe("A1", member, _person),
    ("POST", f"{_STAFF}/leave"): Recipe("A1", member, lambda _s: {"on": SINCE.isoformat()}),
    ("POST", f"{_STAFF}/come-back"): Recipe("A1", member_who_left),
    ("POST", f"{_STAFF}/phone"): Recipe("A1", member),
}
