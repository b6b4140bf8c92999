"""Commands that a weak network may repeat: `Idempotency-Key`, kept seven days (`kit.housekeeping`)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import Write, put
from kit.db.direct import Direct
from kit.errors import IdempotencyMismatch, Invalid, JicengError
from kit.models import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a command: who sends it under which key, and the hash of what is sent."""

    county_id: UUID
    account_id: UUID
    membership_id: UUID
    key: str | None
    request_hash: str

    @classmethod
    def of(
        cls, *, county_id: UUID, account_id: UUID, membership_id: UUID, key: str | None, parts: Sequence[bytes]
    ) -> Attempt:
        if key is not None and not 8 <= len(key) <= 200:
            raise Invalid(problem="Idempotency-Key")
        digest = hashlib.sha256(b"\0".join(parts)).hexdigest()
        return cls(county_id, account_id, membership_id, key, digest)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says beside its body: which try at the command it is, the version its sender read, and the
    language to answer in."""

    attempt: Attempt
    if_match: int | None
    locale: str


_SEEN = Direct(
    select(IdempotencyKey.request_hash).where(
        IdempotencyKey.county_id == bindparam("county", type_=Uuid()),
        IdempotencyKey.account_id == bindparam("account", type_=Uuid()),
        IdempotencyKey.membership_id == bindparam("membership", type_=Uuid()),
        IdempotencyKey.key == bindparam("key", type_=Text()),
    )
)


async def _seen(session: AsyncSession, attempt: Attempt) -> bool:
    rows = await _SEEN.rows(
        session,
        county=attempt.county_id,
        account=attempt.account_id,
        membership=attempt.membership_id,
        key=attempt.key,
    )
    if rows and rows[0]["request_hash"] != attempt.request_hash:
        raise IdempotencyMismatch
    return bool(rows)


async def outcome_of(session: AsyncSession, attempt: Attempt) -> dict[str, Any]:
    """What the earlier try under this key wrote down of itself: ids only."""
    statement = select(IdempotencyKey.outcome).where(
        IdempotencyKey.county_id == attempt.county_id,
        IdempotencyKey.account_id == attempt.account_id,
        IdempotencyKey.membership_id == attempt.membership_id,
        IdempotencyKey.key == attempt.key,
    )
    kept: dict[str, Any] = (await session.scalars(statement)).one()
    return kept


async def once(
    session: AsyncSession,
    attempt: Attempt,
    command: Callable[[Sequence[Write]], Awaitable[object]],
    *,
    outcome: Mapping[str, str] | None = None,
) -> bool:
    """Run a command at most once under its key; True when it ran now, False when an earlier try had done it.

    `outcome` is kept with the key: the ids of what the command makes.

    The command gets the row that records the key and writes it with its own. A twin that ran beside us and committed
    first makes ours fail (stale, or not allowed any more); then the key is there and ours counts as done.
    """
    if attempt.key is None:
        await command([])
        return True
    if await _seen(session, attempt):
        return False
    row = put(
        IdempotencyKey,
        county_id=attempt.county_id,
        account_id=attempt.account_id,
        membership_id=attempt.membership_id,
        key=attempt.key,
        request_hash=attempt.request_hash,
        status=200,
        outcome=dict(outcome or {}),
    )
    try:
        await command([row])
    except JicengError:
        if await _seen(session, attempt):
            return False
        raise
    return True
