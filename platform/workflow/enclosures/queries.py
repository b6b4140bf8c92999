"""Reads of enclosures, and of the files that wait to become some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from workflow.models import Attachment, Enclosure

_OUTGOING = "outgoing"


async def list_waiting(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, account_id: UUID
) -> Sequence[Attachment]:
    """The files that a person has gathered for a unit; locked, so that two documents don't take the same one."""
    statement = (
        select(Attachment)
        .where(
            Attachment.county_id == county_id,
            Attachment.subject_kind == _OUTGOING,
            Attachment.subject_id == account_id,
            Attachment.unit_id == unit_id,
            Attachment.withdrawn_at.is_(None),
        )
        .with_for_update()
    )
    return (await session.scalars(statement)).all()


async def list_forgotten(session: AsyncSession, *, county_id: UUID, before: datetime) -> Sequence[Attachment]:
    """Gathered files that no document took. Reads as the county."""
    statement = select(Attachment).where(
        Attachment.county_id == county_id, Attachment.subject_kind == _OUTGOING, Attachment.added_at < before
    )
    return (await session.scalars(statement)).all()


async def list_enclosed(session: AsyncSession, *, county_id: UUID, document_id: UUID, kind: str) -> Sequence[Enclosure]:
    """The files that a document goes with now as a document of this kind, in their order: a meeting's call and its
    minutes have one id and files apart. The caller has authorised the document."""
    statement = (
        select(Enclosure)
        .where(
            Enclosure.county_id == county_id,
            Enclosure.subject_id == document_id,
            Enclosure.subject_kind == kind,
            Enclosure.withdrawn_at.is_(None),
        )
        .order_by(Enclosure.position)
    )
    return (await session.scalars(statement)).all()


async def get(session: AsyncSession, *, county_id: UUID, enclosure_id: UUID) -> Enclosure:
    """An enclosure of the county that its document still goes with. The caller authorises the document. Raises
    NotFound."""
    statement = select(Enclosure).where(
        Enclosure.county_id == county_id, Enclosure.id == enclosure_id, Enclosure.withdrawn_at.is_(None)
    )
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found
