"""The audit chain: each entry's seal hashes the entry and the seal before it, so nothing can be altered or left out.

Commands write unchained entries; this pulse appends the chain within seconds. Chaining inside each transaction would
cost two thirds of a county's throughput. An entry may commit after a younger one was sealed: the sealer looks back over
`HORIZON`, far longer than any transaction is allowed to last, rather than past the last id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy import and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.jobs import CountyRef, pulse
from kit.models import AuditEntry, AuditSeal

HORIZON = timedelta(hours=1)
GENESIS = bytes(32)
#: Sealed in one transaction; the rest waits for the next beat.
AT_ONCE = 2000


def entry_hash(previous: bytes, entry: AuditEntry) -> bytes:
    """SHA-256 over the previous seal and the entry's every column."""
    content = orjson.dumps(
        [
            str(entry.county_id),
            str(entry.id),
            entry.at.isoformat(),
            str(entry.account_id),
            str(entry.membership_id),
            str(entry.unit_id),
            entry.action,
            entry.subject_kind,
            str(entry.subject_id),
            entry.result,
            entry.detail,
            entry.address,
        ],
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(previous + content).digest()


async def _head(session: AsyncSession, county_id: UUID) -> AuditSeal | None:
    statement = select(AuditSeal).where(AuditSeal.county_id == county_id).order_by(AuditSeal.seq.desc()).limit(1)
    return (await session.scalars(statement)).one_or_none()


async def _unsealed(session: AsyncSession, county_id: UUID, head: AuditSeal | None) -> Sequence[AuditEntry]:
    statement = (
        select(AuditEntry)
        .outerjoin(AuditSeal, and_(AuditSeal.county_id == AuditEntry.county_id, AuditSeal.audit_id == AuditEntry.id))
        .where(AuditEntry.county_id == county_id, AuditSeal.id.is_(None))
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(AT_ONCE)
    )
    if head is not None:
        statement = statement.where(AuditEntry.at > head.audit_at - HORIZON)
    return (await session.scalars(statement)).all()


@pulse("audit.seal", every=4)
async def seal(session: AsyncSession, county: CountyRef) -> None:
    """Append the chain for what is not sealed yet. The pulse's lock makes it the county's only sealer; were there
    two, the unique (county, seq) would let one commit."""
    head = await _head(session, county.id)
    entries = await _unsealed(session, county.id, head)
    previous = GENESIS if head is None else head.hash
    seq = 0 if head is None else head.seq
    rows = []
    for entry in entries:
        seq += 1
        previous = entry_hash(previous, entry)
        rows.append(
            {
                "county_id": county.id,
                "id": new_id(),
                "seq": seq,
                "audit_id": entry.id,
                "audit_at": entry.at,
                "hash": previous,
                "place": [county.unit_id],
            }
        )
    if rows:
        await session.execute(insert(AuditSeal), rows)


@dataclass(frozen=True, slots=True)
class ChainState:
    """What a verification found: how many links, how many entries not sealed yet, and the first broken link."""

    links: int
    unsealed: int
    broken_at: int | None


async def verify(session: AsyncSession, county_id: UUID) -> ChainState:
    """Walk the county's chain from the beginning. The session acts as the county."""
    statement = (
        select(AuditSeal, AuditEntry)
        .outerjoin(AuditEntry, and_(AuditEntry.county_id == AuditSeal.county_id, AuditEntry.id == AuditSeal.audit_id))
        .where(AuditSeal.county_id == county_id)
        .order_by(AuditSeal.seq)
    )
    previous, links, broken = GENESIS, 0, None
    for link, entry in await session.execute(statement):
        links += 1
        if broken is None and (link.seq != links or entry is None or entry_hash(previous, entry) != link.hash):
            broken = links
        previous = link.hash
    entries = await session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.county_id == county_id)
    )
    return ChainState(links, (entries or 0) - links, broken)
