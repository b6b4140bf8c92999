"""What the doctor asks of a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A database server as a guest sees it."""

    version: int
    now: datetime
    max_connections: int
    #: Of settings that a durable commit needs, those that are off.
    careless: tuple[str, ...]


async def get_server_facts(connection: asyncpg.Connection) -> ServerFacts:
    """Facts that any role may read."""
    row = await connection.fetchrow(
        "SELECT current_setting('server_version_num')::int / 10000 AS version, clock_timestamp() AS now,"
        " current_setting('max_connections')::int AS max_connections,"
        " ARRAY(SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')"
        " AND setting = 'off' ORDER BY name) AS careless"
    )
    return ServerFacts(row["version"], row["now"], row["max_connections"], tuple(row["careless"]))
