"""The command itself: whose server, which months, and what is said at the end."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.simulate import script
from cli.simulate.client import Api, SimulationError
from cli.simulate.memory import Memory
from cli.simulate.run import Simulation, first_of_quarter, months_until
from cli.simulate.server import Platform, command, embedded, make_county
from cli.simulate.units import SimTree, read_units
from kit import clock
from kit.embedded import EmbeddedError
from kit.errors import JicengError

_SHOWN = 30
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--units", type=_FILE, required=True, help="CSV: tier, code, name, short_name, parent_code.")
@click.option("--out", type=_FOLDER, required=True, help="Where workbooks and entered.csv are put.")
@click.option("--url", help="A running platform; without it one is started for the occasion.")
@click.option("--codes", type=_FILE, help="With --url: what `jiceng county create --json` printed; forms are loaded.")
@click.option("--months", type=click.IntRange(1, 24), default=1, show_default=True, help="Months to live.")
@click.option("--until", "last", type=click.DateTime(["%Y-%m"]), help="The last of them; this month by default.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other figures and other slips.")
def simulate(
    units: Path, out: Path, url: str | None, codes: Path | None, months: int, last: datetime | None, seed: int
) -> None:
    """Let every unit of a county report and answer over HTTP, and hold what comes out against what went in.

    Writes the official workbook of every form and period, entered.csv with what each unit finally had approved, and
    dispatch.csv with what was done with tasks, a table, a training and plans.
    Exits with 1 on any difference, or when the server is lost.
    """
    if (url is None) != (codes is None):
        raise click.UsageError("--url and --codes go together")
    end = last.date() if last is not None else clock.today()
    console = Console(stderr=True)
    try:
        tree = read_units(units, county_code=_county_code(codes))
        out.mkdir(parents=True, exist_ok=True)
        lived = months_until(date(end.year, end.month, 1), months)
        with _platform(tree, lived, url, codes, console) as platform:
            differences = asyncio.run(_run(platform, tree, lived, seed, out, console))
    except (SimulationError, EmbeddedError) as problem:
        raise click.ClickException(str(problem)) from problem
    except JicengError as refusal:
        raise click.ClickException(refusal.message("en")) from refusal
    if differences:
        sys.exit(1)


def _county_code(codes: Path | None) -> str | None:
    return None if codes is None else str(json.loads(codes.read_text("utf-8"))["county_code"])


@contextmanager
def _platform(
    tree: SimTree, months: list[date], url: str | None, codes: Path | None, console: Console
) -> Iterator[Platform]:
    if url is not None and codes is not None:
        said = json.loads(codes.read_text("utf-8"))
        environment = {name: value for name, value in os.environ.items() if name.startswith("JICENG_")}
        operates = "JICENG_DATABASE_URL" in environment
        yield Platform(url, environment if operates else None, said["county_code"], said["codes"])
        return
    console.print("Starting a server of our own.")
    with embedded() as running:
        first = first_of_quarter(months[0])
        yield make_county(running, tree, since=date(first.year, 1, 1), forms=dict.fromkeys(script.FORMS, first))


async def _run(
    platform: Platform, tree: SimTree, months: list[date], seed: int, out: Path, console: Console
) -> list[str]:
    began = time.monotonic()
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    api = Api(platform.url)
    try:
        with Progress(*columns, console=console) as progress:
            simulation = Simulation(api, platform, Memory(tree), months, seed, progress)
            await simulation.live()
            lived = time.monotonic() - began
            await simulation.verify(out)
    finally:
        await api.close()
    lines = simulation.memory.save(out / "entered.csv") + simulation.sent.save(out / "dispatch.csv")
    differences = [*simulation.differences, *await asyncio.to_thread(_check, platform, console)]
    say = Console(highlight=False, soft_wrap=True)
    submissions = sum(simulation.memory.revisions.values())
    say.print(
        f"{len(tree.units)} units, {len(simulation.cycles)} cycles, {submissions} hand-ins, {api.requests} requests"
    )
    say.print(f"lived in {lived:.1f} s, compared in {time.monotonic() - began - lived:.1f} s")
    say.print(f"{lines} values entered, {simulation.compared} compared; in {escape(str(out))}")
    for told in differences[:_SHOWN]:
        say.print(f"  [red]{escape(told)}[/red]")
    if len(differences) > _SHOWN:
        say.print(f"  … and {len(differences) - _SHOWN} more")
    say.print(f"[red]{len(differences)} differences[/red]" if differences else "[green]No difference[/green]")
    return differences


def _check(platform: Platform, console: Console) -> list[str]:
    """The platform's own invariants; only its operator can ask for them."""
    if platform.environment is None:
        console.print("jiceng check is left out: JICENG_DATABASE_URL is not set here.")
        return []
    done = command(platform.environment, "check", "--county", platform.county_code, "--json")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return [f"check: {(done.stderr or done.stdout).strip()[-500:]}"]
    breaches = [f"check, {check['name']}: {told}" for check in report["checks"] for told in check["breaches"]]
    return breaches or ([] if done.returncode == 0 else ["check failed"])
