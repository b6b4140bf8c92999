"""Running a command as a program is run, but in this process: on the servers of the tests, whose environment is set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main


def jiceng(*arguments: str | Path) -> Result:
    """Run `jiceng ARGUMENTS`. In a thread of its own, because commands begin event loops and tests may be in one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(CliRunner().invoke, main, [str(a) for a in arguments]).result()
