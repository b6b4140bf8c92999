"""Commands on accounts, memberships and sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.db.batch import write_all
from kit.errors import Forbidden, Invalid, NotFound
from kit.ids import new_id
from tenancy import access_codes, auth, queries
from tenancy.audit import audited
from tenancy.errors import AdministratorsApart, CodeInvalid, PasswordUnchanged, RolesExclude, SignNameTaken
from tenancy.models import Account, AdminKind, Membership, Role, UserSession
from tenancy.principal import Principal
from tenancy.rules import TreeNode, may_administer


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be given an account."""

    sign_name: str
    display_name: str
    phone: str | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed and handed over: the initial password is shown once and must be changed."""

    account_id: UUID
    sign_name: str
    display_name: str
    unit_name: str
    initial_password: str


async def _audit(session: AsyncSession, actor: Principal, action: str, subject_id: UUID) -> None:
    await write_all(session, [audited(actor, action, subject_kind="account", subject_id=subject_id)])


async def administrable_unit(session: AsyncSession, actor: Principal, unit_id: UUID) -> TreeNode:
    """A unit whose accounts the actor may manage. NotFound out of scope, Forbidden without the role."""
    unit = await queries.get_unit_in_scope(session, actor.scope, unit_id)
    if not _administers(actor, unit_id):
        raise Forbidden
    return unit


def _administers(actor: Principal, unit_id: UUID) -> bool:
    return may_administer(roles=actor.roles, admin_kind=actor.admin_kind, own_unit=unit_id == actor.unit_id)


async def create_accounts(
    session: AsyncSession, *, actor: Principal, unit_id: UUID, people: Sequence[NewPerson]
) -> list[Slip]:
    """Accounts in bulk for one unit, made by the level above; returns the slips to print.

    The county's system administrator makes accounts without a role other than 填报 (the security administrator grants
    the rest); a unit's administrator may grant the roles of the level below. Raises SignNameTaken, Forbidden.
    """
    unit = await administrable_unit(session, actor, unit_id)
    names = [p.sign_name for p in people]
    taken = await queries.taken_sign_names(session, county_id=actor.county_id, names=names)
    doubled = {n for n in names if names.count(n) > 1}
    if taken or doubled:
        raise SignNameTaken(sign_name="、".join(sorted(taken | doubled)))
    slips: list[Slip] = []
    for person in people:
        if not person.sign_name.strip() or not person.display_name.strip():
            raise Invalid(problem="登录名和姓名不能为空")
        if actor.admin_kind is AdminKind.SYSTEM and person.roles - {Role.REPORTER}:
            raise Forbidden
        password = _initial_password()
        account = Account(
            county_id=actor.county_id,
            id=new_id(),
            sign_name=person.sign_name.strip(),
            display_name=person.display_name.strip(),
            phone_cipher=crypto.encrypt(person.phone, context="account.phone") if person.phone else None,
            password_hash=await asyncio.to_thread(crypto.hash_password, password),
            password_changed_at=clock.now(),
            must_change_password=True,
        )
        session.add(account)
        await session.flush()
        session.add(
            Membership(
                county_id=actor.county_id,
                account_id=account.id,
                unit_id=unit_id,
                roles=sorted(r.value for r in person.roles),
            )
        )
        slips.append(Slip(account.id, account.sign_name, account.display_name, unit.name, password))
        await _audit(session, actor, "account.create", account.id)
    await session.flush()
    return slips


def _initial_password() -> str:
    """Readable, of three kinds of characters, about 58 bits."""
    return f"{crypto.readable_code(4)}-{crypto.readable_code(4).lower()}-{crypto.readable_code(4)}"


async def _administrable_account(session: AsyncSession, actor: Principal, account_id: UUID) -> Account:
    """An account that the actor has in hand: every place where the person works today is one they administer.

    One place would not be enough: the township of a village where a county's clerk helps out could sign in as the
    clerk. Accounts of 三员 are the operator's. NotFound out of scope, Forbidden and AdministratorsApart within.
    """
    account = await queries.get_account(session, county_id=actor.county_id, account_id=account_id, lock=True)
    memberships = await queries.memberships_of_account(session, county_id=actor.county_id, account_id=account_id)
    tree = await queries.load_tree(session, county_id=actor.county_id, day=clock.today())
    today = [m for m in memberships if m.active and m.unit_id in tree.nodes]
    below = [m for m in today if tree.is_below(m.unit_id, actor.unit_id)]
    if not below and (today or actor.admin_kind is not AdminKind.SYSTEM):
        raise NotFound
    allowed = actor.admin_kind is AdminKind.SYSTEM or actor.has(Role.ADMINISTRATOR)
    if allowed and any(m.admin_kind is not None for m in memberships):
        raise AdministratorsApart
    if len(below) < len(today) or not all(_administers(actor, m.unit_id) for m in below):
        raise Forbidden
    return account


async def issue_reset_code(session: AsyncSession, *, actor: Principal, account_id: UUID) -> tuple[str, str]:
    """A code with which the person sets a new password, valid 72 hours: (code, expiry)."""
    account = await _administrable_account(session, actor, account_id)
    issued = await access_codes.issue_code(
        session, county_id=actor.county_id, account_id=account.id, issued_by=actor.account_id
    )
    await _audit(session, actor, "account.issue_code", account.id)
    return issued


async def unlock_account(session: AsyncSession, *, actor: Principal, account_id: UUID) -> None:
    """Forget the failures of an account and unlock it."""
    account = await _administrable_account(session, actor, account_id)
    account.failures, account.locked_until = 0, None
    await session.flush()
    await _audit(session, actor, "account.unlock", account.id)


async def set_active(session: AsyncSession, *, actor: Principal, account_id: UUID, active: bool) -> None:
    """Switch an account on or off; switching off ends its sessions."""
    account = await _administrable_account(session, actor, account_id)
    account.active = active
    await session.flush()
    if not active:
        await auth.revoke_all(session, county_id=actor.county_id, account_id=account.id)
    await _audit(session, actor, "account.activate" if active else "account.deactivate", account.id)


async def grant(
    session: AsyncSession,
    *,
    actor: Principal,
    membership_id: UUID,
    roles: Iterable[Role],
    admin_kind: AdminKind | None,
) -> None:
    """Set the roles of a membership. The security administrator does so anywhere in the county; a unit's
    administrator for units below it. Raises RolesExclude when one person would hold two of 三员, or one and a role,
    and AdministratorsApart for a post of 三员 that somebody holds: only the operator takes it away.
    """
    membership = await grantable_membership(session, actor=actor, membership_id=membership_id)
    if admin_kind is not None and actor.admin_kind is not AdminKind.SECURITY:
        raise Forbidden
    wanted = frozenset(roles)
    others = [
        m
        for m in await queries.memberships_of_account(
            session, county_id=actor.county_id, account_id=membership.account_id
        )
        if m.id != membership.id and m.active
    ]
    if admin_kind is not None and (wanted or others):
        raise RolesExclude
    if admin_kind is None and any(m.admin_kind is not None for m in others):
        raise RolesExclude
    membership.roles = sorted(r.value for r in wanted)
    membership.admin_kind = admin_kind
    await session.flush()
    await _audit(session, actor, "account.grant", membership.account_id)


async def grantable_membership(
    session: AsyncSession, *, actor: Principal, membership_id: UUID, lock: bool = False
) -> Membership:
    """A membership whose roles the actor may set; never their own. Raises NotFound, Forbidden, AdministratorsApart."""
    membership = await queries.get_membership(
        session, county_id=actor.county_id, membership_id=membership_id, lock=lock
    )
    if actor.admin_kind is AdminKind.SECURITY:
        await queries.get_unit_in_scope(session, actor.scope, membership.unit_id)
        if membership.admin_kind is not None:
            raise AdministratorsApart
    elif actor.admin_kind is not None:
        raise Forbidden
    else:
        await administrable_unit(session, actor, membership.unit_id)
        if membership.admin_kind is not None:
            raise Forbidden
    if membership.account_id == actor.account_id:
        raise Forbidden
    return membership


async def give_roles(
    session: AsyncSession, *, actor: Principal, account_id: UUID, unit_id: UUID, roles: frozenset[Role]
) -> None:
    """Give an account these roles at a unit, beside those it holds there. The caller may grant there.

    Raises RolesExclude for one of 三员, and Forbidden for the actor's own account.
    """
    if account_id == actor.account_id:
        raise Forbidden
    held = await queries.memberships_of_account(session, county_id=actor.county_id, account_id=account_id)
    if any(m.admin_kind is not None and m.active for m in held):
        raise RolesExclude
    there = next((m for m in held if m.unit_id == unit_id), None)
    kept = frozenset(Role(r) for r in there.roles) if there is not None and there.active else frozenset()
    wanted = sorted(r.value for r in kept | roles)
    if there is None:
        session.add(Membership(county_id=actor.county_id, account_id=account_id, unit_id=unit_id, roles=wanted))
    else:
        there.roles, there.active = wanted, True
    await session.flush()
    await _audit(session, actor, "account.grant", account_id)


async def end_membership(session: AsyncSession, *, actor: Principal, membership: Membership) -> bool:
    """End a membership: it acts no more from the next request on. The caller may grant there.

    When it was the account's last, its sessions and remembered devices end and it is switched off; True then.
    """
    membership.active = False
    await session.flush()
    county_id, account_id = actor.county_id, membership.account_id
    left = await queries.memberships_of_account(session, county_id=county_id, account_id=account_id)
    last = not any(m.active for m in left)
    if last:
        account = await queries.get_account(session, county_id=county_id, account_id=account_id, lock=True)
        account.active = False
        await session.flush()
        await auth.revoke_all(session, county_id=county_id, account_id=account_id)
    await _audit(session, actor, "account.end_membership", account_id)
    return last


async def change_password(
    session: AsyncSession, *, county_id: UUID, account_id: UUID, session_id: UUID, new: str
) -> None:
    """Change one's own password, once `auth.confirm_password` has asked for the current one; every other session ends.

    Raises PasswordRefused.
    """
    account = await queries.get_account(session, county_id=county_id, account_id=account_id, lock=True)
    if await auth.fits(account, new):
        raise PasswordUnchanged
    await auth.set_password(account, new)
    await session.flush()
    await auth.revoke_all(session, county_id=county_id, account_id=account_id, but=session_id)


async def revoke_session(session: AsyncSession, *, county_id: UUID, account_id: UUID, session_id: UUID) -> None:
    """End one of one's own sessions. Raises NotFound."""
    own = await queries.list_sessions(session, county_id=county_id, account_id=account_id)
    if session_id not in {s.id for s in own}:
        raise NotFound
    await session.execute(
        update(UserSession)
        .where(UserSession.county_id == county_id, UserSession.id == session_id)
        .values(revoked_at=clock.now())
    )


