"""One PostgreSQL cluster in a directory: made, started, stopped, and cleaned after a crash.

The postmaster is a direct child, so its end is seen at once. The wheel's own Python interface is not used: it starts
the server through `pg_ctl` with trust authentication, and opens every directory above the data to everybody.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from kit.embedded import process
from kit.embedded.layout import EmbeddedError, Layout, Secrets
from kit.embedded.programs import postgres_bin

SUPERUSER = "jiceng_super"
DATABASE = "jiceng"
ROLES_FILE = Path(__file__).with_name("roles.sql")

#: A shutdown writes out what is dirty; past this the server is told to drop everything and recover at next start.
_FAST_SHUTDOWN_SECONDS = 30.0
_IMMEDIATE_SHUTDOWN_SECONDS = 5.0


class Postgres:
    """A cluster's process. One object a directory at a time: the supervisor's lock sees to that."""

    name = "PostgreSQL"

    def __init__(self, layout: Layout, secrets: Secrets, *, quick: bool = False) -> None:
        """`quick` is for tests: small buffers and log segments; commits are as durable as ever."""
        self.layout = layout
        self._secrets = secrets
        self._quick = quick
        self._bin = postgres_bin(layout.account)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The postmaster's process number while it is our child."""
        return self._process.pid if self._process is not None else None

    # Life

    def prepare(self) -> None:
        """Make the cluster unless it is there, write its settings, and clear what a crash left."""
        directory = self.layout.postgres
        if not (directory / "PG_VERSION").exists():
            self._initialise(directory)
        self._refuse_other_version(directory)
        self._clear()
        self._write("jiceng.conf", self._settings())
        self._write("pg_hba.conf", "local all all scram-sha-256\n")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; `is_ready` tells when it answers. Clears the remains of a killed one first."""
        self._clear()
        with (self.layout.logs / "postgres.log").open("ab") as output:
            self._process = process.spawn(
                [str(self._bin / "postgres"), "-D", str(self.layout.postgres)],
                output=output,
                cwd=Path("/"),
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                account=self.layout.account,
                death_signal=signal.SIGINT,  # our own end is a fast shutdown to it
            )
        return self._process

    def is_ready(self) -> bool:
        """Whether this very postmaster accepts connections: the pid file says so, as pg_ctl reads it."""
        if self._process is None or self._process.poll() is not None:
            return False
        lines = self._pid_lines()
        return len(lines) >= 8 and lines[0].strip() == str(self._process.pid) and lines[7].strip() == "ready"

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Wait for readiness. Raises EmbeddedError with the end of the log when the server gave up."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start:\n{self.log_end()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Fast shutdown: open transactions roll back, everything committed is on disk."""
        child, self._process = self._process, None
        if child is None:
            return
        for number, seconds in (
            (signal.SIGINT, _FAST_SHUTDOWN_SECONDS),
            (signal.SIGQUIT, _IMMEDIATE_SHUTDOWN_SECONDS),
            (signal.SIGKILL, _IMMEDIATE_SHUTDOWN_SECONDS),
        ):
            if child.poll() is None:
                child.send_signal(number)
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
            break
        self._clear()

    # What was left behind

    def _clear(self) -> None:
        """End every process that still has this cluster open and remove the marks of a dead postmaster.

        A postmaster killed with -9 leaves its children, and they hold its shared memory: a new one refuses to start
        beside them ("pre-existing shared memory block is still in use"), and one that could would corrupt the data.
        Its pid file may name a process number that something else has by now, which reads as "already running".
        So: first nobody is left in the directory, only then are the marks removed.
        """
        if self._process is not None and self._process.poll() is None:
            return
        left = self.left_behind()
        postmaster = [pid for pid in left if self._pid_lines()[:1] == [str(pid)]]
        if postmaster:  # an earlier supervisor's, being shut down already or about to be
            process.send(postmaster, signal.SIGINT)
            process.wait_gone(postmaster, _FAST_SHUTDOWN_SECONDS)
            left = self.left_behind()
        process.send(left, signal.SIGKILL)
        if not process.wait_gone(left, _IMMEDIATE_SHUTDOWN_SECONDS):
            raise EmbeddedError(f"processes of an earlier PostgreSQL don't end: {left}")
        (self.layout.postgres / "postmaster.pid").unlink(missing_ok=True)
        for mark in self.layout.run.glob(".s.PGSQL.*"):
            mark.unlink(missing_ok=True)

    def left_behind(self) -> list[int]:
        """The processes that have this cluster open, whoever started them."""
        return process.processes_at((self._bin / "postgres").resolve(), self.layout.postgres)

    def _pid_lines(self) -> list[str]:
        try:
            return (self.layout.postgres / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    # Making it

    def _initialise(self, directory: Path) -> None:
        """initdb beside the place and rename, so that a crash leaves a whole cluster or none."""
        beside = directory.with_name("postgres.new")
        if beside.exists():
            shutil.rmtree(beside)
        beside.mkdir(mode=0o700)
        self.layout.give(beside)
        words = self.layout.run / "first-password"
        words.write_text(self._secrets.superuser)
        words.chmod(0o600)
        self.layout.give(words)
        try:
            self._run(
                "initdb",
                *("-D", str(beside), "-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256", f"--pwfile={words}"),
                # The wheel is built without ICU, and a bare machine has no Chinese locale: order is by code point.
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *(("--wal-segsize=1", "--no-sync") if self._quick else ()),
            )
        finally:
            words.unlink()
        with (beside / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'jiceng.conf'\n")
        beside.rename(directory)

    def _refuse_other_version(self, directory: Path) -> None:
        found = (directory / "PG_VERSION").read_text().strip()
        ours = self._run("postgres", "--version").split()[-1]
        if found != ours.split(".")[0]:
            raise EmbeddedError(
                f"{directory} was written by PostgreSQL {found} and this is {ours}: "
                "start the release that wrote it, dump it with pg_dump as jiceng_backup, and restore that into a new "
                "directory"
            )

    def create_roles(self) -> None:
        """Make the database and its roles, or put them right. The server must be ready."""
        self._run(
            *("psql", "-X", "-q", "-d", self.url("superuser", database="postgres", driver="postgresql")),
            *("-f", str(ROLES_FILE)),
            env={
                "JICENG_OWNER_PASSWORD": self._secrets.owner,
                "JICENG_APP_PASSWORD": self._secrets.app,
                "JICENG_BACKUP_PASSWORD": self._secrets.backup,
            },
            account=False,
        )

    def ask(self, role: str, question: str, *, database: str = DATABASE) -> str:
        """The answer to one statement, as psql prints it bare."""
        url = self.url(role, database=database, driver="postgresql")
        return self._run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", question, account=False
        )

    def take_stock(self) -> None:
        """Have the planner know what was written in bulk, as the database does by itself within a minute.

        A table without rows is left as it is: counted, it would be thought to stay empty, and be read through.
        """
        filled = "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
        filled += " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
        if tables := self.ask("superuser", filled).strip():
            self.ask("superuser", f"VACUUM ANALYZE {tables}")

    def drop_database(self) -> None:
        """Throw the database away, whoever is connected; `create_roles` makes an empty one."""
        self.ask("superuser", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", database="postgres")

    def url(self, role: str, *, database: str = DATABASE, driver: str = "postgresql+asyncpg") -> str:
        """The address for `superuser`, `owner`, `app` or `backup`. With `driver="postgresql"` for libpq's programs."""
        user, password = {
            "superuser": (SUPERUSER, self._secrets.superuser),
            "owner": ("jiceng_owner", self._secrets.owner),
            "app": ("jiceng_app", self._secrets.app),
            "backup": ("jiceng_backup", self._secrets.backup),
        }[role]
        return f"{driver}://{user}:{password}@/{database}?host={quote(str(self.layout.run), safe='/')}"

    def program(self, name: str) -> Path:
        """One of PostgreSQL's programs, as pg_dump."""
        return self._bin / name

    def _settings(self) -> str:
        buffers = 32 if self._quick else _quarter_of_memory()
        return f"""\
# Written at every start; lasting changes go to postgresql.auto.conf by ALTER SYSTEM.
listen_addresses = ''
unix_socket_directories = '{self.layout.run}'
unix_socket_permissions = 0700
max_connections = 100
cluster_name = 'jiceng'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'

# An acknowledged report is on disk.
fsync = on
synchronous_commit = on
full_page_writes = on

shared_buffers = '{buffers}MB'
max_wal_size = '{"128MB" if self._quick else "2GB"}'
checkpoint_timeout = '15min'
wal_compression = 'pglz'
random_page_cost = 1.1
# Queries are short: compiling them costs more than it saves.
jit = off

# The passwords are 192 random bits; stretching them would only slow each connection down.
password_encryption = 'scram-sha-256'
scram_iterations = 64

{self._logging()}
"""

    def _logging(self) -> str:
        if self._quick:
            return "logging_collector = off\nlog_checkpoints = off"
        return f"""\
logging_collector = on
log_destination = 'jsonlog'
log_directory = '{self.layout.postgres_logs}'
log_filename = 'postgres-%a'
log_rotation_age = '1d'
log_truncate_on_rotation = on
log_min_duration_statement = '2s'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_lock_waits = on"""

    def _write(self, name: str, text: str) -> None:
        path = self.layout.postgres / name
        path.write_text(text)
        self.layout.give(path)

    def _run(self, program: str, *arguments: str, env: Mapping[str, str] | None = None, account: bool = True) -> str:
        who = self.layout.account if account else None
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC", **(env or {})},
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
        )
        if done.returncode != 0:
            raise EmbeddedError(f"{program} failed:\n{done.stderr[-4000:]}")
        return done.stdout

    def log_end(self) -> str:
        logs = sorted(
            (self.layout.logs / "postgres.log", *self.layout.postgres_logs.glob("*.json")),
            key=lambda path: path.stat().st_mtime,
        )
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in logs[-2:])


def _quarter_of_memory() -> int:
    """Megabytes of shared buffers: a quarter of the machine, from 128 MB to 2 GB."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return max(128, min(2048, total // 4))
