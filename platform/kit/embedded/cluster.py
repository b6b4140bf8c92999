"""PostgreSQL and Valkey together, as tests and the supervisor use them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.embedded.layout import InUse, Layout, Secrets
from kit.embedded.postgres import ROLES_FILE, Postgres
from kit.embedded.valkey import Valkey


class Cluster:
    """Both servers in one directory. `start` returns when both answer and the roles are there."""

    def __init__(self, data: Path, *, scratch: bool = False) -> None:
        self.layout = Layout.at(data, scratch=scratch)
        self.secrets = Secrets.load(self.layout.secrets_file)
        self.postgres = Postgres(self.layout, self.secrets, quick=scratch)
        self.valkey = Valkey(self.layout, self.secrets)

    @property
    def database_url(self) -> str:
        """For the runtime role."""
        return self.postgres.url("app")

    @property
    def migration_url(self) -> str:
        """For the owner of the tables."""
        return self.postgres.url("owner")

    @property
    def backup_url(self) -> str:
        """For the role that reads everything, in libpq's form."""
        return self.postgres.url("backup", driver="postgresql")

    @property
    def superuser_url(self) -> str:
        """For setting up tests; no part of the program signs in with it."""
        return self.postgres.url("superuser", database="postgres")

    @property
    def broker_url(self) -> str:
        return self.valkey.url

    def environment(self) -> dict[str, str]:
        """What `kit.settings` reads. A process that serves requests gets it without JICENG_MIGRATION_URL."""
        return {
            "JICENG_DATABASE_URL": self.database_url,
            "JICENG_MIGRATION_URL": self.migration_url,
            "JICENG_BROKER_URL": self.broker_url,
            "JICENG_DATA_KEY": self.secrets.data_key,
            "JICENG_DATA_DIR": str(self.layout.data),
        }

    def start(self, *, valkey: bool = True) -> None:
        self.postgres.prepare()
        self.postgres.start()
        if valkey:
            self.valkey.prepare()
            self.valkey.start()
        self.postgres.wait_ready()
        self.ensure_roles()
        if valkey:
            self.valkey.wait_ready()

    def ensure_roles(self) -> None:
        """Run roles.sql unless this very text was run here before."""
        mark = self.layout.home / "roles.done"
        wanted = hashlib.sha256(ROLES_FILE.read_bytes()).hexdigest()
        if not mark.exists() or mark.read_text() != wanted:
            self.postgres.create_roles()
            mark.write_text(wanted)

    def stop(self) -> None:
        """Valkey first: nothing in it is kept. Then the database, in its own time."""
        self.valkey.stop()
        self.postgres.stop()

    def discard(self) -> None:
        """Stop, and remove what had to be put outside the data directory. For throw-away clusters."""
        self.stop()
        for path in (self.layout.home, self.layout.run):
            if not path.is_relative_to(self.layout.data):
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def cluster(directory: Path, *, valkey: bool = True) -> Iterator[Cluster]:
    """A throw-away cluster for tests: an empty database `jiceng` with its roles. Takes under a second.

    Commits are as durable as in earnest; buffers and log segments are small. What had to be put outside `directory`
    is removed at the end; the directory itself is the caller's.
    """
    made = Cluster(directory, scratch=True)
    with only_one(made.layout.data):
        try:
            made.start(valkey=valkey)
            yield made
        finally:
            made.discard()


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the directory for this process. The kernel lets go of the lock however the process ends."""
    with (data / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "?"
            raise InUse(f"{data} is in use by process {holder}") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
