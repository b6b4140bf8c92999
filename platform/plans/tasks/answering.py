"""What a unit does with its share: signs, reports progress, hands in, takes back, asks for longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from plans.petitions.errors import PetitionRunning
from plans.petitions.filing import is_running
from plans.tasks import letters, queries
from plans.tasks.errors import ExtensionTooShort, SharesOpen
from plans.tasks.on_share import carry_out, load_locked
from plans.tasks.rules import merged, open_below
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.attachments.queries import list_pending
from workflow.attachments.service import handed_in
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail

_DONE = 100


async def acknowledge(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """签收."""
    share, task = await load_locked(session, actor, assignment_id, "acknowledge", version)
    values = {"acknowledged_at": clock.now(), "acknowledged_amendment": task.amendment}
    return await carry_out(session, actor, share, "acknowledge", values=values, also=also)


async def sign_amendment(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """签收变更: the unit has seen what was changed. Raises ActionNotAllowed when it has signed the newest text."""
    share, task = await load_locked(session, actor, assignment_id, "sign_amendment", version)
    if share.acknowledged_amendment >= task.amendment:
        raise ActionNotAllowed
    values = {"acknowledged_amendment": task.amendment}
    return await carry_out(session, actor, share, "sign_amendment", values=values, also=also)


async def report_progress(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    percent: int,
    note: str,
    also: Sequence[Write] = (),
) -> int:
    """报进展: how far it is, in percent and words. Every note is kept in the history."""
    share, _ = await load_locked(session, actor, assignment_id, "progress", version)
    return await carry_out(
        session,
        actor,
        share,
        "progress",
        values={"progress": percent, "note": note},
        also=also,
        detail={"percent": percent, "note": note},
    )


async def hand_in(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    result: str,
    open_reason: str = "",
    also: Sequence[Write] = (),
) -> int:
    """报结: what came of it; files are attached beforehand. A unit whose shares below are open says why it does not
    wait for them, and one whose petition is not concluded why it hands in all the same. Raises SharesOpen,
    PetitionRunning."""
    share, task = await load_locked(session, actor, assignment_id, "hand_in", version)
    below = (await queries.count_below(session, county_id=actor.county_id, parent_ids=[share.id])).get(share.id, [])
    left = open_below(merged((line.state, line.number) for line in below))
    if left and not open_reason.strip():
        raise SharesOpen(count=left)
    running = await is_running(session, task)
    if running and not open_reason.strip():
        raise PetitionRunning
    now = clock.now()
    return await carry_out(
        session,
        actor,
        share,
        "hand_in",
        values={
            "handed_in_at": now,
            "result": result,
            "open_reason": open_reason if left or running else "",
            "late": share.late if share.handed_in_at is not None else now > share.due_at,
            "progress": _DONE if not below else share.progress,
            "acknowledged_amendment": task.amendment,
            "return_reason": "",
            "asked_until": None,
            "asked_reason": "",
        },
        mail=[
            Mail(share.unit_id, Role.REPORTER, letters.OWED, closed=True),
            Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, closed=True),
            Mail(
                share.assigner_unit_id,
                Role.REVIEWER,
                letters.REVIEW,
                facts=letters.facts_of(
                    task,
                    section_id=letters.section_of(task, share.assigner_unit_id),
                    unit=share.unit_name,
                    open_below=left,
                ),
            ),
        ],
        also=[
            *also,
            *handed_in(
                actor.county_id,
                await list_pending(session, county_id=actor.county_id, subject_id=share.id),
                number=share.version + 1,
                place=share.place,
            ),
        ],
        detail={"open_below": left, "result": result},
    )


async def withdraw(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """撤回 what was handed in, while nobody has answered it."""
    share, task = await load_locked(session, actor, assignment_id, "withdraw", version)
    mail = [
        Mail(share.assigner_unit_id, Role.REVIEWER, letters.REVIEW, closed=True),
        letters.owed(task, share),
    ]
    return await carry_out(session, actor, share, "withdraw", mail=mail, also=also)


async def ask_extension(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    until: datetime,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """申请延期, saying until when and why. Asking again replaces what was asked. Raises ExtensionTooShort."""
    share, task = await load_locked(session, actor, assignment_id, "ask_extension", version, reason)
    if until <= max(share.due_at, clock.now()):
        raise ExtensionTooShort
    facts = letters.facts_of(
        task,
        section_id=letters.section_of(task, share.assigner_unit_id),
        unit=share.unit_name,
        until=until.isoformat(),
        reason=reason,
    )
    return await carry_out(
        session,
        actor,
        share,
        "ask_extension",
        reason=reason,
        values={"asked_until": until, "asked_reason": reason},
        mail=[Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, facts=facts)],
        also=also,
        detail={"until": until.isoformat()},
    )
