"""The platform operator's commands: make a county with its three administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.ids import new_id
from kit.models import County
from tenancy import access_codes, queries
from tenancy.errors import UnitCodeTaken
from tenancy.models import Account, AdminKind, Membership, Unit, UnitVersion
from tenancy.tiers import Tier

#: Sign-in names of the three administrators a county begins with.
ADMINISTRATORS = {
    AdminKind.SYSTEM: ("sysadmin", "系统管理员"),
    AdminKind.SECURITY: ("secadmin", "安全管理员"),
    AdminKind.AUDIT: ("auditor", "审计管理员"),
}


@dataclass(frozen=True, slots=True)
class CountyMade:
    """A new county, and one one-time code for each of its administrators."""

    county: County
    codes: dict[AdminKind, tuple[str, str]]


async def create_county(
    database: Database, *, code: str, name: str, short_name: str | None = None, since: date | None = None
) -> CountyMade:
    """Make a tenant: the county, its own unit, and 三员 with one-time codes. Raises UnitCodeTaken.

    The reference row and the tenant's first rows need different identities, so the county row is made first and
    inactive; it becomes active in the transaction that makes the rest.
    """
    async with database.transaction(REFERENCE_ONLY) as session:
        if await queries.find_county(session, code) is not None:
            raise UnitCodeTaken(unit_code=code)
        county = County(id=new_id(), unit_id=new_id(), code=code, name=name, active=True)
        session.add(county)
    identity = Identity.of_unit(county.id, county.unit_id)
    codes: dict[AdminKind, tuple[str, str]] = {}
    async with database.transaction(identity) as session:
        await _make_root(session, county, short_name or name, since or date(clock.today().year, 1, 1))
        for kind, (sign_name, display_name) in ADMINISTRATORS.items():
            account = Account(county_id=county.id, id=new_id(), sign_name=sign_name, display_name=display_name)
            session.add(account)
            await session.flush()
            session.add(
                Membership(
                    county_id=county.id,
                    account_id=account.id,
                    unit_id=county.unit_id,
                    roles=[],
                    admin_kind=kind,
                )
            )
            codes[kind] = await access_codes.issue_code(
                session, county_id=county.id, account_id=account.id, issued_by=None
            )
        await session.flush()
        await write_all(
            session, [audit_row(identity, county_unit_id=county.unit_id, action="county.create", account_id=None)]
        )
    return CountyMade(county, codes)


async def _make_root(session: AsyncSession, county: County, short_name: str, since: date) -> None:
    await session.execute(
        insert(Unit).values(county_id=county.id, id=county.unit_id, tier=Tier.COUNTY, code=county.code)
    )
    await session.execute(
        insert(UnitVersion).values(
            county_id=county.id,
            unit_id=county.unit_id,
            parent_id=None,
            name=county.name,
            short_name=short_name,
            valid_from=since,
        )
    )
