"""For each route: who owns the object it names, and how to make one. The isolation matrix is generated from the
application's routes, and a route without a recipe fails it: a new route is covered the day it appears."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from sqlalchemy import insert, update

from kit import clock, files
from kit.db.session import Database, Identity
from kit.idempotency import Attempt
from kit.ids import new_id
from kit.jobs import enqueue
from kit.models import Job
from kit.settings import Settings
from reporting import (
    behalf,
    closing,
    closing_queries,
    exports,
    granting,
    queries,
    review,
    sign_off,
    signing,
    submissions,
    templates,
)
from reporting.behalf_books.making import make_book
from reporting.city import service as city
from reporting.city.targets import FigureTarget, Source
from reporting.models import SignOffSteps
from reporting.months import contacts
from reporting.months.schemas import ContactIn
from reporting.past import reading as past_reading
from reporting.submissions import CellEdit, HandedIn
from tenancy.models import AdminKind, RememberedDevice
from tests.web.people import Person
from tests.world import World
from workflow.attachments import service as attachments
from workflow.attachments.subjects import Slot
from workflow.channels import service as channels
from workflow.channels.schemas import ChannelIn
from workflow.handover import service as handing_over
from workflow.handover.schemas import HandOverIn, NewSuccessorIn
from workflow.queries import list_inbox

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


_CHANNEL = {
    "kind": "dingtalk",
    "name": f"{SECRET}群",
    "address": f"https://oapi.dingtalk.com/robot/send?access_token={SECRET}",
    "secret": SECRET,
}
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


async def unit_workbook(scene: Scene) -> dict[str, Any]:
    """A1's own workbook, as it goes out."""
    found = await state("open")(scene)
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        made = await templates.make_template(session, actor=actor, submission_id=found["submission_id"])
    scene.made["upload"] = ("filled.xlsx", made.content)
    return found


def uploaded(scene: Scene) -> tuple[str, bytes]:
    """The file that was prepared."""
    name, content = scene.made["upload"]
    return name, content


async def past_workbook(scene: Scene) -> dict[str, Any]:
    """A year's workbook with a figure in it, as the county would upload it."""
    actor, form_id = scene.world.actor("C"), scene.world.opened.form_id
    async with scene.database.transaction(actor.identity) as session:
        _, content = await past_reading.make_past_template(
            session, actor=actor, form_id=form_id, first="2025-10", last="2025-10"
        )
    book = load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    row = next(n for n in range(1, page.max_row + 1) if page.cell(n, 1).value == "A1")
    page.cell(row, 5).value = int(SECRET)
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("past.xlsx", stream.getvalue())
    return {"form_id": form_id}


async def past_file(scene: Scene) -> dict[str, Any]:
    """The same, uploaded."""
    found = await past_workbook(scene)
    world = scene.world
    made = scene.settings.files_dir / "past"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_bytes(scene.made["upload"][1])
    async with scene.database.transaction(world.identity) as session:
        file_id = await files.keep(
            session,
            files_dir=scene.settings.files_dir,
            county_id=world.county.id,
            made=made,
            name="past.xlsx",
            media_type="application/octet-stream",
            created_by=None,
            place=[world.county.unit_id],
            expires_at=None,
        )
    return {**found, "file_id": file_id}


async def behalf_book(scene: Scene) -> dict[str, Any]:
    """A's workbook of its villages with a line for A1."""
    world, actor = scene.world, scene.world.actor("A")
    async with scene.database.transaction(actor.identity) as session:
        made = await make_book(session, actor=actor, cycle_id=world.opened.id)
    book = load_workbook(io.BytesIO(made.content))
    page = book.worksheets[0]
    head = next(n for n in range(1, page.max_row + 1) if str(page.cell(n, 1).value).startswith("@jiceng"))
    row = next(n for n in range(1, page.max_row + 1) if page.cell(n, 1).value == "A1")
    for cell in page[head][1:]:
        typed: dict[object, object] = {"@way": "其他", "@who": SECRET, "pc": 1, "rc": int(SECRET)}
        if cell.value in typed:
            page.cell(row, int(cell.column or 0)).value = typed[cell.value]  # type: ignore[assignment]
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("behalf.xlsx", stream.getvalue())
    return {"cycle_id": world.opened.id}


