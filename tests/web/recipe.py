"""What a recipe of the isolation matrix is, and the scenes that several of them need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kit.db.session import Database
from kit.settings import Settings
from reporting import (
    review,
    submissions,
)
from reporting.months import contacts
from reporting.months.schemas import ContactIn
from reporting.submissions import HandedIn
from tenancy.models import AdminKind
from tests.web.people import Person
from tests.world import World

#: Appears in what village A1 hands in: no outsider's answer may contain it.
SECRET = "424242"


@dataclass(slots=True)
class Scene:
    """What a recipe builds in: a county, its database, and the one who owns the object."""

    database: Database
    settings: Settings
    world: World
    owner: Person
    made: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to ask a route for somebody's object.

    `owner` is a unit's code or one of 三员; `prepare` returns the path's parameters; `hidden` says from whom the
    object must be hidden completely (404). From the others its content must be absent.
    """

    owner: str | AdminKind
    prepare: Callable[[Scene], Awaitable[dict[str, Any]]]
    body: Callable[[Scene], dict[str, Any]] | None = None
    query: Callable[[Scene], dict[str, Any]] | None = None
    hidden: frozenset[str] = frozenset({"county", "township", "village"})
    upload: Callable[[Scene], tuple[str, bytes]] | None = None
    #: The whole body.
    content: bytes | None = None


COUNTY_ONLY = frozenset({"county"})


async def nothing(_scene: Scene) -> dict[str, Any]:
    return {}


def state(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """Bring A1's submission into a state; its version is kept for If-Match."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world = scene.world
        owner, reviewer = world.actor("A1"), world.actor("A")
        submission_id, version = world.submission("A1"), 1
        scene.made["submission_id"] = submission_id
        if target != "open":
            given = HandedIn(
                {"pc": SECRET, "rc": SECRET},
                {},
                {"W1": "核实", "W1:pc": "核实"},
            )
            async with scene.database.transaction(owner.identity) as session:
                version = (
                    await submissions.submit(
                        session, actor=owner, submission_id=submission_id, version=version, given=given
                    )
                ).version
        if target in ("approved", "correcting"):
            async with scene.database.transaction(reviewer.identity) as session:
                version = await review.approve(session, actor=reviewer, submission_id=submission_id, version=version)
        if target == "correcting":
            async with scene.database.transaction(owner.identity) as session:
                version = await submissions.correct(
                    session, actor=owner, submission_id=submission_id, version=version, reason="更正"
                )
        scene.made["version"] = version
        return {"submission_id": submission_id}

    return prepare


def uploaded(scene: Scene) -> tuple[str, bytes]:
    """The file that was prepared."""
    name, content = scene.made["upload"]
    return name, content


async def form(scene: Scene) -> dict[str, Any]:
    return {"form_id": scene.world.opened.form_id}


async def version(scene: Scene) -> dict[str, Any]:
    return {"version_id": scene.world.opened.form_version_id}


async def contact(scene: Scene) -> dict[str, Any]:
    """A1 has written down whom to call; the recipe's own edit names the version after that."""
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        given = ContactIn(name=f"{SECRET}号联系人", phone=f"139{SECRET}88")
        await contacts.edit(session, actor=actor, unit_id=actor.unit_id, version=0, given=given)
    scene.made["version"] = 1
    return {"unit_id": actor.unit_id}


REASON = {"reason": "核对"}


#: Routes that name nobody's object: signing in and out, one's own secrets, health, the page, the schema.
WITHOUT_OBJECT = {
    ("GET", "/"),
    ("GET", "/{path}"),
    ("GET", "/sw.js"),
    ("GET", "/assets/{file_path}"),
    ("HEAD", "/assets/{file_path}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/schema"),
    ("GET", "/schema/{path}"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/api/public/site"),
    ("GET", "/api/public/printed/{token}"),
    ("GET", "/api/auth/me"),
    ("GET", "/api/events"),
    ("POST", "/api/auth/sign-in"),
    ("POST", "/api/auth/sign-out"),
    ("POST", "/api/auth/password"),
    ("POST", "/api/auth/redeem"),
    ("POST", "/api/auth/totp/begin"),
    ("POST", "/api/auth/totp/confirm"),
    ("POST", "/api/auth/totp/disable"),
    ("GET", "/api/auth/device"),
    ("POST", "/api/auth/device"),
    ("POST", "/api/auth/device/half"),
    ("GET", "/api/auth/devices"),
    ("POST", "/api/auth/pin"),
    # A scanned code is nobody's until its computer has collected it; `test_entrances` tries the wrong hands.
    ("POST", "/api/auth/scan"),
    ("GET", "/api/auth/scan/{scan_id}"),
    ("POST", "/api/auth/scan/{scan_id}/confirm"),
    ("POST", "/api/auth/scan/{scan_id}/collect"),
    ("GET", "/api/auth/oidc"),
    ("DELETE", "/api/auth/oidc"),
    ("GET", "/api/auth/oidc/start"),
    ("GET", "/api/auth/oidc/callback"),
}
