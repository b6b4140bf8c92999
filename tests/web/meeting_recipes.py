"""Recipes of meetings and visits: township A calls village A1, and visits it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from kit import clock
from kit.ids import new_id
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.guidance import queries as visit_queries
from plans.guidance import service as guidance
from plans.guidance.models import VisitKind
from plans.meetings import calling, keeping, queries
from plans.meetings.models import MeetingKind
from tests.web.recipe import SECRET, Recipe, Scene, nothing

Prepare = Callable[[Scene], Awaitable[dict[str, Any]]]


def _arranged() -> calling.Arranged:
    start = clock.now() + timedelta(days=5)
    return calling.Arranged(
        start, start + timedelta(hours=2), agenda=SECRET, venue=SECRET, link=f"https://meeting.example.cn/{SECRET}"
    )


def meeting(*steps: str) -> Prepare:
    """A meeting after some steps; its decision once its minutes are written."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world, actor = scene.world, scene.world.actor("A")
        to = [ChoiceIn(kind=ChoiceKind.UNIT, unit_id=world.units["A1"])]
        given = calling.Given(MeetingKind.REGULAR, SECRET, _arranged(), to)
        async with scene.database.transaction(actor.identity) as session:
            made = await calling.call(session, actor=actor, given=given)
        version = 1
        for step in steps:
            async with scene.database.transaction(actor.identity) as session:
                if step == "write":
                    decided = keeping.Decided(SECRET, [world.units["A1"]], clock.today() + timedelta(days=30))
                    version = await keeping.write_minutes(
                        session, actor=actor, meeting_id=made, version=version, text=SECRET, decisions=[decided]
                    )
                else:
                    version = await calling.act(session, actor=actor, meeting_id=made, version=version, action=step)
        scene.made["version"] = version
        if "write" not in steps:
            return {"meeting_id": made}
        async with scene.database.transaction(actor.identity) as session:
            (decision,) = await queries.list_decisions(session, county_id=actor.county_id, meeting_ids=[made])
            return {"decision_id": decision.id}

    return prepare


def visit(*, finding: bool = False) -> Prepare:
    async def prepare(scene: Scene) -> dict[str, Any]:
        actor = scene.world.actor("A")
        due = clock.today() + timedelta(days=30)
        given = guidance.Given(
            VisitKind.GUIDANCE,
            scene.world.units["A1"],
            clock.today(),
            [guidance.Visitor(SECRET, SECRET)],
            SECRET,
            SECRET,
            [guidance.Found(SECRET, due)],
        )
        async with scene.database.transaction(actor.identity) as session:
            made = await guidance.record(session, actor=actor, given=given, made=new_id())
            (found,) = await visit_queries.list_findings(session, county_id=actor.county_id, visit_ids=[made])
            return {"finding_id": found.id} if finding else {"visit_id": made}

    return prepare


def _when(scene: Scene) -> dict[str, Any]:
    start = clock.now() + timedelta(days=6)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}


def _called(scene: Scene) -> dict[str, Any]:
    to = [{"kind": "unit", "unit_id": str(scene.world.units["A1"])}]
    return {**_when(scene), "title": "站长例会", "to": to}


def _visited(scene: Scene) -> dict[str, Any]:
    return {
        "kind": "guidance",
        "unit_id": str(scene.world.units["A1"]),
        "visited_on": clock.today().isoformat(),
        "people": [{"name": "张三"}],
    }


def _year(_scene: Scene) -> dict[str, Any]:
    return {"year": clock.today().year}


_MEETING, _VISIT = "/api/meetings/{meeting_id}", "/api/visits/{visit_id}"
_SEEN = frozenset[str]()

MEETINGS: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/meetings"): Recipe("A1", meeting(), hidden=_SEEN),
    ("GET", "/api/meetings/rooms"): Recipe("A1", nothing, hidden=_SEEN),
    ("GET", "/api/meetings/ledger"): Recipe("A", meeting("hold"), query=_year, hidden=_SEEN),
    ("POST", "/api/meetings"): Recipe("A", nothing, _called),
    ("GET", _MEETING): Recipe("A1", meeting()),
    ("PUT", _MEETING): Recipe("A", meeting(), lambda s: {**_when(s), "reason": "改期"}),
    ("POST", f"{_MEETING}/acts"): Recipe("A", meeting(), lambda _s: {"action": "hold"}),
    ("PUT", f"{_MEETING}/minutes"): Recipe("A", meeting("hold"), lambda _s: {"text": "纪要"}),
    ("PUT", f"{_MEETING}/attendance"): Recipe("A", meeting("hold"), lambda s: {"unit_ids": [str(s.world.units["A1"])]}),
    ("POST", f"{_MEETING}/reply"): Recipe("A1", meeting(), lambda _s: {"names": "李四"}),
    ("POST", f"{_MEETING}/join"): Recipe("A1", meeting()),
    ("POST", "/api/meeting-decisions/{decision_id}/task"): Recipe("A", meeting("hold", "write"), lambda _s: {}),
    ("GET", "/api/visits"): Recipe("A1", visit(), hidden=_SEEN),
    ("GET", "/api/visits/units"): Recipe("A", visit(), query=_year, hidden=_SEEN),
    ("GET", "/api/visits/ledger"): Recipe("A", visit(), query=_year, hidden=_SEEN),
    ("POST", "/api/visits"): Recipe("A", nothing, _visited),
    ("GET", _VISIT): Recipe("A1", visit()),
    ("POST", f"{_VISIT}/acts"): Recipe("A1", visit(), lambda _s: {"action": "answer", "text": "立即整改"}),
    ("POST", "/api/visit-findings/{finding_id}/task"): Recipe("A", visit(finding=True), lambda _s: {}),
}
