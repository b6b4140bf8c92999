"""Commands on one unit's share: sign, report progress, hand in, take back; and the answers of whoever assigned it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from plans.tasks import access, letters, queries
from plans.tasks.errors import ExtensionTooShort, NothingAsked, ReportDecides, SharesOpen
from plans.tasks.lifecycle import ASSIGNMENT, BY_REPORT, OPEN, OWED, WITH_REPORT, subject_of
from plans.tasks.models import Assignment, Task, TaskState
from plans.tasks.rules import merged, open_below
from reporting.carried import service as carried
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.attachments.queries import list_pending
from workflow.attachments.service import handed_in
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, expect_version, perform, perform_many

_DONE = 100


async def load_locked(
    session: AsyncSession, actor: Principal, assignment_id: UUID, action: str, version: int | None, reason: str = ""
) -> tuple[Assignment, Task]:
    """Lock a share for an action, and where it concerns the report that the share carries, that before it. Raises
    NotFound, Forbidden, ReportDecides, Stale, ActionNotAllowed, ReasonMissing."""
    cycle_id = await queries.hold_task_of(session, county_id=actor.county_id, assignment_id=assignment_id)
    if cycle_id is not None and action in WITH_REPORT:
        one = assignment_id if action != "recall" else None
        await carried.hold(session, county_id=actor.county_id, cycle_id=cycle_id, submission_id=one)
    share, task = await access.get_assignment(session, actor, assignment_id, lock=True)
    subject = subject_of(share)
    ASSIGNMENT.check_side(action, subject, actor)
    if cycle_id is not None and action in BY_REPORT:
        raise ReportDecides
    expect_version(subject, version)
    ASSIGNMENT.check(action, subject, actor, reason)
    if task.state is not TaskState.ISSUED:
        raise ActionNotAllowed(action=action, state=task.state)
    return share, task


async def _do(
    session: AsyncSession,
    actor: Principal,
    share: Assignment,
    action: str,
    *,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    mail: Sequence[Mail] = (),
    also: Sequence[Write] = (),
    detail: Mapping[str, Any] | None = None,
    task: Task | None = None,
) -> int:
    own, anew = (mail, None) if task is None else letters.apart(task, mail)
    number = await perform(
        session,
        ASSIGNMENT,
        action,
        subject_of(share),
        actor=actor,
        reason=reason,
        values=values,
        mail=own,
        also=also,
        detail=detail,
    )
    if task is not None:
        await letters.tell_anew(session, actor.county, task, {share.id: anew})
    return number


async def acknowledge(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """签收."""
    share, task = await load_locked(session, actor, assignment_id, "acknowledge", version)
    values = {"acknowledged_at": clock.now(), "acknowledged_amendment": task.amendment}
    return await _do(session, actor, share, "acknowledge", values=values, also=also)


async def sign_amendment(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """签收变更: the unit has seen what was changed. Raises ActionNotAllowed when it has signed the newest text."""
    share, task = await load_locked(session, actor, assignment_id, "sign_amendment", version)
    if share.acknowledged_amendment >= task.amendment:
        raise ActionNotAllowed
    values = {"acknowledged_amendment": task.amendment}
    return await _do(session, actor, share, "sign_amendment", values=values, also=also)


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
    return await _do(
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
    wait for them. Raises SharesOpen."""
    share, task = await load_locked(session, actor, assignment_id, "hand_in", version)
    below = (await queries.count_below(session, county_id=actor.county_id, parent_ids=[share.id])).get(share.id, [])
    left = open_below(merged((line.state, line.number) for line in below))
    if left and not open_reason.strip():
        raise SharesOpen(count=left)
    now = clock.now()
    return await _do(
        session,
        actor,
        share,
        "hand_in",
        values={
            "handed_in_at": now,
            "result": result,
            "open_reason": open_reason if left else "",
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
                facts=letters.facts_of(task, unit=share.unit_name, open_below=left),
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
    return await _do(session, actor, share, "withdraw", mail=mail, also=also)


async def accept(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """确认办结."""
    share, _ = await load_locked(session, actor, assignment_id, "accept", version)
    values = {"accepted_at": clock.now(), "supervised_by": "", "supervised_reason": ""}
    return await _do(session, actor, share, "accept", values=values, mail=letters.settled(share), also=also)


async def send_back(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """退回重办, with a reason."""
    share, task = await load_locked(session, actor, assignment_id, "send_back", version, reason)
    mail = [
        Mail(share.assigner_unit_id, Role.REVIEWER, letters.REVIEW, closed=True),
        letters.owed(task, share, returned=True, reason=reason),
    ]
    values = {"return_reason": reason, "accepted_at": None, "overdue_told_at": None}
    return await _do(session, actor, share, "send_back", reason=reason, values=values, mail=mail, also=also)


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
    facts = letters.facts_of(task, unit=share.unit_name, until=until.isoformat(), reason=reason)
    return await _do(
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


async def grant_extension(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    until: datetime | None = None,
    also: Sequence[Write] = (),
) -> int:
    """准予延期, as asked or until another day. A unit that passed its share on grants no more than it has itself; those
    below keep their deadlines. Raises NothingAsked, ExtensionTooShort, DeadlineBeyond."""
    share, task = await load_locked(session, actor, assignment_id, "grant_extension", version)
    wanted = until or share.asked_until
    if wanted is None or share.asked_until is None:
        raise NothingAsked
    if wanted <= max(share.due_at, clock.now()):
        raise ExtensionTooShort
    await queries.require_within(session, county_id=actor.county_id, parent_id=share.parent_id, until=wanted)
    if task.cycle_id is not None:
        await carried.redate(
            session,
            actor=actor,
            cycle_id=task.cycle_id,
            submission_ids=[share.id],
            due_at=wanted,
            reason=share.asked_reason,
        )
    mail = [Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, closed=True)]
    if share.state in OWED:
        mail.append(letters.owed(task, share, due_at=wanted, extended=True))
    return await _do(
        session,
        actor,
        share,
        "grant_extension",
        values={
            "due_at": wanted,
            "asked_until": None,
            "asked_reason": "",
            "overdue_told_at": None,
            "late": share.handed_in_at is not None and share.handed_in_at > wanted,
        },
        mail=mail,
        also=also,
        detail={"from": share.due_at.isoformat(), "until": wanted.isoformat()},
        task=task,
    )


async def refuse_extension(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """不予延期, with a reason. Raises NothingAsked."""
    share, task = await load_locked(session, actor, assignment_id, "refuse_extension", version, reason)
    if share.asked_until is None:
        raise NothingAsked
    mail = [Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, closed=True)]
    if share.state in OWED:
        mail.append(letters.owed(task, share, refused=True, reason=reason))
    values = {"asked_until": None, "asked_reason": ""}
    return await _do(
        session, actor, share, "refuse_extension", reason=reason, values=values, mail=mail, also=also, task=task
    )


async def supervise(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """督办: marked on every page, and shown to the unit's leader."""
    share, task = await load_locked(session, actor, assignment_id, "supervise", version, reason)
    facts = letters.facts_of(task, unit=share.unit_name, reason=reason, supervisor=actor.display_name)
    mail = [Mail(share.unit_id, Role.LEADER, letters.SUPERVISED, facts=facts, due_at=share.due_at)]
    if share.state in OWED:
        mail.append(letters.owed(task, share, supervised=True, reason=reason))
    values = {"supervised_by": actor.display_name, "supervised_reason": reason}
    return await _do(session, actor, share, "supervise", reason=reason, values=values, mail=mail, also=also, task=task)


async def ease(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """解除督办. Raises ActionNotAllowed when it is not supervised."""
    share, _ = await load_locked(session, actor, assignment_id, "ease", version)
    if not share.supervised_by:
        raise ActionNotAllowed
    values = {"supervised_by": "", "supervised_reason": ""}
    mail = [Mail(share.unit_id, Role.LEADER, letters.SUPERVISED, closed=True)]
    return await _do(session, actor, share, "ease", values=values, mail=mail, also=also)


async def end_below(
    session: AsyncSession, actor: Principal, task: Task, share: Assignment, reason: str
) -> list[Assignment]:
    """Take back what is open below a share; which it was."""
    found = await queries.list_shares(
        session, county_id=actor.county_id, task_id=share.task_id, parent_id=share.id, states=OPEN, lock=True
    )
    by_id = {one.id: one for one in found}
    await perform_many(
        session,
        ASSIGNMENT,
        "recall",
        [subject_of(one) for one in found],
        actor=actor,
        reason=reason,
        mail=lambda subject: letters.settled(by_id[subject.id], carried=task.cycle_id is not None),
    )
    return list(found)


async def recall(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """收回 one unit's share, and those below it. Raises FiguresCount where a report of them was handed in."""
    share, task = await load_locked(session, actor, assignment_id, "recall", version, reason)
    below = await end_below(session, actor, task, share, reason)
    if task.cycle_id is not None:
        ended = [share.id, *(one.id for one in below)]
        await carried.take_back(session, actor=actor, cycle_id=task.cycle_id, submission_ids=ended, reason=reason)
    mail = letters.settled(share, carried=task.cycle_id is not None)
    return await _do(session, actor, share, "recall", reason=reason, mail=mail, also=also)
