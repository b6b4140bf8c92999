"""The same platform on servers that are not our own: Debian's PostgreSQL and Redis, one process for each part."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import users
from kit.embedded.postgres import ROLES_FILE

PLATFORM = Path(__file__).parents[2] / "platform"
PASSWORDS = {f"JICENG_{role}_PASSWORD": secrets.token_hex(16) for role in ("OWNER", "APP", "BACKUP")}


def newest_postgres() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


BIN = newest_postgres()
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
pytestmark = pytest.mark.skipif(
    BIN is None or REDIS is None, reason="needs Debian's postgresql and redis-server (make test-setup)"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(answers: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while not answers():
        assert child.poll() is None, f"{child.args!r} ended"
        assert time.monotonic() < deadline, f"{child.args!r} does not answer"
        time.sleep(0.05)


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def started(
    *argv: str, log: Path, env: Mapping[str, str] | None = None, **more: Any
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, **more)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@dataclass(frozen=True)
class Outside:
    """Addresses of the two servers, and a process's environment for them."""

    postgres_port: int
    redis_port: int
    redis_password: str
    logs: Path

    def database(self, role: str, password: str) -> str:
        return f"postgresql+asyncpg://{role}:{password}@127.0.0.1:{self.postgres_port}/jiceng"

    @property
    def owner_url(self) -> str:
        return self.database("jiceng_owner", PASSWORDS["JICENG_OWNER_PASSWORD"])

    def environment(self, **more: str) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
        return {
            **clean,
            "PYTHONPATH": str(PLATFORM),
            "JICENG_DATABASE_URL": self.database("jiceng_app", PASSWORDS["JICENG_APP_PASSWORD"]),
            "JICENG_BROKER_URL": f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0",
            "JICENG_DATA_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "JICENG_DATA_DIR": str(self.logs / "data"),
            **more,
        }

    def jiceng(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self.environment(**env),
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    assert BIN is not None
    assert REDIS is not None
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    who: dict[str, Any] = (
        {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    )
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        top = Path(name)
        top.chmod(0o755)
        cluster = top / "cluster"
        cluster.mkdir(mode=0o700)
        if account is not None:
            os.chown(cluster, account.pw_uid, account.pw_gid)
        initdb = [str(BIN / "initdb"), "-D", str(cluster), "-U", "postgres"]
        initdb += ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/", **who)
        made = Outside(free_port(), free_port(), secrets.token_hex(16), top)
        # The password counts for everybody but the superuser, as on a server that somebody else runs.
        (cluster / "pg_hba.conf").write_text("local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
        postgres = stack.enter_context(
            started(
                str(BIN / "postgres"),
                *("-D", str(cluster), "-p", str(made.postgres_port), "-k", str(cluster), "-h", "127.0.0.1"),
                log=top / "postgres.log",
                cwd="/",
                **who,
            )
        )
        # It listens before it answers.
        ready = [str(BIN / "pg_isready"), "-q", "-h", str(cluster), "-p", str(made.postgres_port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, postgres)
        subprocess.run(
            [
                BIN / "psql",
                "-X",
                "-q",
                "-h",
                cluster,
                "-p",
                str(made.postgres_port),
                "-U",
                "postgres",
                "-f",
                ROLES_FILE,
            ],
            check=True,
            env={**os.environ, **PASSWORDS},
        )
        redis = stack.enter_context(
            started(
                REDIS,
                *("--port", str(made.redis_port), "--bind", "127.0.0.1", "--requirepass", made.redis_password),
                *("--save", "", "--dir", str(top)),
                log=top / "redis.log",
            )
        )
        wait_until(lambda: listens(made.redis_port), redis)
        migrated = made.jiceng("migrate", JICENG_MIGRATION_URL=made.owner_url)
        assert migrated.returncode == 0, migrated.stderr
        again = made.jiceng("migrate", JICENG_MIGRATION_URL=made.owner_url)
        assert again.returncode == 0, again.stderr
        yield made


@pytest.fixture(scope="module")
def processes(outside: Outside) -> Iterator[httpx.Client]:
    """Web, worker and scheduler beside the demonstration district."""
    loaded = outside.jiceng("load-demo", "--months", "0")
    assert loaded.returncode == 0, loaded.stderr
    port = free_port()
    with contextlib.ExitStack() as stack:
        for command in (["web", "--port", str(port)], ["worker"], ["beat"]):
            argv = [sys.executable, "-m", "cli.main", *command]
            stack.enter_context(started(*argv, log=outside.logs / f"{command[0]}.log", env=outside.environment()))
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20))
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if client.get("/readyz").status_code == 200:
                    break
            assert time.monotonic() < deadline, (outside.logs / "web.log").read_text()
            time.sleep(0.1)
        yield client


def signed_in(client: httpx.Client, name: str) -> dict[str, str]:
    answer = client.post(
        "/api/auth/sign-in",
        json={"county_code": users.COUNTY_CODE, "sign_name": name, "password": users.PASSWORD},
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


class TestSeparateProcesses:
    def test_health(self, processes: httpx.Client) -> None:
        assert processes.get("/healthz").text == "ok"
        assert processes.get("/readyz").json() == {"database": True, "broker": True}

    def test_a_job_is_asked_for_over_http_and_comes_through(self, processes: httpx.Client) -> None:
        headers = signed_in(processes, "county")
        cycles = processes.get("/api/cycles", headers=headers).json()["items"]
        asked = processes.post(f"/api/cycles/{cycles[0]['id']}/exports", json={"basis": "live"}, headers=headers)
        assert asked.status_code == 202, asked.text
        deadline = time.monotonic() + 30
        while True:
            job = processes.get(f"/api/jobs/{asked.json()['job_id']}", headers=headers).json()
            if job["state"] not in {"queued", "running"}:
                break
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
        assert job["state"] == "done", job
        assert processes.get(f"/api/files/{job['file']['id']}", headers=headers).content.startswith(b"PK")


class TestUnsafeRoles:
    @pytest.mark.parametrize("command", ["web", "worker"])
    def test_the_owner_may_not_serve(self, outside: Outside, command: str) -> None:
        ended = outside.jiceng(command, JICENG_DATABASE_URL=outside.owner_url)
        assert ended.returncode != 0
        assert "owns" in ended.stdout + ended.stderr

    def test_migrations_need_the_owner_s_address(self, outside: Outside) -> None:
        ended = outside.jiceng("migrate")
        assert ended.returncode != 0
        assert "JICENG_MIGRATION_URL" in ended.stderr
