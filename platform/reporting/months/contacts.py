"""联系人: written down by the unit or by those above it, masked wherever shown, revealed on the record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.fields import Personal
from kit import clock, crypto
from kit.db.batch import Write, change, put, write_all
from kit.errors import Forbidden, PreconditionRequired, Stale
from reporting import personal
from reporting.months import queries
from reporting.months.errors import PhoneImpossible
from reporting.months.models import UnitContact
from reporting.months.schemas import ContactIn, ContactOut, PhoneOut
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, list_contacts

CONTEXT = "unit_contact.phone"
_ACCOUNT = "account.phone"
_PHONE = re.compile(r"^[0-9+][0-9\- ]{4,23}$")
_ABOVE = (Role.REVIEWER, Role.ADMINISTRATOR, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Reachable:
    """Whom to call at a unit: what was written down, else the first reporter's account."""

    name: str
    phone: str | None
    officer: str
    version: int

    @property
    def masked(self) -> str | None:
        return None if self.phone is None else personal.mask(Personal.PHONE, self.phone)


def reachable(contact: UnitContact | None, account: tuple[str, str | None] | None) -> Reachable:
    """What was written down comes first, piece by piece."""
    name, cipher = account or ("", None)
    phone = crypto.decrypt(cipher, context=_ACCOUNT) if cipher else None
    if contact is None:
        return Reachable(name, phone, "", 0)
    if contact.name and contact.name != name:
        # A person's name is never put beside another person's number.
        name, phone = contact.name, None
    if contact.phone_cipher:
        phone = crypto.decrypt(contact.phone_cipher, context=CONTEXT)
    return Reachable(name, phone, contact.officer, contact.version)


def contact_out(found: Reachable) -> ContactOut:
    return ContactOut(name=found.name, phone=found.masked, officer=found.officer, version=found.version)


async def reachable_at(session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]) -> Mapping[UUID, Reachable]:
    """unit → whom to call there. The caller has authorised the units."""
    written = await queries.list_unit_contacts(session, county_id=county_id, unit_ids=unit_ids)
    accounts = await list_contacts(session, county_id=county_id, unit_ids=unit_ids)
    return {unit_id: reachable(written.get(unit_id), accounts.get(unit_id)) for unit_id in unit_ids}


async def _one(session: AsyncSession, actor: Principal, unit_id: UUID) -> Reachable:
    await get_unit_in_scope(session, actor.scope, unit_id)
    return (await reachable_at(session, county_id=actor.county_id, unit_ids=[unit_id]))[unit_id]


async def contact_view(session: AsyncSession, actor: Principal, unit_id: UUID) -> ContactOut:
    """Whom to call at a unit in scope, the number masked. Raises NotFound."""
    return contact_out(await _one(session, actor, unit_id))


async def reveal(session: AsyncSession, *, actor: Principal, unit_id: UUID) -> PhoneOut:
    """The number itself: for the unit's own people, and for who reviews, leads or administers above. Goes on record."""
    found = await _one(session, actor, unit_id)
    if actor.admin_kind is not None or (unit_id != actor.unit_id and not actor.has(*_ABOVE)):
        raise Forbidden
    await write_all(session, [audited(actor, "contact.reveal", subject_kind="unit", subject_id=unit_id)])
    return PhoneOut(phone=found.phone)


async def edit(
    session: AsyncSession, *, actor: Principal, unit_id: UUID, version: int | None, given: ContactIn
) -> ContactOut:
    """Write down whom to call. The unit does it itself, or somebody who reviews or administers above it.

    Only those above say who the patch officer is. Raises Forbidden, PhoneImpossible, PreconditionRequired, Stale.
    """
    await get_unit_in_scope(session, actor.scope, unit_id)
    own = unit_id == actor.unit_id
    if actor.admin_kind is not None or not (own or actor.has(Role.REVIEWER, Role.ADMINISTRATOR)):
        raise Forbidden
    before = await queries.find_contact(session, county_id=actor.county_id, unit_id=unit_id, lock=True)
    if version is None:
        raise PreconditionRequired
    if version != (0 if before is None else before.version):
        raise Stale(version=0 if before is None else before.version)
    officer = given.officer
    if own and officer is not None and officer.strip() != ("" if before is None else before.officer):
        raise Forbidden
    values = {
        "name": given.name.strip(),
        "officer": (("" if before is None else before.officer) if officer is None else officer.strip()),
        "phone_cipher": sealed_phone(given.phone, None if before is None else before.phone_cipher, context=CONTEXT),
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
        "version": version + 1,
    }
    key = {"county_id": actor.county_id}
    written: Write = (
        put(UnitContact, **key, unit_id=unit_id, **values)
        if before is None
        else change(UnitContact, county_id=actor.county_id, id=before.id, **values)
    )
    await write_all(session, [written, audited(actor, "contact.edit", subject_kind="unit", subject_id=unit_id)])
    session.expire_all()
    return await contact_view(session, actor, unit_id)


def sealed_phone(phone: str | None, before: str | None, *, context: str) -> str | None:
    """A number as it is stored: None leaves it as it was, an empty one takes it away. Raises PhoneImpossible."""
    if phone is None:
        return before
    plain = phone.strip()
    if not plain:
        return None
    if not _PHONE.match(plain):
        raise PhoneImpossible
    return crypto.encrypt(plain, context=context)
