"""Reads of attachments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from workflow.attachments.subjects import Slot
from workflow.models import Attachment


async def hold(session: AsyncSession, subject_id: UUID) -> None:
    """One change at a time to a subject's files, until the transaction's end."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"attachments:{subject_id}", 0))))


async def list_of_subject(
    session: AsyncSession, *, county_id: UUID, kind: str, subject_id: UUID
) -> Sequence[Attachment]:
    """A subject's files that the actor may see, oldest first, withdrawn ones too. The caller authorised the subject.

    What was withdrawn before it was handed in is gone for everybody but its job.
    """
    statement = (
        select(Attachment)
        .where(
            Attachment.county_id == county_id,
            Attachment.subject_kind == kind,
            Attachment.subject_id == subject_id,
            Attachment.withdrawn_at.is_(None) | Attachment.number.is_not(None),
        )
        .order_by(Attachment.added_at, Attachment.id)
    )
    return (await session.scalars(statement)).all()


async def list_pending(session: AsyncSession, *, county_id: UUID, subject_id: UUID) -> Sequence[UUID]:
    """Files of a subject that were not handed in with it yet."""
    statement = select(Attachment.id).where(
        Attachment.county_id == county_id,
        Attachment.subject_id == subject_id,
        Attachment.number.is_(None),
        Attachment.withdrawn_at.is_(None),
    )
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, *, county_id: UUID, attachment_id: UUID, lock: bool = False) -> Attachment:
    """A file in scope. Raises NotFound. The caller authorises its subject."""
    statement = select(Attachment).where(Attachment.county_id == county_id, Attachment.id == attachment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def find_same(session: AsyncSession, *, county_id: UUID, slot: Slot, sha256: str) -> Attachment | None:
    """The newest file of that content that the subject carries already."""
    statement = (
        select(Attachment)
        .where(
            Attachment.county_id == county_id,
            Attachment.subject_id == slot.subject_id,
            Attachment.kind == slot.kind,
            Attachment.sha256 == sha256,
            Attachment.withdrawn_at.is_(None),
        )
        .order_by(Attachment.id.desc())
        .limit(1)
    )
    return (await session.scalars(statement)).one_or_none()


async def count(session: AsyncSession, *, county_id: UUID, slot: Slot) -> int:
    """How many files of a kind a subject carries."""
    statement = select(func.count()).where(
        Attachment.county_id == county_id,
        Attachment.subject_id == slot.subject_id,
        Attachment.kind == slot.kind,
        Attachment.withdrawn_at.is_(None),
    )
    return (await session.scalar(statement)) or 0


async def find_forgettable(
    session: AsyncSession, *, county_id: UUID, attachment_id: UUID, before: datetime
) -> Attachment | None:
    """A file withdrawn until then that was never handed in; held."""
    statement = (
        select(Attachment)
        .where(
            Attachment.county_id == county_id,
            Attachment.id == attachment_id,
            Attachment.number.is_(None),
            Attachment.withdrawn_at <= before,
        )
        .with_for_update()
    )
    return (await session.scalars(statement)).one_or_none()
