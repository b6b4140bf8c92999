"""Every SELECT of tenancy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.queries import get_row
from kit.db.session import Database
from kit.errors import NotFound
from kit.models import AuditEntry, County
from kit.paging import Mark, beyond
from tenancy.models import (
    AccessCode,
    Account,
    AdminKind,
    Membership,
    Role,
    Section,
    Unit,
    UnitChange,
    UnitVersion,
    UserSession,
)
from tenancy.principal import UnitScope
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier


async def find_county(session: AsyncSession, code: str) -> County | None:
    """An active county by its code."""
    return (await session.scalars(select(County).where(County.code == code, County.active))).one_or_none()


async def get_county(session: AsyncSession, county_id: UUID) -> County:
    county = (await session.scalars(select(County).where(County.id == county_id))).one_or_none()
    if county is None:
        raise NotFound
    return county


async def list_counties(session: AsyncSession) -> Sequence[County]:
    """Active counties, from the reference table: what the scheduler and the relay go through."""
    return (await session.scalars(select(County).where(County.active).order_by(County.code))).all()


def _as_of(day: date) -> Select[UUID, Tier, str, str, str, UUID | None]:
    version = UnitVersion
    return (
        select(Unit.id, Unit.tier, Unit.code, version.name, version.short_name, version.parent_id)
        .join(version, and_(version.county_id == Unit.county_id, version.unit_id == Unit.id))
        .where(version.valid_from <= day, or_(version.valid_to.is_(None), version.valid_to > day))
    )


async def load_tree(session: AsyncSession, *, county_id: UUID, day: date) -> Tree:
    """The county's tree as it is on a day."""
    rows = await session.execute(_as_of(day).where(Unit.county_id == county_id))
    return Tree(TreeNode(r.id, Tier(r.tier), r.code, r.name, r.short_name, r.parent_id) for r in rows)


