"""Commands on notices: publish now or later, read, remind those who have not read, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put_many, write_all
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from kit.jobs import CountyRef, pulse
from plans.addressing import service as addressing
from plans.addressing.queries import list_tagged
from plans.addressing.rules import Choice, ChoiceKind, Known, addressee_rows, resolve
from plans.addressing.schemas import ChoiceIn
from plans.notices import access, queries
from plans.notices.errors import JobPostIncomplete, JobPostOver, PinTimePast, PublishTimePast
from plans.notices.job_posts import JobPost
from plans.notices.lifecycle import NOTICE, subject_of
from plans.notices.models import Notice, NoticeKind, NoticeReceipt, NoticeState
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal, scheduler_of
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from workflow.enclosures.service import enclose
from workflow.lifecycle import Mail, expect_version, perform, post

TOPIC = "notice"
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Given:
    """What a notice says, to whom, and when."""

    kind: NoticeKind
    title: str
    text: str
    to: Sequence[ChoiceIn]
    job: JobPost | None = None
    receipt: bool = False
    publish_at: datetime | None = None
    pinned_until: datetime | None = None
    file_ids: Sequence[UUID] = ()


async def issue(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """Publish a notice to units below, now or at a time to come. Groups are resolved now, since they are the unit's
    own; the rest when it is published. Raises Forbidden, NobodyAddressed, NotFound, PublishTimePast, PinTimePast,
    JobPostIncomplete, JobPostOver."""
    if actor.tier is Tier.VILLAGE:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.LEADER)
    now = clock.now()
    if given.publish_at is not None and given.publish_at <= now:
        raise PublishTimePast
    publish_at = given.publish_at or now
    if given.pinned_until is not None and given.pinned_until <= publish_at:
        raise PinTimePast
    if (given.job is not None) is not (given.kind is NoticeKind.JOB_POST):
        raise JobPostIncomplete
    if given.job is not None and given.job.until < publish_at.astimezone(clock.SHANGHAI).date():
        raise JobPostOver
    tree, nodes = await addressing.addressed(session, actor, [one.as_choice() for one in given.to])
    to = given.to
    if given.publish_at is not None and any(one.kind is ChoiceKind.GROUP for one in to):
        to = [ChoiceIn(kind=ChoiceKind.UNIT, unit_id=node.id) for node in nodes]
    notice_id = made or new_id()
    files = await enclose(session, actor, kind=NOTICE.kind, document_id=notice_id, file_ids=given.file_ids)
    notice = Notice(
        county_id=actor.county_id,
        id=notice_id,
        issuer_unit_id=actor.unit_id,
        issuer_name=tree.nodes[actor.unit_id].short_name,
        section_id=actor.section_id,
        kind=given.kind,
        title=given.title,
        text=given.text,
        job=None if given.job is None else given.job.model_dump(mode="json"),
        addressees=[one.model_dump(mode="json") for one in to],
        receipt=given.receipt,
        pinned_until=given.pinned_until,
        publish_at=publish_at,
        state=NoticeState.PUBLISHED if given.publish_at is None else NoticeState.SCHEDULED,
        version=1,
        created_by=actor.account_id,
        creator_name=actor.display_name,
    )
    session.add(notice)
    await session.flush()
    detail = {"units": len(nodes), "later": given.publish_at is not None}
    entry = audited(actor, "notice.issue", subject_kind=NOTICE.kind, subject_id=notice_id, detail=detail)
    await write_all(session, [*also, *files, entry])
    if given.publish_at is None:
        await _hand_out(session, actor.county, notice, tree, nodes)
    return notice_id


async def _hand_out(
    session: AsyncSession, county: CountyRef, notice: Notice, tree: Tree, nodes: Sequence[TreeNode]
) -> None:
    rows = addressee_rows(tree, nodes, county_id=notice.county_id, notice_id=notice.id)
    await put_many(session, NoticeReceipt, rows)
    await post(session, county, NOTICE.kind, [(notice.id, 1, [_told(notice, node.id) for node in nodes])])


def _told(notice: Notice, unit_id: UUID, **more: str) -> Mail:
    facts = {"title": notice.title, "kind": notice.kind.value, "by": notice.issuer_name, "receipt": notice.receipt}
    return Mail(unit_id, Role.REPORTER, TOPIC, facts={**facts, **more})


@pulse("plans.notices", every=20)
async def publish_due(session: AsyncSession, county: CountyRef) -> None:
    """Publish what was scheduled and whose time has come, to the units that are meant by then."""
    due = await queries.list_to_publish(session, county_id=county.id, limit=_AT_ONCE)
    if not due:
        return
    tree = await load_tree(session, county_id=county.id, day=clock.today())
    for notice in due:
        choices: list[Choice] = [ChoiceIn.model_validate(one).as_choice() for one in notice.addressees]
        tags = {choice.tag for choice in choices if choice.kind is ChoiceKind.TAG}
        known = Known(tags=await list_tagged(session, county_id=county.id, tags=tags) if tags else {}, groups={})
        nodes = resolve(tree, notice.issuer_unit_id, choices, known)
        # Written down where its issuer reads it, and the county, as which the scheduler acts.
        subject = replace(subject_of(notice), place=tuple(dict.fromkeys((notice.issuer_unit_id, county.unit_id))))
        actor = scheduler_of(county)
        await perform(session, NOTICE, "publish", subject, actor=actor, detail={"units": len(nodes)})
        await _hand_out(session, county, notice, tree, nodes)


async def read(session: AsyncSession, *, actor: Principal, notice_id: UUID) -> None:
    """已阅: somebody of the unit has read it. The first to do so is remembered; again, it does nothing.

    Raises NotFound for a notice that was not published to the unit, or was withdrawn.
    """
    # The receipt first: the version that closes the item is then none before a reminder's.
    receipt = await queries.find_receipt(
        session, county_id=actor.county_id, notice_id=notice_id, unit_id=actor.unit_id, lock=True
    )
    notice, _ = await access.get_notice(session, actor, notice_id)
    if receipt is None or notice.state is not NoticeState.PUBLISHED:
        raise NotFound
    if receipt.read_at is not None:
        return
    await write_all(
        session,
        [
            change(
                NoticeReceipt,
                county_id=receipt.county_id,
                id=receipt.id,
                read_at=clock.now(),
                reader_id=actor.account_id,
                reader_name=actor.display_name,
            )
        ],
    )
    closed = Mail(actor.unit_id, Role.REPORTER, TOPIC, closed=True)
    await post(session, actor.county, NOTICE.kind, [(notice_id, notice.version + 1, [closed])])


async def remind(
    session: AsyncSession, *, actor: Principal, notice_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """Tell those who have not read it, and nobody else, once more. Returns the notice's new version."""
    notice = await _locked(session, actor, notice_id, "remind", version)
    unread = await queries.list_receipts(
        session, county_id=actor.county_id, notice_id=notice_id, unread=True, lock=True
    )
    number = await perform(
        session, NOTICE, "remind", subject_of(notice), actor=actor, also=also, detail={"units": len(unread)}
    )
    now = clock.now()
    await session.execute(
        update(NoticeReceipt)
        .where(NoticeReceipt.county_id == actor.county_id, NoticeReceipt.id.in_([one.id for one in unread]))
        .values(reminded_at=now)
    )
    told = [_told(notice, one.unit_id, reminded_by=actor.display_name, reminded_at=now.isoformat()) for one in unread]
    await post(session, actor.county, NOTICE.kind, [(notice_id, number, told)])
    return number


