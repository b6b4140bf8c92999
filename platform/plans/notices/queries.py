"""Every SELECT of notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.notices.models import Notice, NoticeKind, NoticeReceipt, NoticeState


async def get_notice(session: AsyncSession, *, county_id: UUID, notice_id: UUID, lock: bool = False) -> Notice:
    """A notice of the county. Who may read it is decided in `access`. Raises NotFound."""
    return await get_row(session, Notice, county_id=county_id, id=notice_id, lock=lock)


async def find_receipt(
    session: AsyncSession, *, county_id: UUID, notice_id: UUID, unit_id: UUID, lock: bool = False
) -> NoticeReceipt | None:
    """A unit's own receipt."""
    statement = select(NoticeReceipt).where(
        NoticeReceipt.county_id == county_id, NoticeReceipt.notice_id == notice_id, NoticeReceipt.unit_id == unit_id
    )
    if lock:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).one_or_none()


async def has_receipts(session: AsyncSession, *, county_id: UUID, notice_id: UUID) -> bool:
    """Whether any unit at or below the acting one was addressed."""
    statement = (
        select(NoticeReceipt.id)
        .where(NoticeReceipt.county_id == county_id, NoticeReceipt.notice_id == notice_id)
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none() is not None


async def list_receipts(
    session: AsyncSession, *, county_id: UUID, notice_id: UUID, unread: bool | None = None, lock: bool = False
) -> Sequence[NoticeReceipt]:
    """Receipts of units at or below the acting one: all, or only the unread (or read) ones; unread first, by name."""
    statement = select(NoticeReceipt).where(NoticeReceipt.county_id == county_id, NoticeReceipt.notice_id == notice_id)
    if unread is not None:
        statement = statement.where(NoticeReceipt.read_at.is_(None) if unread else NoticeReceipt.read_at.is_not(None))
    if lock:
        return (await session.scalars(statement.order_by(NoticeReceipt.id).with_for_update())).all()
    return (
        await session.scalars(statement.order_by(NoticeReceipt.read_at.nulls_first(), NoticeReceipt.unit_name))
    ).all()


@dataclass(frozen=True, slots=True)
class Reading:
    """How many were addressed, and how many have read."""

    addressed: int
    read: int


async def count_readings(session: AsyncSession, *, county_id: UUID, notice_ids: Sequence[UUID]) -> dict[UUID, Reading]:
    """Notice → its readings among units at or below the acting one. Counted, not stored."""
    statement = (
        select(NoticeReceipt.notice_id, func.count(), func.count(NoticeReceipt.read_at))
        .where(NoticeReceipt.county_id == county_id, NoticeReceipt.notice_id.in_(notice_ids))
        .group_by(NoticeReceipt.notice_id)
    )
    return {row[0]: Reading(row[1], row[2]) for row in await session.execute(statement)}


#: The texts of a job post, without their names.
_SAID = '$.** ? (@.type() == "string")'


def _matches(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Every word stands in the title, the text, or what a job post says. Chinese has no spaces between words, so a
    part is enough."""
    part = func.jsonb_path_query(Notice.job, cast(_SAID, JSONPATH)).column_valued("part")
    said = part.op("#>>", return_type=Text())(literal_column("'{}'"))

    def stands(word: str) -> ColumnElement[bool]:
        in_job = select(part).where(said.contains(word, autoescape=True)).correlate(Notice).exists()
        return or_(Notice.title.contains(word, autoescape=True), Notice.text.contains(word, autoescape=True), in_job)

    return [stands(word) for word in words]


async def list_received(
    session: AsyncSession,
    *,
    county_id: UUID,
    unit_id: UUID,
    kinds: Sequence[NoticeKind],
    words: Sequence[str],
    unread: bool,
    pinned: bool | None,
    after: Mark | None,
    limit: int,
) -> list[tuple[Notice, NoticeReceipt]]:
    """What was published to a unit and not withdrawn, newest first; with `pinned`, only what stands on top now (or
    only what does not)."""
    on_top = and_(Notice.pinned_until.is_not(None), Notice.pinned_until > clock.now())
    statement = (
        select(Notice, NoticeReceipt)
        .join(NoticeReceipt, and_(NoticeReceipt.county_id == Notice.county_id, NoticeReceipt.notice_id == Notice.id))
        .where(
            Notice.county_id == county_id,
            NoticeReceipt.unit_id == unit_id,
            Notice.state == NoticeState.PUBLISHED,
            Notice.kind.in_(kinds),
            *_matches(words),
            *beyond(after, Notice.publish_at, Notice.id, newest_first=True),
        )
        .order_by(Notice.publish_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    if unread:
        statement = statement.where(NoticeReceipt.read_at.is_(None))
    if pinned is not None:
        statement = statement.where(on_top if pinned else ~on_top)
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_issued(
    session: AsyncSession,
    *,
    county_id: UUID,
    issuer_unit_id: UUID,
    kinds: Sequence[NoticeKind],
    words: Sequence[str],
    after: Mark | None,
    limit: int,
) -> Sequence[Notice]:
    """What a unit issued, in any state, newest first."""
    statement = (
        select(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.issuer_unit_id == issuer_unit_id,
            Notice.kind.in_(kinds),
            *_matches(words),
            *beyond(after, Notice.publish_at, Notice.id, newest_first=True),
        )
        .order_by(Notice.publish_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def list_to_publish(session: AsyncSession, *, county_id: UUID, limit: int) -> Sequence[Notice]:
    """Notices whose time has come. Locks them."""
    statement = (
        select(Notice)
        .where(
            Notice.county_id == county_id,
            Notice.state == NoticeState.SCHEDULED,
            Notice.publish_at <= clock.now(),
        )
        .order_by(Notice.id)
        .limit(limit)
        .with_for_update()
    )
    return (await session.scalars(statement)).all()
