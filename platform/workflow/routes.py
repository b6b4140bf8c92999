"""待办 over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from tenancy.principal import Principal
from tenancy.queries import list_memberships
from workflow import inbox, queries


class InboxLine(BaseModel):
    id: UUID
    #: The membership to act through.
    membership_id: UUID
    unit_id: UUID
    unit_name: str
    topic: str
    subject_kind: str
    subject_id: UUID
    due_at: datetime | None
    overdue: bool
    created_at: datetime
    facts: dict[str, Any]


class InboxPage(BaseModel):
    items: list[InboxLine]
    done_count: int


class InboxController(Controller):
    path = "/api/inbox"
    tags = ("inbox",)

    @get("/", summary="What the person owes over all memberships, soonest due first")
    async def list_inbox(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> InboxPage:
        memberships = await list_memberships(session, county_id=principal.county_id, account_id=principal.account_id)
        by_unit = {m.unit_id: m for m in memberships}
        items = await queries.list_inbox(
            session,
            principal=principal,
            roles_by_unit={m.unit_id: frozenset(r.value for r in m.roles) for m in memberships},
        )
        now = clock.now()
        return InboxPage(
            items=[
                InboxLine(
                    id=item.id,
                    membership_id=by_unit[item.recipient_unit_id].id,
                    unit_id=item.recipient_unit_id,
                    unit_name=by_unit[item.recipient_unit_id].unit_short_name,
                    topic=item.topic,
                    subject_kind=item.subject_kind,
                    subject_id=item.subject_id,
                    due_at=item.due_at,
                    overdue=item.due_at is not None and item.due_at < now,
                    created_at=item.created_at,
                    facts=item.facts,
                )
                for item in items
            ],
            done_count=await queries.count_done(session, principal=principal, unit_ids=list(by_unit)),
        )

    @post("/{item_id:uuid}/done", summary="知道了: close an item that only tells something", status_code=204)
    async def settle(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], item_id: FromPath[UUID]
    ) -> None:
        await inbox.settle(session, actor=principal, item_id=item_id)
