"""Messages that leave the platform: counts and a link, never a name or a figure. At most once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.jobs import CountyRef, JobContext, enqueue, job
from reporting.reminding import queries
from reporting.reminding.models import ReminderSending
from reporting.reminding.plan import plan_of
from reporting.reminding.remind import DELIVER
from reporting.reminding.rules import is_quiet, quiet_ends, tier_of
from workflow.channels.delivery import inbox_link, note_result, sent
from workflow.channels.queries import find_channel
from workflow.channels.senders import Target
from workflow.channels.service import target_of

SUBJECT = "【基层通】报送提醒"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a message says: how many of the unit's own reports are out, and how many below it."""

    own: int
    below: int
    late: int

    @property
    def nothing(self) -> bool:
        return self.own + self.below == 0


def wording(standing: Standing, link: str) -> str:
    """The whole text of a reminder."""
    parts = []
    if standing.own:
        parts.append(f"本单位有 {standing.own} 份报表未报")
    if standing.below:
        parts.append(f"下属单位有 {standing.below} 份报表未报")
    late = f"（其中已逾期 {standing.late} 份）" if standing.late else ""
    return f"【基层通】{'，'.join(parts)}{late}。请登录平台办理{'：' + link if link else '。'}"


async def standing_of(
    session: AsyncSession, county: CountyRef, unit_id: UUID, sendings: Sequence[ReminderSending]
) -> Standing:
    """How a unit and those under it stand now, in what the sendings are about."""
    now = clock.now()
    cycle_ids = sorted({sending.cycle_id for sending in sendings})
    about = {(sending.cycle_id, tier_of(sending.rule)) for sending in sendings}
    lines = [
        line
        for line in await queries.list_outstanding(session, county_id=county.id, cycle_ids=cycle_ids)
        if (line.cycle_id, line.tier) in about
    ]
    own = [line for line in lines if line.unit_id == unit_id]
    below = [line for line in lines if line.parent_id == unit_id]
    return Standing(len(own), len(below), sum(line.submission.due_at < now for line in (*own, *below)))


@dataclass(frozen=True, slots=True)
class Taken:
    """A message taken for sending, by nobody else ever again."""

    target: Target
    text: str
    ids: list[UUID]


async def take(session: AsyncSession, county: CountyRef, channel_id: UUID, ids: list[UUID]) -> Taken | None:
    """Claim what is to be sent to a channel, on record before it is sent. None when there is nothing (left) to say.

    A message that would leave at night is put off until the morning.
    """
    plan = await plan_of(session, county)
    now = clock.now()
    if is_quiet(now, plan.quiet_from, plan.quiet_until):
        await enqueue(
            session,
            kind=DELIVER,
            payload={"channel_id": str(channel_id), "sending_ids": [str(i) for i in ids]},
            run_after=quiet_ends(now, plan.quiet_until),
        )
        return None
    claimed = await session.scalars(
        update(ReminderSending)
        .where(
            ReminderSending.county_id == county.id,
            ReminderSending.id.in_(ids),
            ReminderSending.attempted_at.is_(None),
        )
        .values(attempted_at=now)
        .returning(ReminderSending.id)
    )
    taken = list(claimed.all())
    if not taken:
        return None
    channel = await find_channel(session, county_id=county.id, channel_id=channel_id)
    sendings = await queries.list_sendings(session, county_id=county.id, ids=taken)
    if channel is None or not channel.active:
        await _note(session, county, taken, problem="渠道已停用")
        return None
    standing = await standing_of(session, county, channel.unit_id, sendings)
    if standing.nothing:
        await _note(session, county, taken, problem="已全部上报，未发送")
        return None
    return Taken(target_of(channel), wording(standing, inbox_link(channel.unit_id)), taken)


async def _note(session: AsyncSession, county: CountyRef, ids: list[UUID], *, problem: str) -> None:
    await session.execute(
        update(ReminderSending)
        .where(ReminderSending.county_id == county.id, ReminderSending.id.in_(ids))
        .values(problem=problem, sent_at=None if problem else clock.now())
    )


@job(DELIVER, seconds=120)
async def deliver(context: JobContext, payload: dict[str, Any]) -> dict[str, Any] | None:
    """Send one message to one channel. Run again after a crash it finds the message taken, and sends nothing."""
    channel_id = UUID(payload["channel_id"])
    ids = [UUID(i) for i in payload["sending_ids"]]
    async with context.transaction(context.county_identity) as session:
        taken = await take(session, context.county, channel_id, ids)
    if taken is None:
        return {"sent": False}
    problem = await sent(taken.target, SUBJECT, taken.text)
    async with context.transaction(context.county_identity) as session:
        await _note(session, context.county, taken.ids, problem=problem)
        await note_result(session, context.county, channel_id, problem)
    return {"sent": not problem, "problem": problem}
