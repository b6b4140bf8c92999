"""Recipes of what goes down: a task that the county sent to village A1 through township A."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from kit import clock, files
from kit.db.batch import put, write_all
from kit.ids import new_id
from plans.addressing import service as addressing
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.notices import service as notices
from plans.notices.models import NoticeKind
from plans.tasks import answering, changing, issuing, judging, queries
from plans.tasks.changing import Changes
from plans.tasks.issuing import Given
from plans.tasks.models import Assignment, Priority, TaskKind
from plans.urgent import service as urgent
from plans.urgent.models import UrgentKind
from tenancy.models import Role
from tests.web.cycle_recipes import plan
from tests.web.recipe import SECRET, Recipe, Scene, nothing
from workflow.models import Enclosure

Prepare = Callable[[Scene], Awaitable[dict[str, Any]]]


def _to(scene: Scene, code: str) -> dict[str, Any]:
    return {"kind": "unit", "unit_id": str(scene.world.units[code])}


def _in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).isoformat()


async def _issue(scene: Scene, code: str, *, short: bool = False) -> UUID:
    world = scene.world
    actor = world.actor("C", Role.REVIEWER) if short else world.actor("C")
    given = Given(
        title=SECRET,
        text=SECRET,
        kind=TaskKind.OTHER,
        priority=Priority.NORMAL,
        due_at=clock.now() + (timedelta(hours=1) if short else timedelta(days=20)),
        evidence="",
        to=[ChoiceIn(kind=ChoiceKind.UNIT, unit_id=world.units[code])],
    )
    async with scene.database.transaction(actor.identity) as session:
        return (await issuing.issue(session, actor=actor, given=given)).task_id


def task(*, short: bool = False) -> Prepare:
    async def prepare(scene: Scene) -> dict[str, Any]:
        task_id = await _issue(scene, "A1", short=short)
        scene.made["version"] = 1
        return {"task_id": task_id}

    return prepare


async def _share(scene: Scene, task_id: UUID, code: str) -> Assignment:
    async with scene.database.transaction(scene.world.identity) as session:
        found = await queries.find_share(
            session, county_id=scene.world.county.id, task_id=task_id, unit_id=scene.world.units[code]
        )
    assert found is not None
    return found


def share(*steps: str, code: str = "A1", to: str = "A1") -> Prepare:
    """A unit's share after some steps."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        task_id = await _issue(scene, to)
        world = scene.world
        for step in steps:
            found = await _share(scene, task_id, code)
            actor = world.actor("C" if step in ("amend", "supervise") else code)
            given: dict[str, Any] = {"assignment_id": found.id, "version": found.version}
            async with scene.database.transaction(actor.identity) as session:
                match step:
                    case "acknowledge":
                        await answering.acknowledge(session, actor=actor, **given)
                    case "hand_in":
                        await answering.hand_in(session, actor=actor, result=SECRET, **given)
                    case "ask":
                        until = clock.now() + timedelta(days=30)
                        await answering.ask_extension(session, actor=actor, until=until, reason=SECRET, **given)
                    case "supervise":
                        await judging.supervise(session, actor=actor, reason=SECRET, **given)
                    case _:
                        await changing.amend(
                            session, actor=actor, task_id=task_id, version=1, changes=Changes(text="x"), reason=SECRET
                        )
        found = await _share(scene, task_id, code)
        scene.made["version"] = found.version
        return {"assignment_id": found.id}

    return prepare


async def group(scene: Scene) -> dict[str, Any]:
    """A group of A's, of its village A1."""
    actor = scene.world.actor("A")
    async with scene.database.transaction(actor.identity) as session:
        made = await addressing.make_group(session, actor=actor, name=SECRET, unit_ids=[scene.world.units["A1"]])
    scene.made["version"] = 1
    return {"group_id": made}


async def notice(scene: Scene) -> dict[str, Any]:
    """A notice of the county to A1 alone."""
    actor = scene.world.actor("C")
    to = [ChoiceIn(kind=ChoiceKind.UNIT, unit_id=scene.world.units["A1"])]
    given = notices.Given(kind=NoticeKind.NOTICE, title=SECRET, text=SECRET, to=to)
    async with scene.database.transaction(actor.identity) as session:
        made = await notices.issue(session, actor=actor, given=given)
    scene.made |= {"version": 1, "notice_id": made}
    return {"notice_id": made}