async def city_workbook(scene: Scene) -> dict[str, Any]:
    """A workbook of the city's, as the county would upload it."""
    book = Workbook()
    book.worksheets[0].title = "表"
    book.worksheets[0]["A1"] = SECRET
    stream = io.BytesIO()
    book.save(stream)
    scene.made["upload"] = ("套表.xlsx", stream.getvalue())
    return {}


async def city_sheet(scene: Scene) -> dict[str, Any]:
    """The same, kept and mapped."""
    await city_workbook(scene)
    county, form_id = scene.world.actor("C"), scene.world.opened.form_id
    name, content = scene.made["upload"]
    async with scene.database.transaction(county.identity) as session:
        sheet_id = await city.add(session, actor=county, title=f"{SECRET}套表", content=content, name=name)
    target = FigureTarget(kind="figure", sheet="表", cell="A1", form_id=form_id, source=Source(field="pc"))
    async with scene.database.transaction(county.identity) as session:
        scene.made["version"] = await city.map_targets(
            session, actor=county, sheet_id=sheet_id, version=1, targets=[target]
        )
    return {"sheet_id": sheet_id}


async def revision(scene: Scene) -> dict[str, Any]:
    await state("submitted")(scene)
    async with scene.database.transaction(scene.world.identity) as session:
        found = await queries.list_revisions(
            session, county_id=scene.world.county.id, submission_id=scene.made["submission_id"]
        )
    return {"revision_id": found[0].id}


async def cycle(scene: Scene) -> dict[str, Any]:
    await state("submitted")(scene)
    return {"cycle_id": scene.world.opened.id}


async def cycle_itself(scene: Scene) -> dict[str, Any]:
    """The cycle as it was opened, with its own version for If-Match."""
    await state("submitted")(scene)
    scene.made["version"] = 1
    return {"cycle_id": scene.world.opened.id}


async def closed_cycle(scene: Scene) -> dict[str, Any]:
    """A1's figures approved in a cycle that the county then closed."""
    await state("approved")(scene)
    world, county = scene.world, scene.world.actor("C")
    async with scene.database.transaction(county.identity) as session:
        scene.made["version"] = await closing.close(session, actor=county, cycle_id=world.opened.id, version=1)
    return {"cycle_id": world.opened.id}


async def archive(scene: Scene) -> dict[str, Any]:
    made = await closed_cycle(scene)
    async with scene.database.transaction(scene.world.identity) as session:
        found = await closing_queries.list_archives(session, county_id=scene.world.county.id, **made)
    return {"archive_id": found[0].id}


