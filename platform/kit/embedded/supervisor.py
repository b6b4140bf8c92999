"""Keeps a handful of processes alive: starts them, restarts those that end, stops them in order.

One thread and no event loop: it sleeps in the kernel until a child ends, a signal comes or something has to be looked
at. It must be the process's main thread, since its children die with the thread that started them.

Readiness is asked, never assumed: a server answers a PING, the web answers `/readyz`, a worker says so itself with the
one datagram of systemd's notification protocol (`kit.embedded.notify`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kit.embedded import process
from kit.embedded.layout import EmbeddedError

WATCHED = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds before the n-th restart in a row; whoever lives longer than _STEADY starts the row afresh.
_DELAYS = (0.0, 0.3, 1.0, 2.0, 4.0)
_STEADY = 60.0
#: Seconds between two looks while something is on its way, and while all is well (a child's end wakes us anyway).
_SOON, _IDLE = 0.05, 5.0
#: A log past this size is copied aside and emptied; children append, so they go on writing into the same file.
_LARGEST_LOG = 64 * 2**20


class Server(Protocol):
    """Something with a process. `start` must clear what a killed predecessor left."""

    @property
    def name(self) -> str: ...
    def start(self) -> subprocess.Popen[bytes]: ...
    def is_ready(self) -> bool: ...
    def stop(self) -> None: ...


class Readiness(Protocol):
    """How a program's readiness is learnt. `forget` is called before each start."""

    def forget(self) -> None: ...
    def is_ready(self) -> bool: ...


class Program:
    """One of our own processes: a command, its log, and the way to learn whether it is ready."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        readiness: Readiness | None = None,
        grace: float = 15.0,
    ) -> None:
        """`grace` is how long a polite request to end is left before the whole process group is killed."""
        self.name = name
        self._argv = argv
        self._env = env
        self._log = log
        self._readiness = readiness
        self._grace = grace
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start it. What a killed predecessor forked is killed first: it would hold the port, or a job's lease."""
        if self._process is not None:
            process.kill_group(self._process.pid)
        if self._readiness is not None:
            self._readiness.forget()
        with self._log.open("ab") as output:
            self._process = process.spawn(self._argv, output=output, cwd=Path.cwd(), env=self._env)
        return self._process

    def is_ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        return self._readiness is None or self._readiness.is_ready()

    def ask_to_stop(self) -> None:
        """Send the polite request without waiting, so that several can end at the same time.

        To the whole group: a worker's children give their jobs back on it.
        """
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)

    def stop(self) -> None:
        if self._process is None:
            return
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(self._grace)
        process.kill_group(self._process.pid)
        self._process.wait()
        self._process = None


@dataclass(slots=True)
class _State:
    server: Server
    child: subprocess.Popen[bytes] | None = None
    ready: bool = False
    started: float = 0.0
    next_start: float = 0.0
    row: int = 0


class Interrupted(Exception):
    """Somebody asked the supervisor to end while it was still starting."""


@dataclass(slots=True)
class Supervisor:
    """Runs servers. `report(event, name, **facts)` is told of each start, readiness, end and restart."""

    report: Callable[..., None]
    logs: Path
    _states: list[_State] = field(default_factory=list)
    _once: subprocess.Popen[bytes] | None = None
    _next_look_at_logs: float = 0.0

    def __post_init__(self) -> None:
        # Blocked and then waited for, so that none is lost between two looks. `spawn` unblocks them in children.
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)

    def bring_up(self, servers: Sequence[Server], *, seconds: float = 60.0) -> None:
        """Start servers together and return when all are ready. They are kept alive from now on.

        Raises EmbeddedError when one is not ready in time, Interrupted when asked to end meanwhile.
        """
        new = [_State(server) for server in servers]
        self._states.extend(new)
        deadline = time.monotonic() + seconds
        while not all(state.ready for state in new):
            late = [state.server.name for state in new if not state.ready]
            if any(state.row >= len(_DELAYS) for state in new) or time.monotonic() > deadline:
                raise EmbeddedError(f"not ready: {', '.join(late)}; see {self.logs}")
            if self._turn(_SOON):
                raise Interrupted

    def run_once(self, program: Program) -> int:
        """Run a program to its end, keeping the servers alive meanwhile. Returns its exit code."""
        self._once = program.start()
        while (code := self._once.poll()) is None:
            if self._turn(_SOON):
                program.stop()
                raise Interrupted
        return code

    def run(self) -> None:
        """Keep everything alive until somebody asks to end."""
        while not self._turn(_IDLE):
            pass

    def stop(self) -> None:
        """Stop in the reverse order of `bring_up`; our own programs are asked all at once."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        for state in self._states:
            if isinstance(state.server, Program):
                state.server.ask_to_stop()
        for state in reversed(self._states):
            state.server.stop()
            self.report("stopped", state.server.name)
        self._states.clear()

    def _turn(self, longest: float) -> bool:
        """Look after every server, then sleep until a child ends or a look is due. True when asked to end."""
        now = time.monotonic()
        for state in self._states:
            self._look_after(state, now)
        if now >= self._next_look_at_logs:
            self._next_look_at_logs = now + 60
            self._shorten_logs()
        settled = all(state.ready for state in self._states)
        got = signal.sigtimedwait(WATCHED, longest if settled else _SOON)
        self._reap_strangers()
        return got is not None and got.si_signo != signal.SIGCHLD

    def _look_after(self, state: _State, now: float) -> None:
        if state.child is not None and (code := state.child.poll()) is not None:
            lived = now - state.started
            state.row = 0 if lived > _STEADY else state.row + 1
            state.next_start = now + _DELAYS[min(state.row, len(_DELAYS)) - 1] if state.row else now
            state.child, state.ready = None, False
            self.report("ended", state.server.name, code=code, lived=round(lived, 1))
        if state.child is None and now >= state.next_start:
            state.started = now
            try:
                state.child = state.server.start()
            except (EmbeddedError, OSError) as problem:  # a full disk, a process that won't die: try again later
                state.row += 1
                state.next_start = now + _DELAYS[-1]
                self.report("not started", state.server.name, problem=str(problem))
                return
            self.report("started", state.server.name, pid=state.child.pid)
        if not state.ready and state.server.is_ready():
            state.ready = True
            self.report("ready", state.server.name, seconds=round(time.monotonic() - state.started, 2))

    def _reap_strangers(self) -> None:
        """Collect orphans that were handed to us because we are a container's first process.

        Never one of ours: its exit code is for the Popen object that waits for it.
        """
        if os.getpid() != 1:
            return
        ours = {state.child.pid for state in self._states if state.child is not None}
        if self._once is not None:
            ours.add(self._once.pid)
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if found.si_pid in ours:
                    return
                os.waitpid(found.si_pid, 0)

    def _shorten_logs(self) -> None:
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG:
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)
