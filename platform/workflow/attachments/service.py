"""Adding, withdrawing and restoring files, and forgetting those that were withdrawn before anybody else saw them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, files
from kit.db.batch import Write, change, put, write_all
from kit.db.session import Identity
from kit.errors import Forbidden, NotFound
from kit.files import Received
from kit.idempotency import Attempt, once
from kit.jobs import JobContext, enqueue, job
from kit.settings import settings
from tenancy.audit import audited
from tenancy.principal import Principal
from workflow.attachments import media, queries
from workflow.attachments.errors import FileEmpty, TooManyFiles
from workflow.attachments.subjects import Holder, Slot, kind_of
from workflow.models import Attachment

FORGET = "workflow.forget_attachment"
#: How long what was withdrawn before it was handed in can be restored.
RESTORABLE = timedelta(days=1)


async def require_addable(session: AsyncSession, *, actor: Principal, slot: Slot, lock: bool = False) -> Holder:
    """The subject, if the actor may add such a file now. Raises NotFound, Forbidden."""
    holder = await kind_of(slot.subject_kind).look(session, actor=actor, subject_id=slot.subject_id, lock=lock)
    if lock:
        await queries.hold(session, slot.subject_id)
    if slot.kind not in holder.may_add:
        raise Forbidden
    return holder


async def add(
    session: AsyncSession, *, actor: Principal, slot: Slot, name: str, received: Received, attempt: Attempt
) -> Attachment:
    """Keep an upload with its subject; the same content again, or the same try, is the file that is there already.

    Raises NotFound, Forbidden, FileEmpty, FileKindRefused and its kin, TooManyFiles.
    """
    holder = await require_addable(session, actor=actor, slot=slot, lock=True)
    county_id = actor.county_id
    found = await queries.find_same(session, county_id=county_id, slot=slot, sha256=received.sha256)
    if found is not None:
        return found
    if received.size == 0:
        raise FileEmpty
    content = await asyncio.to_thread(media.media_of, received.path)
    await _require_room(session, county_id, slot)

    async def keep(also: Sequence[Write]) -> None:
        facts = await files.take_in(received.path, files_dir=settings().files_dir, county_id=county_id)
        row = put(
            Attachment,
            county_id=county_id,
            **facts,
            name=media.kept_name(name, content),
            media_type=content.type,
            subject_kind=slot.subject_kind,
            subject_id=slot.subject_id,
            kind=slot.kind,
            number=holder.number,
            unit_id=actor.unit_id,
            added_by=actor.account_id,
            adder_name=actor.display_name,
            place=list(holder.place),
        )
        await write_all(session, [*also, row, _entry(actor, "add", facts["id"], slot)])

    await once(session, attempt, keep)
    made = await queries.find_same(session, county_id=county_id, slot=slot, sha256=received.sha256)
    if made is None:  # Added by an earlier try and withdrawn since.
        raise NotFound
    return made


async def _require_room(session: AsyncSession, county_id: UUID, slot: Slot) -> None:
    limit = kind_of(slot.subject_kind).limit
    if await queries.count(session, county_id=county_id, slot=slot) >= limit:
        raise TooManyFiles(count=limit)


async def get_readable(session: AsyncSession, *, actor: Principal, attachment_id: UUID) -> Attachment:
    """A file whose subject the actor may see, and that nobody withdrew. Raises NotFound."""
    found = await queries.get(session, county_id=actor.county_id, attachment_id=attachment_id)
    await kind_of(found.subject_kind).look(session, actor=actor, subject_id=found.subject_id, lock=False)
    if found.withdrawn_at is not None:
        raise NotFound
    return found


def may_withdraw(holder: Holder, attachment: Attachment, actor: Principal) -> bool:
    """Whoever could add it, for the unit that added it."""
    return attachment.unit_id == actor.unit_id and attachment.kind in holder.may_add


async def withdraw(session: AsyncSession, *, actor: Principal, attachment_id: UUID) -> Attachment:
    """撤下. What others have seen stays on record; what they have not goes for good after a day.

    Done already, does nothing. Raises NotFound, Forbidden.
    """
    found = await _held(session, actor, attachment_id)
    if found.withdrawn_at is not None:
        return found
    await _write(
        session, actor, "withdraw", found, {"withdrawn_at": clock.now(), "withdrawer_name": actor.display_name}
    )
    if found.number is None:
        payload = {"attachment_id": str(found.id), "unit_id": str(found.unit_id)}
        await enqueue(session, kind=FORGET, payload=payload, run_after=clock.now() + RESTORABLE)
    return found


async def restore(session: AsyncSession, *, actor: Principal, attachment_id: UUID) -> Attachment:
    """撤销: take a withdrawal back. Raises NotFound, Forbidden, TooManyFiles."""
    found = await _held(session, actor, attachment_id)
    if found.withdrawn_at is None:
        return found
    await _require_room(session, found.county_id, _slot(found))
    await _write(session, actor, "restore", found, {"withdrawn_at": None, "withdrawer_name": ""})
    return found


async def _held(session: AsyncSession, actor: Principal, attachment_id: UUID) -> Attachment:
    """The file behind its subject's lock, if the actor may withdraw it."""
    seen = await queries.get(session, county_id=actor.county_id, attachment_id=attachment_id)
    holder = await kind_of(seen.subject_kind).look(session, actor=actor, subject_id=seen.subject_id, lock=True)
    await queries.hold(session, seen.subject_id)
    found = await queries.get(session, county_id=actor.county_id, attachment_id=attachment_id, lock=True)
    if not may_withdraw(holder, found, actor):
        raise Forbidden
    return found


async def _write(
    session: AsyncSession, actor: Principal, action: str, found: Attachment, values: dict[str, Any]
) -> None:
    await write_all(
        session,
        [
            change(Attachment, county_id=found.county_id, id=found.id, **values),
            _entry(actor, action, found.id, _slot(found)),
        ],
    )
    await session.refresh(found)


def _slot(found: Attachment) -> Slot:
    return Slot(found.subject_kind, found.subject_id, found.kind)


def _entry(actor: Principal, action: str, attachment_id: UUID, slot: Slot) -> Write:
    detail = {"attachment": str(attachment_id)}
    return audited(
        actor, f"attachment.{action}", subject_kind=slot.subject_kind, subject_id=slot.subject_id, detail=detail
    )


def handed_in(county_id: UUID, pending: Sequence[UUID], *, number: int, place: Sequence[UUID]) -> list[Write]:
    """The files that go up with a subject: from now on they belong to that state of it, and its superiors see them."""
    return [
        change(Attachment, county_id=county_id, id=attachment_id, number=number, place=list(place))
        for attachment_id in pending
    ]


@job(FORGET)
async def forget(context: JobContext, payload: dict[str, Any]) -> None:
    """Take away what was withdrawn before it was handed in, unless it was restored: its bytes, then its row."""
    attachment_id = UUID(payload["attachment_id"])
    identity = Identity.of_unit(context.county.id, UUID(payload["unit_id"]))
    async with context.transaction(identity) as session:
        found = await queries.find_forgettable(
            session, county_id=context.county.id, attachment_id=attachment_id, before=clock.now() - RESTORABLE
        )
        if found is not None:
            path = files.path_of(settings().files_dir, found)
            await asyncio.to_thread(path.unlink, missing_ok=True)
            await session.execute(
                delete(Attachment).where(Attachment.county_id == found.county_id, Attachment.id == found.id)
            )
        await context.complete(session)
