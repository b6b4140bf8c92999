"""The floor: the rows that a submit writes, by raw asyncpg in a bare handler under the same web server.

No session, no policy, no form, no checks: one statement of the superuser's, as durable as any. Also serves bytes that
one indexed read finds, the floor of a page. Run as a program by `servers.program`.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import click
import orjson
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from kit.embedded.process import die_with_parent
from kit.ids import new_id

#: Where the program finds what it writes for whom.
FACTS = "BENCH_FLOOR_FACTS"
#: As many connections as a web process of ours has.
POOL = 8

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_WRITE = """
WITH s AS (UPDATE submission SET state = 'submitted', version = 2, revision_no = $26, live_revision_id = $3,
               first_submitted_at = $4, submitted_at = $4, late = false, warnings = 0, outliers = 0
           WHERE county_id = $1 AND id = $2),
     r AS (INSERT INTO revision (county_id, id, submission_id, no, cells, rows, reasons, zeroed, zero_report, partials,
               missing_reason, submitted_at, submitted_by, submitter_name, place)
           VALUES ($1, $3, $2, $26, $5, '{}', '{}', '[]', false, $6, '', $4, $7, $8, $9)),
     h AS (INSERT INTO transition_entry (county_id, id, subject_kind, subject_id, version, action, from_state, to_state,
               reason, detail, account_id, actor_name, unit_id, at, place)
           VALUES ($1, $10, 'submission', $2, 2, 'submit', 'not_started', 'submitted', '',
               '{"late": false, "revision": 1}', $7, $8, $11, $4, $9)),
     a AS (INSERT INTO audit_entry (county_id, id, at, account_id, membership_id, unit_id, action, subject_kind,
               subject_id, result, detail, address, place)
           VALUES ($1, $12, $4, $7, $7, $11, 'submission.submit', 'submission', $2, 'ok', '{}', '127.0.0.1', $13)),
     m AS (INSERT INTO rollup_mark (county_id, id, cycle_id, unit_id, lvl, place)
           VALUES ($1, $14, $15, $16, 1, $17)),
     i AS (INSERT INTO inbox_item (county_id, id, recipient_unit_id, role, topic, subject_kind, subject_id,
               subject_version, closed, facts, due_at, created_at, place)
           VALUES ($1, $18, $11, 'reporter', 'fill', 'submission', $2, 2, true, '{}', NULL, $4, ARRAY[$11::uuid]),
                  ($1, $19, $16, 'reviewer', 'review', 'submission', $2, 2, false, $20, NULL, $4, ARRAY[$16::uuid])),
     o AS (INSERT INTO outbox (county_id, id, topic, payload, recipients, created_at, place)
           VALUES ($1, $21, 'inbox', $22, ARRAY[$11::uuid, $16::uuid], $4, $13)),
     k AS (INSERT INTO idempotency_key (county_id, id, account_id, membership_id, key, request_hash, status, outcome,
               created_at)
           VALUES ($1, $23, $7, $7, $24, $25, 200, '{}', $4)),
     d AS (DELETE FROM draft WHERE county_id = $1 AND id = $2)
SELECT 1
"""
_FACTS = orjson.dumps(
    {"form": "六十项测速表", "form_code": "sixty", "period": "2026-06", "unit": "第1镇第1村", "warnings": 0}
).decode()


class Floor:
    """The application. `facts` name the county, and for each submission whose it is."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._dsn: str = facts["dsn"]
        self._county = UUID(facts["county_id"])
        self._county_unit = UUID(facts["county_unit_id"])
        self._cycle = UUID(facts["cycle_id"])
        self._partials: str = facts["partials"]
        self._places: dict[str, list[UUID]] = {
            submission: [UUID(unit) for unit in place] for submission, place in facts["places"].items()
        }
        self._pool: asyncpg.Pool | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        _, what, name = scope["path"].split("/", 2)
        if what == "submit":
            body = await self._submit(name, await _body(receive))
        elif what == "page":
            body = await self._page(int(name))
        else:
            body = b"ok"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._pool = await asyncpg.create_pool(self._dsn, min_size=POOL, max_size=POOL)
                await send({"type": "lifespan.startup.complete"})
            else:
                assert self._pool is not None
                await self._pool.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _submit(self, name: str, body: bytes) -> bytes:
        submission, number = name.split("/")
        cells = orjson.dumps(orjson.loads(body)["cells"]).decode()
        place = self._places[submission]
        unit, parent = place[0], place[1]
        now = datetime.now(UTC)
        county_place = [self._county_unit]
        submission_id = UUID(submission)
        payload = orjson.dumps({"subject_kind": "submission", "subject_id": submission}).decode()
        assert self._pool is not None
        async with self._pool.acquire() as connection:
            await connection.fetchval(
                _WRITE,
                *(self._county, submission_id, new_id(), now, cells, self._partials, unit, "第1镇第1村", place),
                *(new_id(), unit, new_id(), county_place, new_id(), self._cycle, parent, place[1:]),
                *(new_id(), new_id(), _FACTS, new_id(), payload, new_id(), name, "0" * 64, int(number)),
            )
        return orjson.dumps({"id": submission, "state": "submitted", "version": 2, "revision_no": 1})

    async def _page(self, number: int) -> bytes:
        assert self._pool is not None
        async with self._pool.acquire() as connection:
            body: bytes = await connection.fetchval("SELECT body FROM bench.page WHERE id = $1", number)
        return body


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _load_application() -> Callable[..., Any]:
    die_with_parent()
    return Floor(orjson.loads(Path(os.environ[FACTS]).read_bytes()))


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--processes", type=int, default=1)
def main(port: int, processes: int) -> None:
    """Serve the floor as `jiceng web` serves the platform."""
    Granian(
        "cli.bench.floor:Floor",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        loop=Loops.uvloop,
        workers=processes,
        backlog=4096,
        backpressure=4096,
        log_level=LogLevels.warning,
    ).serve(target_loader=_load_application, wrap_loader=False)


if __name__ == "__main__":
    main()
