"""`jiceng check`: prove on a live database that nothing stored contradicts anything else that is stored."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli import check_queries
from cli.county import county_of, with_database
from kit import files, seal
from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.models import County
from kit.settings import settings
from plans.planning.checking import check_plans
from plans.tasks.checking import check_shares
from plans.training.checking import check_places
from reporting import checking
from tenancy import queries

#: Every check with what it counts, in the order they are printed.
CHECKS = {
    "tree": "units of frozen trees",
    "submissions": "submissions",
    "revisions": "revisions",
    "hand-ins": "frozen hand-ins",
    "archives": "archived figures",
    "rollups": "rollups",
    "marks": "marks folded",
    "drafts": "drafts",
    "shares": "shares of tasks with a report",
    "plans": "items of plans",
    "places": "places in trainings",
    "files": "files on disk",
    "audit": "links of the audit chain",
    "jobs": "jobs",
}
#: Breaches printed of one check; --json has all.
_SHOWN = 20


@dataclass(slots=True)
class Report:
    """What every check looked at and found."""

    counties: int = 0
    looked_at: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHECKS, 0))
    breaches: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in CHECKS})
    unjudged: int = 0
    unsealed: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not any(self.breaches.values())

    def as_json(self) -> str:
        checks = [{"name": name, "looked_at": self.looked_at[name], "breaches": self.breaches[name]} for name in CHECKS]
        return json.dumps(
            {
                "ok": self.ok,
                "counties": self.counties,
                "checks": checks,
                "unjudged": self.unjudged,
                "unsealed": self.unsealed,
                "seconds": round(self.seconds, 3),
            },
            ensure_ascii=False,
        )


@click.command()
@click.option("--county", "county_code", help="One county's code; every county by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(county_code: str | None, as_json: bool) -> None:
    """Check the invariants of everything stored; exit with 1 on any breach.

    Works beside a running platform, as its runtime role. Folds what is marked first, as any reader would. Names units
    and revisions, never figures or people.

    Audit entries that wait for the sealer are counted and are no breach: a platform without its worker has many. One
    that was passed over, while an entry a minute younger was sealed, is a breach, and so is a broken chain.
    """
    report = with_database(lambda database: run(database, county_code, quiet=as_json))
    if as_json:
        click.echo(report.as_json())
    else:
        tell(report)
    if not report.ok:
        sys.exit(1)


async def run(database: Database, county_code: str | None = None, *, quiet: bool = True) -> Report:
    """Check one county or all of them."""
    began = time.monotonic()
    report = Report()
    if county_code is None:
        async with database.transaction(REFERENCE_ONLY) as session:
            counties = await queries.list_counties(session)
    else:
        counties = [await county_of(database, county_code)]
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("counties", total=len(counties))
        for county in counties:
            await _check_county(database, county, report, progress)
            progress.advance(task)
    report.counties = len(counties)
    report.seconds = time.monotonic() - began
    return report


async def _check_county(database: Database, county: County, report: Report, progress: Progress) -> None:
    findings = checking.Findings()
    cycles = await checking.list_cycles(database, county)
    task = progress.add_task(f"{county.code} cycles", total=len(cycles))
    for cycle, form_code in cycles:
        await checking.check_cycle(database, county, cycle, form_code, findings)
        progress.advance(task)
    progress.update(task, description=f"{county.code} drafts", completed=0)
    await checking.check_drafts(
        database, county, findings, step=lambda number, of: progress.update(task, completed=number, total=of)
    )
    await _check_dispatch(database, county, report)
    progress.update(task, description=f"{county.code} files", completed=0)
    await _check_files(
        database, county, report, step=lambda number, of: progress.update(task, completed=number, total=of)
    )
    progress.update(task, description=f"{county.code} audit, jobs")
    await _check_audit_and_jobs(database, county, report)
    progress.remove_task(task)
    for name in checking.NAMES:
        report.looked_at[name] += findings.looked_at[name]
        report.breaches[name] += findings.breaches[name]
    report.unjudged += findings.unjudged


async def _check_dispatch(database: Database, county: County, report: Report) -> None:
    """A share of a task that carries a report stands where the report stands, a plan where its editions and records
    leave it, and a training counts the places that it has. Each is read in one snapshot."""
    for name, look in (("shares", check_shares), ("plans", check_plans), ("places", check_places)):
        async with database.session(Identity.of_unit(county.id, county.unit_id)) as session, session.begin():
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            looked_at, faults = await look(session, county_id=county.id)
        report.looked_at[name] += looked_at
        report.breaches[name] += [f"{county.code} {fault}" for fault in faults]


async def _check_files(database: Database, county: County, report: Report, *, step: Callable[[int, int], None]) -> None:
    """Every row that names a file has its bytes. A unit's own files are seen by that unit alone, so each is asked."""
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        units = await check_queries.list_unit_ids(session, county_id=county.id)
    seen: set[UUID] = set()
    for number, unit_id in enumerate(units, 1):
        async with database.transaction(Identity.of_unit(county.id, unit_id)) as session:
            found = await check_queries.list_files(session, county_id=county.id)
        for table, file_id, size, sha256 in found:
            if file_id in seen:
                continue
            seen.add(file_id)
            report.looked_at["files"] += 1
            fault = await asyncio.to_thread(
                files.fault_of, settings().files_dir, county.id, file_id, size=size, sha256=sha256
            )
            if fault is not None:
                report.breaches["files"].append(f"{county.code}: {table} {file_id} {fault}")
        step(number, len(units))


async def _check_audit_and_jobs(database: Database, county: County, report: Report) -> None:
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        chain = await seal.verify(session, county.id)
        passed_over = await check_queries.count_passed_over(session, county_id=county.id)
        jobs, stuck = await check_queries.list_jobs(session, county_id=county.id)
    report.looked_at["audit"] += chain.links
    report.unsealed += chain.unsealed
    if chain.broken_at is not None:
        report.breaches["audit"].append(f"{county.code}: the audit chain is broken at link {chain.broken_at}")
    if passed_over:
        report.breaches["audit"].append(f"{county.code}: the sealer passed over {passed_over} audit entries")
    report.looked_at["jobs"] += jobs
    report.breaches["jobs"] += [
        f"{county.code}: {kind} {job_id} runs without a lease, and nobody frees it" for job_id, kind in stuck
    ]


def tell(report: Report) -> None:
    """Print what was found, for people."""
    console = Console(highlight=False, soft_wrap=True)
    for name, counted in CHECKS.items():
        breaches = report.breaches[name]
        verdict = f"[red]{len(breaches)} breaches[/red]" if breaches else "[green]ok[/green]"
        console.print(f"{name:<12} {report.looked_at[name]:>9,} {counted:<26} {verdict}")
        for told in breaches[:_SHOWN]:
            console.print(f"    {escape(told)}")
        if len(breaches) > _SHOWN:
            console.print(f"    … and {len(breaches) - _SHOWN} more")
    if report.unjudged:
        console.print(f"[yellow]{report.unjudged} rollups changed too fast to be judged[/yellow]")
    if report.unsealed:
        console.print(f"{report.unsealed:,} audit entries wait for the sealer")
    verdict = "[green]No breach[/green]" if report.ok else "[red]Breaches found[/red]"
    console.print(f"{verdict} in {report.counties} counties, {report.seconds:.1f} s.")
