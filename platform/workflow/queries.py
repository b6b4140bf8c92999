"""Reads of history and inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from kit import clock
from kit.paging import Mark, beyond
from tenancy.principal import Principal
from workflow.models import InboxItem, TransitionEntry


async def list_history(
    session: AsyncSession, *, county_id: UUID, subject_id: UUID, kind: str | None = None
) -> Sequence[TransitionEntry]:
    """The transitions of one subject, oldest first; with `kind`, of it as that kind alone: a share of a task and the
    report that it carries have one id. The caller has authorised the subject."""
    statement = (
        select(TransitionEntry)
        .where(
            TransitionEntry.county_id == county_id,
            TransitionEntry.subject_id == subject_id,
            true() if kind is None else TransitionEntry.subject_kind == kind,
        )
        .order_by(TransitionEntry.version, TransitionEntry.at)
    )
    return (await session.scalars(statement)).all()


async def find_last(
    session: AsyncSession, *, county_id: UUID, subject_id: UUID, actions: Sequence[str]
) -> TransitionEntry | None:
    """The latest transition of some kinds. The caller has authorised the subject."""
    statement = (
        select(TransitionEntry)
        .where(
            TransitionEntry.county_id == county_id,
            TransitionEntry.subject_id == subject_id,
            TransitionEntry.action.in_(actions),
        )
        .order_by(TransitionEntry.version.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


def _newest(county_id: UUID, unit_ids: Sequence[UUID]) -> Select[InboxItem]:
    """For each recipient, subject and topic, its newest row: open items are those not closed."""
    return (
        select(InboxItem)
        .ext(distinct_on(InboxItem.recipient_unit_id, InboxItem.subject_id, InboxItem.topic))
        .where(InboxItem.county_id == county_id, InboxItem.recipient_unit_id.in_(unit_ids))
        .order_by(
            InboxItem.recipient_unit_id,
            InboxItem.subject_id,
            InboxItem.topic,
            InboxItem.subject_version.desc(),
            InboxItem.created_at.desc(),
        )
    )


def _concerned(item: type[InboxItem], sections: Mapping[UUID, UUID]) -> list[ColumnElement[bool]]:
    """An item that names a section (`section_id` of its facts) is for those who stand in it, or in none."""
    named = item.facts["section_id"].astext
    return [
        or_(item.recipient_unit_id != unit_id, named.is_(None), named == str(section_id))
        for unit_id, section_id in sections.items()
    ]


async def list_inbox(
    session: AsyncSession,
    *,
    principal: Principal,
    roles_by_unit: dict[UUID, frozenset[str]],
    sections: Mapping[UUID, UUID] | None = None,
    limit: int = 200,
) -> list[InboxItem]:
    """Open items over all memberships of a person, soonest due first, for the roles they hold at each unit; without
    those that are another section's (`sections`: unit → the one that the person stands in)."""
    newest = aliased(InboxItem, _newest(principal.county_id, list(roles_by_unit)).subquery())
    theirs = [(unit_id, role) for unit_id, roles in roles_by_unit.items() for role in sorted(roles)]
    statement = (
        select(newest)
        .where(
            ~newest.closed,
            tuple_(newest.recipient_unit_id, newest.role).in_(theirs),
            *_concerned(newest, sections or {}),
        )
        .order_by(newest.due_at.asc().nulls_last(), newest.created_at)
        .limit(limit)
    )
    return list((await session.scalars(statement)).all())


async def find_item(session: AsyncSession, *, principal: Principal, item_id: UUID) -> InboxItem | None:
    """An item of one of the person's own units."""
    statement = select(InboxItem).where(
        InboxItem.county_id == principal.county_id,
        InboxItem.id == item_id,
        InboxItem.recipient_unit_id.in_(principal.unit_ids),
    )
    return (await session.scalars(statement)).one_or_none()


@dataclass(frozen=True, slots=True)
class Settled:
    """What of the settled is wanted: of which units and roles, settled when, with which words, of which kinds."""

    roles_by_unit: dict[UUID, frozenset[str]]
    since: datetime | None = None
    until: datetime | None = None
    words: Sequence[str] = ()
    kinds: Sequence[str] = ()
    #: As `list_inbox` takes them.
    sections: Mapping[UUID, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """A settled item: what it asked last, and when that was settled."""

    id: UUID
    settled_at: datetime
    item: InboxItem


#: The facts that a reader knows an item by.
_SPOKEN = ("title", "form", "form_en", "unit", "by", "period")


def _settled(county_id: UUID, asked: Settled) -> tuple[Select[UUID, datetime, InboxItem], type[InboxItem]]:
    """Closing rows after which nothing came, with the row that each of them settled. A row that closes what was never
    opened settles nothing."""
    end, newer, before = aliased(InboxItem), aliased(InboxItem), aliased(InboxItem)

    def same(other: type[InboxItem]) -> ColumnElement[bool]:
        return and_(
            other.county_id == end.county_id,
            other.recipient_unit_id == end.recipient_unit_id,
            other.subject_id == end.subject_id,
            other.topic == end.topic,
        )

    followed = (
        select(newer.id)
        .where(
            same(newer),
            tuple_(newer.subject_version, newer.created_at) > tuple_(end.subject_version, end.created_at),
        )
        .exists()
    )
    opened = aliased(
        InboxItem,
        select(before)
        .where(same(before), ~before.closed)
        .order_by(before.subject_version.desc(), before.created_at.desc())
        .limit(1)
        .lateral(),
    )
    theirs = [(unit_id, role) for unit_id, roles in asked.roles_by_unit.items() for role in sorted(roles)]
    spoken = func.concat_ws(" ", *(opened.facts[name].astext for name in _SPOKEN))
    conditions: list[ColumnElement[bool]] = [
        end.county_id == county_id,
        end.recipient_unit_id.in_(list(asked.roles_by_unit)),
        tuple_(end.recipient_unit_id, end.role).in_(theirs),
        ~followed,
        *(spoken.contains(word, autoescape=True) for word in asked.words),
        *_concerned(opened, asked.sections),
    ]
    if asked.since is not None:
        conditions.append(end.created_at >= asked.since)
    if asked.until is not None:
        conditions.append(end.created_at < asked.until)
    if asked.kinds:
        conditions.append(end.subject_kind.in_(asked.kinds))
    return select(end.id, end.created_at, opened).join(opened, true()).where(end.closed, *conditions), end


async def list_done(
    session: AsyncSession, *, principal: Principal, asked: Settled, after: Mark | None, limit: int
) -> list[Done]:
    """What was settled (已办结) over all memberships of a person, the last first."""
    statement, end = _settled(principal.county_id, asked)
    statement = (
        statement.where(*beyond(after, end.created_at, end.id, newest_first=True))
        .order_by(end.created_at.desc(), end.id.desc())
        .limit(limit)
    )
    return [Done(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def count_done(session: AsyncSession, *, principal: Principal, asked: Settled, most: int) -> int:
    """How many items are settled; counted to `most`."""
    statement, end = _settled(principal.county_id, asked)
    found = statement.with_only_columns(end.id).limit(most).subquery()
    return (await session.scalar(select(func.count()).select_from(found))) or 0


async def count_open(session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]) -> tuple[int, int]:
    """How many items of these units are open, and how many of them overdue."""
    newest = _newest(county_id, unit_ids).subquery()
    overdue = func.count().filter(newest.c.due_at < clock.now())
    statement = select(func.count(), overdue).select_from(newest).where(~newest.c.closed)
    row = (await session.execute(statement)).one()
    return row[0], row[1]
