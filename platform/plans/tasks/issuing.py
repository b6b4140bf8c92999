"""Sending a task down: issue, and a leader's answer to a short notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put_many, write_all
from kit.errors import Forbidden
from kit.ids import new_id
from plans.addressing import service as addressing
from plans.addressing.rules import Choice, Share, shares
from plans.addressing.schemas import ChoiceIn
from plans.petitions.filing import file_petition, section_for
from plans.petitions.schemas import PetitionIn
from plans.tasks import access, letters, queries, tables
from plans.tasks.errors import DeadlinePast
from plans.tasks.lifecycle import ASSIGNMENT, TASK, task_subject
from plans.tasks.models import Assignment, AssignmentState, Priority, Task, TaskKind, TaskState
from plans.tasks.notice import notice_of
from plans.tasks.tables import Table
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from workflow.enclosures.service import enclose
from workflow.lifecycle import Mail, expect_version, perform, post


@dataclass(frozen=True, slots=True)
class Given:
    """What a task says and to whom it goes."""

    title: str
    text: str
    kind: TaskKind
    priority: Priority
    due_at: datetime
    evidence: str
    to: Sequence[ChoiceIn]
    through: bool = True
    section_id: UUID | None = None
    file_ids: Sequence[UUID] = ()
    table: Table | None = None
    petition: PetitionIn | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing came to. A short notice waits for a leader, and nobody below has it yet."""

    task_id: UUID
    state: TaskState
    units: int


async def issue(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> Issued:
    """交办: send a task to units below. Under the county's minimum notice it waits for the unit's leader, unless it is
    the leader who issues it.

    Raises Forbidden for a village or without the role, DeadlinePast, NobodyAddressed, NotFound, FileGone,
    and what `tables.attach` and `file_petition` raise.
    """
    if actor.tier is Tier.VILLAGE:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.LEADER)
    now = clock.now()
    if given.due_at <= now:
        raise DeadlinePast
    tree, nodes = await addressing.addressed(session, actor, [one.as_choice() for one in given.to])
    notice = await notice_of(session, actor, given.due_at)
    confirmed = not notice.short or actor.has(Role.LEADER)
    year = now.astimezone(clock.SHANGHAI).year
    task_id = made or new_id()
    files = await enclose(session, actor, kind=TASK.kind, document_id=task_id, file_ids=given.file_ids)
    task = Task(
        county_id=actor.county_id,
        id=task_id,
        issuer_unit_id=actor.unit_id,
        issuer_name=tree.nodes[actor.unit_id].short_name,
        section_id=await section_for(session, actor, given.kind, given.section_id),
        year=year,
        serial=await queries.next_serial(session, county_id=actor.county_id, issuer_unit_id=actor.unit_id, year=year),
        kind=given.kind,
        priority=given.priority,
        title=given.title,
        text=given.text,
        evidence=given.evidence,
        due_at=given.due_at,
        addressees=[one.model_dump(mode="json") for one in given.to],
        through=given.through,
        state=TaskState.ISSUED if confirmed else TaskState.AWAITING,
        notice_days=notice.days,
        short_notice=notice.short,
        confirmed_by=actor.display_name if notice.short and confirmed else "",
        created_by=actor.account_id,
        creator_name=actor.display_name,
        issued_at=now if confirmed else None,
    )
    session.add(task)
    await session.flush()
    if given.table is not None:
        await tables.attach(session, actor=actor, task=task, table=given.table, nodes=nodes)
    await file_petition(session, task, given.petition, tree, nodes)
    detail = {"units": len(nodes), "short_notice": notice.short}
    await write_all(
        session, [*also, *files, audited(actor, "task.issue", subject_kind="task", subject_id=task.id, detail=detail)]
    )
    if confirmed:
        await _send(session, actor, task, tree, nodes)
    else:
        waits = Mail(actor.unit_id, Role.LEADER, letters.CONFIRM, facts=letters.facts_of(task), due_at=task.due_at)
        await post(session, actor.county, TASK.kind, [(task.id, task.version, [waits])])
    return Issued(task.id, task.state, len(nodes))


