"""每日摘要: what a unit owes, once a day by its channels. Counts and a link; at most once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.jobs import CountyRef, pulse
from plans.models import DEFAULT_DIGEST_AT
from plans.queries import find_dispatch_rules
from workflow.channels import messages
from workflow.channels.delivery import inbox_link
from workflow.channels.messages import Words
from workflow.channels.queries import list_active_channels, list_told
from workflow.queries import count_open

KIND = "digest"
#: A digest that could not leave for longer (the platform was down) is not sent that day.
FRESH = timedelta(hours=3)
#: Nothing but what is urgent leaves the platform later in the evening.
NIGHT = time(22)


def leaves_at(now: datetime, digest_at: str) -> datetime | None:
    """The moment of today at which the digest leaves, when it has come and is still fresh. Pure."""
    if not digest_at:
        return None
    local = now.astimezone(clock.SHANGHAI)
    at = datetime.combine(local.date(), time.fromisoformat(digest_at), tzinfo=clock.SHANGHAI)
    night = datetime.combine(local.date(), NIGHT, tzinfo=clock.SHANGHAI)
    return at if at <= local < min(at + FRESH, night) else None


@pulse("plans.digest", every=120)
async def send_digests(session: AsyncSession, county: CountyRef) -> None:
    """Record today's digest for every channel, once; a job words and sends it."""
    rules = await find_dispatch_rules(session, county_id=county.id, county_unit_id=county.unit_id)
    at = leaves_at(clock.now(), DEFAULT_DIGEST_AT if rules is None else rules.digest_at)
    if at is None:
        return
    occasion = f"digest-{at:%Y-%m-%d}"
    channels = await list_active_channels(session, county_id=county.id)
    # Of every two minutes' beats one records; whoever beats beside it is refused by the record itself.
    every = [channel_id for ids in channels.values() for channel_id in ids]
    told = await list_told(session, county_id=county.id, channel_ids=every, occasion=occasion)
    for unit_id, ids in channels.items():
        for channel_id in ids:
            if channel_id in told:
                continue
            await messages.record(
                session,
                county,
                unit_id=unit_id,
                channel_id=channel_id,
                kind=KIND,
                occasion=occasion,
                facts={},
                at_most_once=True,
            )


@messages.wording(KIND)
async def words(session: AsyncSession, county_id: UUID, unit_id: UUID, facts: Mapping[str, Any]) -> Words | None:
    """How many things the unit owes; nothing when it owes nothing."""
    owed, overdue = await count_open(session, county_id=county_id, unit_ids=[unit_id])
    if not owed:
        return None
    late = f"，其中逾期 {overdue} 件" if overdue else ""
    link = inbox_link(unit_id)
    text = f"【基层通】今日待办 {owed} 件{late}。请登录平台办理{'：' + link if link else '。'}"
    return Words("【基层通】今日待办", text)
