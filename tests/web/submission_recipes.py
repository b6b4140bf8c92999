"""Recipes of what a unit hands in: reports, their signatures and files, what was exported of them."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from kit import clock, files
from kit.db.session import Identity
from kit.idempotency import Attempt
from kit.ids import new_id
from kit.jobs import enqueue
from kit.models import Job
from reporting import (
    behalf,
    closing,
    exports,
    granting,
    queries,
    review,
    sign_off,
    signing,
    submissions,
    templates,
)
from reporting.models import SignOffSteps
from reporting.submissions import CellEdit, HandedIn
from tests.web.recipe import (
    REASON,
    SECRET,
    Recipe,
    Scene,
    form,
    state,
    uploaded,
)
from workflow.attachments import service as attachments
from workflow.attachments.subjects import Slot
from workflow.queries import list_inbox


async def unit_workbook(scene: Scene) -> dict[str, Any]:
    """A1's own workbook, as it goes out."""
    found = await state("open")(scene)
    actor = scene.world.actor("A1")
    async with scene.database.transaction(actor.identity) as session:
        made = await templates.make_template(session, actor=actor, submission_id=found["submission_id"])
    scene.made["upload"] = ("filled.xlsx", made.content)
    return found


async def revision(scene: Scene) -> dict[str, Any]:
    await state("submitted")(scene)
    async with scene.database.transaction(scene.world.identity) as session:
        found = await queries.list_revisions(
            session, county_id=scene.world.county.id, submission_id=scene.made["submission_id"]
        )
    return {"revision_id": found[0].id}


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


SUBMISSION: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/submissions/{submission_id}"): Recipe("A1", state("submitted")),
    ("GET", "/api/submissions/{submission_id}/revisions"): Recipe("A1", state("submitted")),
    ("GET", "/api/submissions/{submission_id}/history"): Recipe("A1", state("submitted")),
    ("GET", "/api/revisions/{revision_id}"): Recipe("A1", revision),
    ("POST", "/api/submissions/{submission_id}/unmask"): Recipe("A1", state("submitted"), lambda _s: REASON),
    ("PATCH", "/api/submissions/{submission_id}/draft"): Recipe(
        "A1", state("open"), lambda _s: {"cells": [{"code": "pc", "base": None, "new": SECRET}]}
    ),
    ("GET", "/api/submissions/{submission_id}/workbook"): Recipe("A1", state("open")),
    ("POST", "/api/submissions/{submission_id}/workbook"): Recipe("A1", unit_workbook, upload=uploaded),
    ("POST", "/api/submissions/{submission_id}/submit"): Recipe(
        "A1", state("open"), lambda _s: {"cells": {"pc": "1", "rc": "2"}, "rows": {}, "reasons": {}}
    ),
    ("POST", "/api/submissions/{submission_id}/recall"): Recipe("A1", state("submitted")),
    ("POST", "/api/submissions/{submission_id}/correct"): Recipe("A1", state("approved"), lambda _s: REASON),
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
    ("POST", "/api/submissions/{submission_id}/exempt"): Recipe("C", state("open"), lambda _s: REASON),
    ("POST", "/api/submissions/{submission_id}/require"): Recipe("C", granted("exempt")),
    ("POST", "/api/submissions/{submission_id}/reopen"): Recipe("C", granted("closed"), lambda _s: REASON),
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
    ("POST", "/api/submissions/{submission_id}/decline"): Recipe("A1", signing_state("sign"), lambda _s: REASON),
    ("POST", "/api/submissions/{submission_id}/withdraw"): Recipe("A1", signing_state("sign")),
    ("GET", "/api/forms/{form_id}/sign-off"): Recipe("A", form, hidden=frozenset({"county"})),
    ("PUT", "/api/forms/{form_id}/sign-off"): Recipe(
        "A",
        form,
        lambda s: {"unit_ids": [str(s.world.units["A1"])], "steps": "sign"},
    ),
    ("POST", "/api/submissions/{submission_id}/object"): Recipe("A1", on_behalf("filled"), lambda _s: REASON),
    ("POST", "/api/submissions/{submission_id}/answer"): Recipe("A", on_behalf("objected"), lambda _s: REASON),
    ("POST", "/api/submissions/{submission_id}/aside/take-up"): Recipe("A1", on_behalf("aside")),
    ("POST", "/api/submissions/{submission_id}/aside/discard"): Recipe("A1", on_behalf("aside")),
    ("GET", "/api/submissions/{submission_id}/changes"): Recipe("A1", state("submitted")),
    ("POST", "/api/inbox/{item_id}/done"): Recipe("A", told),
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
}
