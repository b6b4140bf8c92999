"""The doctor finds what would stop the platform, says what to do, and is content with a sound installation."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from kit import crypto
from kit.embedded import Cluster
from kit.settings import settings as process_settings
from tests.cli.commands import jiceng


@pytest.fixture
def installed(servers: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Settings that a test may spoil."""
    yield monkeypatch
    monkeypatch.undo()
    process_settings.cache_clear()
    crypto._key.cache_clear()


def examined(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path, **env: str) -> dict[str, tuple[str, str]]:
    """what → (verdict, found)."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    process_settings.cache_clear()
    crypto._key.cache_clear()
    lines = jiceng("doctor", *arguments).output.splitlines()
    parts = [line.split(maxsplit=2) for line in lines if not line.startswith(" ")]
    return {what: (verdict, found) for verdict, what, found in parts}


def test_a_sound_installation_has_no_fault(installed: pytest.MonkeyPatch) -> None:
    found = examined(installed, JICENG_PORT=str(free_port()))
    assert {what for what, (verdict, _) in found.items() if verdict == "fault"} == set()
    assert found["database"] == ("ok", "PostgreSQL 18")
    assert found["role"][0] == found["schema"][0] == found["connections"][0] == found["broker"][0] == "ok"


@pytest.mark.parametrize(
    ("what", "name", "value"),
    [
        ("settings", "JICENG_DATABASE_URL", ""),
        ("settings", "JICENG_DATA_KEY", "dG9vIHNob3J0"),
        ("database", "JICENG_DATABASE_URL", "postgresql+asyncpg://nobody:x@127.0.0.1:1/jiceng"),
        ("connections", "JICENG_POOL_SIZE", "90"),
        ("disk", "JICENG_DATA_DIR", "/proc/jiceng"),
    ],
)
def test_what_would_stop_it_is_a_fault(installed: pytest.MonkeyPatch, what: str, name: str, value: str) -> None:
    assert examined(installed, **{name: value})[what][0] == "fault"


def test_a_role_that_no_policy_binds_is_a_fault(installed: pytest.MonkeyPatch, servers: Cluster) -> None:
    found = examined(installed, JICENG_DATABASE_URL=servers.postgres.url("superuser"))
    assert found["role"][0] == "fault"


def test_a_taken_port_is_a_fault(installed: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert examined(installed, JICENG_PORT=str(taken.getsockname()[1]))["port"][0] == "fault"


def test_a_silent_broker_is_a_warning(installed: pytest.MonkeyPatch) -> None:
    assert examined(installed, JICENG_BROKER_URL="redis://127.0.0.1:1/0")["broker"][0] == "warning"


class TestCertificate:
    def test_it_holds_for_its_hosts_and_no_others(self, tmp_path: Path) -> None:
        out = tmp_path / "tls"
        made = jiceng("certificate", "--host", "10.1.2.3", "--host", "基层通.example", "--out", out)
        assert made.exit_code == 0, made.output
        assert (out / "ca.key").stat().st_mode & 0o777 == 0o600
        server = x509.load_pem_x509_certificates((out / "server.crt").read_bytes())[0]
        authority = x509.load_pem_x509_certificate((out / "ca.crt").read_bytes())
        policy = PolicyBuilder().store(Store([authority]))
        name = "基层通.example".encode("idna").decode()
        assert policy.build_server_verifier(x509.DNSName(name)).verify(server, [])
        with pytest.raises(x509.verification.VerificationError):
            policy.build_server_verifier(x509.DNSName("other.example")).verify(server, [])

    def test_the_authority_is_made_once(self, tmp_path: Path) -> None:
        jiceng("certificate", "--host", "a.example", "--out", tmp_path)
        first = (tmp_path / "ca.crt").read_bytes()
        assert jiceng("certificate", "--host", "b.example", "--out", tmp_path).exit_code == 0
        assert (tmp_path / "ca.crt").read_bytes() == first

    def test_the_doctor_believes_it_with_its_authority_alone(
        self, installed: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        jiceng("certificate", "--host", "127.0.0.1", "--out", tmp_path)
        with serving_tls(tmp_path) as port:
            url = f"https://127.0.0.1:{port}"
            assert examined(installed, "--url", url)["certificate"][0] == "fault"
            believed = examined(installed, "--url", url, "--ca", tmp_path / "ca.crt")["certificate"]
        assert believed[0] == "ok", believed


@contextmanager
def serving_tls(where: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where / "server.crt", where / "server.key")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                except OSError:
                    return  # closed: the test is over
                with plain:
                    try:
                        context.wrap_socket(plain, server_side=True).close()
                    except OSError:
                        continue  # a client that does not trust us hangs up

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number
