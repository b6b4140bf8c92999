"""The Celery application: `celery --app jobs.app worker | beat`, as `jiceng worker` and `jiceng beat` start it."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from celery import signals

from jobs import process, work
from kit import logs
from kit.embedded.notify import tell_ready
from kit.embedded.process import die_with_parent
from kit.jobs.broker import BEAT_PULSE, PULSE_QUEUE, RUN_JOB, make_celery
from kit.jobs.registry import PULSES
from kit.rolecheck import UnsafeRole, check_runtime_role_now
from kit.settings import SettingsError, settings

assert work.DECLARING

_settings = settings()
if _settings.broker_url is None:
    raise SettingsError("JICENG_BROKER_URL is not set: worker and scheduler meet there")

app = make_celery(_settings.broker_url)
app.conf.update(
    # Acknowledged when done, so that a killed worker's message is not gone with it. The lease makes the second
    # delivery harmless, and the sweep doesn't wait for it.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # A message taken in advance would wait behind a job of minutes while another worker idles.
    worker_prefetch_multiplier=1,
    # The last resort for a process that hangs outside Python's reach; a job's own limit is shorter and has words.
    task_time_limit=3600,
    # Memory that a large workbook took goes back to the system. In kilobytes.
    worker_max_memory_per_child=400_000,
    # The broker comes and goes; a worker that gave up would have to be found and started again.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # A message lost with its connection is the sweep's business: no job is cancelled for the broker's sake.
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # One format for all logs, see kit.logs.
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    # No remote control and no events: the broker's password would be the right to stop workers.
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    # A beat that nobody heard in time is dropped rather than piled up; the next one does the same.
    beat_schedule={
        name: {
            "task": BEAT_PULSE,
            "schedule": pulse.every,
            "args": (name,),
            "options": {"queue": PULSE_QUEUE, "expires": max(pulse.every, 10.0)},
        }
        for name, pulse in PULSES.items()
    },
    beat_max_loop_interval=5,
)


@app.task(name=RUN_JOB)
def run_job(county_id: str) -> None:
    process.run_job(UUID(county_id))


@app.task(name=BEAT_PULSE)
def beat_pulse(name: str, county_id: str | None = None) -> None:
    process.beat_pulse(name, UUID(county_id) if county_id else None)


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.configure(_settings.log_level)


@signals.worker_init.connect
def _refuse_unsafe_role(**_: Any) -> None:
    try:
        check_runtime_role_now(_settings.database_url)
    except UnsafeRole as problem:
        sys.exit(str(problem))


@signals.worker_process_init.connect
def _begin(**_: Any) -> None:
    die_with_parent()  # a killed parent's children would go on with jobs and hold their connections
    process.begin(_settings)


@signals.worker_process_shutdown.connect
def _end(**_: Any) -> None:
    process.end()


@signals.worker_ready.connect
def _worker_is_ready(**_: Any) -> None:
    tell_ready()


@signals.beat_init.connect
def _beat_is_ready(**_: Any) -> None:
    tell_ready()
