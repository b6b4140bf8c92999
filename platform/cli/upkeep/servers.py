"""The servers of `jiceng serve`, for a command that an operator runs beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from kit.embedded import Cluster, EmbeddedError, InUse, only_one
from kit.settings import settings


@contextmanager
def of_directory(data: Path) -> Iterator[None]:
    """Settings for the servers in a data directory. Running ones are used; else PostgreSQL is started meanwhile."""
    with ExitStack() as stack:
        try:
            cluster = Cluster(data)
            if _taken(stack, data):
                cluster.start(valkey=False)
                stack.callback(cluster.stop)
        except EmbeddedError as problem:
            raise click.ClickException(str(problem)) from problem
        os.environ.update(cluster.environment(), JICENG_BACKUP_URL=cluster.backup_url)
        settings.cache_clear()
        yield


def _taken(stack: ExitStack, data: Path) -> bool:
    """Whether the directory is ours now; not when its servers run already."""
    try:
        stack.enter_context(only_one(data))
    except InUse:
        return False
    return True
