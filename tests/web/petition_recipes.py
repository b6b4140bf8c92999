"""Recipes of petitions and sections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from plans.tasks.models import TaskKind
from tenancy import sections
from tests.plans import steps
from tests.web.recipe import SECRET, Recipe, Scene


def petition() -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """The county has sent a petition to village A1."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        issued = await steps.issue(
            scene.database, scene.world, steps.unit(scene.world, "A1"), kind=TaskKind.PETITION, title=SECRET
        )
        share = await steps.share_of(scene.database, scene.world, issued.task_id, "A1")
        scene.made["version"] = 1
        return {"task_id": issued.task_id, "assignment_id": share.id}

    return prepare


def section(code: str = "A") -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    async def prepare(scene: Scene) -> dict[str, Any]:
        actor, unit_id = scene.world.actor(code), scene.world.units[code]
        async with scene.database.transaction(actor.identity) as session:
            made = await sections.add_section(session, actor=actor, unit_id=unit_id, name=f"{SECRET}股")
        return {"unit_id": unit_id, "section_id": made}

    return prepare


async def member(scene: Scene) -> dict[str, Any]:
    return {"membership_id": scene.world.memberships[scene.world.units["A1"]]}


PETITION: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/petitions/{task_id}"): Recipe("A1", petition()),
    ("POST", "/api/petitions/{task_id}/acts"): Recipe("A1", petition(), lambda _s: {"action": "accept"}),
    ("POST", "/api/assignments/{assignment_id}/section"): Recipe("A1", petition(), lambda _s: {"section_id": None}),
    ("GET", "/api/units/{unit_id}/sections"): Recipe("A", section()),
    ("POST", "/api/units/{unit_id}/sections"): Recipe("A", section(), lambda _s: {"name": "就业股"}),
    ("PUT", "/api/sections/{section_id}"): Recipe("A", section(), lambda _s: {"closed": True}),
    ("PUT", "/api/memberships/{membership_id}/section"): Recipe("A", member, lambda _s: {"section_id": None}),
}
