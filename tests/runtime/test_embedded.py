"""The embedded PostgreSQL and Valkey: made, used, killed, found again."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from kit.embedded import Cluster, EmbeddedError, cluster, only_one, process, programs

PLATFORM = Path(__file__).parents[2] / "platform"
ENDLESS = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b"


def query(cluster_: Cluster, role: str, statement: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(cluster_.postgres.url(role, driver="postgresql"))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


class TestPostgres:
    def test_is_18_and_durable(self, servers: Cluster) -> None:
        version = query(servers, "app", "SELECT current_setting('server_version_num')::int / 10000")
        durable = query(
            servers, "app", "SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit')"
        )
        assert (version, durable) == (18, "on on")

    def test_roles_can_do_no_more_than_they_must(self, servers: Cluster) -> None:
        flags = (
            "SELECT (rolsuper, rolbypassrls, rolcreaterole, rolcreatedb)::text"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert query(servers, "app", flags) == "(f,f,f,f)"
        assert query(servers, "owner", flags) == "(f,f,f,f)"
        assert query(servers, "backup", flags) == "(f,t,f,f)"

    def test_runtime_role_makes_temporary_tables_only(self, servers: Cluster) -> None:
        query(servers, "app", "CREATE TEMPORARY TABLE upload (x int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            query(servers, "app", "CREATE TABLE mine (x int)")

    def test_backup_role_reads_what_the_owner_makes_and_writes_nothing(self, servers: Cluster) -> None:
        query(servers, "owner", "CREATE TABLE fact AS SELECT 7 AS x")
        try:
            assert query(servers, "backup", "SELECT x FROM fact") == 7
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                query(servers, "app", "SELECT x FROM fact")
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ReadOnlySQLTransactionError)):
                query(servers, "backup", "DELETE FROM fact")
        finally:
            query(servers, "owner", "DROP TABLE fact")

    def test_text_is_utf8_in_byte_order(self, servers: Cluster) -> None:
        found = query(servers, "app", "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','张','𠮷','B','a']) x")
        assert found == "Bab张𠮷"

    def test_wrong_password_is_refused(self, servers: Cluster) -> None:
        url = servers.postgres.url("app", driver="postgresql").replace(servers.secrets.app, "guess")
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(asyncpg.connect(url))

    def test_nothing_listens_on_the_network(self, servers: Cluster) -> None:
        assert query(servers, "app", "SHOW listen_addresses") == ""


class TestValkey:
    def test_answers_with_the_password_only(self, servers: Cluster) -> None:
        with redis.Redis.from_url(servers.broker_url) as client:
            assert client.ping()
        with (
            redis.Redis(unix_socket_path=str(servers.valkey.socket), retry=Retry(NoBackoff(), 0)) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()


class TestFiles:
    def test_secrets_are_for_their_owner_only(self, servers: Cluster) -> None:
        assert stat.S_IMODE(servers.layout.secrets_file.stat().st_mode) == 0o600
        assert servers.secrets.app not in repr(servers.secrets)

    def test_no_directory_is_opened_to_others(self, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        with cluster(closed / "data"):
            assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    def test_a_long_path_still_gets_its_socket(self, tmp_path: Path) -> None:
        with cluster(tmp_path / ("x" * 120), valkey=False) as made:
            assert query(made, "app", "SELECT 1") == 1
        assert not made.layout.run.exists()

    def test_one_process_holds_a_directory(self, servers: Cluster) -> None:
        with pytest.raises(EmbeddedError, match=f"process {os.getpid()}"), only_one(servers.layout.data):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")
class TestAsRoot:
    def test_programs_in_a_closed_directory_are_copied_to_an_open_one(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with tempfile.TemporaryDirectory() as name:
            shared = Path(name)
            shared.chmod(0o755)
            monkeypatch.setattr(programs, "SHARED_HOME", shared)
            monkeypatch.setattr(programs, "_open_to", lambda package, account: False)
            with cluster(tmp_path, valkey=False) as made:
                assert made.postgres.program("postgres").is_relative_to(shared)
                assert query(made, "app", "SELECT 1") == 1


class TestRestart:
    def test_data_and_passwords_stay(self, tmp_path: Path) -> None:
        made = Cluster(tmp_path, scratch=True)
        made.start()
        query(made, "owner", "CREATE TABLE fact AS SELECT 7 AS x")
        made.stop()
        again = Cluster(tmp_path, scratch=True)
        again.start()
        try:
            assert again.secrets == made.secrets
            assert query(again, "owner", "SELECT x FROM fact") == 7
        finally:
            again.discard()

    def test_a_killed_postmaster_is_replaced_although_its_children_live(self, tmp_path: Path) -> None:
        with cluster(tmp_path, valkey=False) as made:
            query(made, "owner", "CREATE TABLE fact AS SELECT 7 AS x")

            async def kill_under_a_busy_backend() -> list[int]:
                connection = await asyncpg.connect(made.postgres.url("owner", driver="postgresql"))
                # A backend that computes doesn't notice that its postmaster has gone.
                busy = asyncio.create_task(connection.fetchval(ENDLESS))
                await asyncio.sleep(0.2)
                children = made.postgres.left_behind()
                assert len(children) > 3
                assert made.postgres.pid is not None
                os.kill(made.postgres.pid, signal.SIGKILL)
                await asyncio.sleep(0.2)
                assert not process.gone(children)
                made.postgres.start()
                with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError)):
                    await busy
                return children

            children = asyncio.run(kill_under_a_busy_backend())
            assert process.gone(children)
            made.postgres.wait_ready()
            assert query(made, "owner", "SELECT x FROM fact") == 7

    def test_marks_that_name_a_living_stranger_are_removed(self, tmp_path: Path) -> None:
        made = Cluster(tmp_path, scratch=True)
        made.start(valkey=False)
        made.stop()
        stranger = subprocess.Popen(["sleep", "60"], user=made.layout.account.uid if made.layout.account else None)
        try:
            mark = made.layout.postgres / "postmaster.pid"
            mark.write_text(f"{stranger.pid}\n{made.layout.postgres}\n0\n5432\n{made.layout.run}\n\n0 0\nready\n")
            (made.layout.run / ".s.PGSQL.5432.lock").write_text(mark.read_text())
            made.layout.give(mark)
            made.start()
            assert query(made, "app", "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            made.discard()
            stranger.kill()
            stranger.wait()

    def test_both_end_with_a_killed_parent_and_start_again(self, tmp_path: Path) -> None:
        script = (
            "import sys, time; from pathlib import Path; from kit.embedded import Cluster\n"
            "c = Cluster(Path(sys.argv[1]), scratch=True); c.start(); print('up', flush=True); time.sleep(60)"
        )
        command = [sys.executable, "-c", script, str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": str(PLATFORM)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
            assert parent.stdout is not None
            assert parent.stdout.readline() == b"up\n"
            parent.kill()
        began = time.monotonic()
        with cluster(tmp_path) as made:
            assert query(made, "app", "SELECT 1") == 1
            with redis.Redis.from_url(made.broker_url) as client:
                assert client.ping()
        assert time.monotonic() - began < 10

    def test_an_interrupted_initdb_is_begun_anew(self, tmp_path: Path) -> None:
        made = Cluster(tmp_path, scratch=True)
        half = made.layout.home / "postgres.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        made.start(valkey=False)
        try:
            assert query(made, "app", "SELECT 1") == 1
        finally:
            made.discard()

    def test_another_release_s_data_is_refused_in_words(self, tmp_path: Path) -> None:
        made = Cluster(tmp_path, scratch=True)
        made.layout.postgres.mkdir()
        (made.layout.postgres / "PG_VERSION").write_text("17\n")
        try:
            with pytest.raises(EmbeddedError, match="pg_dump"):
                made.start(valkey=False)
        finally:
            made.discard()
