"""The Celery application, as the doorbell's publisher and the worker share it: the wire's settings, and the two tasks.

Celery carries no truth: a message says "look in this county", and whoever looks finds the truth in the database. So a
lost message costs seconds until the sweep, a doubled one finds nothing to do, and no result is ever read.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit, urlunsplit

from celery import Celery

#: Run one due job of a county.
RUN_JOB = "jobs.run"
#: Beat one pulse, in one county or in all.
BEAT_PULSE = "pulse.beat"
JOBS_QUEUE = "jobs"
PULSE_QUEUE = "pulse"


def kombu_url(broker_url: str) -> str:
    """The broker's address as kombu writes it. It has a scheme of its own for sockets and an extra one for Valkey."""
    parts = urlsplit(broker_url)
    if parts.scheme == "unix":
        user = f"{parts.username or ''}:{parts.password}@" if parts.password else ""
        number = parse_qs(parts.query).get("db", ["0"])[0]
        return f"redis+socket://{user}{parts.path}?virtual_host={number}"
    scheme = {"valkey": "redis", "valkeys": "rediss"}.get(parts.scheme, parts.scheme)
    return urlunsplit(parts._replace(scheme=scheme))


def make_celery(broker_url: str) -> Celery:
    """An application for this broker. Worker and scheduler settings are added in `jobs.app`."""
    app = Celery("jiceng", broker=kombu_url(broker_url), set_as_current=False)
    app.conf.update(
        # Nothing that unpickles may come over a wire.
        task_serializer="json",
        accept_content=["json"],
        # Results are in the job's row, where policies guard them; a second copy in the broker would escape them.
        task_ignore_result=True,
        result_backend=None,
        # Two queues, so that what takes minutes never delays what takes milliseconds.
        task_routes={RUN_JOB: {"queue": JOBS_QUEUE}, BEAT_PULSE: {"queue": PULSE_QUEUE}},
        task_default_queue=JOBS_QUEUE,
        # Ring now or not at all: one quick reconnection for a broker that was restarted, then the sweep finds it.
        task_publish_retry=True,
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
        broker_transport_options={
            # Unacknowledged messages come back after this. Short, since coming back is harmless: the lease decides.
            "visibility_timeout": 600,
            "socket_connect_timeout": 2,
            # A half-open connection is noticed rather than waited on for ever.
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
        # Times in messages are only for expiry; the program's own are UTC as well.
        enable_utc=True,
        timezone="UTC",
    )
    return app
