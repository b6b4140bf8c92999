"""转办: a unit gives shares of its own share to units below, and what it does to them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from kit.ids import new_id
from plans.addressing import service as addressing
from plans.addressing.schemas import ChoiceIn
from plans.petitions.errors import PetitionStays
from plans.tasks import access, letters, queries
from plans.tasks.access import CONFIDENTIAL
from plans.tasks.errors import AlreadyAssigned, DeadlineBeyond, DeadlinePast
from plans.tasks.issuing import hand_out
from plans.tasks.lifecycle import ASSIGNMENT, OWED, subject_of
from plans.tasks.models import Assignment, AssignmentState, TaskKind
from plans.tasks.notice import notice_answered_for
from plans.tasks.on_share import AT_REST, load_locked
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.section_queries import get_open_section
from workflow.lifecycle import Mail, perform, perform_many

#: A share that is given again begins from nothing; what it came to before stands in its history.
_ANEW: Mapping[str, Any] = {
    **AT_REST,
    "acknowledged_at": None,
    "progress": 0,
    "note": "",
    "handed_in_at": None,
    "result": "",
    "open_reason": "",
    "late": False,
    "return_reason": "",
    "urged": 0,
    "urged_at": None,
    "overdue_told_at": None,
}


async def pass_on(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    to: Sequence[ChoiceIn],
    due_at: datetime,
    instruction: str,
    also: Sequence[Write] = (),
) -> int:
    """Give units below a share, due no later than the unit's own. Those that have one already keep it. A deadline of
    the unit's own making that is under the county's minimum notice is its leader's to set.

    Raises PetitionStays, DeadlinePast, DeadlineBeyond, NoticeShort, NobodyAddressed, AlreadyAssigned.
    """
    share, task = await load_locked(session, actor, assignment_id, "pass_on", version)
    if task.kind is TaskKind.PETITION:
        raise PetitionStays
    if due_at <= clock.now():
        raise DeadlinePast
    if due_at > share.due_at:
        raise DeadlineBeyond(until=f"{share.due_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}")
    if due_at < share.due_at:
        await notice_answered_for(session, actor, due_at)
    tree, nodes = await addressing.addressed(session, actor, [one.as_choice() for one in to])
    known = await queries.list_shares(session, county_id=actor.county_id, task_id=task.id)
    have = {one.unit_id for one in known}
    wanted = {node.id for node in nodes}
    again = {
        one.id: one
        for one in known
        if one.unit_id in wanted and one.parent_id == share.id and one.state is AssignmentState.RECALLED
    }
    made = [
        Assignment(
            county_id=actor.county_id,
            id=new_id(),
            task_id=task.id,
            unit_id=node.id,
            unit_name=node.name,
            tier=node.tier,
            parent_id=share.id,
            assigner_unit_id=actor.unit_id,
            instruction=instruction,
            state=AssignmentState.ISSUED,
            due_at=due_at,
            acknowledged_amendment=task.amendment,
            place=tree.ancestors(node.id),
        )
        for node in nodes
        if node.id not in have
    ]
    if not made and not again:
        raise AlreadyAssigned
    number = await perform(
        session,
        ASSIGNMENT,
        "pass_on",
        subject_of(share),
        actor=actor,
        values={
            "acknowledged_at": share.acknowledged_at or clock.now(),
            "acknowledged_amendment": task.amendment,
        },
        also=also,
        detail={"units": len(made) + len(again), "due_at": due_at.isoformat()},
    )
    await hand_out(session, actor, task, made)
    await perform_many(
        session,
        ASSIGNMENT,
        "reissue",
        [subject_of(one) for one in again.values()],
        actor=actor,
        values={
            **_ANEW,
            "due_at": due_at,
            "instruction": instruction,
            "acknowledged_amendment": task.amendment,
        },
        mail=lambda subject: [
            letters.owed(task, again[subject.id], due_at=due_at),
            Mail(again[subject.id].unit_id, Role.REPORTER, letters.RECALLED, closed=True),
        ],
    )
    return number


async def to_section(
    session: AsyncSession,
    *,
    actor: Principal,
    assignment_id: UUID,
    version: int | None,
    section_id: UUID | None,
    also: Sequence[Write] = (),
) -> int:
    """交科室办理: a unit gives its share to one of its sections, or takes it back to the whole unit. Of a confidential
    task the other sections see nothing from then on, in their inbox neither. Raises NotFound for a section that is not
    the unit's or is closed, Forbidden for a 检举控告 to anybody but the leader."""
    share, task = await load_locked(session, actor, assignment_id, "to_section", version)
    if task.guarded:
        actor.require(Role.LEADER)
    name, mail = "", list[Mail]()
    if task.kind in CONFIDENTIAL and share.state in OWED:
        mail = [letters.owed(task, share, section_id=section_id)]
    if section_id is not None:
        found = await get_open_section(session, county_id=actor.county_id, unit_id=share.unit_id, section_id=section_id)
        name = found.name
    return await perform(
        session,
        ASSIGNMENT,
        "to_section",
        subject_of(share),
        actor=actor,
        values={"section_id": section_id},
        mail=mail,
        also=also,
        detail={"section": name},
    )


async def urge(
    session: AsyncSession, *, actor: Principal, task_id: UUID, assignment_ids: Sequence[UUID] | None = None
) -> int:
    """催办: remind units below that owe their share, all of them or those named. Their item says who urges.

    Returns how many. Raises NotFound, Forbidden.
    """
    task, _ = await access.get_task(session, actor, task_id)
    actor.require(Role.REVIEWER, Role.LEADER)
    found = await queries.list_shares(session, county_id=actor.county_id, task_id=task_id, states=OWED, lock=True)
    below = [share for share in found if share.unit_id != actor.unit_id]
    wanted = below if assignment_ids is None else [share for share in below if share.id in set(assignment_ids)]
    by_id = {share.id: share for share in wanted}
    now = clock.now()

    def said(share: Assignment) -> Mail:
        return letters.owed(task, share, urged_by=actor.display_name, urged_at=now.isoformat())

    await perform_many(
        session,
        ASSIGNMENT,
        "urge",
        [subject_of(share) for share in wanted],
        actor=actor,
        values={"urged": Assignment.urged + 1, "urged_at": now},
        mail=lambda subject: letters.apart(task, [said(by_id[subject.id])])[0],
    )
    anew = {share.id: letters.apart(task, [said(share)])[1] for share in wanted}
    await letters.tell_anew(session, actor.county, task, anew)
    return len(wanted)
