"""紧急事项: reported to everybody above at once, acknowledged in time or told again, handled on record, concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put, write_all
from kit.db.session import county_scope
from kit.ids import new_id
from kit.jobs import CountyRef, pulse, ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from plans.models import DEFAULT_URGENT_MINUTES
from plans.queries import find_dispatch_rules
from plans.urgent import queries
from plans.urgent.lifecycle import URGENT, subject_of
from plans.urgent.models import UrgentKind, UrgentMatter
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal, scheduler_of
from tenancy.queries import load_tree
from workflow.channels import messages
from workflow.channels.delivery import inbox_link
from workflow.channels.messages import Words
from workflow.channels.queries import list_active_channels
from workflow.lifecycle import Mail, expect_version, perform, post

TOPIC, LEADERS = "urgent", "urgent_leader"
_AT_ONCE = 100
#: Told again so often at most: after that it stands in red on every page above.
MOST_LEVELS = 8


@dataclass(frozen=True, slots=True)
class Given:
    """What is known at the moment. The line is enough to begin with."""

    kind: UrgentKind
    title: str
    text: str = ""


async def report(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """Report what can't wait: everybody above has it at once, whatever the hour. Anybody of the unit may."""
    actor.require(*Role)
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    node, place = tree.nodes[actor.unit_id], tree.ancestors(actor.unit_id)
    now = clock.now()
    matter = UrgentMatter(
        county_id=actor.county_id,
        id=made or new_id(),
        unit_id=actor.unit_id,
        unit_name=node.name,
        tier=node.tier,
        kind=given.kind,
        title=given.title,
        text=given.text,
        reported_at=now,
        reporter_id=actor.account_id,
        reporter_name=actor.display_name,
        escalate_at=now + timedelta(minutes=await waiting_minutes(session, actor.county)),
        version=1,
        level=0,
        place=place,
    )
    session.add(matter)
    await session.flush()
    entry = audited(actor, "urgent_matter.report", subject_kind=URGENT.kind, subject_id=matter.id)
    await write_all(session, [*also, entry])
    await _tell(session, actor.county, matter, 1, leaders=False)
    return matter.id


async def waiting_minutes(session: AsyncSession, county: CountyRef) -> int:
    """How long a matter may wait to be acknowledged."""
    rules = await find_dispatch_rules(session, county_id=county.id, county_unit_id=county.unit_id)
    return DEFAULT_URGENT_MINUTES if rules is None else rules.urgent_minutes


def _above(matter: UrgentMatter) -> list[UUID]:
    return list(matter.place[1:]) or list(matter.place)


async def _tell(session: AsyncSession, county: CountyRef, matter: UrgentMatter, version: int, *, leaders: bool) -> None:
    """To everybody above: inboxes, open pages (which sound), channels outside. The scheduler comes for those who are
    asleep."""
    above = _above(matter)
    facts = {"unit": matter.unit_name, "kind": matter.kind.value, "level": matter.level}
    mail = [Mail(unit_id, Role.REVIEWER, TOPIC, facts=facts, due_at=matter.escalate_at) for unit_id in above]
    if leaders:
        mail += [Mail(unit_id, Role.LEADER, LEADERS, facts=facts, due_at=matter.escalate_at) for unit_id in above]
    await post(session, county, URGENT.kind, [(matter.id, version, mail)])
    await write_all(
        session,
        [
            put(
                Outbox,
                county_id=county.id,
                topic="urgent",
                payload={"subject_kind": URGENT.kind, "subject_id": str(matter.id), "level": matter.level},
                recipients=above,
                place=[county.unit_id],
            )
        ],
    )
    ring_after_commit(session, RELAY)
    # A village may not read its superiors' channels.
    async with county_scope(session, county.unit_id):
        channels = await list_active_channels(session, county_id=county.id)
        for unit_id in above:
            for channel_id in channels.get(unit_id, ()):
                await messages.record(
                    session,
                    county,
                    unit_id=unit_id,
                    channel_id=channel_id,
                    kind=TOPIC,
                    occasion=f"urgent-{matter.id}-{matter.level}",
                    facts={"level": matter.level},
                    at_most_once=False,
                )


@messages.wording(TOPIC)
async def words(session: AsyncSession, county_id: UUID, unit_id: UUID, facts: Mapping[str, Any]) -> Words | None:
    """A count and a link; nothing once all is acknowledged."""
    waiting = await queries.count_unacknowledged(session, county_id=county_id)
    if not waiting:
        return None
    again = "（再次提醒）" if facts.get("level") else ""
    link = inbox_link(unit_id)
    text = f"【基层通】有 {waiting} 件紧急事项待签收{again}，请立即登录平台处置{'：' + link if link else '。'}"
    return Words("【基层通】紧急事项待签收", text)


