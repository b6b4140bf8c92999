"""`jiceng load-demo`: the demonstration district, into an empty database."""

from __future__ import annotations

import asyncio

import click

from demo.load import load
from kit.db.session import Database, make_engine
from kit.settings import settings


@click.command("load-demo")
@click.option("--months", type=click.IntRange(0, 24), default=6, show_default=True, help="Months of history.")
def load_demo(months: int) -> None:
    """Load the demonstration district."""

    async def run() -> None:
        database = Database(make_engine(settings()))
        try:
            await load(database, months=months)
        finally:
            await database.close()

    asyncio.run(run())
