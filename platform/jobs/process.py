"""What lives as long as a worker process: one event loop, the database's pool and the broker's client on it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError

from kit import outbox
from kit.db.session import Database, make_engine
from kit.jobs import doorbell, runner
from kit.jobs.registry import PULSES
from kit.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Process:
    #: One for the whole life: connections belong to the loop that opened them.
    loop: asyncio.Runner
    database: Database


_process: _Process | None = None


def begin(used: Settings) -> None:
    """After the fork, before the first message. A job needs one connection, its heartbeat another."""
    global _process
    _process = _Process(asyncio.Runner(), Database(make_engine(replace(used, pool_size=3))))
    doorbell.connect(used.broker_url)
    outbox.connect(used.broker_url)


def end() -> None:
    global _process
    if _process is not None:
        _process.loop.run(outbox.close())
        _process.loop.run(_process.database.close())
        _process.loop.close()
        _process = None


def _here() -> _Process:
    if _process is None:
        raise RuntimeError("the worker process has not begun")
    return _process


def run_job(county_id: UUID) -> None:
    """Run one due job of a county. No county is assumed: the message names it."""
    here = _here()
    _run(lambda: runner.run_one(here.database, county_id))


def beat_pulse(name: str, county_id: UUID | None) -> None:
    """Beat a pulse in one county, or in all of them."""
    here = _here()
    _run(lambda: _beat(here.database, name, county_id))


def _run(work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Run on the process's loop; once more when a pooled connection turns out to be a restarted server's.

    The first such fault empties the pool. Both kinds of work may be begun again: a claimed job keeps its lease, and
    the second try takes another.
    """
    here = _here()
    try:
        try:
            here.loop.run(_until_terminated(work()))
        except DBAPIError as fault:
            if not fault.connection_invalidated:
                raise
            here.loop.run(_until_terminated(work()))
    except asyncio.CancelledError:
        log.info("worker.work_given_back")


async def _until_terminated(work: Coroutine[Any, Any, Any]) -> None:
    """Work that SIGTERM cancels: a job is given back for another worker, a pulse's transaction rolls back.

    The handler that the pool put there is restored afterwards: an idle process is its parent's to end.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    pools_own = signal.getsignal(signal.SIGTERM)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        await work
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, pools_own)


async def _beat(database: Database, name: str, county_id: UUID | None) -> None:
    pulse = PULSES[name]
    if county_id is None:
        await runner.beat_everywhere(database, pulse)
        return
    county = await runner.find_county(database, county_id)
    if county is not None:
        await runner.beat_in(database, pulse, county)
