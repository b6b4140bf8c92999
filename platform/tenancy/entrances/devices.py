"""A remembered telephone: its owner signs in by six digits instead of a password.

The device keeps a secret in a cookie that no script reads; a PIN counts only together with it, and after five wrong
ones the device is forgotten. Changing or resetting the password, and the level above's reset, forget every device.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.audit import audit_row
from kit.db.batch import write_all
from kit.db.session import Database, Identity
from kit.errors import NotFound
from kit.ids import new_id
from kit.models import County
from tenancy import auth
from tenancy import queries as tenancy_queries
from tenancy.audit import audited
from tenancy.auth import SignedIn
from tenancy.entrances import queries
from tenancy.entrances.rules import TRIES, pin_fault
from tenancy.errors import DeviceForgotten, PinRefused, PinWrong
from tenancy.models import Account, RememberedDevice
from tenancy.principal import Principal

T = TypeVar("T")

#: Longer than a quarter's form, shorter than a term of office.
DEVICE_AGE = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Whom a device remembers, as its sign-in page may say."""

    county_code: str
    county_name: str
    display_name: str
    account_id: UUID


async def remember(session: AsyncSession, *, actor: Principal, pin: str, device: str) -> str:
    """Let the actor's device remember them; returns its token. Raises PinRefused."""
    if pin_fault(pin):
        raise PinRefused
    secret = crypto.new_token()
    device_id = new_id()
    await session.execute(
        insert(RememberedDevice).values(
            county_id=actor.county_id,
            id=device_id,
            account_id=actor.account_id,
            secret_hash=crypto.token_hash(secret),
            pin_hash=await asyncio.to_thread(crypto.hash_password, pin),
            device=device[:200],
            expires_at=clock.now() + DEVICE_AGE,
        )
    )
    await write_all(
        session, [audited(actor, "device.remember", subject_kind="remembered_device", subject_id=device_id)]
    )
    return f"{actor.county_id}.{secret}"


async def forget(session: AsyncSession, *, actor: Principal, device_id: UUID) -> None:
    """Forget one of the actor's devices. Raises NotFound."""
    found = await queries.list_devices(session, county_id=actor.county_id, account_id=actor.account_id)
    for device in found:
        if device.id == device_id:
            device.revoked_at = clock.now()
            await session.flush()
            await write_all(
                session, [audited(actor, "device.forget", subject_kind="remembered_device", subject_id=device_id)]
            )
            return
    raise NotFound


async def find_remembered(database: Database, token: str) -> Remembered | None:
    """Whom a device's token remembers, for the sign-in page of that very device."""
    parsed = _parse(token)
    if parsed is None:
        return None
    county_id, secret_hash = parsed
    async with database.transaction(Identity(county_id, county_id, ())) as session:
        county = await queries.find_county_by_id(session, county_id)
        device = await queries.find_device(session, county_id=county_id, secret_hash=secret_hash)
        if county is None or device is None:
            return None
        account = await tenancy_queries.get_account(session, county_id=county_id, account_id=device.account_id)
        return Remembered(county.code, county.name, account.display_name, account.id) if account.active else None


async def sign_in(database: Database, *, token: str, pin: str, device: str, address: str) -> SignedIn:
    """Open a session by a device's token and PIN.

    Raises DeviceForgotten (unknown, over, or the fifth wrong PIN), PinWrong, AccountLocked. Failures are counted and
    audited even though the request fails.
    """

    async def enter(session: AsyncSession, county: County, account: Account, _found: RememberedDevice) -> SignedIn:
        return await auth.open_session(session, county, account, device=device, address=address)

    return await _proven(database, token, pin, address, "session.sign_in_by_pin", enter)


@dataclass(frozen=True, slots=True)
class DeviceHalf:
    """The server's half of the key under which a device keeps personal values; the other half is made of the PIN."""

    device_id: UUID
    half: str


async def release_half(database: Database, *, account_id: UUID, token: str, pin: str, address: str) -> DeviceHalf:
    """Give a device's owner, who is signed in on it, the server's half of its key.

    A PIN has a million values: whoever holds the device's disk would try them all, were this half not given by the
    server alone, which counts the tries. It is derived, the same each time, and no longer given once the device is
    forgotten. Raises what `sign_in` raises, and DeviceForgotten for somebody else's device.
    """

    async def half(_session: AsyncSession, _county: County, _account: Account, found: RememberedDevice) -> DeviceHalf:
        return DeviceHalf(found.id, crypto.keyed_hash(str(found.id), context="remembered_device.half"))

    return await _proven(database, token, pin, address, "device.unlock", half, owner=account_id)


async def _proven(
    database: Database,
    token: str,
    pin: str,
    address: str,
    action: str,
    then: Callable[[AsyncSession, County, Account, RememberedDevice], Awaitable[T]],
    *,
    owner: UUID | None = None,
) -> T:
    """What `then` gives once token and PIN are proven, in one transaction that also counts and records the try."""
    parsed = _parse(token)
    if parsed is None:
        raise DeviceForgotten
    county_id, secret_hash = parsed
    refusal: Exception | None = DeviceForgotten()
    given: list[T] = []
    async with database.transaction(Identity(county_id, county_id, ())) as session:
        county = await queries.find_county_by_id(session, county_id)
        found = await queries.find_device(session, county_id=county_id, secret_hash=secret_hash, lock=True)
        if county is not None and found is not None and owner in (None, found.account_id):
            account = await tenancy_queries.get_account(
                session, county_id=county_id, account_id=found.account_id, lock=True
            )
            refusal = await _judge(account, found, pin)
            if refusal is None:
                given.append(await then(session, county, account, found))
            await session.flush()
            await _record(session, county, account, action, refusal, address)
    if refusal is not None:
        raise refusal
    return given[0]


async def _judge(account: Account, device: RememberedDevice, pin: str) -> Exception | None:
    if not account.active or account.must_change_password:
        return DeviceForgotten()
    if locked := auth.lock_of(account):
        return locked
    if await asyncio.to_thread(crypto.verify_password, device.pin_hash, pin):
        device.failures = 0
        device.used_at = clock.now()
        return None
    device.failures += 1
    if device.failures >= TRIES:
        device.revoked_at = clock.now()
        return DeviceForgotten()
    return PinWrong(left=TRIES - device.failures)


async def _record(
    session: AsyncSession, county: County, account: Account, action: str, refusal: Exception | None, address: str
) -> None:
    await write_all(
        session,
        [
            audit_row(
                auth.county_identity(county),
                county_unit_id=county.unit_id,
                account_id=account.id,
                action=action,
                result="ok" if refusal is None else str(getattr(refusal, "code", "refused")),
                address=address,
            )
        ],
    )


def _parse(token: str) -> tuple[UUID, str] | None:
    county, _, secret = token.partition(".")
    try:
        return UUID(county), crypto.token_hash(secret)
    except ValueError:
        return None
