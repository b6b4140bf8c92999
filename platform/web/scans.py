"""Signing in on a computer by scanning with a signed-in telephone.

What waits for two minutes stands in the broker and nowhere else: losing it costs a second scan. The computer holds a
secret that only it can collect the session with; the telephone's owner sees the computer's address and a number that
both screens show, and says yes.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import redis.asyncio
from redis.exceptions import RedisError

from kit import crypto
from kit.ids import new_id
from tenancy.errors import ScanOver, ScanUnavailable

#: Seconds that a code waits to be scanned and confirmed, and a session to be collected.
WAITS = 120
#: Codes that one address may ask for in a minute: an office of fifty behind one gateway, and no flood.
PER_MINUTE = 60

Client = redis.asyncio.Redis


@dataclass(frozen=True, slots=True)
class Begun:
    """What the computer is given: `id` goes into the QR code, `secret` stays."""

    id: str
    secret: str
    number: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the telephone's owner decides on."""

    number: str
    device: str
    address: str


@asynccontextmanager
async def _available() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError):
        raise ScanUnavailable from None


def _key(scan_id: str) -> str:
    return f"jiceng:scan:{scan_id}"


async def begin(client: Client, *, device: str, address: str) -> Begun:
    """A code for a computer. Raises ScanUnavailable without a broker, or when an address asks too often."""
    begun = Begun(str(new_id()), crypto.new_token(), f"{secrets.randbelow(90) + 10}")
    state = {
        "secret": crypto.token_hash(begun.secret),
        "number": begun.number,
        "device": device[:200],
        "address": address,
    }
    async with _available():
        asked = await client.incr(f"jiceng:scans-of:{address}")
        if asked == 1:
            await client.expire(f"jiceng:scans-of:{address}", 60)
        if asked > PER_MINUTE:
            raise ScanUnavailable
        await client.set(_key(begun.id), orjson.dumps(state), ex=WAITS)
    return begun


async def look(client: Client, scan_id: str) -> Asked:
    """What a scanned code asks for. Raises ScanOver."""
    state = await _read(client, scan_id)
    if "token" in state:
        raise ScanOver
    return Asked(state["number"], state["device"], state["address"])


async def confirm(client: Client, scan_id: str, *, token: str, csrf: str) -> None:
    """Leave the new session where the computer collects it. Raises ScanOver when somebody was quicker."""
    state = await _read(client, scan_id)
    async with _available():
        # Confirmed once, whoever else saw the code.
        if not await client.set(f"{_key(scan_id)}:confirmed", 1, nx=True, ex=WAITS):
            raise ScanOver
        sealed = crypto.encrypt(orjson.dumps([token, csrf]).decode(), context=f"scan.{scan_id}")
        await client.set(_key(scan_id), orjson.dumps({**state, "token": sealed}), xx=True, keepttl=True)


async def collect(client: Client, scan_id: str, secret: str) -> tuple[str, str] | None:
    """The session's token and CSRF value, once; None while nobody has confirmed. Raises ScanOver."""
    state = await _read(client, scan_id)
    if not secrets.compare_digest(state["secret"], crypto.token_hash(secret)):
        raise ScanOver
    if "token" not in state:
        return None
    async with _available():
        taken = await client.getdel(_key(scan_id))
    if taken is None:
        raise ScanOver
    token, csrf = orjson.loads(crypto.decrypt(state["token"], context=f"scan.{scan_id}"))
    return token, csrf


async def _read(client: Client, scan_id: str) -> dict[str, Any]:
    async with _available():
        raw = await client.get(_key(scan_id))
    if raw is None:
        raise ScanOver
    state: dict[str, Any] = orjson.loads(raw)
    return state
