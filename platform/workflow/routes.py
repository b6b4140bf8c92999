"""待办 over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, Parameter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import Invalid
from kit.paging import Mark, cut, read_mark
from tenancy.models import Role
from tenancy.principal import ADMINISTERING, Principal
from tenancy.queries import MembershipFacts, list_memberships
from workflow import inbox, queries
from workflow.models import InboxItem
from workflow.queries import Settled


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
    #: There are more than these, the most urgent.
    more: bool
    #: Settled this month; counted to a hundred.
    done_count: int


class DoneLine(InboxLine):
    """Something that is settled: when."""

    settled_at: datetime


class DonePage(BaseModel):
    items: list[DoneLine]
    next: str | None


SEARCH = Parameter(max_length=60, description="Words of the title, form or unit, separated by spaces")
MONTH = Parameter(pattern="^[0-9]{4}-[0-9]{2}$", description="Settled in this month alone, as 2026-11")
KINDS = Parameter(max_items=10, description="Of these kinds of subjects alone")
AFTER = Parameter(max_length=100, description="`next` of the page before")


_MOST = 200
_COUNTED = 100
_PAGE = 50
_MOST_WORDS = 5


def _month(month: str | None) -> tuple[datetime | None, datetime | None]:
    if month is None:
        return None, None
    try:
        return clock.month_of(month)
    except ValueError:
        raise Invalid(problem="month") from None


@dataclass(frozen=True, slots=True)
class _Posts:
    """A person's memberships, by unit."""

    by_unit: dict[UUID, MembershipFacts]

    @property
    def roles(self) -> dict[UUID, frozenset[str]]:
        return {unit_id: frozenset(role.value for role in one.roles) for unit_id, one in self.by_unit.items()}

    @property
    def sections(self) -> dict[UUID, UUID]:
        """Unit → the section that the person stands in there. A leader has to do with all."""
        return {
            unit_id: one.section_id
            for unit_id, one in self.by_unit.items()
            if one.section_id is not None and Role.LEADER not in one.roles
        }

    def facts_of(self, item: InboxItem, now: datetime) -> dict[str, Any]:
        post = self.by_unit[item.recipient_unit_id]
        return {
            "id": item.id,
            "membership_id": post.id,
            "unit_id": item.recipient_unit_id,
            "unit_name": post.unit_short_name,
            "topic": item.topic,
            "subject_kind": item.subject_kind,
            "subject_id": item.subject_id,
            "due_at": item.due_at,
            "overdue": item.due_at is not None and item.due_at < now,
            "created_at": item.created_at,
            "facts": item.facts,
        }


async def _posts(session: AsyncSession, principal: Principal) -> _Posts:
    found = await list_memberships(session, county_id=principal.county_id, account_id=principal.account_id)
    return _Posts({one.unit_id: one for one in found})


class InboxController(Controller):
    path = "/api/inbox"
    tags = ("inbox",)
    opt = ADMINISTERING

    @get("/", summary="What the person owes over all memberships, soonest due first")
    async def list_inbox(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> InboxPage:
        posts = await _posts(session, principal)
        items = await queries.list_inbox(
            session, principal=principal, roles_by_unit=posts.roles, sections=posts.sections, limit=_MOST + 1
        )
        now = clock.now()
        since, until = clock.month_of(f"{clock.today():%Y-%m}")
        return InboxPage(
            items=[InboxLine(**posts.facts_of(item, now)) for item in items[:_MOST]],
            more=len(items) > _MOST,
            done_count=await queries.count_done(
                session,
                principal=principal,
                asked=Settled(posts.roles, since, until, sections=posts.sections),
                most=_COUNTED,
            ),
        )

    @get("/done", summary="已办结: what was settled over all memberships, newest first")
    async def list_done(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        month: Annotated[str | None, MONTH] = None,
        kind: Annotated[list[str] | None, KINDS] = None,
        after: Annotated[str | None, AFTER] = None,
    ) -> DonePage:
        posts = await _posts(session, principal)
        since, until = _month(month)
        asked = Settled(posts.roles, since, until, search.split()[:_MOST_WORDS], kind or (), posts.sections)
        found = await queries.list_done(
            session, principal=principal, asked=asked, after=read_mark(after), limit=_PAGE + 1
        )
        page, following = cut(found, _PAGE, lambda one: Mark(one.settled_at, one.id))
        now = clock.now()
        return DonePage(
            items=[DoneLine(**posts.facts_of(one.item, now), settled_at=one.settled_at) for one in page],
            next=following,
        )

    @post("/{item_id:uuid}/done", summary="知道了: close an item that only tells something", status_code=204)
    async def settle(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], item_id: FromPath[UUID]
    ) -> None:
        await inbox.settle(session, actor=principal, item_id=item_id)
