"""Child processes that cannot outlive their parent, and finding those that a crash left behind.

Linux only: `prctl` and `/proc`. A child is killed by the kernel when the *thread* that started it ends, so whatever
calls `spawn` must do so from a thread that lives as long as the child should (the main one).
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a child runs as, when the parent is root and the program refuses root."""

    name: str
    uid: int
    gid: int


def die_with_parent(death_signal: int = signal.SIGKILL) -> None:
    """Be sent `death_signal` by the kernel when the parent ends. Survives exec; a fork does not inherit it."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)


def spawn(
    argv: Sequence[str],
    *,
    output: IO[bytes],
    cwd: Path,
    env: Mapping[str, str],
    account: Account | None = None,
    death_signal: int = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a program in its own session, with both outputs appended to `output`.

    Its own session, so that Ctrl-C at the terminal reaches the supervisor alone and the children end in its order.
    The death signal is set after the change of user, because that change clears it.
    """
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        die_with_parent(death_signal)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env=dict(env),
        start_new_session=True,
        preexec_fn=prepare,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def processes_at(executable: Path, directory: Path) -> list[int]:
    """The living processes that run `executable` with `directory` as their working directory."""
    return [pid for pid in _pids() if _link(pid, "exe") == executable and _link(pid, "cwd") == directory]


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _link(pid: int, name: str) -> Path | None:
    try:
        # An executable that an upgrade replaced reads as "… (deleted)", and is still the same program.
        return Path(os.readlink(f"/proc/{pid}/{name}").removesuffix(" (deleted)"))
    except OSError:  # it has gone, or belongs to somebody else
        return None


def send(pids: Iterable[int], number: int) -> None:
    """Signal processes, passing over those that have gone."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def kill_group(leader: int) -> None:
    """Kill whatever remains of the process group that `leader` led."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def gone(pids: Iterable[int]) -> bool:
    """Whether none of the processes lives; a zombie does not."""
    return not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def wait_gone(pids: Iterable[int], seconds: float) -> bool:
    """Wait until none of the processes lives. False when the time is over first."""
    waiting = list(pids)
    deadline = time.monotonic() + seconds
    while not gone(waiting):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
