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
from tenancy.queries import load_line
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
    tree = await load_line(session, county_id=actor.county_id, unit_id=actor.unit_id)
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


def _settled(matter: UrgentMatter) -> list[Mail]:
    return [
        Mail(unit_id, role, topic, closed=True)
        for unit_id in _above(matter)
        for role, topic in ((Role.REVIEWER, TOPIC), (Role.LEADER, LEADERS))
    ]


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    matter_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """One act of the lifecycle on a matter, with its words: 签收 (nobody is told again), 续报, 批示, 办结 with the
    final report, or that it is not over.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing.
    """
    matter = await queries.get_matter(session, county_id=actor.county_id, matter_id=matter_id, lock=True)
    subject = subject_of(matter)
    URGENT.check_side(action, subject, actor)
    expect_version(subject, version)
    URGENT.check(action, subject, actor, text)
    tree = await load_line(session, county_id=actor.county_id, unit_id=actor.unit_id)
    values, mail = _effect(action, matter, text, f"{tree.nodes[actor.unit_id].short_name} {actor.display_name}")
    return await perform(
        session, URGENT, action, subject, actor=actor, reason=text, values=values, mail=mail, also=also
    )


def _effect(action: str, matter: UrgentMatter, text: str, who: str) -> tuple[Mapping[str, Any], list[Mail]]:
    """What an act changes beside the state, and who hears of it."""
    facts = {"unit": matter.unit_name}
    match action:
        case "acknowledge":
            told = Mail(matter.unit_id, Role.REPORTER, "urgent_acknowledged", facts={"by": who, **facts})
            return {"acknowledged_at": clock.now(), "acknowledged_by": who}, [*_settled(matter), told]
        case "tell":
            return {}, [Mail(unit_id, Role.REVIEWER, "urgent_told", facts=facts) for unit_id in _above(matter)]
        case "instruct":
            return {}, [Mail(matter.unit_id, Role.REPORTER, "urgent_instructed", facts=facts)]
        case "conclude":
            mail = [Mail(unit_id, Role.REVIEWER, "urgent_concluded", facts=facts) for unit_id in _above(matter)]
            return {"report": text, "concluded_at": clock.now()}, mail
        case "reopen":
            return {"concluded_at": None}, [Mail(matter.unit_id, Role.REPORTER, "urgent_instructed", facts=facts)]
        case _:
            raise AssertionError(action)
