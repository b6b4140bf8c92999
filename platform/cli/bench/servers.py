"""Servers for a measurement: PostgreSQL as in earnest, with its statistics of statements, and web processes on it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.bench.wire import BadAnswer
from cli.health import answers
from kit.embedded import Cluster, EmbeddedError
from kit.embedded.process import die_with_parent
from migrations import runner

_PATIENCE = 60.0


@contextmanager
def servers() -> Iterator[Cluster]:
    """A migrated database and a broker in a scratch directory; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="jiceng-bench-") as scratch:
        Path(scratch).chmod(0o755)
        cluster = Cluster(Path(scratch) / "data")
        try:
            cluster.start()
            _count_statements(cluster)
            asyncio.run(runner.upgrade(migration_url=cluster.migration_url, database_url=cluster.database_url))
            _refuse_unsafe(cluster)
            yield cluster
        finally:
            cluster.discard()


def _count_statements(cluster: Cluster) -> None:
    postgres = cluster.postgres
    postgres.ask("superuser", "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
    postgres.stop()
    postgres.start()
    postgres.wait_ready()
    postgres.ask("superuser", "CREATE EXTENSION pg_stat_statements")


def _refuse_unsafe(cluster: Cluster) -> None:
    """A figure without durable commits would flatter."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if cluster.postgres.ask("app", f"SHOW {setting}").strip() != "on":
            raise EmbeddedError(f"{setting} is not on")


def forget_statements(cluster: Cluster) -> None:
    cluster.postgres.ask("superuser", "SELECT pg_stat_statements_reset()")


def statements(cluster: Cluster) -> list[tuple[int, float, str]]:
    """(calls, milliseconds in all, beginning of the text) of what the runtime role executed, busiest first."""
    told = cluster.postgres.ask(
        "superuser",
        "SELECT calls, round(total_exec_time::numeric, 1), left(regexp_replace(query, '\\s+', ' ', 'g'), 90)"
        " FROM pg_stat_statements WHERE userid = 'jiceng_app'::regrole ORDER BY total_exec_time DESC",
    )
    found = []
    for line in told.splitlines():
        calls, milliseconds, query = line.split("|", 2)
        found.append((int(calls), float(milliseconds), query))
    return found


@dataclass(frozen=True, slots=True)
class Served:
    """A web process that answers."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Seconds of processor time that processes have used."""

    web: float
    database: float

    def since(self, before: Busy) -> Busy:
        return Busy(self.web - before.web, self.database - before.database)


def busy(cluster: Cluster, served: Served) -> Busy:
    """What a web and the database have used, their children too."""
    postmaster = cluster.postgres.pid
    return Busy(_used(served.pid), _used(postmaster) if postmaster is not None else 0.0)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _used(pid: int) -> float:
    """Of a process, its living children, and those it has waited for."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_used(child) for child in _children(pid))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def program(cluster: Cluster, module: str, *arguments: str, env: Mapping[str, str], health: str) -> Iterator[Served]:
    """A web process of ours on a free port."""
    port = free_port()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
    root = str(Path(__file__).resolve().parents[2])
    log = cluster.layout.logs / f"bench-{port}.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**plain, "PYTHONPATH": root, **env},
            preexec_fn=die_with_parent,
        )
        try:
            _wait(child, port, health, log)
            yield Served(port, child.pid)
        except BadAnswer as problem:
            raise BadAnswer(f"{problem}\n{log.read_text(errors='replace')[-3000:]}") from problem
        finally:
            child.terminate()
            child.wait(_PATIENCE)


def _wait(child: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not answers("127.0.0.1", port, path):
        if child.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"the web did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)


@contextmanager
def web(cluster: Cluster, *, processes: int) -> Iterator[Served]:
    """`jiceng web` as it is deployed."""
    env = {**cluster.environment(), "JICENG_WEB_PROCESSES": str(processes), "JICENG_LOG_LEVEL": "WARNING"}
    del env["JICENG_MIGRATION_URL"]
    with program(cluster, "cli.main", "web", env=env, health="/readyz") as served:
        yield served
