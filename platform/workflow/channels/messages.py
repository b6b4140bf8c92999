"""Messages that leave the platform, recorded with their cause and sent by jobs: at most once, or at least once.

A message that may not be doubled (a digest) is claimed on record before it is sent; one that may not be lost (an urgent
matter) is tried again until the other side has taken it, and carries its number.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.session import Identity
from kit.ids import new_id
from kit.jobs import CountyRef, JobContext, enqueue, job
from workflow.channels import queries
from workflow.channels.delivery import note_result, sent
from workflow.channels.models import OutsideMessage
from workflow.channels.senders import Target
from workflow.channels.service import target_of

SEND = "workflow.send_message"
#: Urgent before everything else.
_PRIORITY = 9
#: How often and how long apart a message that may not be lost is tried: 15 s, 30 s, 1 min … 16 min.
_ATTEMPTS = 9
_FIRST_WAIT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says."""

    subject: str
    text: str


#: Words a message as its unit sees things now, from its facts; None when there is nothing left to say.
Wording = Callable[[AsyncSession, UUID, UUID, Mapping[str, Any]], Awaitable[Words | None]]
_WORDINGS: dict[str, Wording] = {}


def wording(kind: str) -> Callable[[Wording], Wording]:
    """Declare who words a kind of message. Given a session that acts for the unit, the county, the unit, the facts."""

    def register(function: Wording) -> Wording:
        if kind in _WORDINGS:
            raise ValueError(f"two wordings of {kind}")
        _WORDINGS[kind] = function
        return function

    return register


async def record(
    session: AsyncSession,
    county: CountyRef,
    *,
    unit_id: UUID,
    channel_id: UUID,
    kind: str,
    occasion: str,
    facts: Mapping[str, Any],
    at_most_once: bool,
    send_at: datetime | None = None,
) -> bool:
    """Record a message and have it sent; False when this occasion was recorded for the channel before."""
    made = await session.scalar(
        upsert(OutsideMessage)
        .values(
            county_id=county.id,
            id=new_id(),
            channel_id=channel_id,
            unit_id=unit_id,
            kind=kind,
            occasion=occasion,
            facts=dict(facts),
            at_most_once=at_most_once,
            place=list(dict.fromkeys((unit_id, county.unit_id))),
        )
        .on_conflict_do_nothing(index_elements=["county_id", "channel_id", "occasion"])
        .returning(OutsideMessage.id)
    )
    if made is None:
        return False
    await _enqueue(session, made, run_after=send_at, urgent=not at_most_once)
    return True


async def _enqueue(session: AsyncSession, message_id: UUID, *, run_after: datetime | None, urgent: bool) -> None:
    payload = {"message_id": str(message_id)}
    priority = _PRIORITY if urgent else 0
    await enqueue(session, kind=SEND, payload=payload, run_after=run_after, priority=priority)


def number_of(message_id: UUID) -> str:
    """A message's number, as it is told."""
    return message_id.hex[-8:]


@dataclass(frozen=True, slots=True)
class _Taken:
    target: Target
    words: Words
    channel_id: UUID
    attempts: int
    at_most_once: bool


@job(SEND, seconds=60)
async def send_message(context: JobContext, payload: dict[str, Any]) -> dict[str, Any] | None:
    """Send one message. Run again after a crash, it sends again only what may be doubled."""
    message_id = UUID(payload["message_id"])
    async with context.transaction(context.county_identity) as session:
        taken = await _take(context, session, message_id)
    if taken is None:
        return {"sent": False}
    text = taken.words.text if taken.at_most_once else f"{taken.words.text}（编号 {number_of(message_id)}）"
    problem = await sent(taken.target, taken.words.subject, text)
    async with context.transaction(context.county_identity) as session:
        await _note(session, context.county, message_id, problem)
        await note_result(session, context.county, taken.channel_id, problem)
        if problem and not taken.at_most_once and taken.attempts < _ATTEMPTS:
            again = clock.now() + _FIRST_WAIT * 2 ** (taken.attempts - 1)
            await _enqueue(session, message_id, run_after=again, urgent=True)
    return {"sent": not problem, "problem": problem}


async def _take(context: JobContext, session: AsyncSession, message_id: UUID) -> _Taken | None:
    """Claim it on record before it is sent."""
    county = context.county
    message = await queries.get_message(session, county_id=county.id, message_id=message_id)
    if message.sent_at is not None or (message.at_most_once and message.attempted_at is not None):
        return None
    message.attempts += 1
    message.attempted_at = clock.now()
    await session.flush()
    channel = await queries.find_channel(session, county_id=county.id, channel_id=message.channel_id)
    if channel is None or not channel.active:
        message.problem = "渠道已停用"
        await session.flush()
        return None
    async with context.reading(Identity.of_unit(county.id, message.unit_id)) as reading:
        words = await _WORDINGS[message.kind](reading, county.id, message.unit_id, message.facts)
    if words is None:
        message.problem = "没有需要告知的事项，未发送"
        await session.flush()
        return None
    return _Taken(target_of(channel), words, channel.id, message.attempts, message.at_most_once)


async def _note(session: AsyncSession, county: CountyRef, message_id: UUID, problem: str) -> None:
    await session.execute(
        update(OutsideMessage)
        .where(OutsideMessage.county_id == county.id, OutsideMessage.id == message_id)
        .values(problem=problem, sent_at=None if problem else clock.now())
    )
