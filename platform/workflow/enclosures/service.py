"""Files that go down with a document: gathered before it is sent, enclosed when it is.

Before there is a document its files wait with the person who writes it (subject kind `outgoing`, the account its id),
as attachments that nobody else sees: not a colleague either, since a petition is not everybody's. Sending the document
moves the rows; the bytes stay where they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, files
from kit.db.batch import Write, change, put, remove
from kit.errors import NotFound
from kit.jobs import CountyRef, pulse
from kit.settings import settings
from tenancy.principal import Principal
from workflow.attachments.subjects import Holder, attachable
from workflow.enclosures import queries
from workflow.enclosures.errors import FileGone
from workflow.models import Attachment, Enclosure

OUTGOING = "outgoing"
ENCLOSURE = "enclosure"
#: Files of one document at most.
LIMIT = 20
#: How long files wait for a document that is never sent.
WAITING = timedelta(days=7)


@attachable(OUTGOING, limit=LIMIT)
async def of_outgoing(session: AsyncSession, *, actor: Principal, subject_id: UUID, lock: bool) -> Holder:
    """A person's own gathering of files for the acting unit, under their own id; what they go with says who may."""
    if subject_id != actor.account_id:
        raise NotFound
    may = frozenset({ENCLOSURE}) if actor.roles else frozenset[str]()
    # The county's housekeeping takes away what is never sent.
    place = tuple(dict.fromkeys((actor.unit_id, actor.county_unit_id)))
    return Holder(place=place, number=None, may_add=may)


async def enclose(
    session: AsyncSession,
    actor: Principal,
    *,
    kind: str,
    document_id: UUID,
    file_ids: Sequence[UUID],
    present: Sequence[Enclosure] = (),
) -> list[Write]:
    """The writes after which a document goes with exactly these files, in this order: gathered ones are enclosed, of
    those that it goes with already (`present`) the rest is withdrawn. Raises FileGone for a file that is neither."""
    found = await queries.list_waiting(
        session, county_id=actor.county_id, unit_id=actor.unit_id, account_id=actor.account_id
    )
    waiting = {file.id: file for file in found}
    there = {file.id: file for file in present}
    writes: list[Write] = []
    for position, file_id in enumerate(dict.fromkeys(file_ids)):
        if there.pop(file_id, None) is not None:
            writes.append(change(Enclosure, county_id=actor.county_id, id=file_id, position=position))
        elif file_id in waiting:
            writes += _moved(waiting[file_id], kind, document_id, position)
        else:
            raise FileGone
    now = clock.now()
    writes += [change(Enclosure, county_id=actor.county_id, id=file_id, withdrawn_at=now) for file_id in there]
    return writes


def _moved(file: Attachment, kind: str, document_id: UUID, position: int) -> list[Write]:
    return [
        put(
            Enclosure,
            county_id=file.county_id,
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            subject_kind=kind,
            subject_id=document_id,
            position=position,
            added_by=file.added_by,
            added_at=file.added_at,
        ),
        remove(Attachment, county_id=file.county_id, id=file.id),
    ]


@pulse("workflow.outgoing", every=3600)
async def forget_waiting(session: AsyncSession, county: CountyRef) -> None:
    """Take files away that waited too long: their bytes, then their rows. A crash between the two is mended by the
    next beat."""
    old = await queries.list_forgotten(session, county_id=county.id, before=clock.now() - WAITING)
    paths = [files.path_of(settings().files_dir, file) for file in old]
    await asyncio.to_thread(_remove, paths)
    await session.execute(
        delete(Attachment).where(Attachment.county_id == county.id, Attachment.id.in_([file.id for file in old]))
    )


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
