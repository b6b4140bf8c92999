"""The relay: messages committed with a change are published to the county's channel, then deleted.

At least once and in no order: whoever listens goes by the message's id and treats it as "look again". The feed of live
pages hangs on it; a page without a feed polls.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import redis.asyncio
from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.jobs.doorbell import RELAY_BELL
from kit.jobs.registry import CountyRef, pulse
from kit.models import Outbox

RELAY = RELAY_BELL
#: Published in one transaction; the rest waits for the next beat.
_AT_ONCE = 500

_client: redis.asyncio.Redis | None = None


#: The pattern of all counties' channels.
EVERY_CHANNEL = "jiceng:county:*"


def channel(county_id: UUID) -> str:
    """The pub/sub channel of a county's messages: JSON of `id`, `topic`, `payload`, `recipients`, `at`."""
    return f"jiceng:county:{county_id}"


def connect(broker_url: str | None) -> None:
    """Publish here from now on. The client belongs to the event loop that first uses it."""
    global _client
    _client = None if broker_url is None else client_of(broker_url)


async def close() -> None:
    """Publish no longer."""
    global _client
    client, _client = _client, None
    if client is not None:
        await client.aclose()


def client_of(broker_url: str) -> redis.asyncio.Redis:
    """A client for publishing or listening, that notices a dead connection."""
    made: redis.asyncio.Redis = redis.asyncio.from_url(
        broker_url.replace("valkey", "redis", 1) if broker_url.startswith("valkey") else broker_url,
        health_check_interval=10,
        socket_timeout=5,
    )
    return made


@pulse(RELAY, every=2)
async def relay(session: AsyncSession, county: CountyRef) -> None:
    """Publish and delete. With the broker down the rows stay, and this raises nothing: the next beat tries again.

    No row is locked, since the class of this table allows no UPDATE: the pulse's advisory lock makes it the only
    relay of the county. A crash between publishing and commit publishes again, with the same id.
    """
    if _client is None:
        return
    rows = (
        await session.execute(
            select(Outbox.id, Outbox.topic, Outbox.payload, Outbox.recipients, Outbox.created_at)
            .where(Outbox.county_id == county.id)
            .limit(_AT_ONCE)
        )
    ).all()
    if not rows:
        return
    async with _client.pipeline(transaction=False) as pipe:
        for row in rows:
            pipe.publish(channel(county.id), orjson.dumps(_message(row), default=str))  # asyncpg has a UUID of its own
        try:
            await pipe.execute()
        except (RedisError, OSError):
            return
    await session.execute(delete(Outbox).where(Outbox.county_id == county.id, Outbox.id.in_([row.id for row in rows])))


def _message(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "topic": row.topic,
        "payload": row.payload,
        "recipients": row.recipients,
        "at": row.created_at,
    }
