"""The address on a printed sheet: it tells anybody whether that very revision still stands, and nothing else."""

from __future__ import annotations

import enum
from uuid import UUID

from kit import crypto
from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.errors import NotFound
from reporting import signing_queries
from tenancy.queries import get_county

_CONTEXT = "reporting.printed"


class Standing(enum.StrEnum):
    """现行有效、不是现行版本、查无."""

    CURRENT = "current"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


def token_of(county_id: UUID, revision_id: UUID) -> str:
    """What the address ends in: sealed, so that it tells no id and can't be made up; the same for each print."""
    return crypto.seal_token(county_id.bytes + revision_id.bytes, context=_CONTEXT)


async def standing_of(database: Database, token: str) -> Standing:
    """Whether the revision that was printed counts now. A forged address is answered like an unknown one."""
    opened = crypto.open_token(token, context=_CONTEXT)
    if opened is None or len(opened) != 32:
        return Standing.UNKNOWN
    county_id, revision_id = UUID(bytes=opened[:16]), UUID(bytes=opened[16:])
    try:
        async with database.transaction(REFERENCE_ONLY) as session:
            county = await get_county(session, county_id)
    except NotFound:
        return Standing.UNKNOWN
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        counts = await signing_queries.revision_counts(session, county_id=county.id, revision_id=revision_id)
    if counts is None:
        return Standing.UNKNOWN
    return Standing.CURRENT if counts else Standing.REPLACED