@pulse("plans.urgent", every=15)
async def escalate(session: AsyncSession, county: CountyRef) -> None:
    """Tell again, and tell leaders, what nobody has acknowledged in time. However long the scheduler stood still, it
    looks at the time that is written in the matter."""
    for matter in await queries.list_to_escalate(session, county_id=county.id, limit=_AT_ONCE):
        minutes = await waiting_minutes(session, county)
        # In the end it is told seldom, but never forgotten.
        wait = timedelta(minutes=minutes) * (1 if matter.level < MOST_LEVELS else 8)
        until = clock.now() + wait
        version = await perform(
            session,
            URGENT,
            "escalate",
            subject_of(matter),
            actor=scheduler_of(county),
            values={"level": matter.level + 1, "escalate_at": until},
            detail={"level": matter.level + 1},
        )
        await session.refresh(matter)
        await _tell(session, county, matter, version, leaders=True)


async def _locked(
    session: AsyncSession, actor: Principal, matter_id: UUID, action: str, version: int | None, reason: str = ""
) -> UrgentMatter:
    matter = await queries.get_matter(session, county_id=actor.county_id, matter_id=matter_id, lock=True)
    subject = subject_of(matter)
    URGENT.check_side(action, subject, actor)
    expect_version(subject, version)
    URGENT.check(action, subject, actor, reason)
    return matter


def _settled(matter: UrgentMatter) -> list[Mail]:
    return [
        Mail(unit_id, role, topic, closed=True)
        for unit_id in _above(matter)
        for role, topic in ((Role.REVIEWER, TOPIC), (Role.LEADER, LEADERS))
    ]


async def acknowledge(
    session: AsyncSession, *, actor: Principal, matter_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """签收: a unit above has it in hand. Nobody is told again; the unit sees who."""
    matter = await _locked(session, actor, matter_id, "acknowledge", version)
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    who = f"{tree.nodes[actor.unit_id].short_name} {actor.display_name}"
    told = Mail(matter.unit_id, Role.REPORTER, "urgent_acknowledged", facts={"by": who, "unit": matter.unit_name})
    return await perform(
        session,
        URGENT,
        "acknowledge",
        subject_of(matter),
        actor=actor,
        values={"acknowledged_at": clock.now(), "acknowledged_by": who},
        mail=[*_settled(matter), told],
        also=also,
    )


async def tell(
    session: AsyncSession,
    *,
    actor: Principal,
    matter_id: UUID,
    version: int | None,
    text: str,
    also: Sequence[Write] = (),
) -> int:
    """续报: what the unit knows now. Kept in the log of handling; those above are told."""
    matter = await _locked(session, actor, matter_id, "tell", version, text)
    mail = [Mail(unit_id, Role.REVIEWER, "urgent_told", facts={"unit": matter.unit_name}) for unit_id in _above(matter)]
    return await perform(session, URGENT, "tell", subject_of(matter), actor=actor, reason=text, mail=mail, also=also)


async def instruct(
    session: AsyncSession,
    *,
    actor: Principal,
    matter_id: UUID,
    version: int | None,
    text: str,
    also: Sequence[Write] = (),
) -> int:
    """批示: what a unit above wants done."""
    matter = await _locked(session, actor, matter_id, "instruct", version, text)
    mail = [Mail(matter.unit_id, Role.REPORTER, "urgent_instructed", facts={"unit": matter.unit_name})]
    return await perform(
        session, URGENT, "instruct", subject_of(matter), actor=actor, reason=text, mail=mail, also=also
    )


async def conclude(
    session: AsyncSession,
    *,
    actor: Principal,
    matter_id: UUID,
    version: int | None,
    text: str,
    also: Sequence[Write] = (),
) -> int:
    """办结, with the final report."""
    matter = await _locked(session, actor, matter_id, "conclude", version, text)
    mail = [
        Mail(unit_id, Role.REVIEWER, "urgent_concluded", facts={"unit": matter.unit_name}) for unit_id in _above(matter)
    ]
    return await perform(
        session,
        URGENT,
        "conclude",
        subject_of(matter),
        actor=actor,
        reason=text,
        values={"report": text, "concluded_at": clock.now()},
        mail=mail,
        also=also,
    )


async def reopen(
    session: AsyncSession,
    *,
    actor: Principal,
    matter_id: UUID,
    version: int | None,
    text: str,
    also: Sequence[Write] = (),
) -> int:
    """Not over: a unit above says why."""
    matter = await _locked(session, actor, matter_id, "reopen", version, text)
    mail = [Mail(matter.unit_id, Role.REPORTER, "urgent_instructed", facts={"unit": matter.unit_name})]
    return await perform(
        session,
        URGENT,
        "reopen",
        subject_of(matter),
        actor=actor,
        reason=text,
        values={"concluded_at": None},
        mail=mail,
        also=also,
    )
