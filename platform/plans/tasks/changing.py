"""What becomes of a task that was sent: amend, recall, close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put, write_all
from kit.ids import new_id
from plans.petitions.filing import settle
from plans.tasks import letters, queries
from plans.tasks.errors import DeadlinePast, NothingAmended
from plans.tasks.issuing import locked
from plans.tasks.lifecycle import ASSIGNMENT, OPEN, TASK, subject_of, task_subject
from plans.tasks.models import Assignment, AssignmentState, Priority, Task, TaskAmendment, TaskKind
from plans.tasks.notice import notice_answered_for
from plans.tasks.on_share import AT_REST
from reporting.carried import service as carried
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.service import enclose
from workflow.lifecycle import Mail, Subject, perform, perform_many
from workflow.models import Enclosure


@dataclass(frozen=True, slots=True)
class Changes:
    """What an amendment changes; None leaves a part as it is."""

    title: str | None = None
    text: str | None = None
    evidence: str | None = None
    priority: Priority | None = None
    due_at: datetime | None = None
    #: All the files that it goes with from now on.
    file_ids: Sequence[UUID] | None = None

    def against(self, task: Task) -> dict[str, Any]:
        """The parts that differ from what the task says."""
        named = {name: getattr(self, name) for name in ("title", "text", "evidence", "priority", "due_at")}
        return {name: new for name, new in named.items() if new is not None and new != getattr(task, name)}


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amendment came to: how many sign again, and for how many the deadline was cut."""

    version: int
    units: int
    cut: int = field(default=0)


async def amend(
    session: AsyncSession,
    *,
    actor: Principal,
    task_id: UUID,
    version: int | None,
    changes: Changes,
    reason: str,
    also: Sequence[Write] = (),
) -> Amended:
    """Change what an issued task says. Everybody whose share is open sees what changed and signs again.

    An earlier deadline cuts every open share's that lies after it; under the county's minimum notice it is the leader's
    to set, and is counted. A later one moves the shares that had the old one, and none past the share it is a part of.
    Raises NothingAmended, DeadlinePast, NoticeShort, ReasonMissing, FileGone.
    """
    task = await locked(session, actor, task_id, "amend", version, reason)
    changed = changes.against(task)
    present = await list_enclosed(session, county_id=actor.county_id, document_id=task_id, kind=TASK.kind)
    file_ids = [one.id for one in present] if changes.file_ids is None else list(dict.fromkeys(changes.file_ids))
    refiled = file_ids != [one.id for one in present]
    if not changed and not refiled:
        raise NothingAmended
    due_at: datetime = changed.get("due_at", task.due_at)
    if due_at <= clock.now() and due_at != task.due_at:
        raise DeadlinePast
    short: dict[str, Any] = {}
    if due_at < task.due_at:
        notice = await notice_answered_for(session, actor, due_at)
        if notice.short:
            short = {"short_notice": True, "notice_days": notice.days, "confirmed_by": actor.display_name}
    no = task.amendment + 1
    before = {name: _told(getattr(task, name)) for name in changed}
    after = {name: _told(new) for name, new in changed.items()}
    if refiled:
        before["files"] = _named(present)
        await write_all(
            session,
            await enclose(session, actor, kind=TASK.kind, document_id=task_id, file_ids=file_ids, present=present),
        )
        session.expire_all()
        await session.refresh(task)
        after["files"] = _named(
            await list_enclosed(session, county_id=actor.county_id, document_id=task_id, kind=TASK.kind)
        )
    was = task.due_at
    if task.cycle_id is not None:
        await carried.hold(session, county_id=actor.county_id, cycle_id=task.cycle_id)
    found = await queries.list_shares(session, county_id=actor.county_id, task_id=task_id, states=OPEN, lock=True)
    number = await perform(
        session,
        TASK,
        "amend",
        task_subject(task),
        actor=actor,
        reason=reason,
        values={**changed, **short, "amendment": no},
        also=[
            *also,
            put(
                TaskAmendment,
                county_id=actor.county_id,
                id=new_id(),
                task_id=task_id,
                no=no,
                before=before,
                after=after,
                reason=reason,
                by_name=actor.display_name,
            ),
        ],
        detail={"no": no, "changed": sorted(before)},
    )
    session.expire(task)
    await session.refresh(task)
    dues = {s.id: s.due_at for s in await queries.list_shares(session, county_id=actor.county_id, task_id=task_id)}
    moved = _moved(found, dues, was, due_at)
    kept = [s for s in found if s not in moved]
    by_id = {share.id: share for share in found}

    def told(subject: Subject) -> list[Mail]:
        share = by_id[subject.id]
        until = due_at if share in moved else share.due_at
        # Who has not signed yet signs what it says now.
        signed = {} if share.state is AssignmentState.ISSUED else {"amended": no}
        return [letters.owed(task, share, due_at=until, **signed)] if share.state in _TOLD_AGAIN else []

    def told_by_itself(subject: Subject) -> list[Mail]:
        return letters.apart(task, told(subject))[0]

    detail = {"no": no}
    for some, values in ((moved, {"due_at": due_at, "overdue_told_at": None}), (kept, {})):
        await perform_many(
            session,
            ASSIGNMENT,
            "amend",
            [subject_of(share) for share in some],
            actor=actor,
            values=values,
            mail=told_by_itself,
            detail=detail,
        )
    if task.cycle_id is not None:
        if due_at != was:
            await carried.redate(
                session,
                actor=actor,
                cycle_id=task.cycle_id,
                submission_ids=[share.id for share in moved],
                due_at=due_at,
                reason=reason,
                for_all=True,
            )
        anew = {share.id: letters.apart(task, told(subject_of(share)))[1] for share in found}
        await letters.tell_anew(session, actor.county, task, anew)
    return Amended(number, len(found), sum(share.due_at > due_at for share in moved))


