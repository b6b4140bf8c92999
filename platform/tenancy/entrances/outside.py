"""Accounts linked to identities at an OpenID Connect issuer: a government app's, a province's directory."""

from __future__ import annotations

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import Database
from kit.ids import new_id
from kit.models import County
from tenancy import auth
from tenancy import queries as tenancy_queries
from tenancy.audit import audited
from tenancy.auth import SignedIn
from tenancy.entrances import queries
from tenancy.errors import OutsideTaken, OutsideUnknown
from tenancy.models import OutsideIdentity
from tenancy.principal import Principal


async def link(session: AsyncSession, *, actor: Principal, issuer: str, subject: str) -> None:
    """Link the actor's account to an identity, in place of an older one there. Raises OutsideTaken."""
    await session.execute(
        delete(OutsideIdentity).where(
            OutsideIdentity.county_id == actor.county_id,
            OutsideIdentity.account_id == actor.account_id,
            OutsideIdentity.issuer == issuer,
        )
    )
    try:
        async with session.begin_nested():
            await session.execute(
                insert(OutsideIdentity).values(
                    county_id=actor.county_id,
                    id=new_id(),
                    account_id=actor.account_id,
                    issuer=issuer,
                    subject=subject,
                )
            )
    except IntegrityError:
        raise OutsideTaken from None
    await _record(session, actor, "outside_identity.link", issuer)


async def unlink(session: AsyncSession, *, actor: Principal, issuer: str) -> None:
    """Forget the identity that the actor's account is linked to."""
    await session.execute(
        delete(OutsideIdentity).where(
            OutsideIdentity.county_id == actor.county_id,
            OutsideIdentity.account_id == actor.account_id,
            OutsideIdentity.issuer == issuer,
        )
    )
    await _record(session, actor, "outside_identity.unlink", issuer)


async def _record(session: AsyncSession, actor: Principal, action: str, issuer: str) -> None:
    entry = audited(actor, action, subject_kind="account", subject_id=actor.account_id, detail={"issuer": issuer})
    await write_all(session, [entry])


async def sign_in(
    database: Database, *, county: County, issuer: str, subject: str, device: str, address: str
) -> SignedIn:
    """Open a session for the account that an identity is linked to. Raises OutsideUnknown, AccountLocked."""
    refusal: Exception | None = OutsideUnknown()
    signed: SignedIn | None = None
    identity = auth.county_identity(county)
    async with database.transaction(identity) as session:
        linked = await queries.find_identity(session, county_id=county.id, issuer=issuer, subject=subject)
        if linked is not None:
            account = await tenancy_queries.get_account(
                session, county_id=county.id, account_id=linked.account_id, lock=True
            )
            refusal = auth.lock_of(account) if account.active else OutsideUnknown()
            if refusal is None:
                signed = await auth.open_session(session, county, account, device=device, address=address)
            await write_all(
                session,
                [
                    audit_row(
                        identity,
                        county_unit_id=county.unit_id,
                        account_id=account.id,
                        action="session.sign_in_outside",
                        result="ok" if refusal is None else str(getattr(refusal, "code", "refused")),
                        address=address,
                    )
                ],
            )
    if refusal is not None:
        raise refusal
    assert signed is not None
    return signed
