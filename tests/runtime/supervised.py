"""`jiceng serve` in a process of its own, and its parts, to be killed."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.embedded import process

PLATFORM = Path(__file__).parents[2] / "platform"
#: Ten seconds is the aim; three times that, because other tests run on the same two cores.
WITHIN = 30.0


def eventually(question: Callable[[], bool], seconds: float = WITHIN) -> float:
    """Wait for a yes and return how long it took; fail after `seconds`."""
    began = time.monotonic()
    while not question():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Running:
    """A supervisor in a process of its own, and what its log says."""

    data: Path
    child: subprocess.Popen[str]
    port: int

    @classmethod
    def start(cls, data: Path, *options: str, **environment: str) -> Running:
        child = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "serve", "--data", str(data), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("JICENG_")},
                "PYTHONPATH": str(PLATFORM),
                **environment,
            },
        )
        assert child.stdout is not None
        said = []
        for line in child.stdout:
            said.append(line)
            if "Jiceng is at http://127.0.0.1:" in line:
                return cls(data, child, int(line.split("http://127.0.0.1:")[1].split()[0]))
        child.wait()
        child.stdout.close()
        raise AssertionError("".join(said))

    def events(self, name: str, event: str) -> list[dict[str, object]]:
        lines = (self.data / "logs" / "supervisor.log").read_text().splitlines()
        found = [json.loads(line) for line in lines]
        return [line for line in found if (line["process"], line["event"]) == (name, event)]

    def pid(self, name: str) -> int:
        pid = self.events(name, "started")[-1]["pid"]
        assert isinstance(pid, int)
        return pid

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def everyone(self) -> list[int]:
        return [self.pid(name) for name in ("PostgreSQL", "Valkey", "web", "worker", "pulse", "beat")]

    def end(self) -> None:
        if self.child.poll() is None:
            self.child.terminate()
        self.child.wait(60)
        assert self.child.stdout is not None
        self.child.stdout.close()


def child_processes(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in text.split() if not process.gone([int(pid)])]
