"""`jiceng form`: definitions into a county's catalogue."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from cli.county import DAY, county_of, operator, with_database
from forms import catalogue
from forms.compiled import CompiledForm
from forms.errors import DefinitionInvalid
from forms.loading import SHIPPED, load_form
from kit.db.session import Database


@click.group()
def form() -> None:
    """Forms: what counties ask of their units."""


@form.command("load")
@click.argument("source")
@click.option("--county", "county_code", required=True, help="The county's code.")
@click.option("--from", "applies_from", type=DAY, required=True, help="A day of the first period that it serves.")
@click.option("--publish", is_flag=True, help="Put it in force: cycles open by themselves, and it never changes again.")
def load(source: str, county_code: str, applies_from: datetime, publish: bool) -> None:
    """Put a definition into a county's catalogue: a YAML file, or the name of a shipped form (f1, f2, f3).

    Without --publish it is a draft, which loading again replaces.
    """
    compiled = _read(source)

    async def work(database: Database) -> int:
        county = await county_of(database, county_code)
        actor = operator(county)
        async with database.transaction(actor.identity) as session:
            version = await catalogue.load_definition(
                session, actor=actor, definition=compiled.definition, applies_from=applies_from.date()
            )
            if publish:
                await catalogue.publish(session, actor=actor, version=version)
            return version.version

    number = with_database(work)
    state = "published" if publish else "a draft"
    click.echo(f"{compiled.definition.code} {compiled.definition.name.zh}: version {number} is {state}.")


def _read(source: str) -> CompiledForm:
    shipped = SHIPPED / f"{source}.yaml"
    path = shipped if source.isalnum() and shipped.exists() else Path(source)
    try:
        return load_form(path)
    except DefinitionInvalid as faults:
        raise click.ClickException(faults.message("en")) from faults
    except OSError as problem:
        names = ", ".join(sorted(p.stem for p in SHIPPED.glob("*.yaml")))
        told = f"{source} can't be read ({problem.strerror}), and it is none of {names}"
        raise click.ClickException(told) from problem