async def _send(
    session: AsyncSession, actor: Principal, task: Task, tree: Tree, nodes: Sequence[TreeNode]
) -> list[Assignment]:
    """Make everybody's shares, open the cycle of the table they carry, and tell them."""
    found = shares(tree, actor.unit_id, nodes, through=task.through)
    made = _assignments(task, tree, found)
    if task.form_version_id is not None:
        await tables.send(session, actor=actor, task=task, tree=tree, shares=found, made=made)
    await hand_out(session, actor, task, made)
    if not task.through:
        await _tell_between(session, actor, task, tree, found)
    return made


def _assignments(task: Task, tree: Tree, found: Sequence[Share]) -> list[Assignment]:
    ids = {share.node.id: new_id() for share in found}
    passed_on = {share.under for share in found if share.under is not None}
    return [
        Assignment(
            county_id=task.county_id,
            id=ids[share.node.id],
            task_id=task.id,
            unit_id=share.node.id,
            unit_name=share.node.name,
            tier=share.node.tier,
            parent_id=None if share.under is None else ids[share.under],
            assigner_unit_id=share.under or task.issuer_unit_id,
            state=AssignmentState.IN_PROGRESS if share.node.id in passed_on else AssignmentState.ISSUED,
            due_at=task.due_at,
            acknowledged_amendment=task.amendment,
            place=tree.ancestors(share.node.id),
        )
        for share in found
    ]


async def hand_out(session: AsyncSession, actor: Principal, task: Task, made: Sequence[Assignment]) -> None:
    """Write new shares, those above first, and put them into the inboxes. Of those that carry a report the report
    stands there already."""
    rows = [{name: value for name, value in vars(one).items() if not name.startswith("_")} for one in made]
    await put_many(session, Assignment, rows)
    items = [(one.id, 1, letters.apart(task, [letters.owed(task, one)])[0]) for one in made]
    await post(session, actor.county, ASSIGNMENT.kind, items)


async def _tell_between(
    session: AsyncSession, actor: Principal, task: Task, tree: Tree, found: Sequence[Share]
) -> None:
    """Skipping a level is a choice, and the level in between is told."""
    count: dict[UUID, int] = {}
    for share in found:
        above = share.node.parent_id
        if above is not None and above != actor.unit_id:
            count[above] = count.get(above, 0) + 1
    told = [
        Mail(unit_id, Role.REVIEWER, letters.SKIPPED, facts=letters.facts_of(task, units=number))
        for unit_id, number in count.items()
        if unit_id in tree.nodes
    ]
    await post(session, actor.county, TASK.kind, [(task.id, task.version, told)])


async def confirm(
    session: AsyncSession, *, actor: Principal, task_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """A leader of the issuing unit answers for a short notice; only now is the task sent, and the notice that it gives
    is reckoned from now."""
    task = await locked(session, actor, task_id, "confirm", version)
    if task.due_at <= clock.now():
        raise DeadlinePast
    notice = await notice_of(session, actor, task.due_at)
    number = await perform(
        session,
        TASK,
        "confirm",
        task_subject(task),
        actor=actor,
        values={"confirmed_by": actor.display_name, "issued_at": clock.now(), "notice_days": notice.days},
        also=also,
        mail=[Mail(task.issuer_unit_id, Role.LEADER, letters.CONFIRM, closed=True)],
    )
    tree, nodes = await addressing.addressed(session, actor, choices_of(task))
    await _send(session, actor, task, tree, nodes)
    return number


def choices_of(task: Task) -> list[Choice]:
    """To whom a task goes, as it was chosen."""
    return [ChoiceIn.model_validate(one).as_choice() for one in task.addressees]


async def decline(
    session: AsyncSession,
    *,
    actor: Principal,
    task_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """A leader does not agree to the short notice: the task ends, and nobody below ever had it."""
    task = await locked(session, actor, task_id, "decline", version, reason)
    return await perform(
        session,
        TASK,
        "decline",
        task_subject(task),
        actor=actor,
        reason=reason,
        also=also,
        mail=[Mail(task.issuer_unit_id, Role.LEADER, letters.CONFIRM, closed=True)],
    )


async def locked(
    session: AsyncSession, actor: Principal, task_id: UUID, action: str, version: int | None, reason: str = ""
) -> Task:
    task, _ = await access.get_task(session, actor, task_id, lock=True)
    subject = task_subject(task)
    TASK.check_side(action, subject, actor)
    expect_version(subject, version)
    TASK.check(action, subject, actor, reason)
    return task
