"""Where the embedded servers keep their things, and their passwords.

    DIR/secrets.json   passwords and the data key, mode 0600; without it the data is unreadable
    DIR/logs/          one file a process
    DIR/files/         stored files
    HOME/postgres/     the database cluster
    HOME/postgres-logs/  its log, a file a weekday
    HOME/run/          sockets
    HOME/valkey/       Valkey's working directory (nothing is kept in it)

HOME is DIR, except where PostgreSQL must run under an account that can't reach DIR: it refuses root, and root's own
directories are closed to others. Then HOME lies under /var/lib/jiceng; nobody's permissions are widened.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import pwd
import secrets
import stat
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kit.embedded.process import Account

ACCOUNT = "jiceng_pg"
SHARED_HOME = Path("/var/lib/jiceng")
#: sun_path holds 108 bytes with its end mark; the longest name in the directory is PostgreSQL's lock of its socket.
_LONGEST_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock")


class EmbeddedError(Exception):
    """The embedded servers can't be had here; the message says what to do."""


class InUse(EmbeddedError):
    """Another process holds the directory: its servers run, or are about to."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made once, at random, and kept in `secrets.json`. `data_key` encrypts personal columns."""

    superuser: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)
    backup: str = field(repr=False)
    broker: str = field(repr=False)
    data_key: str = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Secrets:
        """Read the file, or make it: written beside and renamed, so that a crash leaves a whole one or none."""
        if path.exists():
            return cls(**json.loads(path.read_text()))
        made = cls(
            **{name: secrets.token_hex(24) for name in ("superuser", "owner", "app", "backup", "broker")},
            data_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        )
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(made), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.rename(path)
        return made


@dataclass(frozen=True, slots=True)
class Layout:
    """The directories of one installation, made and owned as they must be."""

    data: Path
    home: Path
    run: Path
    account: Account | None

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def postgres_logs(self) -> Path:
        return self.home / "postgres-logs"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def secrets_file(self) -> Path:
        return self.data / "secrets.json"

    @classmethod
    def at(cls, data: Path, *, scratch: bool = False) -> Layout:
        """Make the directories. A scratch installation that must lie elsewhere goes to the temporary directory."""
        data = data.resolve()
        data.mkdir(parents=True, exist_ok=True)
        account = _service_account() if os.geteuid() == 0 else None
        mark = hashlib.sha256(str(data).encode()).hexdigest()[:10]
        home = data
        if account is not None and not reachable(data, account):
            base = Path(tempfile.gettempdir()) if scratch else SHARED_HOME
            home = base / f"jiceng-{mark}"
        run = home / "run"
        if len(os.fsencode(run)) > _LONGEST_DIRECTORY:
            run = Path(tempfile.gettempdir()) / f"jiceng-run-{mark}"
        layout = cls(data, home, run, account)
        layout._make()
        return layout

    def _make(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.logs.chmod(0o700)
        self.valkey.mkdir(mode=0o700, exist_ok=True)
        self.run.mkdir(mode=0o700, exist_ok=True)
        # A directory in the shared temporary directory may have been put there by somebody else.
        owners = {os.geteuid()} | ({self.account.uid} if self.account else set())
        found = self.run.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedError(f"{self.run} belongs to somebody else; remove it or choose another --data")
        self.give(self.run)
        self.postgres_logs.mkdir(mode=0o700, exist_ok=True)
        self.give(self.postgres_logs)

    def give(self, path: Path) -> None:
        """Hand a path to the account the servers run as."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


def reachable(path: Path, account: Account) -> bool:
    """Whether an account may walk to a directory and through it."""
    return all(_passable(step, account) for step in (path, *path.parents))


def _passable(path: Path, account: Account) -> bool:
    found = path.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _service_account() -> Account:
    """The account PostgreSQL runs as when we are root; made at first need."""
    for attempt in range(20):
        try:
            entry = pwd.getpwnam(ACCOUNT)
        except KeyError:
            if attempt:  # somebody else holds the lock of the password file
                time.sleep(0.1)
            _add_account()
        else:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL refuses to run as root and the account {ACCOUNT} could not be made; "
        f"run `useradd --system {ACCOUNT}` first, or start jiceng as an ordinary user"
    )


def _add_account() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        return
