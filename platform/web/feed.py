"""The feed of a web process: one subscription to the broker, fanned out in memory to every open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import redis.asyncio
import structlog
from redis.exceptions import RedisError

from kit import outbox

log = structlog.get_logger(__name__)

#: Messages that wait for one slow page; older ones are dropped, since each only says "look again".
_WAITING = 100
_RETRY_SECONDS = 1.0

Message = dict[str, Any]


class Feed:
    """Messages of all counties, from the broker to whoever listens in this process.

    With the broker away it tries again every second; pages poll meanwhile.
    """

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.client = client
        self._listeners: dict[str, set[asyncio.Queue[Message]]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        while self._task is not None and not self._task.done():
            # Again and again: a client that is just connecting takes one cancellation for a time-out of its own.
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=0.2)
        await self.client.aclose()

    @asynccontextmanager
    async def listen(self, county_id: UUID) -> AsyncIterator[asyncio.Queue[Message]]:
        """A queue of a county's messages for as long as the block lasts."""
        queue: asyncio.Queue[Message] = asyncio.Queue(_WAITING)
        channel = outbox.channel(county_id)
        self._listeners.setdefault(channel, set()).add(queue)
        try:
            yield queue
        finally:
            self._listeners[channel].discard(queue)
            if not self._listeners[channel]:
                del self._listeners[channel]

    async def _run(self) -> None:
        while True:
            try:
                async with self.client.pubsub() as subscription:
                    await subscription.psubscribe(outbox.EVERY_CHANNEL)
                    await self._pass_on(subscription)
            except (RedisError, OSError) as problem:
                log.info("feed.broker_away", problem=type(problem).__name__)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _pass_on(self, subscription: redis.asyncio.client.PubSub) -> None:
        while True:
            raw = await subscription.get_message(ignore_subscribe_messages=True, timeout=5)
            if raw is None:
                continue
            listeners = self._listeners.get(raw["channel"].decode(), set())
            if not listeners:
                continue
            message: Message = orjson.loads(raw["data"])
            for queue in listeners:
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)
