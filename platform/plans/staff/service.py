"""Commands on the roster: add, change, leave, come back. By the unit itself or by a unit above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.db.batch import Write, put, write_all
from kit.errors import Forbidden
from kit.ids import new_id
from plans.staff import following, queries
from plans.staff.errors import AccountElsewhere, AccountTaken, DatesReversed, StartsLater
from plans.staff.following import Moved
from plans.staff.lifecycle import STAFF, subject_of
from plans.staff.models import Background, Duty, StaffKind, StaffMember
from reporting.months.contacts import sealed_phone
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import list_accounts, load_line_in_scope
from workflow.lifecycle import expect_version, perform

PHONE = "staff_member.phone"
_FACTS = (
    "name",
    "post",
    "kind",
    "background",
    "duties",
    "certificates",
    "established",
    "started_on",
    "phone_cipher",
    "account_id",
)
_KEEPERS = (Role.REPORTER, Role.REVIEWER)
_REVEALERS = (Role.REVIEWER, Role.ADMINISTRATOR, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Given:
    """What the roster says of a person. `phone` None leaves the number as it was, empty takes it away."""

    name: str
    post: str
    kind: StaffKind
    started_on: date
    phone: str | None = None
    account_id: UUID | None = None
    background: Background | None = None
    duties: Sequence[Duty] = ()
    #: {name, on} of each.
    certificates: Sequence[Mapping[str, Any]] = ()
    #: 在编.
    established: bool = False


def may_keep(actor: Principal) -> bool:
    """Whether the acting membership keeps rosters: its own unit's, and those below."""
    return actor.has(*_KEEPERS)


def may_reveal(actor: Principal, unit_id: UUID) -> bool:
    """Whether the acting membership may open a number of a unit in its scope: its own unit's, and those below for who
    reviews, leads or administers."""
    return actor.admin_kind is None and (unit_id == actor.unit_id or actor.has(*_REVEALERS))


async def add(
    session: AsyncSession,
    *,
    actor: Principal,
    unit_id: UUID,
    given: Given,
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """登记: put somebody on a roster. Raises NotFound, Forbidden, StartsLater, AccountElsewhere, AccountTaken."""
    line = await load_line_in_scope(session, actor.scope, unit_id)
    if not may_keep(actor):
        raise Forbidden
    staff_id = made or new_id()
    values = {**await _values(session, actor, unit_id, given, None), "unit_id": unit_id}
    row = put(StaffMember, county_id=actor.county_id, id=staff_id, place=line.ancestors(unit_id), **values)
    entry = audited(actor, "staff_member.add", subject_kind=STAFF.kind, subject_id=staff_id)
    try:
        await write_all(session, [*also, row, entry])
    except IntegrityError as error:
        raise AccountTaken from error
    await following.tell(session, actor, Moved(staff_id, unit_id, serves=True))
    return staff_id


async def _values(
    session: AsyncSession, actor: Principal, unit_id: UUID, given: Given, before: StaffMember | None
) -> dict[str, Any]:
    if given.started_on > clock.today():
        raise StartsLater
    if given.account_id is not None and (before is None or given.account_id != before.account_id):
        known = await list_accounts(session, county_id=actor.county_id, unit_ids=[unit_id])
        if given.account_id not in {facts.account.id for facts in known if facts.membership.admin_kind is None}:
            raise AccountElsewhere
    return {
        "name": given.name,
        "post": given.post,
        "kind": given.kind,
        "background": given.background,
        "duties": [one.value for one in Duty if one in given.duties],
        "certificates": list(given.certificates),
        "established": given.established,
        "started_on": given.started_on,
        "phone_cipher": sealed_phone(given.phone, None if before is None else before.phone_cipher, context=PHONE),
        "account_id": given.account_id,
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
    }


async def change(
    session: AsyncSession,
    *,
    actor: Principal,
    staff_id: UUID,
    version: int | None,
    given: Given,
    also: Sequence[Write] = (),
) -> int:
    """Change what the roster says; the history keeps which facts changed. Raises as `add`, and Stale."""
    member = await _locked(session, actor, staff_id, "change", version)
    values = await _values(session, actor, member.unit_id, given, member)
    changed = [name.removesuffix("_cipher") for name in _FACTS if getattr(member, name) != values[name]]
    return await _perform(session, actor, member, "change", values, also, {"changed": changed})


async def leave(
    session: AsyncSession,
    *,
    actor: Principal,
    staff_id: UUID,
    version: int | None,
    on: date,
    also: Sequence[Write] = (),
) -> int:
    """离岗. What the person was credited with stays. Raises Forbidden, Stale, DatesReversed."""
    member = await _locked(session, actor, staff_id, "leave", version)
    if not member.started_on <= on <= clock.today():
        raise DatesReversed
    return await _perform(session, actor, member, "leave", {"left_on": on}, also, {"on": on.isoformat()})


async def come_back(
    session: AsyncSession, *, actor: Principal, staff_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """恢复在岗: the leaving was a mistake, or did not last. Raises Forbidden, Stale, AccountTaken."""
    member = await _locked(session, actor, staff_id, "come_back", version)
    return await _perform(session, actor, member, "come_back", {"left_on": None}, also, {})


async def _locked(
    session: AsyncSession, actor: Principal, staff_id: UUID, action: str, version: int | None
) -> StaffMember:
    member = await queries.get_member(session, county_id=actor.county_id, staff_id=staff_id, lock=True)
    subject = subject_of(member)
    STAFF.check_side(action, subject, actor)
    expect_version(subject, version)
    STAFF.check(action, subject, actor)
    return member


async def _perform(
    session: AsyncSession,
    actor: Principal,
    member: StaffMember,
    action: str,
    values: dict[str, Any],
    also: Sequence[Write],
    detail: dict[str, Any],
) -> int:
    try:
        return await perform(
            session, STAFF, action, subject_of(member), actor=actor, values=values, also=also, detail=detail
        )
    except IntegrityError as error:
        raise AccountTaken from error


async def reveal(session: AsyncSession, *, actor: Principal, staff_id: UUID) -> str | None:
    """The telephone number itself: for the unit's own people, and for who reviews, leads or administers above. Goes on
    record. Raises NotFound, Forbidden."""
    member = await queries.get_member(session, county_id=actor.county_id, staff_id=staff_id)
    if not may_reveal(actor, member.unit_id):
        raise Forbidden
    await write_all(session, [audited(actor, "staff_member.reveal", subject_kind=STAFF.kind, subject_id=staff_id)])
    return None if member.phone_cipher is None else crypto.decrypt(member.phone_cipher, context=PHONE)
