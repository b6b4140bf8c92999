"""Recipes of plans: village A1's plan, its items and the summary of its year; township A reviews."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.plans.planning_steps import YEAR, act, approved, begin, line, look, save, write_summary
from tests.web.recipe import SECRET, Recipe, Scene, nothing


def plan(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """A1's plan as it is being written, handed in, or in force."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        database, world = scene.database, scene.world
        if target == "approved":
            made = await approved(database, world, "A1", line(f"{SECRET}号事项"))
        else:
            plan_id = await begin(database, world, "A1")
            made = await save(database, world, plan_id, "A1", [line(f"{SECRET}号事项")])
            if target == "submitted":
                made = await act(database, world, plan_id, "A1", "submit")
        scene.made["version"] = made.version
        return {"plan_id": made.id}

    return prepare


async def item(scene: Scene) -> dict[str, Any]:
    made = await plan("approved")(scene)
    found = (await look(scene.database, scene.world, made["plan_id"], "A1")).items[0]
    scene.made["version"] = found.version
    return {"item_id": found.id}


async def summary(scene: Scene) -> dict[str, Any]:
    made = await plan("approved")(scene)
    written = await write_summary(scene.database, scene.world, "A1", made["plan_id"])
    scene.made["version"] = written.version
    return {"summary_id": written.id}


def _words(_scene: Scene) -> dict[str, Any]:
    return {"title": "总结", "sections": [{"heading": "一、", "text": "好"}]}


def _of_year(_scene: Scene) -> dict[str, Any]:
    return {"year": YEAR}


_LINE = {"what": "走访", "start_on": f"{YEAR}-01-01", "end_on": f"{YEAR}-12-31"}
_PLAN, _SUMMARY = "/api/plans/{plan_id}", "/api/plan-summaries/{summary_id}"

PLANNING: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/plans/summary"): Recipe("A1", plan("approved"), hidden=frozenset()),
    ("GET", "/api/plans/overview"): Recipe("A1", plan("approved"), query=_of_year, hidden=frozenset()),
    ("GET", "/api/plans/own"): Recipe("A1", plan("approved"), query=_of_year, hidden=frozenset()),
    ("POST", "/api/plans"): Recipe("A1", nothing, lambda _s: {"year": YEAR}, hidden=frozenset()),
    ("GET", _PLAN): Recipe("A1", plan("approved")),
    ("PUT", f"{_PLAN}/draft"): Recipe("A1", plan("draft"), lambda _s: {"items": [_LINE]}),
    ("POST", f"{_PLAN}/acts"): Recipe("A", plan("submitted"), lambda _s: {"action": "approve"}),
    ("GET", f"{_PLAN}/taken-up"): Recipe("A1", plan("approved")),
    ("GET", f"{_PLAN}/sheet"): Recipe("A1", plan("approved")),
    ("GET", f"{_PLAN}/drafted"): Recipe("A1", plan("approved"), query=lambda _s: {"period": "q2"}),
    ("POST", f"{_PLAN}/summaries"): Recipe("A1", plan("approved"), lambda _s: {"period": "q2"}),
    ("POST", "/api/plan-items/{item_id}/acts"): Recipe("A1", item, lambda _s: {"action": "progress", "percent": 50}),
    ("GET", _SUMMARY): Recipe("A1", summary),
    ("PUT", _SUMMARY): Recipe("A1", summary, _words),
    ("POST", f"{_SUMMARY}/acts"): Recipe("A1", summary, lambda _s: {"action": "send"}),
    ("GET", f"{_SUMMARY}/document"): Recipe("A1", summary),
}