async def load_line(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> Tree:
    """The tree as it is today, of a unit and what is above it alone; empty without such a unit."""
    here = _as_of(clock.today()).where(Unit.county_id == county_id)
    line = here.where(Unit.id == unit_id).cte("line", recursive=True)
    line = line.union(here.join(line, Unit.id == line.c.parent_id))
    rows = await session.execute(select(line))
    return Tree(TreeNode(r.id, Tier(r.tier), r.code, r.name, r.short_name, r.parent_id) for r in rows)


async def load_scope_tree(session: AsyncSession, scope: UnitScope, *, day: date | None = None) -> list[TreeNode]:
    """The units of a scope, parents first."""
    tree = await load_tree(session, county_id=scope.county_id, day=day or clock.today())
    return tree.walk(scope.unit_id)


async def get_unit_in_scope(session: AsyncSession, scope: UnitScope, unit_id: UUID) -> TreeNode:
    """A unit at or below the scope's root today. Raises NotFound otherwise."""
    line = await load_line_in_scope(session, scope, unit_id)
    return line.nodes[unit_id]


async def load_line_in_scope(session: AsyncSession, scope: UnitScope, unit_id: UUID) -> Tree:
    """The line (`load_line`) of a unit at or below the scope's root today. Raises NotFound otherwise."""
    line = await load_line(session, county_id=scope.county_id, unit_id=unit_id)
    if scope.unit_id not in line.nodes:
        raise NotFound
    return line


async def list_unit_versions(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> Sequence[UnitVersion]:
    statement = (
        select(UnitVersion)
        .where(UnitVersion.county_id == county_id, UnitVersion.unit_id == unit_id)
        .order_by(UnitVersion.valid_from)
    )
    return (await session.scalars(statement)).all()


async def list_unit_changes(session: AsyncSession, *, county_id: UUID, unit_id: UUID) -> Sequence[UnitChange]:
    statement = (
        select(UnitChange)
        .where(
            UnitChange.county_id == county_id,
            or_(literal(unit_id) == any_(UnitChange.before_ids), literal(unit_id) == any_(UnitChange.after_ids)),
        )
        .order_by(UnitChange.effective_on, UnitChange.made_at)
    )
    return (await session.scalars(statement)).all()


async def taken_unit_codes(session: AsyncSession, *, county_id: UUID, codes: Iterable[str]) -> set[str]:
    statement = select(Unit.code).where(Unit.county_id == county_id, Unit.code.in_(list(codes)))
    return set((await session.scalars(statement)).all())


async def find_account_by_name(session: AsyncSession, *, county_id: UUID, sign_name: str) -> Account | None:
    """For signing in: locks the row, so that failures are counted one after another."""
    statement = select(Account).where(Account.county_id == county_id, Account.sign_name == sign_name).with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def get_account(session: AsyncSession, *, county_id: UUID, account_id: UUID, lock: bool = False) -> Account:
    return await get_row(session, Account, county_id=county_id, id=account_id, lock=lock)


async def taken_sign_names(session: AsyncSession, *, county_id: UUID, names: Iterable[str]) -> set[str]:
    statement = select(Account.sign_name).where(Account.county_id == county_id, Account.sign_name.in_(list(names)))
    return set((await session.scalars(statement)).all())


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """A membership with the names a page shows."""

    id: UUID
    unit_id: UUID
    unit_name: str
    unit_short_name: str
    tier: Tier
    section_id: UUID | None
    section_name: str | None
    roles: tuple[Role, ...]
    admin_kind: AdminKind | None


async def list_memberships(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> list[MembershipFacts]:
    """The active memberships of a person at units that exist today, county first."""
    units = _as_of(clock.today()).subquery()
    statement = (
        select(Membership, units.c.name, units.c.short_name, units.c.tier, Section.name.label("section"))
        .join(units, units.c.id == Membership.unit_id)
        .outerjoin(Section, and_(Section.county_id == Membership.county_id, Section.id == Membership.section_id))
        .where(Membership.county_id == county_id, Membership.account_id == account_id, Membership.active)
        .order_by(units.c.tier, units.c.name)
    )
    return [
        MembershipFacts(
            id=m.id,
            unit_id=m.unit_id,
            unit_name=name,
            unit_short_name=short,
            tier=tier,
            section_id=m.section_id,
            section_name=section,
            roles=tuple(Role(r) for r in m.roles),
            admin_kind=m.admin_kind,
        )
        for m, name, short, tier, section in await session.execute(statement)
    ]


async def get_membership(
    session: AsyncSession, *, county_id: UUID, membership_id: UUID, lock: bool = False
) -> Membership:
    """A membership of the county; with `lock`, held. Raises NotFound."""
    return await get_row(session, Membership, county_id=county_id, id=membership_id, lock=lock)


async def memberships_of_account(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> Sequence[Membership]:
    statement = select(Membership).where(Membership.county_id == county_id, Membership.account_id == account_id)
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class SessionMembership:
    """A membership as a request needs it."""

    id: UUID
    unit_id: UUID
    tier: Tier
    roles: frozenset[Role]
    admin_kind: AdminKind | None
    section_id: UUID | None


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What one request needs to know of its bearer."""

    session_id: UUID
    csrf_hash: str
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    account_id: UUID
    sign_name: str
    display_name: str
    must_change_password: bool
    totp_confirmed: bool
    account_active: bool
    county_id: UUID
    county_code: str
    county_name: str
    county_unit_id: UUID
    county_active: bool
    idle_minutes: int
    memberships: tuple[SessionMembership, ...]


async def find_session(database: Database, *, county_id: UUID, secret_hash: str) -> SessionFacts | None:
    """A session with its account, county and active memberships: one statement, which is a transaction of its own
    (function `bearer_of`)."""
    rows = await database.lookup("SELECT * FROM bearer_of($1, $2)", county_id, secret_hash)
    if not rows:
        return None
    first = rows[0]
    return SessionFacts(
        session_id=first["session_id"],
        csrf_hash=first["csrf_hash"],
        seen_at=first["seen_at"],
        expires_at=first["expires_at"],
        revoked_at=first["revoked_at"],
        account_id=first["account_id"],
        sign_name=first["sign_name"],
        display_name=first["display_name"],
        must_change_password=first["must_change_password"],
        totp_confirmed=first["totp_confirmed"],
        account_active=first["account_active"],
        county_id=first["county_id"],
        county_code=first["county_code"],
        county_name=first["county_name"],
        county_unit_id=first["county_unit_id"],
        county_active=first["county_active"],
        idle_minutes=first["idle_minutes"],
        memberships=tuple(
            SessionMembership(
                r["membership_id"],
                r["unit_id"],
                Tier(r["tier"]),
                frozenset(Role(x) for x in r["roles"]),
                AdminKind(r["admin_kind"]) if r["admin_kind"] else None,
                r["section_id"],
            )
            for r in rows
            if r["membership_id"] is not None
        ),
    )


async def list_sessions(session: AsyncSession, *, county_id: UUID, account_id: UUID) -> Sequence[UserSession]:
    """The sessions of a person that have neither ended nor been revoked, newest first."""
    statement = (
        select(UserSession)
        .where(
            UserSession.county_id == county_id,
            UserSession.account_id == account_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
        .order_by(UserSession.seen_at.desc())
    )
    return (await session.scalars(statement)).all()


async def find_access_code(session: AsyncSession, *, county_id: UUID, code_hash: str) -> AccessCode | None:
    """A code not used and not expired; locks it, so that it works once."""
    statement = (
        select(AccessCode)
        .where(
            AccessCode.county_id == county_id,
            AccessCode.code_hash == code_hash,
            AccessCode.used_at.is_(None),
            AccessCode.expires_at > clock.now(),
        )
        .with_for_update()
    )
    return (await session.scalars(statement)).one_or_none()


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as the administrator's list shows it."""

    account: Account
    membership: Membership
    unit_name: str


async def list_accounts(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID], limit: int = 500
) -> list[AccountFacts]:
    """Accounts with a membership at one of the units."""
    units = _as_of(clock.today()).subquery()
    statement = (
        select(Account, Membership, units.c.name)
        .join(Membership, and_(Membership.county_id == Account.county_id, Membership.account_id == Account.id))
        .join(units, units.c.id == Membership.unit_id)
        .where(Account.county_id == county_id, Membership.unit_id.in_(unit_ids), Membership.active)
        .order_by(units.c.code, Account.sign_name)
        .limit(limit)
    )
    return [AccountFacts(a, m, name) for a, m, name in await session.execute(statement)]


async def list_contacts(
    session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]
) -> dict[UUID, tuple[str, str | None]]:
    """Per unit one person to call: the name and the encrypted telephone of its first reporter."""
    statement = (
        select(Membership.unit_id, Account.display_name, Account.phone_cipher)
        .ext(distinct_on(Membership.unit_id))
        .join(Account, and_(Account.county_id == Membership.county_id, Account.id == Membership.account_id))
        .where(
            Membership.county_id == county_id,
            Membership.unit_id.in_(unit_ids),
            Membership.active,
            Account.active,
            literal(Role.REPORTER.value) == any_(Membership.roles),
        )
        .order_by(Membership.unit_id, Membership.created_at)
    )
    return {row[0]: (row[1], row[2]) for row in await session.execute(statement)}


async def list_names(session: AsyncSession, *, county_id: UUID, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """account → the person's name."""
    statement = select(Account.id, Account.display_name).where(
        Account.county_id == county_id, Account.id.in_(list(account_ids))
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_unit_names(session: AsyncSession, *, county_id: UUID, unit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """unit → what it is called today, or was called last."""
    statement = (
        select(UnitVersion.unit_id, UnitVersion.short_name)
        .ext(distinct_on(UnitVersion.unit_id))
        .where(UnitVersion.county_id == county_id, UnitVersion.unit_id.in_(list(unit_ids)))
        .order_by(UnitVersion.unit_id, UnitVersion.valid_from.desc())
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_audit(
    session: AsyncSession, *, county_id: UUID, after: Mark | None, limit: int
) -> list[tuple[AuditEntry, str | None]]:
    """The audit trail, newest first, with the account's name."""
    statement = (
        select(AuditEntry, Account.display_name)
        .outerjoin(Account, and_(Account.county_id == AuditEntry.county_id, Account.id == AuditEntry.account_id))
        .where(AuditEntry.county_id == county_id, *beyond(after, AuditEntry.at, AuditEntry.id, newest_first=True))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]