def _moved(
    found: Sequence[Assignment], dues: Mapping[UUID, datetime], was: datetime, due_at: datetime
) -> list[Assignment]:
    """Of the open shares those whose deadline goes along with the task's. `dues` are those of every share. Pure."""
    after = dict(dues)
    moved: list[Assignment] = []
    for share in sorted(found, key=lambda one: one.parent_id is not None):
        extended = due_at > was and share.due_at == was
        within = share.parent_id is None or after.get(share.parent_id, due_at) >= due_at
        if share.due_at > due_at or (extended and within):
            after[share.id] = due_at
            moved.append(share)
    return moved


_TOLD_AGAIN = OPEN - {AssignmentState.HANDED_IN}


def _named(files: Sequence[Enclosure]) -> str:
    return "\n".join(file.name for file in files)


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def recall(
    session: AsyncSession,
    *,
    actor: Principal,
    task_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """收回: nobody owes it any more. Shares that were accepted stay so."""
    task = await locked(session, actor, task_id, "recall", version, reason)
    await _end(session, actor, task, reason)
    return await perform(
        session,
        TASK,
        "recall",
        task_subject(task),
        actor=actor,
        reason=reason,
        also=also,
        mail=[Mail(task.issuer_unit_id, Role.LEADER, letters.CONFIRM, closed=True)],
    )


async def close(
    session: AsyncSession,
    *,
    actor: Principal,
    task_id: UUID,
    version: int | None,
    reason: str = "",
    also: Sequence[Write] = (),
) -> int:
    """归档: the issuer is done with it. With shares still open it says why; these are taken back."""
    task = await locked(session, actor, task_id, "close", version, reason)
    open_ones = await queries.has_shares(session, county_id=actor.county_id, task_id=task_id, states=OPEN)
    if open_ones:
        TASK.check("recall", task_subject(task), actor, reason)
    await _end(session, actor, task, reason)
    return await perform(session, TASK, "close", task_subject(task), actor=actor, reason=reason, also=also)


async def _end(session: AsyncSession, actor: Principal, task: Task, reason: str) -> None:
    """Take back what is open, and end what the task carries: its cycle, or what is waited for of its petition."""
    if task.kind is TaskKind.PETITION:
        await settle(session, actor, task)
    if task.cycle_id is not None:
        await carried.end(session, actor=actor, cycle_id=task.cycle_id, reason=reason)
    found = await queries.list_shares(session, county_id=actor.county_id, task_id=task.id, states=OPEN, lock=True)
    by_id = {share.id: share for share in found}
    await perform_many(
        session,
        ASSIGNMENT,
        "recall",
        [subject_of(share) for share in found],
        actor=actor,
        reason=reason,
        values=AT_REST,
        mail=lambda subject: letters.taken_back(task, by_id[subject.id], reason),
    )
