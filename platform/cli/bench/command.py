"""The command: which measurements, in one run on one set of servers."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
import uvloop
from rich.console import Console

from cli.bench import dispatch, inbox, reading, rollup, servers, submit, workbook
from cli.bench.results import Figure, show
from cli.bench.wire import BadAnswer
from cli.bench.world import World
from kit.db.session import Database, make_engine
from kit.embedded import Cluster, EmbeddedError
from kit.settings import from_environment

MEASUREMENTS: dict[str, Callable[[World], Awaitable[list[Figure]]]] = {
    "submit": submit.measure,
    "upkeep": rollup.upkeep,
    "page": rollup.page,
    "workbook": workbook.measure,
    "reading": reading.pages,
    "lists": reading.lists,
    "task": dispatch.issue,
    "notice": dispatch.read,
    "inbox": inbox.measure,
}


@click.command()
@click.option(
    "--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Also write the figures here."
)
@click.option("--quick", is_flag=True, help="Small worlds and short runs: whether it works, not how fast.")
@click.option("--only", type=click.Choice(list(MEASUREMENTS)), multiple=True, help="These measurements alone.")
@click.option("--processes", type=click.IntRange(1, 16), default=2, show_default=True, help="Web processes.")
def bench(json_path: Path | None, quick: bool, only: Sequence[str], processes: int) -> None:
    """Measure the platform beside its floors; exit with 1 when an aim is missed.

    Makes servers of its own and takes some minutes. Other work on the machine spoils the figures, though less the
    ratios: both sides of one run in turn.
    """
    console = Console(stderr=True)
    try:
        with servers.servers() as cluster:
            figures = uvloop.run(_run(cluster, only or list(MEASUREMENTS), quick, processes, console))
    except (EmbeddedError, BadAnswer) as problem:
        raise click.ClickException(str(problem)) from problem
    show(figures, Console(soft_wrap=True, highlight=False, width=140))
    if json_path is not None:
        json_path.write_text(json.dumps([f.as_json() for f in figures], ensure_ascii=False, indent=1) + "\n", "utf-8")
    if any(figure.ok is False for figure in figures):
        sys.exit(1)


async def _run(cluster: Cluster, names: Sequence[str], quick: bool, processes: int, console: Console) -> list[Figure]:
    database = Database(make_engine(from_environment(cluster.environment())))
    world = World(cluster, database, quick, processes)
    figures: list[Figure] = []
    try:
        for name in names:
            with console.status(f"Measuring {name}"):
                figures += await MEASUREMENTS[name](world)
    finally:
        await database.close()
    return figures