def granted(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """A1 untouched, exempted, or in a closed cycle: to be reopened, or reopened."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world, county = scene.world, scene.world.actor("C")
        submission_id, version = world.submission("A1"), 1
        async with scene.database.transaction(county.identity) as session:
            if target == "exempt":
                version = await granting.exempt(
                    session, actor=county, submission_id=submission_id, version=1, reason=SECRET
                )
            else:
                await closing.close(session, actor=county, cycle_id=world.opened.id, version=1)
            if target == "reopened":
                version = await granting.reopen(
                    session, actor=county, submission_id=submission_id, version=1, reason=SECRET
                )
        scene.made["version"] = version
        return {"submission_id": submission_id}

    return prepare


def on_behalf(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """A handed in for A1, which perhaps objected, or had a draft of its own."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world, township, owner = scene.world, scene.world.actor("A"), scene.world.actor("A1")
        submission_id, version = world.submission("A1"), 1
        if target == "aside":
            async with scene.database.transaction(owner.identity) as session:
                edits = [CellEdit("pc", None, SECRET)]
                version = (
                    await submissions.save_draft(session, actor=owner, submission_id=submission_id, edits=edits)
                ).version
        given = HandedIn({"pc": SECRET, "rc": SECRET}, {}, {"W1": "核实"})
        async with scene.database.transaction(township.identity) as session:
            version = (
                await behalf.fill(
                    session, actor=township, submission_id=submission_id, version=version, basis=SECRET, given=given
                )
            ).version
        if target == "objected":
            async with scene.database.transaction(owner.identity) as session:
                version = await behalf.object_to(
                    session, actor=owner, submission_id=submission_id, version=version, reason=SECRET
                )
        if target == "aside":
            async with scene.database.transaction(township.identity) as session:
                version = await review.send_back(
                    session, actor=township, submission_id=submission_id, version=version, reason="核对"
                )
        scene.made["version"] = version
        return {"submission_id": submission_id}

    return prepare


def signing_state(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """A1 signs inside: about to be prepared, or prepared and to be checked or signed."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        world, owner, county = scene.world, scene.world.actor("A1"), scene.world.actor("C")
        submission_id, version = world.submission("A1"), 1
        steps = SignOffSteps.CHECK_AND_SIGN if target == "check" else SignOffSteps.SIGN
        async with scene.database.transaction(county.identity) as session:
            await sign_off.choose(
                session, actor=county, form_id=world.opened.form_id, unit_ids=[owner.unit_id], steps=steps
            )
        if target != "open":
            given = HandedIn({"pc": SECRET, "rc": SECRET}, {}, {"W1": "核实", "W1:pc": "核实"})
            async with scene.database.transaction(owner.identity) as session:
                version = await signing.prepare(
                    session, actor=owner, submission_id=submission_id, version=version, given=given
                )
        scene.made["version"] = version
        return {"submission_id": submission_id}

    return prepare


def attached(target: str) -> Callable[[Scene], Awaitable[dict[str, Any]]]:
    """A scan that A1 added to what it handed in; perhaps withdrawn."""

    async def prepare(scene: Scene) -> dict[str, Any]:
        await state("submitted")(scene)
        actor = scene.world.actor("A1")
        folder = scene.settings.files_dir
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f"scan-{new_id()}"
        content = b"%PDF-1.4 " + SECRET.encode()
        waiting.write_bytes(content)
        attempt = Attempt.of(
            county_id=actor.county_id,
            account_id=actor.account_id,
            membership_id=actor.membership_id,
            key=None,
            parts=[],
        )
        async with scene.database.transaction(actor.identity) as session:
            made = await attachments.add(
                session,
                actor=actor,
                slot=Slot("submission", scene.made["submission_id"], "stamped_scan"),
                name=f"{SECRET}.pdf",
                received=files.Received(waiting, len(content), hashlib.sha256(content).hexdigest()),
                attempt=attempt,
            )
        if target == "withdrawn":
            async with scene.database.transaction(actor.identity) as session:
                await attachments.withdraw(session, actor=actor, attachment_id=made.id)
        return {"attachment_id": made.id}

    return prepare


def _scan_query(scene: Scene) -> dict[str, Any]:
    return {"subject_kind": "submission", "subject_id": str(scene.made["submission_id"])}


async def told(scene: Scene) -> dict[str, Any]:
    """An item that tells A that the county returned A1 through it."""
    await state("submitted")(scene)
    world, county = scene.world, scene.world.actor("C")
    async with scene.database.transaction(county.identity) as session:
        await review.return_through(
            session, actor=county, submission_id=world.submission("A1"), version=scene.made["version"], reason=SECRET
        )
    township = world.actor("A")
    async with scene.database.transaction(township.identity) as session:
        items = await list_inbox(session, principal=township, roles_by_unit={township.unit_id: frozenset({"reviewer"})})
    return {"item_id": next(item.id for item in items if item.topic == "returned_through")}


async def form(scene: Scene) -> dict[str, Any]:
    return {"form_id": scene.world.opened.form_id}


async def version(scene: Scene) -> dict[str, Any]:
    return {"version_id": scene.world.opened.form_version_id}


async def job(scene: Scene) -> dict[str, Any]:
    async with scene.database.transaction(scene.world.actor("A1").identity) as session:
        return {"job_id": await enqueue(session, kind="test.nothing", payload={}, requested_by=scene.owner.account_id)}


async def failed_download(scene: Scene) -> dict[str, Any]:
    """An export of A's that came to nothing."""
    world, actor = scene.world, scene.world.actor("A")
    payload = {"cycle_id": str(world.opened.id), "unit_id": str(actor.unit_id), "acting_unit_id": str(actor.unit_id)}
    words = {"zh-CN": SECRET, "en": SECRET}
    async with scene.database.transaction(actor.identity) as session:
        job_id = await enqueue(
            session, kind=exports.JOB, title=f"{SECRET}表", payload=payload, requested_by=scene.owner.account_id
        )
        await session.execute(update(Job).where(Job.id == job_id).values(state="failed", failure=words))
    return {"job_id": job_id}


async def file(scene: Scene) -> dict[str, Any]:
    world = scene.world
    made = scene.settings.files_dir / "made"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(SECRET)
    identity = Identity.of_unit(world.county.id, world.units["A1"])
    async with scene.database.transaction(identity) as session:
        file_id = await files.keep(
            session,
            files_dir=scene.settings.files_dir,
            county_id=world.county.id,
            made=made,
            name="表.xlsx",
            media_type="application/octet-stream",
            created_by=scene.owner.account_id,
            place=[world.units["A1"], world.county.unit_id],
            expires_at=None,
        )
    return {"file_id": file_id}


async def account(scene: Scene) -> dict[str, Any]:
    return {"account_id": scene.world.accounts[scene.world.units["A1"]]}


async def contact(scene: Scene) -> dict[str, Any]:
    """A1 has written down whom to call; the recipe's own edit names the version after that."""
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        given = ContactIn(name=f"{SECRET}号联系人", phone=f"139{SECRET}88")
        await contacts.edit(session, actor=actor, unit_id=actor.unit_id, version=0, given=given)
    scene.made["version"] = 1
    return {"unit_id": actor.unit_id}


async def channel(scene: Scene) -> dict[str, Any]:
    """A's robot."""
    actor = scene.world.actor("A")
    async with scene.database.transaction(actor.identity) as session:
        made = await channels.add(session, actor=actor, given=ChannelIn.model_validate(_CHANNEL))
    return {"channel_id": made.id}


async def plan(scene: Scene) -> dict[str, Any]:
    scene.made["version"] = 0
    return {}


async def month(scene: Scene) -> dict[str, Any]:
    await contact(scene)
    return await cycle(scene)


async def membership(scene: Scene) -> dict[str, Any]:
    return {"membership_id": scene.world.memberships[scene.world.units["A1"]]}


async def handed_over(scene: Scene) -> dict[str, Any]:
    """A1's person has handed over to somebody new."""
    actor, found = scene.world.actor("A"), await membership(scene)
    given = HandOverIn(
        successor=NewSuccessorIn(sign_name="next", display_name=f"{SECRET}号接任"), handed_on=clock.today()
    )
    async with scene.database.transaction(actor.identity) as session:
        made, _ = await handing_over.hand_over(session, actor=actor, membership_id=found["membership_id"], given=given)
    return {"hand_over_id": made}


async def unit(scene: Scene) -> dict[str, Any]:
    return {"unit_id": scene.world.units["A1"]}


async def own_session(scene: Scene) -> dict[str, Any]:
    return {"session_id": scene.owner.session_id}


async def own_device(scene: Scene) -> dict[str, Any]:
    """A device that remembers the owner."""
    async with scene.database.transaction(scene.world.identity) as session:
        device_id = new_id()
        await session.execute(
            insert(RememberedDevice).values(
                county_id=scene.world.county.id,
                id=device_id,
                account_id=scene.owner.account_id,
                secret_hash=str(device_id),
                pin_hash="-",
                device=f"{SECRET}手机",
                expires_at=clock.now() + timedelta(days=1),
            )
        )
    return {"device_id": device_id}


def _new_unit(scene: Scene, code: str) -> dict[str, Any]:
    return {
        "tier": "village",
        "code": code,
        "name": f"{SECRET}村",
        "short_name": "新村",
        "parent_id": str(scene.world.units["A"]),
    }


_DATED = {"effective_on": date(2026, 1, 1).isoformat(), "reason": "调整"}
_REASON = {"reason": "核对"}

RECIPES: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/submissions/{submission_id}"): Recipe("A1", state("submitted")),
    ("GET", "/api/submissions/{submission_id}/revisions"): Recipe("A1", state("submitted")),
    ("GET", "/api/submissions/{submission_id}/history"): Recipe("A1", state("submitted")),
    ("GET", "/api/revisions/{revision_id}"): Recipe("A1", revision),
    ("POST", "/api/submissions/{submission_id}/unmask"): Recipe("A1", state("submitted"), lambda _s: _REASON),
    ("PATCH", "/api/submissions/{submission_id}/draft"): Recipe(
        "A1", state("open"), lambda _s: {"cells": [{"code": "pc", "base": None, "new": SECRET}]}
    ),
    ("GET", "/api/submissions/{submission_id}/workbook"): Recipe("A1", state("open")),
    ("POST", "/api/submissions/{submission_id}/workbook"): Recipe("A1", unit_workbook, upload=uploaded),
    ("POST", "/api/submissions/{submission_id}/submit"): Recipe(
        "A1", state("open"), lambda _s: {"cells": {"pc": "1", "rc": "2"}, "rows": {}, "reasons": {}}
    ),
    ("POST", "/api/submissions/{submission_id}/recall"): Recipe("A1", state("submitted")),
    ("POST", "/api/submissions/{submission_id}/correct"): Recipe("A1", state("approved"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/abandon"): Recipe("A1", state("correcting")),
    ("POST", "/api/submissions/{submission_id}/claim"): Recipe("A", state("submitted")),
    ("POST", "/api/submissions/{submission_id}/release"): Recipe("A", state("submitted")),
    ("POST", "/api/submissions/{submission_id}/approve"): Recipe("A", state("submitted")),
    ("POST", "/api/submissions/{submission_id}/return"): Recipe(
        "A", state("submitted"), lambda _s: {"reason": "核对", "marked": ["pc"]}
    ),
    ("POST", "/api/submissions/{submission_id}/return-through"): Recipe(
        "C", state("submitted"), lambda _s: {"reason": "核对", "marked": ["pc"]}
    ),
    ("POST", "/api/submissions/{submission_id}/extend"): Recipe(
        "A", state("open"), lambda _s: {"reason": "停电", "until": (clock.today() + timedelta(days=30)).isoformat()}
    ),
    ("POST", "/api/submissions/{submission_id}/exempt"): Recipe("C", state("open"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/require"): Recipe("C", granted("exempt")),
    ("POST", "/api/submissions/{submission_id}/reopen"): Recipe("C", granted("closed"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/reclose"): Recipe("C", granted("reopened")),
    ("POST", "/api/submissions/{submission_id}/behalf-sheet"): Recipe(
        "A", state("open"), lambda _s: {"action": "fill_for"}
    ),
    ("POST", "/api/submissions/{submission_id}/fill-for"): Recipe(
        "A", state("open"), lambda _s: {"basis": "电话", "cells": {"pc": "1", "rc": "2"}, "rows": {}, "reasons": {}}
    ),
    ("POST", "/api/submissions/{submission_id}/mend"): Recipe(
        "A",
        state("submitted"),
        lambda _s: {"basis": "多写一位", "edits": [{"code": "pc", "before": SECRET, "after": "42"}]},
    ),
    ("POST", "/api/submissions/{submission_id}/prepare"): Recipe(
        "A1", signing_state("open"), lambda _s: {"cells": {"pc": "1", "rc": "2"}, "rows": {}, "reasons": {}}
    ),
    ("POST", "/api/submissions/{submission_id}/check"): Recipe("A1", signing_state("check")),
    ("POST", "/api/submissions/{submission_id}/sign"): Recipe("A1", signing_state("sign")),
    ("POST", "/api/submissions/{submission_id}/decline"): Recipe("A1", signing_state("sign"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/withdraw"): Recipe("A1", signing_state("sign")),
    ("GET", "/api/forms/{form_id}/sign-off"): Recipe("A", form, hidden=frozenset({"county"})),
    ("PUT", "/api/forms/{form_id}/sign-off"): Recipe(
        "A",
        form,
        lambda s: {"unit_ids": [str(s.world.units["A1"])], "steps": "sign"},
    ),
    ("POST", "/api/submissions/{submission_id}/object"): Recipe("A1", on_behalf("filled"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/answer"): Recipe("A", on_behalf("objected"), lambda _s: _REASON),
    ("POST", "/api/submissions/{submission_id}/aside/take-up"): Recipe("A1", on_behalf("aside")),
    ("POST", "/api/submissions/{submission_id}/aside/discard"): Recipe("A1", on_behalf("aside")),
    ("GET", "/api/submissions/{submission_id}/changes"): Recipe("A1", state("submitted")),
    ("POST", "/api/cycles/{cycle_id}/close"): Recipe("C", cycle_itself, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/unclose"): Recipe("C", closed_cycle, lambda _s: _REASON, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/archives"): Recipe(
        "C",
        cycle_itself,
        lambda _s: {"destination": "市局", "reported_on": "2026-11-08", "signers": [{"post": "局长", "name": "某某"}]},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/archives"): Recipe("C", closed_cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/archives/{archive_id}"): Recipe("C", archive),
    ("GET", "/api/cycles/{cycle_id}/reasons"): Recipe("A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}),
    ("POST", "/api/inbox/{item_id}/done"): Recipe("A", told),
    ("GET", "/api/cycles"): Recipe("A", cycle, hidden=frozenset()),
    ("POST", "/api/cycles"): Recipe(
        "C",
        form,
        lambda s: {"form_id": str(s.world.opened.form_id), "period_key": "2026-09"},
        hidden=frozenset(),
    ),
    ("GET", "/api/cycles/{cycle_id}"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/cycles/{cycle_id}/submissions"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("GET", "/api/cycles/{cycle_id}/missing"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/reminders"): Recipe(
        "A", cycle, lambda s: {"unit_ids": [str(s.world.units["A2"])]}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/cycles/{cycle_id}/approvals"): Recipe(
        "A",
        cycle,
        lambda s: {"submissions": [{"id": str(s.world.submission("A1")), "version": s.made["version"]}]},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/rollup"): Recipe("A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}),
    ("GET", "/api/cycles/{cycle_id}/comparison"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A1"])}
    ),
    ("GET", "/api/cycles/{cycle_id}/statement"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A"])}
    ),
    ("POST", "/api/cycles/{cycle_id}/statement/document"): Recipe(
        "A",
        cycle,
        lambda _s: {"title": "情况", "sections": [{"heading": "一", "text": "二"}], "signed": "A", "dated": "今天"},
        hidden=COUNTY_ONLY,
    ),
    ("GET", "/api/cycles/{cycle_id}/periods"): Recipe(
        "A", cycle, query=lambda s: {"unit_id": str(s.world.units["A1"]), "units": "now"}
    ),
    ("GET", "/api/cycles/{cycle_id}/rows"): Recipe(
        "A", cycle, query=lambda s: {"table": "people", "unit_id": str(s.world.units["A"])}
    ),
    ("POST", "/api/cycles/{cycle_id}/exports"): Recipe("A", cycle, lambda s: {"unit_id": str(s.world.units["A"])}),
    ("GET", "/api/cycles/{cycle_id}/behalf-book"): Recipe("A", cycle, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/behalf-book"): Recipe("A", behalf_book, upload=uploaded, hidden=COUNTY_ONLY),
    ("POST", "/api/cycles/{cycle_id}/behalf"): Recipe(
        "A",
        behalf_book,
        lambda s: {
            "lines": [
                {
                    "submission_id": str(s.world.submission("A1")),
                    "version": 1,
                    "basis": "电话",
                    "cells": {"pc": "1", "rc": "2"},
                }
            ]
        },
    ),
    ("GET", "/api/city-sheets"): Recipe("C", city_sheet, hidden=frozenset()),
    ("POST", "/api/city-sheets"): Recipe("C", city_workbook, upload=uploaded, hidden=frozenset()),
    ("GET", "/api/city-sheets/{sheet_id}"): Recipe("C", city_sheet),
    ("PUT", "/api/city-sheets/{sheet_id}/targets"): Recipe("C", city_sheet, lambda _s: {"targets": []}),
    ("POST", "/api/city-sheets/{sheet_id}/proposals"): Recipe(
        "C", city_sheet, lambda s: {"sheet": "表", "form_id": str(s.world.opened.form_id)}
    ),
    ("GET", "/api/city-sheets/{sheet_id}/problems"): Recipe("C", city_sheet, query=lambda _s: {"period": "2026-10"}),
    ("POST", "/api/city-sheets/{sheet_id}/fill"): Recipe("C", city_sheet, lambda _s: {"period": "2026-10"}),
    ("DELETE", "/api/city-sheets/{sheet_id}"): Recipe("C", city_sheet),
    ("GET", "/api/month"): Recipe(
        "A", month, query=lambda s: {"period": "2026-10", "parent_id": str(s.world.units["A"])}
    ),
    ("GET", "/api/units/{unit_id}/contact"): Recipe("A", contact),
    ("PUT", "/api/units/{unit_id}/contact"): Recipe("A", contact, lambda _s: {"name": "李四", "officer": "王五"}),
    ("POST", "/api/units/{unit_id}/contact/reveal"): Recipe("A", contact),
    ("GET", "/api/reminders/plan"): Recipe("A", nothing, hidden=frozenset()),
    ("PUT", "/api/reminders/plan"): Recipe(
        "C",
        plan,
        lambda _s: {"active": True, "quiet_from": "21:00", "quiet_until": "08:00", "rules": []},
        hidden=frozenset(),
    ),
    ("GET", "/api/channels"): Recipe("A", channel, hidden=frozenset()),
    ("POST", "/api/channels"): Recipe("A", nothing, lambda _s: {**_CHANNEL, "name": "群"}, hidden=frozenset()),
    ("PUT", "/api/channels/{channel_id}"): Recipe("A", channel, lambda _s: {"kind": "dingtalk", "name": "群"}),
    ("DELETE", "/api/channels/{channel_id}"): Recipe("A", channel),
    ("POST", "/api/channels/{channel_id}/test"): Recipe("A", channel),
    ("GET", "/api/forms"): Recipe("A1", nothing, hidden=frozenset()),
    ("GET", "/api/forms/{form_id}/trend"): Recipe(
        "C", form, query=lambda s: {"fields": "pc", "unit_id": str(s.world.units["A"])}, hidden=COUNTY_ONLY
    ),
    ("GET", "/api/forms/{form_id}/past-years/template"): Recipe(
        "C", form, query=lambda _s: {"first": "2025-10", "last": "2025-10"}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/forms/{form_id}/past-years"): Recipe("C", past_workbook, upload=uploaded, hidden=COUNTY_ONLY),
    ("POST", "/api/forms/{form_id}/past-years/{file_id}/preview"): Recipe(
        "C", past_file, lambda _s: {}, hidden=COUNTY_ONLY
    ),
    ("POST", "/api/forms/{form_id}/past-years/{file_id}/import"): Recipe(
        "C", past_file, lambda _s: {}, hidden=COUNTY_ONLY
    ),
    ("GET", "/api/form-versions/{version_id}"): Recipe("A1", version, hidden=COUNTY_ONLY),
    ("GET", "/api/attachments"): Recipe("A1", attached("kept"), query=_scan_query),
    ("POST", "/api/attachments"): Recipe(
        "A1",
        state("submitted"),
        query=lambda s: {**_scan_query(s), "kind": "stamped_scan", "name": "盖章.pdf"},
        content=b"%PDF-1.4 scan",
    ),
    ("GET", "/api/attachments/{attachment_id}"): Recipe("A1", attached("kept")),
    ("POST", "/api/attachments/{attachment_id}/withdraw"): Recipe("A1", attached("kept")),
    ("POST", "/api/attachments/{attachment_id}/restore"): Recipe("A1", attached("withdrawn")),
    ("GET", "/api/inbox"): Recipe("A", state("submitted"), hidden=frozenset()),
    ("GET", "/api/jobs/{job_id}"): Recipe("A1", job),
    ("GET", "/api/downloads"): Recipe("A", failed_download, hidden=frozenset()),
    ("POST", "/api/downloads/{job_id}/again"): Recipe("A", failed_download),
    ("GET", "/api/files/{file_id}"): Recipe("A1", file),
    ("GET", "/api/units"): Recipe("C", nothing, hidden=frozenset()),
    ("POST", "/api/units"): Recipe(
        AdminKind.SYSTEM, nothing, lambda s: {**_DATED, "unit": _new_unit(s, "N1")}, hidden=frozenset()
    ),
    ("POST", "/api/units/import"): Recipe(
        AdminKind.SYSTEM,
        nothing,
        upload=lambda _s: ("units.csv", f"层级,代码,名称,上级代码\n镇街,Z,{SECRET}镇,\n".encode()),
        hidden=frozenset(),
    ),
    ("POST", "/api/units/merge"): Recipe(
        AdminKind.SYSTEM,
        nothing,
        lambda s: {
            **_DATED,
            "unit_ids": [str(s.world.units["A1"]), str(s.world.units["A2"])],
            "into_unit_id": str(s.world.units["A1"]),
        },
        hidden=frozenset(),
    ),
    ("GET", "/api/units/{unit_id}/history"): Recipe("A", unit),
    ("POST", "/api/units/{unit_id}/rename"): Recipe(
        AdminKind.SYSTEM, unit, lambda _s: {**_DATED, "name": "新名村", "short_name": "新名"}
    ),
    ("POST", "/api/units/{unit_id}/move"): Recipe(
        AdminKind.SYSTEM, unit, lambda s: {**_DATED, "parent_id": str(s.world.units["B"])}
    ),
    ("POST", "/api/units/{unit_id}/deactivate"): Recipe(AdminKind.SYSTEM, unit, lambda _s: _DATED),
    ("POST", "/api/units/{unit_id}/split"): Recipe(
        AdminKind.SYSTEM, unit, lambda s: {**_DATED, "parts": [{"unit": _new_unit(s, "N2"), "children": []}]}
    ),
    ("GET", "/api/accounts"): Recipe("A", nothing, query=lambda s: {"unit_id": str(s.world.units["A1"])}),
    ("POST", "/api/accounts"): Recipe(
        "A",
        nothing,
        lambda s: {
            "unit_id": str(s.world.units["A1"]),
            "people": [{"sign_name": "new", "display_name": "新人", "roles": ["reporter"]}],
        },
    ),
    ("POST", "/api/accounts/{account_id}/reset-code"): Recipe("A", account),
    ("POST", "/api/accounts/{account_id}/unlock"): Recipe("A", account),
    ("POST", "/api/accounts/{account_id}/active"): Recipe("A", account, lambda _s: {"active": True}),
    ("PUT", "/api/memberships/{membership_id}/roles"): Recipe("A", membership, lambda _s: {"roles": ["reporter"]}),
    ("GET", "/api/memberships/{membership_id}/hand-over"): Recipe("A", membership),
    ("POST", "/api/memberships/{membership_id}/hand-over"): Recipe(
        "A",
        membership,
        lambda _s: {
            "successor": {"sign_name": "next", "display_name": "接任"},
            "handed_on": clock.today().isoformat(),
        },
    ),
    ("GET", "/api/hand-overs/{hand_over_id}"): Recipe("A1", handed_over),
    ("GET", "/api/auth/sessions"): Recipe("A1", nothing, hidden=frozenset()),
    ("DELETE", "/api/auth/sessions/{session_id}"): Recipe("A1", own_session),
    ("DELETE", "/api/auth/devices/{device_id}"): Recipe("A1", own_device),
    ("GET", "/api/audit"): Recipe(AdminKind.AUDIT, nothing, hidden=frozenset()),
}

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
