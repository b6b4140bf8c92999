"""Signing in, and knowing a request's bearer. Each function runs in a short transaction of its own."""

from __future__ import annotations

import asyncio
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.errors import NotAuthenticated
from kit.ids import new_id
from kit.models import County
from tenancy import queries
from tenancy.errors import (
    AccountLocked,
    InvalidCredentials,
    PasswordChangeRequired,
    PasswordRefused,
    SessionRevoked,
    TotpRequired,
    UnknownMembership,
)
from tenancy.models import Account, RememberedDevice, UserSession
from tenancy.principal import Principal
from tenancy.queries import SessionFacts
from tenancy.rules import lock_after, password_fault, session_ends

SESSION_AGE = timedelta(days=30)
#: On a computer that others use too.
SHARED_AGE = timedelta(hours=12)
#: `seen_at` is written at most this often: a read should not cost a write.
TOUCH_EVERY = timedelta(minutes=1)
#: A hash nobody knows the password of: an unknown name takes as long as a wrong password.
_NOBODY = crypto.hash_password(crypto.new_token())


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The two secrets of a new session: the cookie's token and the CSRF value."""

    token: str
    csrf: str
    account_id: UUID
    county: County


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who sent a request: the account, the session, and every membership they may act through."""

    facts: SessionFacts

    @property
    def county_id(self) -> UUID:
        return self.facts.county_id

    @property
    def account_id(self) -> UUID:
        return self.facts.account_id

    @property
    def unit_ids(self) -> tuple[UUID, ...]:
        """Every unit the person belongs to."""
        return tuple(m.unit_id for m in self.facts.memberships)

    def principal(self, membership_id: UUID | None, *, address: str = "") -> Principal:
        """The principal for one membership, the oldest unless named. Raises UnknownMembership when it is not theirs."""
        facts = self.facts
        for membership in facts.memberships:
            if membership_id is None or membership.id == membership_id:
                return Principal(
                    county_id=facts.county_id,
                    county_unit_id=facts.county_unit_id,
                    account_id=facts.account_id,
                    display_name=facts.display_name,
                    session_id=facts.session_id,
                    membership_id=membership.id,
                    unit_id=membership.unit_id,
                    tier=membership.tier,
                    roles=membership.roles,
                    admin_kind=membership.admin_kind,
                    unit_ids=self.unit_ids,
                    section_id=membership.section_id,
                    address=address,
                )
        raise UnknownMembership


def county_identity(county: County) -> Identity:
    """Before anybody is known, a transaction may touch only what is county-wide: it acts for no unit."""
    return Identity(county.id, county.id, ())


async def find_county(database: Database, code: str) -> County | None:
    """The county of a code that somebody types, if there is one."""
    async with database.transaction(REFERENCE_ONLY) as session:
        return await queries.find_county(session, code)


async def sign_in(
    database: Database,
    *,
    county_code: str,
    sign_name: str,
    password: str,
    totp_code: str | None,
    device: str,
    address: str,
    shared: bool = False,
) -> SignedIn:
    """Check a name and a password and open a session.

    Raises InvalidCredentials (also for an unknown county or name), AccountLocked, TotpRequired. Failures are counted
    and audited even though the request fails: the transaction commits before the refusal is raised.
    """
    county = await find_county(database, county_code.strip())
    if county is None:
        await asyncio.to_thread(crypto.verify_password, _NOBODY, password)
        raise InvalidCredentials
    refusal: Exception | None = None
    signed: SignedIn | None = None
    async with database.transaction(county_identity(county)) as session:
        account = await queries.find_account_by_name(session, county_id=county.id, sign_name=sign_name.strip())
        # Beside the event loop: trying a password takes its time on purpose.
        refusal = await asyncio.to_thread(_judge, account, password, totp_code)
        if account is not None:
            if refusal is None:
                age = SHARED_AGE if shared else SESSION_AGE
                signed = await open_session(session, county, account, device=device, address=address, age=age)
            elif isinstance(refusal, InvalidCredentials):
                await _count_failure(session, account)
            await write_all(
                session,
                [
                    audit_row(
                        county_identity(county),
                        county_unit_id=county.unit_id,
                        account_id=account.id,
                        action="session.sign_in",
                        result="ok" if refusal is None else str(getattr(refusal, "code", "refused")),
                        address=address,
                    )
                ],
            )
    if refusal is not None:
        raise refusal
    assert signed is not None
    return signed


def _judge(account: Account | None, password: str, totp_code: str | None) -> Exception | None:
    if account is None or not account.active or account.password_hash is None:
        crypto.verify_password(_NOBODY, password)
        return InvalidCredentials()
    if locked := lock_of(account):
        return locked
    if not crypto.verify_password(account.password_hash, password):
        return InvalidCredentials()
    if account.totp_confirmed:
        if not totp_code:
            return TotpRequired()
        step = accepted_totp_step(account, totp_code)
        if step is None:
            return InvalidCredentials()
        account.totp_step = step
    return None


def lock_of(account: Account) -> AccountLocked | None:
    """The refusal while an account is locked."""
    now = clock.now()
    if account.locked_until is None or account.locked_until <= now:
        return None
    minutes = int((account.locked_until - now).total_seconds() // 60) + 1
    return AccountLocked(minutes=minutes, until=account.locked_until.isoformat())


async def fits(account: Account, password: str) -> bool:
    """Whether a password is the account's."""
    hashed = account.password_hash
    return hashed is not None and await asyncio.to_thread(crypto.verify_password, hashed, password)


