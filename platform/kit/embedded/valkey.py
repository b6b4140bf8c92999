"""One Valkey: the doorbell's wire and the feed of live pages. It keeps nothing that a restart may lose.

Everything that matters is in PostgreSQL: a job row that was not rung for is found by the sweeper, a message that was
not published stays in the outbox. So nothing is written to disk.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from kit.embedded import process
from kit.embedded.layout import EmbeddedError, Layout, Secrets
from kit.embedded.programs import valkey_server

_STOP_SECONDS = 5.0


class Valkey:
    """A server's process on a socket of its own, with a password."""

    name = "Valkey"

    def __init__(self, layout: Layout, secrets: Secrets) -> None:
        self.layout = layout
        self._password = secrets.broker
        self._program, self.from_wheel = valkey_server()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.layout.run / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://:{self._password}@{self.socket}?db=0"

    def prepare(self) -> None:
        """Write the configuration: in a file, since a command line is everybody's to read."""
        path = self.layout.valkey / "valkey.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(
                f"port 0\n"
                f'unixsocket "{self.socket}"\n'
                f"unixsocketperm 700\n"
                f"requirepass {self._password}\n"
                f'dir "{self.layout.valkey}"\n'
                f"daemonize no\n"
                f'save ""\n'
                f"appendonly no\n"
                # Full means refusing new messages, never dropping queued ones unseen.
                f"maxmemory 256mb\n"
                f"maxmemory-policy noeviction\n"
            )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; `is_ready` tells when it answers."""
        self._clear()
        with (self.layout.logs / "valkey.log").open("ab") as output:
            self._process = process.spawn(
                [str(self._program), str(self.layout.valkey / "valkey.conf")],
                output=output,
                cwd=self.layout.valkey,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            )
        return self._process

    def is_ready(self) -> bool:
        """Whether this very server answers a PING."""
        if self._process is None or self._process.poll() is not None:
            return False
        try:
            with socket.socket(socket.AF_UNIX) as wire:
                wire.settimeout(1)
                wire.connect(str(self.socket))
                wire.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = wire.recv(64)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def wait_ready(self, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                log = (self.layout.logs / "valkey.log").read_text(errors="replace")[-2000:]
                raise EmbeddedError(f"Valkey did not start:\n{log}")
            time.sleep(0.02)

    def stop(self) -> None:
        child, self._process = self._process, None
        if child is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if child.poll() is None:
                child.send_signal(number)
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        self.socket.unlink(missing_ok=True)

    def _clear(self) -> None:
        """End a server that an earlier start left in this directory, and remove its socket."""
        if self._process is not None and self._process.poll() is None:
            return
        left = process.processes_at(self._program, self.layout.valkey)
        process.send(left, signal.SIGKILL)
        if not process.wait_gone(left, _STOP_SECONDS):
            raise EmbeddedError(f"an earlier Valkey doesn't end: {left}")
        self.socket.unlink(missing_ok=True)
