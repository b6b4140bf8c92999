"""Recipes of people and trainings: village A1's roster, and a training of the county's that A1 alone was told of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kit import clock
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.pledges import service as pledges
from plans.staff import service as staff
from plans.staff.models import StaffKind
from plans.training import announcing, attending, codes, queries, signing_up
from plans.training.attending import Recorded
from plans.training.models import TrainingKind
from tests.plans.signatures import SIGNED
from tests.web.recipe import SECRET, Recipe, Scene, nothing

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


Prepare = Callable[[Scene], Awaitable[dict[str, Any]]]


def _when(days: float) -> str:
    return (clock.now() + timedelta(days=days)).isoformat()


def _session(days: float = 10, **more: Any) -> dict[str, Any]:
    return {"starts_at": _when(days), "ends_at": _when(days + 0.1), "hours": "4", **more}


def training(*steps: str, by: str = "C") -> Prepare:
    """A training for A1, announced by the county or by A, after some steps. Two sessions, one person of A1's in the
    first."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world, organiser, owner = scene.world, scene.world.actor(by), scene.world.actor("A1")
        start = clock.now() + timedelta(days=10)
        planned = announcing.Planned(start, start + timedelta(hours=3), Decimal(4), venue=SECRET, link="")
        given = announcing.Given(
            kind=TrainingKind.PRE_SERVICE,
            title=SECRET,
            text=SECRET,
            to=[ChoiceIn(kind=ChoiceKind.UNIT, unit_id=world.units["A1"])],
            sign_up_until=clock.now() + timedelta(days=5),
            sessions=[planned, planned],
        )
        async with scene.database.transaction(organiser.identity) as session:
            training_id = await announcing.announce(session, actor=organiser, given=given)
        async with scene.database.transaction(organiser.identity) as session:
            sessions = await queries.list_sessions(session, county_id=world.county.id, training_ids=[training_id])
        ids = [one.id for one in sessions]
        staff_id = await member_of(scene)
        scene.made |= {"version": 1, "staff_id": staff_id, "sessions": ids}
        found: dict[str, Any] = {"training_id": training_id, "session_id": ids[0], "staff_id": staff_id}
        if "sign_up" in steps:
            async with scene.database.transaction(owner.identity) as session:
                await signing_up.sign_up(session, actor=owner, session_id=ids[0], staff_ids=[staff_id])
            async with scene.database.transaction(owner.identity) as session:
                (place,) = await queries.list_places(session, county_id=world.county.id, training_id=training_id)
            found["place_id"] = scene.made["place_id"] = place.id
        if "hold" in steps:
            async with scene.database.transaction(organiser.identity) as session:
                version = await announcing.hold(session, actor=organiser, training_id=training_id, version=1)
            scene.made["version"] = version
        if "came" in steps:
            async with scene.database.transaction(organiser.identity) as session:
                await attending.record(
                    session, actor=organiser, place_id=found["place_id"], version=1, given=Recorded(True)
                )
        if "place" in steps:
            scene.made["version"] = 2 if "came" in steps else 1
        return found

    return prepare


def _code(scene: Scene) -> dict[str, Any]:
    session_id = scene.made["sessions"][0]
    code = codes.code_at(scene.world.county.id, session_id, clock.now())
    return {"session_id": str(session_id), "code": code, "staff_id": str(scene.made["staff_id"])}


async def opened(scene: Scene) -> dict[str, Any]:
    """This year's pledge, and somebody of A1's who has to sign it."""
    county, today = scene.world.actor("C"), clock.today()
    given = pledges.Given(today.year, "承诺书", "严守国家秘密。", today + timedelta(days=30))
    async with scene.database.transaction(county.identity) as session:
        await pledges.issue(session, actor=county, given=given)
    scene.made["staff_id"] = await member_of(scene)
    return {}


async def pledge(scene: Scene) -> dict[str, Any]:
    """The same, signed."""
    await opened(scene)
    owner = scene.world.actor("A1")
    async with scene.database.transaction(owner.identity) as session:
        made = await pledges.sign(
            session, actor=owner, staff_id=scene.made["staff_id"], year=clock.today().year, signature=SIGNED
        )
    return {"pledge_id": made}


def _year(_scene: Scene) -> dict[str, Any]:
    return {"year": clock.today().year}


def _staff_ids(scene: Scene) -> dict[str, Any]:
    return {"staff_ids": [str(scene.made["staff_id"])]}


def _reason(_scene: Scene) -> dict[str, Any]:
    return {"reason": "核实"}


def _announced(scene: Scene) -> dict[str, Any]:
    to = [{"kind": "unit", "unit_id": str(scene.world.units["A1"])}]
    return {"title": "培训", "to": to, "sign_up_until": _when(5), "sessions": [_session()]}