async def confirm_password(
    database: Database, *, county_id: UUID, county_unit_id: UUID, account_id: UUID, password: str, address: str
) -> None:
    """Whoever is signed in proves to be the account's owner. Raises InvalidCredentials, AccountLocked.

    Failures count as those of signing in do: a browser left open is no place to guess a password.
    """
    identity = Identity(county_id, county_id, ())
    refusal: Exception | None = None
    async with database.transaction(identity) as session:
        account = await queries.get_account(session, county_id=county_id, account_id=account_id, lock=True)
        refusal = lock_of(account)
        if refusal is None and not await fits(account, password):
            refusal = InvalidCredentials()
            await _count_failure(session, account)
            await write_all(
                session,
                [
                    audit_row(
                        identity,
                        county_unit_id=county_unit_id,
                        account_id=account_id,
                        action="account.confirm_password",
                        result=InvalidCredentials.code,
                        address=address,
                    )
                ],
            )
    if refusal is not None:
        raise refusal


def accepted_totp_step(account: Account, code: str) -> int | None:
    """The time step a one-time code belongs to (one step of drift allowed), or None; a step is accepted once."""
    assert account.totp_cipher is not None
    totp = pyotp.TOTP(crypto.decrypt(account.totp_cipher, context="account.totp"))
    # An input method may give full-width digits; what is no digit at all fits nothing.
    given = unicodedata.normalize("NFKC", code).strip().encode()
    now = int(clock.now().timestamp())
    for drift in (-1, 0, 1):
        step = now // totp.interval + drift
        if step > account.totp_step and hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None


async def _count_failure(session: AsyncSession, account: Account) -> None:
    account.failures += 1
    lock = lock_after(account.failures)
    if lock is not None:
        account.locked_until = clock.now() + lock
    await session.flush()


async def open_session(
    session: AsyncSession,
    county: County,
    account: Account,
    *,
    device: str,
    address: str,
    age: timedelta = SESSION_AGE,
) -> SignedIn:
    """A new session for an account that has proved itself; its failures are forgotten."""
    account.failures = 0
    account.locked_until = None
    await session.flush()
    secret, csrf = crypto.new_token(), crypto.new_token()
    await session.execute(
        insert(UserSession).values(
            county_id=county.id,
            id=new_id(),
            account_id=account.id,
            secret_hash=crypto.token_hash(secret),
            csrf_hash=crypto.token_hash(csrf),
            device=device[:200],
            address=address,
            expires_at=clock.now() + age,
        )
    )
    return SignedIn(f"{county.id}.{secret}", csrf, account.id, county)


async def sign_in_elsewhere(database: Database, bearer: Bearer, *, device: str, address: str) -> SignedIn:
    """A session on another device, for whoever is signed in on this one and says so. Raises PasswordChangeRequired."""
    require_own_password(bearer)
    async with database.transaction(Identity(bearer.county_id, bearer.county_id, ())) as session:
        county = await queries.get_county(session, bearer.county_id)
        account = await queries.get_account(session, county_id=county.id, account_id=bearer.account_id, lock=True)
        signed = await open_session(session, county, account, device=device, address=address)
        await write_all(
            session,
            [
                audit_row(
                    county_identity(county),
                    county_unit_id=county.unit_id,
                    account_id=account.id,
                    action="session.sign_in_by_scan",
                    address=address,
                )
            ],
        )
    return signed


async def identify(database: Database, token: str) -> Bearer:
    """Who a token belongs to. Raises SessionRevoked when it was revoked or its account is off, and
    NotAuthenticated when it is unknown or has ended by itself."""
    county_part, _, secret = token.partition(".")
    try:
        county_id = UUID(county_part)
    except ValueError:
        raise NotAuthenticated from None
    facts = await queries.find_session(database, county_id=county_id, secret_hash=crypto.token_hash(secret))
    if facts is None:
        raise NotAuthenticated
    now = clock.now()
    if facts.revoked_at is not None or not facts.account_active:
        raise SessionRevoked
    if not facts.county_active or session_ends(
        seen_at=facts.seen_at, expires_at=facts.expires_at, idle_minutes=facts.idle_minutes, now=now
    ):
        raise NotAuthenticated
    if now - facts.seen_at > TOUCH_EVERY:
        async with database.transaction(Identity(county_id, county_id, ())) as session:
            await session.execute(
                update(UserSession)
                .where(UserSession.county_id == county_id, UserSession.id == facts.session_id)
                .values(seen_at=now)
            )
    return Bearer(facts)


def csrf_matches(bearer: Bearer, value: str) -> bool:
    """Whether the CSRF header belongs to the session."""
    return hmac.compare_digest(bearer.facts.csrf_hash, crypto.token_hash(value))


def require_own_password(bearer: Bearer) -> None:
    """Raises PasswordChangeRequired while the account carries a password that somebody else chose."""
    if bearer.facts.must_change_password:
        raise PasswordChangeRequired


async def set_password(account: Account, password: str) -> None:
    """Put the password that its owner chose on an account. Raises PasswordRefused."""
    fault = password_fault(password, account.sign_name)
    if fault is not None:
        raise PasswordRefused(problem=fault)
    account.password_hash = await asyncio.to_thread(crypto.hash_password, password)
    account.password_changed_at = clock.now()
    account.must_change_password = False


async def revoke_all(session: AsyncSession, *, county_id: UUID, account_id: UUID, but: UUID | None = None) -> None:
    """End every session of an account, except one, and forget every device that it signs in on by PIN."""
    statement = (
        update(UserSession)
        .where(
            UserSession.county_id == county_id,
            UserSession.account_id == account_id,
            UserSession.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )
    if but is not None:
        statement = statement.where(UserSession.id != but)
    await session.execute(statement)
    await session.execute(
        update(RememberedDevice)
        .where(
            RememberedDevice.county_id == county_id,
            RememberedDevice.account_id == account_id,
            RememberedDevice.revoked_at.is_(None),
        )
        .values(revoked_at=clock.now())
    )
