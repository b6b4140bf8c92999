"""`jiceng county`: the platform operator makes tenants. What is in them is not the operator's to read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.exc import DBAPIError

from kit.db.session import REFERENCE_ONLY, Database, make_engine
from kit.errors import JicengError
from kit.models import County
from kit.rolecheck import UnsafeRole, check_runtime_role_now
from kit.settings import SettingsError, settings
from tenancy import queries, tree_import
from tenancy.counties import ADMINISTRATORS, CountyMade, create_county
from tenancy.models import AdminKind, Role
from tenancy.principal import NO_ACCOUNT, Principal
from tenancy.tiers import Tier

DAY = click.DateTime(["%Y-%m-%d"])

T = TypeVar("T")


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Run something on the database of the environment, as the runtime role. Refusals become one line."""

    async def run() -> T:
        database = Database(make_engine(settings()))
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        check_runtime_role_now(settings().database_url)
        return asyncio.run(run())
    except JicengError as refusal:
        raise click.ClickException(refusal.message("en")) from refusal
    except (SettingsError, UnsafeRole) as problem:
        raise click.ClickException(str(problem)) from problem
    except (OSError, DBAPIError) as problem:
        raise click.ClickException(f"the database does not answer: {problem}") from problem


def operator(county: County, *, admin: AdminKind | None = None) -> Principal:
    """The platform operator at a county's own unit: as one of 三员, or as who looks after its catalogue of forms."""
    return Principal(
        county_id=county.id,
        county_unit_id=county.unit_id,
        account_id=NO_ACCOUNT,
        display_name="平台运维",
        session_id=None,
        membership_id=NO_ACCOUNT,
        unit_id=county.unit_id,
        tier=Tier.COUNTY,
        roles=frozenset({Role.ADMINISTRATOR}) if admin is None else frozenset(),
        admin_kind=admin,
        unit_ids=(),
    )


async def county_of(database: Database, code: str) -> County:
    """An active county by its code. Raises ClickException."""
    async with database.transaction(REFERENCE_ONLY) as session:
        found = await queries.find_county(session, code)
    if found is None:
        raise click.ClickException(f"there is no county with the code {code}")
    return found


@click.group()
def county() -> None:
    """Counties: the tenants of the platform."""


@county.command("create")
@click.option("--code", required=True, help="What people type at sign-in: the administrative division code.")
@click.option("--name", required=True, help="The bureau's full name.")
@click.option("--short-name", help="What lists and totals call the county; the full name by default.")
@click.option(
    "--units",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of townships and villages: tier, code, name, short_name, parent_code.",
)
@click.option("--since", type=DAY, help="The day from which the units exist; 1 January of this year by default.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def create(
    code: str, name: str, short_name: str | None, units: Path | None, since: datetime | None, as_json: bool
) -> None:
    """Make a county with its three administrators and print their one-time codes, valid 72 hours.

    Each of them sets a password with the code at sign-in ("use a reset code"). Nobody else ever sees it.
    """
    day = since.date() if since else None
    text = None if units is None else units.read_text("utf-8-sig")

    async def work(database: Database) -> None:
        # The file is read before anything is made: a faulty line leaves no half-made county.
        lines = [] if text is None else tree_import.read_import(tree_import.rows_of_csv(text))
        made = await create_county(database, code=code, name=name, short_name=short_name, since=day)
        try:
            added = await _import(database, made.county, lines, day) if lines else 0
        except JicengError:
            # What the lines say of one another is seen only now. The county stands, so its codes must be told.
            _tell(made, 0, as_json=as_json)
            raise
        _tell(made, added, as_json=as_json)

    with_database(work)


async def _import(database: Database, made: County, lines: list[tree_import.ImportLine], day: date | None) -> int:
    actor = operator(made, admin=AdminKind.SYSTEM)
    async with database.transaction(actor.identity) as session:
        return await tree_import.import_units(session, actor=actor, lines=lines, on=day)


def _tell(made: CountyMade, added: int, *, as_json: bool) -> None:
    if as_json:
        codes = {kind.value: value for kind, (value, _) in made.codes.items()}
        click.echo(json.dumps({"county_code": made.county.code, "units": added, "codes": codes}))
        return
    click.echo(f"{made.county.name} ({made.county.code}) is made, with {added} units below it.")
    click.echo("One-time codes for its administrators, shown once:")
    for kind, (value, expires) in made.codes.items():
        until = datetime.fromisoformat(expires).strftime("%Y-%m-%d %H:%M UTC")
        click.echo(f"  {ADMINISTRATORS[kind][0]:<9} {value}   until {until}")
