"""Recipes of requests for coordination: village A1 asks township A."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from plans.coordination import service
from plans.coordination.models import RequestKind
from plans.coordination.service import Given
from tests.plans.test_coordination import asking
from tests.reporting.steps import hand_in
from tests.web.recipe import SECRET, Recipe, Scene, nothing
from tests.world import open_form


def request() -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    async def prepare(scene: Scene) -> dict[str, Any]:
        actor = scene.world.actor("A1")
        async with scene.database.transaction(actor.identity) as session:
            made = await service.raise_request(session, actor=actor, given=Given(RequestKind.OTHER, SECRET, SECRET))
        scene.made["version"] = 1
        return {"request_id": made}

    return prepare


async def written(scene: Scene) -> dict[str, Any]:
    """A report that asks for help."""
    await open_form(scene.database, scene.world, asking(), period="2026-11")
    await hand_in(scene.database, scene.world, "A1", {"pc": "1", "rc": "1", "wt": SECRET})
    return {}


_PATH = "/api/coordination-requests"

COORDINATION: dict[tuple[str, str], Recipe] = {
    ("GET", _PATH): Recipe("A1", request(), hidden=frozenset()),
    ("POST", _PATH): Recipe("A1", nothing, lambda _s: {"title": "道路", "text": "失修"}, hidden=frozenset()),
    ("POST", f"{_PATH}/from-report"): Recipe(
        "A1", written, lambda s: {"submission_id": str(s.world.submission("A1")), "field": "wt"}
    ),
    ("GET", f"{_PATH}/{{request_id}}"): Recipe("A1", request()),
    ("POST", f"{_PATH}/{{request_id}}/acts"): Recipe("A", request(), lambda _s: {"action": "take"}),
}
