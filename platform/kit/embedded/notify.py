"""Telling whoever started us that we are ready, by systemd's protocol: one datagram to the socket in NOTIFY_SOCKET."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def tell_ready() -> None:
    """Say so, if anybody asked. Also works under systemd with `Type=notify`."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        # A leading @ is systemd's way to write an abstract address.
        wire.connect("\0" + address[1:] if address.startswith("@") else address)
        wire.sendall(b"READY=1")


class Listener:
    """The other end: one socket for one program, so that nobody else's readiness is taken for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.forget()
        path.unlink(missing_ok=True)
        self._wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._wire.bind(str(path))
        path.chmod(0o600)
        self._wire.setblocking(False)

    def forget(self) -> None:
        """Expect the next start's word."""
        self._ready = False

    def is_ready(self) -> bool:
        try:
            while b"READY=1" in self._wire.recv(4096):
                self._ready = True
        except BlockingIOError:
            pass
        return self._ready

    def close(self) -> None:
        self._wire.close()
        self.path.unlink(missing_ok=True)
