"""Recipes of stations: what village A1 says of its own."""

from __future__ import annotations

from typing import Any

from kit import clock
from plans.station import queries, service
from plans.station.models import StationStanding
from plans.station.schemas import Funds, Grid, GridMemberIn, Organisation
from tests.web.recipe import SECRET, Recipe, Scene


async def said(scene: Scene) -> dict[str, Any]:
    actor, unit_id = scene.world.actor("A1"), scene.world.units["A1"]
    sections: tuple[service.Section, ...] = (
        Organisation(standing=StationStanding.OWN, head=SECRET, veterans=int(SECRET)),
        Grid(grid=[GridMemberIn(name=SECRET, phone=f"1380{SECRET}1")]),
        Funds.model_validate({"year": clock.today().year, "budget": SECRET, "note": SECRET}),
    )
    for version, given in enumerate(sections):
        async with scene.database.transaction(actor.identity) as session:
            await service.save(session, actor=actor, unit_id=unit_id, version=version, given=given)
    scene.made["version"] = len(sections)
    return {"unit_id": unit_id}


async def grid_member(scene: Scene) -> dict[str, Any]:
    found = await said(scene)
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        profile = await queries.find_profile(session, county_id=actor.county_id, **found)
        assert profile is not None
        return {**found, "member_id": profile.grid[0]["id"]}


def _year(_scene: Scene) -> dict[str, Any]:
    return {"year": clock.today().year}


def _under(scene: Scene) -> dict[str, Any]:
    return {**_year(scene), "under": str(scene.world.units["A1"])}


_STATION = "/api/stations/{unit_id}"

STATION: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/stations"): Recipe("A1", said, query=_under),
    ("GET", "/api/stations/sheet"): Recipe("A1", said, query=_year, hidden=frozenset()),
    ("GET", _STATION): Recipe("A1", said),
    ("PUT", _STATION): Recipe("A1", said, lambda _s: {"given": {"section": "premises", "premises": [8]}}),
    ("POST", f"{_STATION}/grid/{{member_id}}/phone"): Recipe("A1", grid_member),
}
