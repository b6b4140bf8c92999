"""One process each, for deployments that supervise them themselves. Everything comes from `JICENG_*`."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from kit import logs
from kit.embedded.process import die_with_parent
from kit.rolecheck import UnsafeRole, check_runtime_role_now
from kit.settings import Settings, SettingsError, settings
from migrations import runner

#: The assembly is named, not imported: `web`, `jobs` and `cli` know nothing of each other.
WEB_APPLICATION = "web.app:create_app"
CELERY_APPLICATION = "jobs.app"
#: Seconds that running requests, open event streams among them, are left when the web is asked to end.
WEB_GRACE = 5


def _settings() -> Settings:
    try:
        return settings()
    except (SettingsError, ValueError) as problem:
        raise click.ClickException(str(problem)) from problem


def _refuse_unsafe_role(used: Settings) -> None:
    try:
        check_runtime_role_now(used.database_url)
    except UnsafeRole as problem:
        raise click.ClickException(str(problem)) from problem


@click.command()
@click.option("--host", help="Address to listen on; JICENG_HOST by default.")
@click.option("--port", type=int, help="Port to listen on; JICENG_PORT by default.")
def web(host: str | None, port: int | None) -> None:
    """Serve HTTP."""
    used = _settings()
    logs.configure(used.log_level)
    _refuse_unsafe_role(used)
    server = Granian(
        WEB_APPLICATION,
        address=host or used.host,
        port=port or used.port,
        interface=Interfaces.ASGI,
        # The gateway speaks HTTP/2 to browsers if it likes; nothing here upgrades.
        http=HTTPModes.http1,
        websockets=False,
        loop=Loops.uvloop,
        workers=used.web_processes,
        # An event stream occupies a place for as long as its page is open, so there must be many.
        backlog=4096,
        backpressure=4096,
        respawn_failed_workers=True,
        workers_kill_timeout=WEB_GRACE,
        log_level=LogLevels(used.log_level.lower()),
        log_dictconfig=logs.logging_config(used.log_level),
    )
    server.serve(target_loader=_load_application, wrap_loader=False)


def _load_application() -> Callable[..., Any]:
    """Runs in each web process, after the fork."""
    die_with_parent()  # a killed parent must not leave processes that hold the port
    logs.configure(_settings().log_level)
    module, _, attribute = WEB_APPLICATION.partition(":")
    application: Callable[..., Any] = getattr(import_module(module), attribute)()
    # The program's own 300,000 objects live as long as the process. Looked through by each full collection they held
    # up whatever was under way for 150 ms.
    gc.collect()
    gc.freeze()
    return application


@click.command()
@click.option(
    "--queues",
    default="pulse,jobs",
    show_default=True,
    help="`jobs`: what people wait for, minutes long. `pulse`: relay, folds, seals, sweeps, all short. "
    "Give each a process of its own where long jobs must not delay messages.",
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True)
def worker(queues: str, concurrency: int) -> None:
    """Work through jobs and the outbox."""
    _settings()
    _become_celery(
        "worker",
        *("--queues", queues, "--concurrency", str(concurrency)),
        # Two on one machine need two names.
        *("--hostname", f"{queues.replace(',', '-')}-{os.getpid()}@%h"),
        *("--without-gossip", "--without-mingle"),
    )


@click.command()
def beat() -> None:
    """Ring for what is due every few seconds. Several may run: what they ring for is done once."""
    _settings()
    _become_celery("beat", "--scheduler", "celery.beat:Scheduler")


def _become_celery(*arguments: str) -> NoReturn:
    """Replace this process, so that whoever supervises it signals Celery itself. It checks its role when it starts."""
    os.execv(sys.executable, [sys.executable, "-m", "celery", "--quiet", "--app", CELERY_APPLICATION, *arguments])


@click.command()
def migrate() -> None:
    """Bring the database to this release's schema, as the owner of the tables."""
    used = _settings()
    if used.migration_url is None:
        raise click.ClickException("JICENG_MIGRATION_URL is not set: migrations run as the owner of the tables")
    asyncio.run(runner.upgrade(migration_url=used.migration_url, database_url=used.database_url))
    click.echo("The schema is up to date.")
