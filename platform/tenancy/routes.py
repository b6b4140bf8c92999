"""Tenancy over HTTP: the unit tree, accounts, the audit trail."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import Invalid
from kit.paging import Mark, cut, read_mark
from tenancy import queries, tree
from tenancy.models import AdminKind
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import (
    AddUnitIn,
    AuditLine,
    AuditPage,
    Dated,
    MergeIn,
    MoveIn,
    NewUnitIn,
    RenameIn,
    SplitIn,
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
    opt = ADMINISTERING

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


class AuditController(Controller):
    """审计. Read by the audit administrator alone."""

    path = "/api/audit"
    tags = ("audit",)
    opt = ADMINISTERING

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