async def enclosed(scene: Scene) -> dict[str, Any]:
    """A file that goes with it."""
    found = await notice(scene)
    folder = scene.settings.files_dir
    folder.mkdir(parents=True, exist_ok=True)
    waiting = folder / f"enclosure-{new_id()}"
    waiting.write_bytes(SECRET.encode())
    facts = await files.take_in(waiting, files_dir=folder, county_id=scene.world.county.id)
    row = put(
        Enclosure,
        county_id=scene.world.county.id,
        **facts,
        name="附件.txt",
        media_type="text/plain",
        subject_kind="notice",
        subject_id=found["notice_id"],
        position=0,
        added_by=scene.world.actor("C").account_id,
    )
    async with scene.database.transaction(scene.world.identity) as session:
        await write_all(session, [row])
    return {**found, "enclosure_id": facts["id"]}


def matter(*steps: str) -> Prepare:
    """Something urgent that A1 reported."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        owner, above = scene.world.actor("A1"), scene.world.actor("A")
        given = urgent.Given(UrgentKind.OTHER, SECRET, SECRET)
        async with scene.database.transaction(owner.identity) as session:
            made = await urgent.report(session, actor=owner, given=given)
        version = 1
        if "acknowledge" in steps:
            async with scene.database.transaction(above.identity) as session:
                version = await urgent.act(session, actor=above, matter_id=made, version=version, action="acknowledge")
        if "conclude" in steps:
            async with scene.database.transaction(owner.identity) as session:
                version = await urgent.act(
                    session, actor=owner, matter_id=made, version=version, action="conclude", text=SECRET
                )
        scene.made["version"] = version
        return {"matter_id": made}

    return prepare


def _text(_scene: Scene) -> dict[str, Any]:
    return {"text": "核实"}


def _reason(_scene: Scene) -> dict[str, Any]:
    return {"reason": "核实"}


def _group(scene: Scene) -> dict[str, Any]:
    return {"name": "两村", "unit_ids": [str(scene.world.units["A1"])]}


_ASSIGNMENT = "/api/assignments/{assignment_id}"
_TASK = "/api/tasks/{task_id}"
_NOTICE = "/api/notices/{notice_id}"
_URGENT = "/api/urgent-matters/{matter_id}"

DISPATCH: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/addressees"): Recipe("A", group, hidden=frozenset()),
    ("POST", "/api/addressees/preview"): Recipe(
        "A", nothing, lambda s: {"to": [_to(s, "A1")]}, hidden=frozenset({"county", "township"})
    ),
    ("POST", "/api/addressees/groups"): Recipe("A", nothing, _group),
    ("PUT", "/api/addressees/groups/{group_id}"): Recipe("A", group, _group),
    ("DELETE", "/api/addressees/groups/{group_id}"): Recipe("A", group),
    ("PUT", "/api/addressees/tags"): Recipe(
        "C", nothing, lambda s: {"tag": "示范", "unit_ids": [str(s.world.units["A1"])]}, hidden=frozenset()
    ),
    ("GET", "/api/tasks/issued"): Recipe("C", task(), hidden=frozenset()),
    ("GET", "/api/tasks/received"): Recipe("A1", task(), hidden=frozenset()),
    ("GET", "/api/tasks/summary"): Recipe("C", task(), hidden=frozenset()),
    ("GET", "/api/tasks/deadlines"): Recipe("C", task(), hidden=frozenset()),
    ("POST", "/api/tasks/notice"): Recipe("C", task(), lambda _s: {"due_at": _in_days(20)}, hidden=frozenset()),
    ("GET", "/api/tasks/notice-record"): Recipe(
        "C", task(short=True), query=lambda _s: {"year": "2026"}, hidden=frozenset()
    ),
    ("POST", "/api/tasks"): Recipe(
        "A", nothing, lambda s: {"title": "核对", "due_at": _in_days(20), "to": [_to(s, "A1")]}
    ),
    ("GET", _TASK): Recipe("A1", task()),
    ("POST", f"{_TASK}/confirm"): Recipe("C", task(short=True)),
    ("POST", f"{_TASK}/decline"): Recipe("C", task(short=True), _reason),
    ("POST", f"{_TASK}/amend"): Recipe("C", task(), lambda _s: {"text": "新", "reason": "核实"}),
    ("POST", f"{_TASK}/recall"): Recipe("C", task(), _reason),
    ("POST", f"{_TASK}/close"): Recipe("C", task(), _reason),
    ("POST", f"{_TASK}/acceptances"): Recipe(
        "C", task(), lambda s: {"shares": [{"id": str(s.world.units["A1"]), "version": 1}]}
    ),
    ("POST", f"{_TASK}/extensions"): Recipe(
        "C",
        task(),
        lambda s: {
            "shares": [{"id": str(s.world.units["A1"]), "version": 1}],
            "until": _in_days(30),
            "reason": "核实",
        },
    ),
    ("POST", f"{_TASK}/urge"): Recipe("C", task(), lambda _s: {}),
    ("GET", "/api/task-ledger"): Recipe("C", task(), query=lambda _s: {"year": "2026"}, hidden=frozenset()),
    ("GET", "/api/task-ledger/{task_id}"): Recipe("C", task()),
    ("GET", _ASSIGNMENT): Recipe("A1", share("acknowledge", "hand_in")),
    ("GET", f"{_ASSIGNMENT}/shares"): Recipe("A", share(code="A")),
    ("POST", f"{_ASSIGNMENT}/acknowledge"): Recipe("A1", share()),
    ("POST", f"{_ASSIGNMENT}/sign-amendment"): Recipe("A1", share("acknowledge", "amend")),
    ("POST", f"{_ASSIGNMENT}/progress"): Recipe("A1", share("acknowledge"), lambda _s: {"percent": 50, "note": "核实"}),
    ("POST", f"{_ASSIGNMENT}/pass-on"): Recipe(
        "A", share(code="A", to="A"), lambda s: {"to": [_to(s, "A1")], "due_at": _in_days(10)}
    ),
    ("POST", f"{_ASSIGNMENT}/hand-in"): Recipe("A1", share("acknowledge"), lambda _s: {"result": "核实"}),
    ("POST", f"{_ASSIGNMENT}/withdraw"): Recipe("A1", share("acknowledge", "hand_in")),
    ("POST", f"{_ASSIGNMENT}/accept"): Recipe("A", share("acknowledge", "hand_in")),
    ("POST", f"{_ASSIGNMENT}/send-back"): Recipe("A", share("acknowledge", "hand_in"), _reason),
    ("POST", f"{_ASSIGNMENT}/extension"): Recipe(
        "A1", share("acknowledge"), lambda _s: {"until": _in_days(30), "reason": "核实"}
    ),
    ("POST", f"{_ASSIGNMENT}/extension/grant"): Recipe(
        "C", share("acknowledge", "ask", code="A", to="A"), lambda _s: {}
    ),
    ("POST", f"{_ASSIGNMENT}/extension/refuse"): Recipe("A", share("acknowledge", "ask"), _reason),
    ("POST", f"{_ASSIGNMENT}/supervise"): Recipe("A", share(), _reason),
    ("POST", f"{_ASSIGNMENT}/ease"): Recipe("A", share("supervise")),
    ("POST", f"{_ASSIGNMENT}/recall"): Recipe("A", share(), _reason),
    ("GET", "/api/notices/received"): Recipe("A1", notice, hidden=frozenset()),
    ("GET", "/api/notices/issued"): Recipe("C", notice, hidden=frozenset()),
    ("POST", "/api/notices"): Recipe("A", nothing, lambda s: {"title": "通知", "to": [_to(s, "A1")]}),
    ("GET", _NOTICE): Recipe("A1", notice),
    ("GET", f"{_NOTICE}/receipts"): Recipe("A", notice),
    ("POST", f"{_NOTICE}/read"): Recipe("A1", notice),
    ("POST", f"{_NOTICE}/remind"): Recipe("C", notice),
    ("POST", f"{_NOTICE}/pin"): Recipe("C", notice, lambda _s: {"until": _in_days(2)}),
    ("POST", f"{_NOTICE}/withdraw"): Recipe("C", notice, _reason),
    ("GET", "/api/dispatch-rules"): Recipe("A", nothing, hidden=frozenset()),
    ("PUT", "/api/dispatch-rules"): Recipe(
        "C",
        plan,
        lambda _s: {"minimum_notice": 2, "urgent_minutes": 10, "digest_at": ""},
        hidden=frozenset(),
    ),
    ("GET", "/api/inbox/done"): Recipe("A1", share("acknowledge", "hand_in"), hidden=frozenset()),
    ("GET", "/api/urgent-matters"): Recipe("A1", matter(), hidden=frozenset()),
    ("POST", "/api/urgent-matters"): Recipe("A1", nothing, lambda _s: {"title": "聚集"}, hidden=frozenset()),
    ("GET", _URGENT): Recipe("A1", matter("acknowledge", "conclude")),
    ("POST", f"{_URGENT}/acts"): Recipe("A", matter(), lambda _s: {"action": "instruct", "text": "照办"}),
    ("GET", "/api/enclosures"): Recipe(
        "A1", enclosed, query=lambda s: {"subject_kind": "notice", "subject_id": str(s.made["notice_id"])}
    ),
    ("GET", "/api/enclosures/{enclosure_id}"): Recipe("A1", enclosed),
}
