"""Commands on a cycle by the county: close (封存), unclose, report up (报出)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock
from kit.db.batch import Write
from kit.errors import Forbidden
from kit.ids import new_id
from kit.jobs import ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from reporting import archives, closing_queries, signing_queries
from reporting.archives import ReportedUp
from reporting.carried.errors import TaskDecides
from reporting.filing import fill_facts
from reporting.lifecycle import CYCLE, UNSENT
from reporting.models import ArchiveKind, Cycle, CycleUnit, Signing, Submission, SubmissionState
from reporting.signatures import WAITS, next_step
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.lifecycle import Subject, expect_version, perform
from workflow.models import InboxItem


def subject_of(cycle: Cycle, actor: Principal) -> Subject:
    """The lifecycle's view of a cycle: the county's own."""
    county = actor.county_unit_id
    return Subject(cycle.id, cycle.state, cycle.version, county, county, (county,))


#: What becomes of a cycle that a task carries is decided with the task.
TASK_DECIDES = frozenset({"close", "unclose"})


def offered(cycle: Cycle, actor: Principal) -> list[str]:
    """The actions that the page may offer the actor now."""
    refused = TASK_DECIDES if cycle.task_id is not None else frozenset()
    return [action for action in CYCLE.allowed(subject_of(cycle, actor), actor) if action not in refused]


async def _load(
    session: AsyncSession, actor: Principal, cycle_id: UUID, action: str, version: int | None, reason: str = ""
) -> Cycle:
    """Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, in that order."""
    cycle = await closing_queries.lock_cycle(session, actor.scope, cycle_id)
    subject = subject_of(cycle, actor)
    if CYCLE.refusal(action, subject, actor, reason) is Forbidden:
        raise Forbidden
    expect_version(subject, version)
    if cycle.task_id is not None and action in TASK_DECIDES:
        raise TaskDecides
    CYCLE.check(action, subject, actor, reason)
    return cycle


async def close(
    session: AsyncSession, *, actor: Principal, cycle_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """封存: store what is reported; from now on nothing is typed, reviewed or recalled. Nobody owes anything here."""
    cycle = await _load(session, actor, cycle_id, "close", version)
    archive_id, archive = await archives.freeze(session, actor=actor, cycle_id=cycle_id, kind=ArchiveKind.CLOSING)
    new_version = await perform(
        session,
        CYCLE,
        "close",
        subject_of(cycle, actor),
        actor=actor,
        values={"closed_at": clock.now()},
        also=[*also, archive],
        detail={"archive": str(archive_id)},
    )
    await tell(session, actor, cycle, closed=True)
    return new_version


async def unclose(
    session: AsyncSession,
    *,
    actor: Principal,
    cycle_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """取消封存: the whole cycle is open again; the stored figures stay."""
    cycle = await _load(session, actor, cycle_id, "unclose", version, reason)
    new_version = await perform(
        session,
        CYCLE,
        "unclose",
        subject_of(cycle, actor),
        actor=actor,
        reason=reason,
        values={"closed_at": None},
        also=also,
    )
    await tell(session, actor, cycle, closed=False)
    return new_version


async def report_up(
    session: AsyncSession,
    *,
    actor: Principal,
    cycle_id: UUID,
    version: int | None,
    said: ReportedUp,
    also: Sequence[Write] = (),
) -> UUID:
    """报出: keep a further frozen copy of what is reported, with its document. Returns the archive."""
    cycle = await _load(session, actor, cycle_id, "report_up", version)
    archive_id, archive = await archives.freeze(
        session, actor=actor, cycle_id=cycle_id, kind=ArchiveKind.REPORTED_UP, said=said
    )
    await perform(
        session,
        CYCLE,
        "report_up",
        subject_of(cycle, actor),
        actor=actor,
        also=[*also, archive],
        detail={"archive": str(archive_id), "document_no": said.document_no},
    )
    return archive_id


async def tell(session: AsyncSession, actor: Principal, cycle: Cycle, *, closed: bool) -> None:
    """Take the cycle's open items out of the inboxes, or put them back."""
    form = await get_compiled(session, county_id=actor.county_id, version_id=cycle.form_version_id)
    found = await closing_queries.list_with_units(session, county_id=actor.county_id, cycle_id=cycle.id)
    under_way = await signing_queries.list_under_way(session, county_id=actor.county_id, cycle_id=cycle.id)
    rows = [
        _item(actor, cycle, form, submission, unit, under_way.get(submission.id), closed=closed)
        for submission, unit in found
        if submission.state != SubmissionState.APPROVED and unit.exempt_reason is None
    ]
    for start in range(0, len(rows), 1000):
        await session.execute(insert(InboxItem).values(rows[start : start + 1000]))
    recipients = list(dict.fromkeys([*(u.unit_id for _, u in found), actor.county_unit_id]))
    await session.execute(
        insert(Outbox).values(
            county_id=actor.county_id,
            topic="inbox",
            payload={"subject_kind": "cycle", "subject_id": str(cycle.id)},
            recipients=recipients,
            place=[actor.county_unit_id],
        )
    )
    ring_after_commit(session, RELAY)


def _item(
    actor: Principal,
    cycle: Cycle,
    form: CompiledForm,
    submission: Submission,
    unit: CycleUnit,
    signing: Signing | None,
    *,
    closed: bool,
) -> dict[str, Any]:
    """The item that a submission has somebody owe: its unit to fill or to sign it, or its reviewer to review it."""
    unsent = submission.state in UNSENT
    recipient = submission.unit_id if unsent else submission.reviewer_unit_id
    role, topic = (Role.REPORTER, "fill") if unsent else (Role.REVIEWER, "review")
    if submission.state is SubmissionState.SIGNING and signing is not None:
        role, topic = WAITS[next_step(signing)]
    return {
        "county_id": actor.county_id,
        "id": new_id(),
        "recipient_unit_id": recipient,
        "role": role.value,
        "topic": topic,
        "subject_kind": "submission",
        "subject_id": submission.id,
        "subject_version": submission.version,
        "closed": closed,
        "facts": fill_facts(
            cycle, unit.name, form, returned=submission.return_reason != "", reason=submission.return_reason
        ),
        "due_at": submission.due_at if unsent else None,
        "created_at": clock.now(),
        "place": [recipient],
    }
