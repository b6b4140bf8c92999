"""Sending to a channel, and writing down how it went. A message carries counts and a link, never a name or a figure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.jobs import CountyRef, JobContext, job
from kit.settings import settings
from workflow.channels import senders
from workflow.channels.models import Channel
from workflow.channels.queries import find_channel
from workflow.channels.senders import NotDelivered, Target
from workflow.channels.service import TEST, target_of

SUBJECT = "【基层通】渠道测试"
TESTED = "【基层通】这是一条测试消息，收到说明渠道可用。"


def inbox_link(unit_id: UUID) -> str:
    """The unit's own list of what is to be done. It tells nothing to who can't sign in."""
    base = settings().public_url
    return f"{base}/u/{unit_id}/inbox" if base else ""


async def sent(target: Target, subject: str, text: str) -> str:
    """Why a message was not delivered, or nothing."""
    try:
        await senders.send(target, subject, text)
    except NotDelivered as refusal:
        return str(refusal)
    return ""


async def note_result(session: AsyncSession, county: CountyRef, channel_id: UUID, problem: str) -> None:
    """What the channel's owner is shown of its last message."""
    await session.execute(
        update(Channel)
        .where(Channel.county_id == county.id, Channel.id == channel_id)
        .values(last_at=clock.now(), last_problem=problem)
    )


@job(TEST, seconds=60)
async def test_channel(context: JobContext, payload: dict[str, Any]) -> dict[str, Any] | None:
    """Send the test message. Asked for by hand, so at any hour; after a crash it may be sent twice."""
    channel_id = UUID(payload["channel_id"])
    async with context.reading(context.county_identity) as session:
        channel = await find_channel(session, county_id=context.county.id, channel_id=channel_id)
        target = None if channel is None else target_of(channel)
    if target is None:
        return {"sent": False, "problem": "渠道已删除"}
    problem = await sent(target, SUBJECT, TESTED)
    async with context.transaction(context.county_identity) as session:
        await note_result(session, context.county, channel_id, problem)
    return {"sent": not problem, "problem": problem}
