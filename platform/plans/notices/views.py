"""What the pages of notices show."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.errors import NotFound
from kit.paging import Mark, cut, read_mark
from plans.addressing import service as addressing
from plans.addressing.errors import NobodyAddressed
from plans.addressing.schemas import ChoiceIn, PreviewOut
from plans.notices import access, queries
from plans.notices.job_posts import JobPostOut
from plans.notices.lifecycle import ACTIONS, NOTICE, subject_of
from plans.notices.models import Notice, NoticeKind, NoticeReceipt, NoticeState
from plans.notices.queries import Reading
from plans.notices.schemas import (
    IssuedNotices,
    NoticeBrief,
    NoticeOut,
    ReceiptOut,
    ReceiptsOut,
    ReceivedNotices,
)
from tenancy.principal import Principal
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.schemas import enclosure_out

PAGE = 30
_MOST_PINNED = 10
_MOST_WORDS = 5


def _brief(notice: Notice, receipt: NoticeReceipt | None, reading: Reading | None) -> NoticeBrief:
    return NoticeBrief(
        id=notice.id,
        kind=notice.kind,
        title=notice.title,
        issuer=notice.issuer_name,
        publish_at=notice.publish_at,
        state=notice.state,
        receipt=notice.receipt,
        pinned=notice.pinned_until is not None and notice.pinned_until > clock.now(),
        read=None if receipt is None else receipt.read_at is not None,
        addressed=None if reading is None else reading.addressed,
        readings=None if reading is None else reading.read,
        job=_job(notice),
    )


def _job(notice: Notice) -> JobPostOut | None:
    return None if notice.job is None else JobPostOut.model_validate(notice.job)


async def received_page(
    session: AsyncSession,
    principal: Principal,
    *,
    kinds: Sequence[NoticeKind],
    search: str,
    unread: bool,
    after: str | None,
) -> ReceivedNotices:
    """What was published to the acting unit, newest first; what stands on top apart, unless somebody searches."""
    words = search.split()[:_MOST_WORDS]
    key = {"county_id": principal.county_id, "unit_id": principal.unit_id}
    plain = not words and not unread
    top: list[tuple[Notice, NoticeReceipt]] = []
    if plain and after is None:
        top = await queries.list_received(
            session, **key, kinds=kinds, words=[], unread=False, pinned=True, after=None, limit=_MOST_PINNED
        )
    found = await queries.list_received(
        session,
        **key,
        kinds=kinds,
        words=words,
        unread=unread,
        pinned=False if plain else None,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda row: _mark_of(row[0]))
    return ReceivedNotices(
        pinned=[_brief(notice, receipt, None) for notice, receipt in top],
        items=[_brief(notice, receipt, None) for notice, receipt in page],
        next=following,
    )


async def issued_page(
    session: AsyncSession, principal: Principal, *, kinds: Sequence[NoticeKind], search: str, after: str | None
) -> IssuedNotices:
    """What the acting unit issued, with how many have read it."""
    found = await queries.list_issued(
        session,
        county_id=principal.county_id,
        issuer_unit_id=principal.unit_id,
        kinds=kinds,
        words=search.split()[:_MOST_WORDS],
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, _mark_of)
    readings = await queries.count_readings(
        session, county_id=principal.county_id, notice_ids=[notice.id for notice in page]
    )
    nobody = Reading(0, 0)
    return IssuedNotices(
        items=[_brief(notice, None, readings.get(notice.id, nobody)) for notice in page],
        next=following,
    )


async def notice_view(session: AsyncSession, principal: Principal, notice_id: UUID) -> NoticeOut:
    """A notice as the acting unit sees it; its text only while it stands, or for its issuer. Raises NotFound."""
    notice, receipt = await access.get_notice(session, principal, notice_id)
    own = notice.issuer_unit_id == principal.unit_id
    readings = await queries.count_readings(session, county_id=principal.county_id, notice_ids=[notice_id])
    reading = readings.get(notice_id, Reading(0, 0))
    readable = own or notice.state is NoticeState.PUBLISHED
    files = (
        await list_enclosed(session, county_id=principal.county_id, document_id=notice_id, kind=NOTICE.kind)
        if readable
        else []
    )
    return NoticeOut(
        id=notice.id,
        version=notice.version,
        kind=notice.kind,
        title=notice.title,
        text=notice.text if readable else "",
        job=_job(notice) if readable else None,
        files=[enclosure_out(one) for one in files],
        issuer=notice.issuer_name,
        creator=notice.creator_name if own else "",
        publish_at=notice.publish_at,
        state=notice.state,
        receipt=notice.receipt,
        pinned_until=notice.pinned_until,
        withdrawn_reason=notice.withdrawn_reason,
        read_at=None if receipt is None else receipt.read_at,
        addressed_to_us=receipt is not None,
        addressed=reading.addressed,
        readings=reading.read,
        receipts=own or reading.addressed > (receipt is not None),
        to=await _to(session, principal, notice) if own else None,
        actions=[one for one in NOTICE.allowed(subject_of(notice), principal) if one in ACTIONS],
    )


async def _to(session: AsyncSession, principal: Principal, notice: Notice) -> PreviewOut | None:
    """Counted as things stand now; the units that are chosen by a tag or a tier may be others by then."""
    if notice.state is not NoticeState.SCHEDULED:
        return None
    choices = [ChoiceIn.model_validate(one).as_choice() for one in notice.addressees]
    try:
        return await addressing.preview(session, principal, choices)
    except (NobodyAddressed, NotFound):
        return PreviewOut(total=0, by_tier={}, first=[])


async def receipts_view(
    session: AsyncSession, principal: Principal, notice_id: UUID, *, unread: bool | None
) -> ReceiptsOut:
    """Who has read it and who has not, of the units that the acting one may see: for whoever issued it, and for those
    between. Raises NotFound for an addressee without units below."""
    notice, receipt = await access.get_notice(session, principal, notice_id)
    found = await queries.list_receipts(session, county_id=principal.county_id, notice_id=notice_id, unread=unread)
    below = [one for one in found if one.unit_id != principal.unit_id]
    if receipt is not None and notice.issuer_unit_id != principal.unit_id and not below:
        raise NotFound
    return ReceiptsOut(
        items=[
            ReceiptOut(
                unit_id=one.unit_id,
                unit=one.unit_name,
                tier=one.tier,
                above_id=next(iter(one.place[1:]), None),
                read_at=one.read_at,
                reader=one.reader_name,
                reminded_at=one.reminded_at,
            )
            for one in below
        ]
    )


def _mark_of(notice: Notice) -> Mark:
    return Mark(notice.publish_at, notice.id)
