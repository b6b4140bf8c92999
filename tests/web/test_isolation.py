"""Every route × role × an object of another county, a sibling township, a sibling village: no content, no existence.

And every route that is not for administering × 三员: refused.
Each cell has its positive control: the owner's same request succeeds afterwards, so a refusal is not a broken request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from kit.db.session import Database
from kit.settings import Settings
from tenancy.models import AdminKind, Role
from tests.web import people
from tests.web.coordination_recipes import COORDINATION
from tests.web.county_recipes import COUNTY
from tests.web.cycle_recipes import CYCLE
from tests.web.dispatch_recipes import DISPATCH
from tests.web.meeting_recipes import MEETINGS
from tests.web.petition_recipes import PETITION
from tests.web.planning_recipes import PLANNING
from tests.web.recipe import SECRET, WITHOUT_OBJECT, Recipe, Scene
from tests.web.station_recipes import STATION
from tests.web.submission_recipes import SUBMISSION
from tests.web.training_recipes import TRAINING
from tests.world import make_world
from web.app import create_app

pytestmark = pytest.mark.anyio

RECIPES = {
    **COUNTY,
    **CYCLE,
    **SUBMISSION,
    **COORDINATION,
    **DISPATCH,
    **PETITION,
    **MEETINGS,
    **PLANNING,
    **STATION,
    **TRAINING,
}
OUTSIDERS = {"county": "C", "township": "B", "village": "A2"}


@cache
def routes_of(settings: Settings) -> dict[tuple[str, str], Mapping[str, object]]:
    """Method and path of every route of the application, with its `opt`."""
    found: dict[tuple[str, str], Mapping[str, object]] = {}
    for route in create_app(settings).routes:
        for handler in getattr(route, "route_handlers", []):
            found |= {
                (method, route.path_format): handler.opt for method in handler.http_methods if method != "OPTIONS"
            }
    return found


def administering(settings: Settings) -> set[tuple[str, str]]:
    """The routes that 三员 may use: what else there is, is none of theirs."""
    return {route for route, opt in routes_of(settings).items() if opt.get("administering")}


def test_every_route_has_a_recipe(settings: Settings) -> None:
    assert set(routes_of(settings)) - set(RECIPES) - WITHOUT_OBJECT == set()
    assert set(RECIPES) <= set(routes_of(settings)), "a recipe names a route that is gone"


@pytest.fixture(scope="module")
def neighbours() -> list[people.Person]:
    """Everybody of another county, once the first test has made it: what they ask for changes nothing of theirs."""
    return []


async def _people_elsewhere(database: Database, made: list[people.Person]) -> list[people.Person]:
    elsewhere = await make_world(database, townships=1, villages=1)
    made += [await people.person(database, elsewhere, OUTSIDERS["county"], [role]) for role in Role]
    made += [await people.admin(database, elsewhere, kind) for kind in AdminKind]
    return made


@pytest.mark.parametrize(("method", "path"), sorted(RECIPES), ids=lambda value: str(value))
async def test_outsiders_find_nothing(
    database: Database,
    settings: Settings,
    client: AsyncTestClient[Any],
    neighbours: list[people.Person],
    method: str,
    path: str,
) -> None:
    recipe = RECIPES[(method, path)]
    world = await make_world(database)
    owner = await _owner(database, recipe, world)
    scene = Scene(database, settings, world, owner)
    params = await recipe.prepare(scene)
    request = _request(scene, recipe, method, path, params)

    for where, code in OUTSIDERS.items():
        if where == "county":
            outsiders = neighbours or await _people_elsewhere(database, neighbours)
        else:
            outsiders = [await people.person(database, world, code, [role]) for role in Role]
        for outsider in outsiders:
            answer = await client.request(**request, headers={**request_headers(scene), **outsider.headers})
            cell = f"{method} {path} as {where} {outsider.name}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500, cell
            assert SECRET not in answer.text, cell
            if outsider.name in set(AdminKind) and (method, path) not in administering(settings):
                # Told before it is known whose county it is: their own county's routes refuse them alike.
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), cell
            elif where in recipe.hidden:
                assert answer.status_code in (403, 404), cell
                if answer.status_code == 403:
                    assert _is_blanket(answer.json(), recipe), cell

    control = await client.request(**request, headers={**request_headers(scene), **owner.headers})
    assert control.status_code < 300, f"the owner's own request: {control.status_code} {control.text[:500]}"


def _is_blanket(problem: dict[str, Any], recipe: Recipe) -> bool:
    """A refusal that came before anything was looked up (the role may never do this) tells nothing of existence."""
    return problem["code"] == "forbidden" and (isinstance(recipe.owner, AdminKind) or recipe.owner == "A")


async def _owner(database: Database, recipe: Recipe, world: Any) -> people.Person:
    if isinstance(recipe.owner, AdminKind):
        return await people.admin(database, world, recipe.owner)
    return await people.person(database, world, recipe.owner)


def request_headers(scene: Scene) -> dict[str, str]:
    return {"if-match": f'"{scene.made.get("version", 1)}"'}


def _request(scene: Scene, recipe: Recipe, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {"method": method, "url": path.format(**params)}
    if recipe.body is not None:
        request["json"] = recipe.body(scene)
    if recipe.upload is not None:
        request["files"] = {"data": recipe.upload(scene)}
    if recipe.content is not None:
        request["content"] = recipe.content
    if recipe.query is not None:
        request["params"] = recipe.query(scene)
    return request
