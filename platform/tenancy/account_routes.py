"""Accounts, memberships and one's own account over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.masks import masked_phone
from tenancy import accounts, queries
from tenancy.accounts import NewPerson
from tenancy.models import AdminKind, Role
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import (
    AccountOut,
    AccountPage,
    ActiveIn,
    CodeOut,
    GrantIn,
    NewAccountsIn,
    SessionOut,
    SessionPage,
    SlipOut,
    SlipPage,
    TotpIn,
    TotpOut,
)


class AccountController(Controller):
    """用户. Managed by the level above; roles of 三员 by the security administrator."""

    path = "/api/accounts"
    tags = ("accounts",)
    opt = ADMINISTERING

    @get("/", summary="The accounts of a unit, or of the acting scope")
    async def list_accounts(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromQuery[UUID | None] = None,
    ) -> AccountPage:
        if principal.admin_kind is None:
            principal.require(Role.ADMINISTRATOR)
        elif principal.admin_kind is AdminKind.AUDIT:
            principal.require_admin(AdminKind.SYSTEM, AdminKind.SECURITY)
        if unit_id is not None:
            await queries.get_unit_in_scope(session, principal.scope, unit_id)
            units = [unit_id]
        else:
            units = [n.id for n in await queries.load_scope_tree(session, principal.scope)]
        found = await queries.list_accounts(session, county_id=principal.county_id, unit_ids=units)
        now = clock.now()
        return AccountPage(
            items=[
                AccountOut(
                    id=f.account.id,
                    sign_name=f.account.sign_name,
                    display_name=f.account.display_name,
                    phone=masked_phone(crypto.decrypt(f.account.phone_cipher, context="account.phone"))
                    if f.account.phone_cipher
                    else None,
                    active=f.account.active,
                    locked=f.account.locked_until is not None and f.account.locked_until > now,
                    must_change_password=f.account.must_change_password,
                    membership_id=f.membership.id,
                    unit_id=f.membership.unit_id,
                    unit_name=f.unit_name,
                    section_id=f.membership.section_id,
                    roles=[Role(r) for r in f.membership.roles],
                    admin_kind=AdminKind(f.membership.admin_kind) if f.membership.admin_kind else None,
                )
                for f in found
            ]
        )

    @post("/", summary="Make accounts in bulk; the slips are shown once")
    async def create(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[NewAccountsIn],
    ) -> SlipPage:
        slips = await accounts.create_accounts(
            session,
            actor=principal,
            unit_id=data.unit_id,
            people=[NewPerson(p.sign_name, p.display_name, p.phone, frozenset(p.roles)) for p in data.people],
        )
        return SlipPage(
            items=[
                SlipOut(
                    account_id=s.account_id,
                    sign_name=s.sign_name,
                    display_name=s.display_name,
                    unit_name=s.unit_name,
                    initial_password=s.initial_password,
                )
                for s in slips
            ]
        )

    @post("/{account_id:uuid}/reset-code", summary="A code with which the person sets a new password")
    async def reset_code(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], account_id: FromPath[UUID]
    ) -> CodeOut:
        code, expires_at = await accounts.issue_reset_code(session, actor=principal, account_id=account_id)
        return CodeOut(code=code, expires_at=datetime.fromisoformat(expires_at))

    @post("/{account_id:uuid}/unlock", summary="Unlock", status_code=204)
    async def unlock(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], account_id: FromPath[UUID]
    ) -> None:
        await accounts.unlock_account(session, actor=principal, account_id=account_id)

    @post("/{account_id:uuid}/active", summary="Switch an account on or off", status_code=204)
    async def set_active(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        account_id: FromPath[UUID],
        data: JSONBody[ActiveIn],
    ) -> None:
        await accounts.set_active(session, actor=principal, account_id=account_id, active=data.active)


class MembershipController(Controller):
    path = "/api/memberships"
    tags = ("accounts",)
    opt = ADMINISTERING

    @put("/{membership_id:uuid}/roles", summary="Set the roles of a membership", status_code=204)
    async def grant(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        membership_id: FromPath[UUID],
        data: JSONBody[GrantIn],
    ) -> None:
        await accounts.grant(
            session,
            actor=principal,
            membership_id=membership_id,
            roles=data.roles,
            admin_kind=data.admin_kind,
        )


class OwnAccountController(Controller):
    """One's own account."""

    path = "/api/auth"
    tags = ("auth",)
    opt = ADMINISTERING

    @get("/sessions", summary="Where one is signed in")
    async def list_sessions(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> SessionPage:
        found = await queries.list_sessions(session, county_id=principal.county_id, account_id=principal.account_id)
        return SessionPage(
            items=[
                SessionOut(
                    id=s.id,
                    device=s.device,
                    address=s.address,
                    created_at=s.created_at,
                    seen_at=s.seen_at,
                    current=s.id == principal.session_id,
                )
                for s in found
            ]
        )

    @delete("/sessions/{session_id:uuid}", summary="End a session")
    async def revoke(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], session_id: FromPath[UUID]
    ) -> None:
        await accounts.revoke_session(
            session,
            county_id=principal.county_id,
            account_id=principal.account_id,
            session_id=session_id,
        )

    @post("/totp/begin", summary="A new TOTP secret, not yet in force", status_code=200)
    async def begin_totp(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> TotpOut:
        secret, uri = await accounts.begin_totp(session, actor=principal)
        return TotpOut(secret=secret, uri=uri)

    @post("/totp/confirm", summary="Put TOTP in force", status_code=204)
    async def confirm_totp(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[TotpIn]
    ) -> None:
        await accounts.confirm_totp(session, actor=principal, code=data.code)
