"""`jiceng load-demo`: the demonstration district, into an empty database."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from demo.load import load
from kit.db.session import Database, make_engine
from kit.settings import settings


@click.command("load-demo")
@click.option(
    "--months",
    type=click.IntRange(0, 24),
    default=6,
    show_default=True,
    envvar="JICENG_DEMO_MONTHS",
    help="Months of history.",
)
@click.option(
    "--units",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="JICENG_DEMO_UNITS",
    help="The tree, as in a unit import, with the codes of the listed users; the demonstration's own if not given.",
)
def load_demo(months: int, units: Path | None) -> None:
    """Load the demonstration district."""
    text = None if units is None else units.read_text("utf-8")

    async def run() -> None:
        database = Database(make_engine(settings()))
        try:
            await load(database, months=months, units=text)
        finally:
            await database.close()

    asyncio.run(run())