async def begin_totp(session: AsyncSession, *, actor: Principal) -> tuple[str, str]:
    """A new TOTP secret, not yet in force: (secret, otpauth URI)."""
    account = await queries.get_account(session, county_id=actor.county_id, account_id=actor.account_id, lock=True)
    if account.totp_confirmed:
        raise Invalid(problem="动态验证码已启用，请先停用")
    secret = pyotp.random_base32()
    account.totp_cipher = crypto.encrypt(secret, context="account.totp")
    await session.flush()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=account.sign_name, issuer_name="Jiceng")


async def confirm_totp(session: AsyncSession, *, actor: Principal, code: str) -> None:
    """Put the secret in force, once a code proves that the person has it. Raises CodeInvalid."""
    account = await queries.get_account(session, county_id=actor.county_id, account_id=actor.account_id, lock=True)
    step = auth.accepted_totp_step(account, code) if account.totp_cipher else None
    if step is None:
        raise CodeInvalid
    account.totp_confirmed, account.totp_step = True, step
    await session.flush()
    await _audit(session, actor, "account.totp_on", account.id)


async def disable_totp(session: AsyncSession, *, actor: Principal) -> None:
    """Give up TOTP, once `auth.confirm_password` has asked for the password."""
    account = await queries.get_account(session, county_id=actor.county_id, account_id=actor.account_id, lock=True)
    account.totp_confirmed, account.totp_cipher, account.totp_step = False, None, 0
    await session.flush()
    await _audit(session, actor, "account.totp_off", account.id)