def _studied(scene: Scene) -> dict[str, Any]:
    when = {"starts_at": _when(-1), "ends_at": _when(-0.9), "hours": "2"}
    return {"title": "政策学习", **when, **_staff_ids(scene)}


def _amended(scene: Scene) -> dict[str, Any]:
    sessions = [_session(id=str(session_id)) for session_id in scene.made["sessions"]]
    return {"text": "改", "sign_up_until": _when(6), "sessions": sessions, **_reason(scene)}


def _signature(scene: Scene) -> dict[str, Any]:
    return {"staff_id": str(scene.made["staff_id"]), **_year(scene), "signature": SIGNED}


_STAFF = "/api/staff/{staff_id}"
_TRAINING = "/api/trainings/{training_id}"
_SESSION = "/api/training-sessions/{session_id}"
_PLACE = "/api/training-places/{place_id}"

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
    ("GET", "/api/trainings/received"): Recipe("A1", training(), hidden=frozenset()),
    ("GET", "/api/trainings/issued"): Recipe("C", training(), hidden=frozenset()),
    ("GET", "/api/trainings/ledger"): Recipe("C", training("hold"), query=_year, hidden=frozenset()),
    ("POST", "/api/trainings"): Recipe("A", nothing, _announced, hidden=frozenset({"county", "township"})),
    # Everybody writes down for their own unit alone: of somebody else's people they learn nothing.
    ("POST", "/api/trainings/own"): Recipe("A1", training(), _studied, hidden=frozenset()),
    ("POST", "/api/trainings/check-in"): Recipe("A1", training("sign_up", "hold"), _code, hidden=frozenset()),
    ("GET", _TRAINING): Recipe("A1", training()),
    ("PUT", _TRAINING): Recipe("A", training(by="A"), _amended),
    ("PUT", f"{_TRAINING}/materials"): Recipe("A", training(by="A"), lambda _s: {"file_ids": []}),
    ("POST", f"{_TRAINING}/remind"): Recipe("A", training(by="A")),
    ("POST", f"{_TRAINING}/cancel"): Recipe("A", training(by="A"), _reason),
    ("POST", f"{_TRAINING}/hold"): Recipe("A", training(by="A")),
    ("POST", f"{_TRAINING}/conclude"): Recipe("A", training("sign_up", "hold", by="A")),
    ("POST", f"{_TRAINING}/decline"): Recipe("A1", training(), _reason),
    ("GET", f"{_TRAINING}/places"): Recipe("A1", training("sign_up")),
    ("GET", f"{_TRAINING}/invitations"): Recipe("A1", training()),
    ("GET", f"{_TRAINING}/sheet"): Recipe("A1", training("sign_up")),
    ("GET", f"{_SESSION}/code"): Recipe("A", training("hold", by="A")),
    ("POST", f"{_SESSION}/sign-up"): Recipe("A1", training(), _staff_ids),
    ("POST", f"{_SESSION}/add"): Recipe("A", training(by="A"), _staff_ids),
    ("POST", f"{_SESSION}/attendance"): Recipe(
        "A",
        training("sign_up", "hold", by="A"),
        lambda s: {"place_ids": [str(s.made["place_id"])], "present": True},
    ),
    ("POST", f"{_PLACE}/withdraw"): Recipe("A1", training("sign_up", "place")),
    ("POST", f"{_PLACE}/move"): Recipe(
        "A", training("sign_up", "place", by="A"), lambda s: {"session_id": str(s.made["sessions"][1])}
    ),
    ("POST", f"{_PLACE}/record"): Recipe(
        "A", training("sign_up", "hold", "came", "place", by="A"), lambda _s: {"present": True, "result": "passed"}
    ),
    ("GET", "/api/staff-hours"): Recipe(
        "A1", training("sign_up", "hold", "came"), query=lambda s: {**_year(s), **_of_a1(s)}
    ),
    ("GET", "/api/staff-hours/units"): Recipe("A1", member, query=_year, hidden=frozenset()),
    ("GET", "/api/staff-hours/sheet"): Recipe("A1", member, query=_year, hidden=frozenset()),
    ("GET", "/api/staff-hours/{staff_id}"): Recipe("A1", training("sign_up", "hold", "came")),
    ("GET", "/api/pledges"): Recipe("A1", pledge, query=lambda s: {**_year(s), **_of_a1(s)}),
    ("POST", "/api/pledges/texts"): Recipe(
        "C",
        nothing,
        lambda s: {**_year(s), "title": "承诺书", "text": "x", "due_on": clock.today().isoformat()},
        hidden=frozenset(),
    ),
    ("POST", "/api/pledges"): Recipe("A1", opened, _signature),
    ("GET", "/api/pledges/{pledge_id}"): Recipe("A1", pledge),
    ("GET", "/api/pledges/{pledge_id}/signature"): Recipe("A1", pledge),
    ("POST", "/api/pledges/{pledge_id}/void"): Recipe("A1", pledge, _reason),
}
