"""Tenancy over HTTP: the unit tree, accounts, the audit trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.errors import Invalid
from kit.masks import masked_phone
from kit.paging import Mark, cut, read_mark
from tenancy import accounts, queries, tree
from tenancy.accounts import NewPerson
from tenancy.models import AdminKind, Role
from tenancy.principal import Principal
from tenancy.schemas import (
    AccountOut,
    AccountPage,
    ActiveIn,
    AddUnitIn,
    AuditLine,
    AuditPage,
    CodeOut,
    Dated,
    GrantIn,
    MergeIn,
    MoveIn,
    NewAccountsIn,
    NewUnitIn,
    RenameIn,
    SessionOut,
    SessionPage,
    SlipOut,
    SlipPage,
    SplitIn,
    TotpIn,
    TotpOut,
    UnitChangeOut,
    UnitHistory,
    UnitOut,
    UnitPage,
    UnitsMade,
    UnitVersionOut,
)
from tenancy.tree import NewUnit


def _new_unit(data: JSONBody[NewUnitIn]) -> NewUnit:
    return NewUnit(data.tier, data.code, data.name, data.short_name, data.parent_id)


class UnitController(Controller):
    """单位."""

    path = "/api/units"
    tags = ("units",)

    @get("/", summary="The units of the acting scope on a day, parents first")
    async def list_units(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        as_of: FromQuery[date | None] = None,
    ) -> UnitPage:
        day = as_of or clock.today()
        nodes = await queries.load_scope_tree(session, principal.scope, day=day)
        return UnitPage(
            as_of=day,
            items=[
                UnitOut(
                    id=n.id,
                    tier=n.tier,
                    code=n.code,
                    name=n.name,
                    short_name=n.short_name,
                    parent_id=n.parent_id,
                )
                for n in nodes
            ],
        )

    @post("/", summary="增设")
    async def add_unit(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[AddUnitIn]
    ) -> UnitsMade:
        ids = await tree.add_units(
            session, actor=principal, units=[_new_unit(data.unit)], on=data.effective_on, reason=data.reason
        )
        return UnitsMade(ids=ids)

    @post("/merge", summary="合并")
    async def merge(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], data: JSONBody[MergeIn]
    ) -> UnitsMade:
        into = _new_unit(data.into_new) if data.into_new is not None else data.into_unit_id
        if into is None:
            raise Invalid(problem="into_unit_id / into_new")
        target = await tree.merge_units(
            session,
            actor=principal,
            unit_ids=data.unit_ids,
            into=into,
            on=data.effective_on,
            reason=data.reason,
        )
        return UnitsMade(ids=[target])

    @post("/{unit_id:uuid}/rename", summary="更名", status_code=204)
    async def rename(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[RenameIn],
    ) -> None:
        await queries.get_unit_in_scope(session, principal.scope, unit_id)
        await tree.rename_unit(
            session,
            actor=principal,
            unit_id=unit_id,
            name=data.name,
            short_name=data.short_name,
            on=data.effective_on,
            reason=data.reason,
        )

    @post("/{unit_id:uuid}/move", summary="划转", status_code=204)
    async def move(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[MoveIn],
    ) -> None:
        await queries.get_unit_in_scope(session, principal.scope, unit_id)
        await tree.move_unit(
            session,
            actor=principal,
            unit_id=unit_id,
            parent_id=data.parent_id,
            on=data.effective_on,
            reason=data.reason,
        )

    @post("/{unit_id:uuid}/deactivate", summary="撤销", status_code=204)
    async def deactivate(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[Dated],
    ) -> None:
        await queries.get_unit_in_scope(session, principal.scope, unit_id)
        await tree.deactivate_unit(session, actor=principal, unit_id=unit_id, on=data.effective_on, reason=data.reason)

    @post("/{unit_id:uuid}/split", summary="拆分")
    async def split(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        unit_id: FromPath[UUID],
        data: JSONBody[SplitIn],
    ) -> UnitsMade:
        await queries.get_unit_in_scope(session, principal.scope, unit_id)
        ids = await tree.split_unit(
            session,
            actor=principal,
            unit_id=unit_id,
            parts=[(_new_unit(part.unit), part.children) for part in data.parts],
            on=data.effective_on,
            reason=data.reason,
        )
        return UnitsMade(ids=ids)

    @get("/{unit_id:uuid}/history", summary="What a unit was called and whom it belonged to, and why that changed")
    async def history(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], unit_id: FromPath[UUID]
    ) -> UnitHistory:
        await queries.get_unit_in_scope(session, principal.scope, unit_id)
        versions = await queries.list_unit_versions(session, county_id=principal.county_id, unit_id=unit_id)
        changes = await queries.list_unit_changes(session, county_id=principal.county_id, unit_id=unit_id)
        return UnitHistory(
            versions=[
                UnitVersionOut(
                    name=v.name,
                    short_name=v.short_name,
                    parent_id=v.parent_id,
                    valid_from=v.valid_from,
                    valid_to=v.valid_to,
                )
                for v in versions
            ],
            changes=[
                UnitChangeOut(
                    kind=c.kind,
                    effective_on=c.effective_on,
                    before_ids=c.before_ids,
                    after_ids=c.after_ids,
                    reason=c.reason,
                    made_at=c.made_at,
                )
                for c in changes
            ],
        )


class AccountController(Controller):
    """用户. Managed by the level above; roles of 三员 by the security administrator."""

    path = "/api/accounts"
    tags = ("accounts",)

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


class AuditController(Controller):
    """审计. Read by the audit administrator alone."""

    path = "/api/audit"
    tags = ("audit",)

    @get("/", summary="The audit trail, newest first")
    async def list_audit(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        after: Annotated[str | None, Parameter(max_length=200)] = None,
        limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    ) -> AuditPage:
        principal.require_admin(AdminKind.AUDIT)
        found = await queries.list_audit(
            session, county_id=principal.county_id, after=read_mark(after), limit=limit + 1
        )
        page, following = cut(found, limit, lambda row: Mark(row[0].at, row[0].id))
        return AuditPage(
            items=[
                AuditLine(
                    id=entry.id,
                    at=entry.at,
                    by_name=name,
                    action=entry.action,
                    subject_kind=entry.subject_kind,
                    subject_id=entry.subject_id,
                    result=entry.result,
                    detail=entry.detail,
                    address=entry.address,
                )
                for entry, name in page
            ],
            next=following,
        )