async def withdraw(
    session: AsyncSession,
    *,
    actor: Principal,
    notice_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """撤回, with a reason. Nobody is asked to read it any more; whoever looks for it is told so."""
    notice = await _locked(session, actor, notice_id, "withdraw", version, reason)
    unread = await queries.list_receipts(
        session, county_id=actor.county_id, notice_id=notice_id, unread=True, lock=True
    )
    number = await perform(
        session,
        NOTICE,
        "withdraw",
        subject_of(notice),
        actor=actor,
        reason=reason,
        values={"withdrawn_reason": reason},
        also=also,
    )
    closed = [Mail(one.unit_id, Role.REPORTER, TOPIC, closed=True) for one in unread]
    await post(session, actor.county, NOTICE.kind, [(notice_id, number, closed)])
    return number


async def pin(
    session: AsyncSession,
    *,
    actor: Principal,
    notice_id: UUID,
    version: int | None,
    until: datetime | None,
    also: Sequence[Write] = (),
) -> int:
    """置顶 until a time, or no longer. Raises PinTimePast."""
    notice = await _locked(session, actor, notice_id, "pin", version)
    if until is not None and until <= clock.now():
        raise PinTimePast
    return await perform(
        session, NOTICE, "pin", subject_of(notice), actor=actor, values={"pinned_until": until}, also=also
    )


async def _locked(
    session: AsyncSession, actor: Principal, notice_id: UUID, action: str, version: int | None, reason: str = ""
) -> Notice:
    notice, _ = await access.get_notice(session, actor, notice_id, lock=True)
    subject = subject_of(notice)
    NOTICE.check_side(action, subject, actor)
    expect_version(subject, version)
    NOTICE.check(action, subject, actor, reason)
    return notice
