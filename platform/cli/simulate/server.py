"""A platform of the simulation's own: `jiceng serve` in a process, and the operator's commands beside it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from cli.simulate.client import SimulationError
from cli.simulate.units import SimTree, import_text
from kit.embedded import Cluster
from kit.embedded.process import die_with_parent

_ADDRESS = re.compile(r"Jiceng is at (http://\S+)")
_LONGEST_STOP = 60.0
ADMINISTRATORS = ("system", "security", "audit")


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a platform answers; the environment of its operator's commands, if there is one; and who begins in it."""

    url: str
    environment: Mapping[str, str] | None
    county_code: str
    codes: Mapping[str, str]


@dataclass(slots=True)
class Embedded:
    """A running `jiceng serve` with everything in one directory."""

    data: Path
    process: subprocess.Popen[str]
    url: str
    reader: threading.Thread

    @property
    def environment(self) -> dict[str, str]:
        """Of the operator's commands: as the runtime role."""
        made = Cluster(self.data).environment()
        del made["JICENG_MIGRATION_URL"]
        return made


def _python_environment(more: Mapping[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("JICENG_")}
    root = str(Path(__file__).resolve().parents[2])
    return {**plain, "PYTHONPATH": os.pathsep.join(filter(None, (root, plain.get("PYTHONPATH")))), **more}


@contextmanager
def embedded(data: Path | None = None) -> Iterator[Embedded]:
    """Start a server of our own; it and its data are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="jiceng-simulate-") as scratch:
        Path(scratch).chmod(0o755)  # PostgreSQL runs under an account of its own when we are root
        running = _start(data or Path(scratch) / "data")
        try:
            yield running
        finally:
            _stop(running)


def _start(data: Path) -> Embedded:
    child = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--data", str(data), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_python_environment({"JICENG_WEB_PROCESSES": "1", "PYTHONUNBUFFERED": "1"}),
        preexec_fn=die_with_parent,
    )
    assert child.stdout is not None
    said: list[str] = []
    for line in child.stdout:
        said.append(line)
        if found := _ADDRESS.search(line):
            reader = threading.Thread(target=_read_on, args=(child.stdout,), daemon=True)
            reader.start()
            return Embedded(data, child, found.group(1), reader)
    child.wait()
    raise SimulationError("the server did not start:\n" + "".join(said))


def _read_on(output: IO[str]) -> None:
    """A full pipe would stop the server."""
    with output:
        output.read()


def _stop(running: Embedded) -> None:
    if running.process.poll() is None:
        running.process.terminate()
    try:
        running.process.wait(_LONGEST_STOP)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()
    running.reader.join()
    Cluster(running.data).discard()


def command(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of the operator's commands as a program."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env=_python_environment(environment),
        capture_output=True,
        text=True,
        check=False,
    )


def make_county(running: Embedded, tree: SimTree, *, since: date, forms: Mapping[str, date]) -> Platform:
    """A county with its units and forms, made as the operator would."""
    environment, county = running.environment, tree.county
    units = running.data / "units.csv"
    units.write_text(import_text(tree), "utf-8")
    said = _run(
        environment,
        *("county", "create", "--code", county.code, "--name", county.name, "--short-name", county.short_name),
        *("--units", str(units), "--since", since.isoformat(), "--json"),
    )
    for form, first in forms.items():
        _run(environment, "form", "load", form, "--county", county.code, "--from", first.isoformat(), "--publish")
    return Platform(running.url, environment, county.code, json.loads(said)["codes"])


def _run(environment: Mapping[str, str], *arguments: str) -> str:
    done = command(environment, *arguments)
    if done.returncode != 0:
        raise SimulationError(f"jiceng {' '.join(arguments[:2])} failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
