"""Ringing for work once it is committed, without ever making a request wait.

A ring is a hint. It is remembered in the session, handed to a thread when the transaction has committed, and sent from
there; a ring after a quiet time goes out at once, and under load many rings for the same bell and county become one
message. With the broker down the ring is dropped: the request has long been answered, and the sweep finds the work.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from uuid import UUID

import structlog
from celery import Celery
from kombu.exceptions import KombuError
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from kit.db.session import TenantSession, identity_of
from kit.jobs.broker import BEAT_PULSE, RUN_JOB, make_celery

log = structlog.get_logger(__name__)

Bell = tuple[str, UUID]
JOBS_BELL = "jobs"
#: The bell of the outbox's relay.
RELAY_BELL = "outbox.relay"
_PENDING = "bells"
#: Rings within this many seconds become one message.
_GATHER_SECONDS = 0.02
#: After sending, so many seconds pass before the next: a message costs a busy process more than ringing later costs
#: anybody. (Seen: at 450 submits a second, an eighth of the web processes' time went into messages.)
_REST_SECONDS = 0.2
_LOUD_EVERY_SECONDS = 60.0


class Doorbell:
    """The thread that sends. Made once a process by `connect`; a forked child makes its own."""

    def __init__(self, publish: Callable[[Bell], None]) -> None:
        self._publish = publish
        self._waiting: set[Bell] = set()
        self._something = threading.Condition()
        self._thread: threading.Thread | None = None
        self._quiet_until = 0.0

    def ring(self, bells: set[Bell]) -> None:
        """Hand over bells; returns at once."""
        with self._something:
            self._waiting |= bells
            if self._thread is None:
                # A daemon: the process may end with bells unrung, since the sweep finds their work.
                self._thread = threading.Thread(target=self._send, name="doorbell", daemon=True)
                self._thread.start()
            self._something.notify()

    def _send(self) -> None:
        while True:
            with self._something:
                self._something.wait_for(lambda: self._waiting)
            time.sleep(_GATHER_SECONDS)
            with self._something:
                bells, self._waiting = self._waiting, set()
            try:
                for bell in sorted(bells):
                    self._publish(bell)
            except (KombuError, OSError) as problem:
                if time.monotonic() >= self._quiet_until:
                    self._quiet_until = time.monotonic() + _LOUD_EVERY_SECONDS
                    log.warning("doorbell.broker_down", problem=str(problem), dropped=len(bells))
            time.sleep(_REST_SECONDS)


_doorbell: Doorbell | None = None


def connect(broker_url: str | None) -> None:
    """Ring at this broker from now on; with None, not at all."""
    global _doorbell
    _doorbell = None if broker_url is None else Doorbell(_celery_publisher(make_celery(broker_url)))


def use(publish: Callable[[Bell], None] | None) -> None:
    """Ring through a function: for tests."""
    global _doorbell
    _doorbell = None if publish is None else Doorbell(publish)


def _celery_publisher(app: Celery) -> Callable[[Bell], None]:
    def publish(bell: Bell) -> None:
        name, county_id = bell
        if name == JOBS_BELL:
            app.send_task(RUN_JOB, args=(str(county_id),))
        else:
            app.send_task(BEAT_PULSE, args=(name, str(county_id)))

    return publish


def _after_fork() -> None:
    """A forked child has its parent's doorbell but not the thread."""
    if _doorbell is not None:
        connect_again = _doorbell._publish
        use(connect_again)


os.register_at_fork(after_in_child=_after_fork)


def ring(bells: set[Bell]) -> None:
    """Ring now, outside any transaction."""
    if _doorbell is not None and bells:
        _doorbell.ring(bells)


def ring_after_commit(session: AsyncSession, bell: str) -> None:
    """Ring `jobs`, or a pulse by its name, in the session's county, when its transaction has committed."""
    pending: set[Bell] = session.sync_session.info.setdefault(_PENDING, set())
    pending.add((bell, identity_of(session).county_id))


@event.listens_for(TenantSession, "after_commit")
def _committed(session: Session) -> None:
    # Also sent when a savepoint is released, which commits nothing yet.
    if not session.in_nested_transaction():
        ring(session.info.pop(_PENDING, set()))


@event.listens_for(TenantSession, "after_soft_rollback")
def _rolled_back(session: Session, previous: SessionTransaction) -> None:
    if previous.parent is None:
        session.info.pop(_PENDING, None)
