"""What whoever assigned a share answers: accepted, sent back, longer or not, supervised, taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from kit.errors import NotFound
from plans.tasks import access, letters, queries
from plans.tasks.errors import ExtensionTooShort, NothingAsked
from plans.tasks.lifecycle import ASSIGNMENT, OPEN, OWED, subject_of
from plans.tasks.models import Assignment, Task
from plans.tasks.on_share import AT_REST, carry_out, load_locked
from reporting.carried import service as carried
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.bulk import Outcome, each
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, perform_many


async def accept(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """确认办结."""
    share, _ = await load_locked(session, actor, assignment_id, "accept", version)
    values = {"accepted_at": clock.now(), **AT_REST}
    return await carry_out(session, actor, share, "accept", values=values, mail=letters.settled(share), also=also)


async def accept_many(
    session: AsyncSession, *, actor: Principal, task_id: UUID, shares: Mapping[UUID, int]
) -> Sequence[Outcome]:
    """确认办结 of several units' shares of one task, each as it was seen: one that can't be accepted says why and holds
    up no other. Raises NotFound for a task out of sight."""

    async def one(assignment_id: UUID, version: int) -> None:
        await accept(session, actor=actor, assignment_id=assignment_id, version=version)

    return await _each_of(session, actor, task_id, shares, one)


async def _each_of(
    session: AsyncSession,
    actor: Principal,
    task_id: UUID,
    shares: Mapping[UUID, int],
    command: Callable[[UUID, int], Awaitable[None]],
) -> Sequence[Outcome]:
    """The same command on several shares, none of another task. Raises NotFound for a task out of sight."""
    await access.get_task(session, actor, task_id)
    of_task = {one.id for one in await queries.list_shares(session, county_id=actor.county_id, task_id=task_id)}

    async def one(assignment_id: UUID, version: int) -> None:
        if assignment_id not in of_task:
            raise NotFound
        await command(assignment_id, version)

    return await each(session, shares, one)


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
    return await carry_out(session, actor, share, "send_back", reason=reason, values=values, mail=mail, also=also)


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
    return await _give_time(session, actor, share, task, "grant_extension", wanted, told=share.asked_reason, also=also)


async def extend(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    until: datetime,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """延长时限 without being asked, as `grant_extension` does when asked; what was asked is answered with it. Raises
    ExtensionTooShort, DeadlineBeyond."""
    share, task = await load_locked(session, actor, assignment_id, "extend", version, reason)
    return await _give_time(session, actor, share, task, "extend", until, told=reason, reason=reason, also=also)


async def extend_many(
    session: AsyncSession, *, actor: Principal, task_id: UUID, shares: Mapping[UUID, int], until: datetime, reason: str
) -> Sequence[Outcome]:
    """延长时限 of several units at once: a township that got more time hands it on in one act. As `accept_many`."""

    async def one(assignment_id: UUID, version: int) -> None:
        await extend(session, actor=actor, assignment_id=assignment_id, version=version, until=until, reason=reason)

    return await _each_of(session, actor, task_id, shares, one)


async def _give_time(
    session: AsyncSession,
    actor: Principal,
    share: Assignment,
    task: Task,
    action: str,
    until: datetime,
    *,
    told: str,
    reason: str = "",
    also: Sequence[Write] = (),
) -> int:
    """Move a share's deadline to a later day, and its report's with it; those below keep theirs. `told` is what the
    report's history says of it."""
    if until <= max(share.due_at, clock.now()):
        raise ExtensionTooShort
    await queries.require_within(session, county_id=actor.county_id, parent_id=share.parent_id, until=until)
    if task.cycle_id is not None:
        await carried.redate(
            session,
            actor=actor,
            cycle_id=task.cycle_id,
            submission_ids=[share.id],
            due_at=until,
            reason=told,
        )
    mail = [Mail(share.assigner_unit_id, Role.REVIEWER, letters.EXTENSION, closed=True)]
    if share.state in OWED:
        why = {"reason": reason} if reason else {}
        mail.append(letters.owed(task, share, due_at=until, extended=True, **why))
    return await carry_out(
        session,
        actor,
        share,
        action,
        reason=reason,
        values={
            "due_at": until,
            "asked_until": None,
            "asked_reason": "",
            "overdue_told_at": None,
            "late": share.handed_in_at is not None and share.handed_in_at > until,
        },
        mail=mail,
        also=also,
        detail={"from": share.due_at.isoformat(), "until": until.isoformat()},
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
    return await carry_out(
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
    return await carry_out(
        session, actor, share, "supervise", reason=reason, values=values, mail=mail, also=also, task=task
    )


async def ease(
    session: AsyncSession, *, actor: Principal, assignment_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """解除督办. Raises ActionNotAllowed when it is not supervised."""
    share, _ = await load_locked(session, actor, assignment_id, "ease", version)
    if not share.supervised_by:
        raise ActionNotAllowed
    values = {"supervised_by": "", "supervised_reason": ""}
    mail = [Mail(share.unit_id, Role.LEADER, letters.SUPERVISED, closed=True)]
    return await carry_out(session, actor, share, "ease", values=values, mail=mail, also=also)


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
        values=AT_REST,
        mail=lambda subject: letters.taken_back(task, by_id[subject.id], reason),
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
    mail = letters.taken_back(task, share, reason)
    return await carry_out(session, actor, share, "recall", reason=reason, values=AT_REST, mail=mail, also=also)
