"""`jiceng user`: the last way in, when nobody above can help."""

from __future__ import annotations

from datetime import datetime

import click

from cli.county import county_of, operator, with_database
from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import Database
from tenancy import access_codes, queries


@click.group()
def user() -> None:
    """Users of a county."""


@user.command("reset-code")
@click.option("--county", "county_code", required=True, help="The county's code.")
@click.argument("name")
def reset_code(county_code: str, name: str) -> None:
    """Print a code with which the user NAME sets a new password, valid 72 hours.

    Ordinarily the level above does this; the operator does it for the administrators. The county's audit trail
    shows it.
    """

    async def work(database: Database) -> tuple[str, str]:
        actor = operator(await county_of(database, county_code))
        async with database.transaction(actor.identity) as session:
            account = await queries.find_account_by_name(session, county_id=actor.county_id, sign_name=name)
            if account is None:
                raise click.ClickException(f"{county_code} has no user with the sign-in name {name}")
            issued = await access_codes.issue_code(
                session, county_id=actor.county_id, account_id=account.id, issued_by=None
            )
            await write_all(
                session,
                [
                    audit_row(
                        actor.identity,
                        county_unit_id=actor.county_unit_id,
                        account_id=None,
                        action="account.issue_code",
                        subject_kind="account",
                        subject_id=account.id,
                    )
                ],
            )
            return issued

    code, expires = with_database(work)
    click.echo(f"{code}   until {datetime.fromisoformat(expires):%Y-%m-%d %H:%M} UTC")
