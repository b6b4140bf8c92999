"""One-time codes that set a password: for a new account, a forgotten password, a new county's administrators."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import Database
from kit.errors import NotFound
from kit.ids import new_id
from tenancy import queries
from tenancy.auth import county_identity, find_county, revoke_all, set_password
from tenancy.errors import CodeInvalid
from tenancy.models import AccessCode, Account

CODE_AGE = timedelta(hours=72)


async def issue_code(
    session: AsyncSession, *, county_id: UUID, account_id: UUID, issued_by: UUID | None
) -> tuple[str, str]:
    """A one-time code that sets a password, valid 72 hours: (code, expiry as ISO text). Older ones become void."""
    await _void_codes(session, county_id=county_id, account_id=account_id)
    code = crypto.readable_code(10)
    expires_at = clock.now() + CODE_AGE
    await session.execute(
        insert(AccessCode).values(
            county_id=county_id,
            id=new_id(),
            account_id=account_id,
            code_hash=crypto.token_hash(code),
            issued_by=issued_by,
            expires_at=expires_at,
        )
    )
    return code, expires_at.isoformat()


async def _void_codes(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> None:
    await session.execute(
        update(AccessCode)
        .where(
            AccessCode.county_id == county_id,
            AccessCode.account_id == account_id,
            AccessCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )


async def redeem_code(database: Database, *, county_code: str, code: str, new_password: str, address: str) -> Account:
    """Set a password with a reset code or one-time link. All the account's sessions end.

    Raises CodeInvalid and PasswordRefused.
    """
    county = await find_county(database, county_code.strip())
    if county is None:
        raise CodeInvalid
    identity = county_identity(county)
    async with database.transaction(identity) as session:
        normal = code.strip().upper().replace("-", "").replace(" ", "")
        found = await queries.find_access_code(session, county_id=county.id, code_hash=crypto.token_hash(normal))
        if found is None:
            raise CodeInvalid
        try:
            account = await queries.get_account(session, county_id=county.id, account_id=found.account_id, lock=True)
        except NotFound:
            raise CodeInvalid from None
        await set_password(account, new_password)
        account.failures, account.locked_until = 0, None
        await _void_codes(session, county_id=county.id, account_id=account.id)
        await session.flush()
        await revoke_all(session, county_id=county.id, account_id=account.id)
        await write_all(
            session,
            [
                audit_row(
                    identity,
                    county_unit_id=county.unit_id,
                    account_id=account.id,
                    action="account.redeem_code",
                    subject_kind="account",
                    subject_id=account.id,
                    address=address,
                )
            ],
        )
    return account
