"""Who may read a notice."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.notices import queries
from plans.notices.models import Notice, NoticeReceipt, NoticeState
from tenancy.principal import Principal
from workflow.enclosures.documents import enclosing


async def get_notice(
    session: AsyncSession, principal: Principal, notice_id: UUID, *, lock: bool = False
) -> tuple[Notice, NoticeReceipt | None]:
    """A notice that the acting unit issued, or that was published to it or to units below it; with the unit's own
    receipt. Raises NotFound."""
    notice = await queries.get_notice(session, county_id=principal.county_id, notice_id=notice_id, lock=lock)
    receipt = await queries.find_receipt(
        session, county_id=principal.county_id, notice_id=notice_id, unit_id=principal.unit_id
    )
    reached = (
        notice.issuer_unit_id == principal.unit_id
        or receipt is not None
        or await queries.has_receipts(session, county_id=principal.county_id, notice_id=notice_id)
    )
    if not reached:
        raise NotFound
    return notice, receipt


@enclosing("notice")
async def may_read(session: AsyncSession, principal: Principal, document_id: UUID) -> None:
    """A withdrawn notice's files are its issuer's alone. Raises NotFound."""
    notice, _ = await get_notice(session, principal, document_id)
    if notice.state is NoticeState.WITHDRAWN and notice.issuer_unit_id != principal.unit_id:
        raise NotFound
