"""A unit's draft that was overtaken: figures were handed in on its behalf while it was typing. Nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import put, remove, write_all
from reporting import closing_queries, queries
from reporting.filing import require_standing, subject_of
from reporting.lifecycle import SUBMISSION
from reporting.models import Draft, DraftAside
from reporting.queries import Filed
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed


def _content(source: Draft | DraftAside) -> dict[str, Any]:
    return {"cells": source.cells, "rows": source.rows, "reasons": source.reasons, "zeroed": source.zeroed}


async def settle(session: AsyncSession, filed: Filed) -> Filed:
    """Put an overtaken draft aside; the submission without it. The actor is the unit itself: it alone sees drafts."""
    draft = filed.draft
    if draft is None or filed.working is not None:
        return filed
    key = {"county_id": draft.county_id}
    await write_all(
        session,
        [
            put(
                DraftAside,
                **key,
                submission_id=draft.id,
                **_content(draft),
                saved_at=draft.saved_at,
                place=list(draft.place),
            ),
            remove(Draft, **key, id=draft.id),
        ],
    )
    return replace(filed, draft=None)


async def newest(session: AsyncSession, filed: Filed) -> Draft | DraftAside | None:
    """What the unit was typing when it was overtaken last."""
    if filed.draft is not None and filed.working is None:
        return filed.draft
    return await closing_queries.find_aside(
        session, county_id=filed.submission.county_id, submission_id=filed.submission.id
    )


async def _own(session: AsyncSession, actor: Principal, submission_id: UUID) -> tuple[Filed, DraftAside]:
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id, lock=True)
    SUBMISSION.check_side("save", subject_of(filed), actor)
    filed = await settle(session, filed)
    aside = await closing_queries.find_aside(session, county_id=actor.county_id, submission_id=submission_id)
    if aside is None:
        raise ActionNotAllowed
    return filed, aside


async def take_up(session: AsyncSession, *, actor: Principal, submission_id: UUID) -> None:
    """Go on with the figures that were put aside, in place of a draft begun since. Raises ActionNotAllowed where the
    unit may not type."""
    filed, aside = await _own(session, actor, submission_id)
    SUBMISSION.check("submit", subject_of(filed), actor)
    await require_standing(session, filed, "save")
    key = {"county_id": actor.county_id}
    if filed.draft is not None:
        await write_all(session, [remove(Draft, **key, id=submission_id)])
    await write_all(
        session,
        [
            put(
                Draft,
                **key,
                id=submission_id,
                **_content(aside),
                saved_by=actor.account_id,
                begun_from=filed.submission.revision_no,
                place=[filed.submission.unit_id],
            ),
            remove(DraftAside, **key, id=aside.id),
        ],
    )


async def discard(session: AsyncSession, *, actor: Principal, submission_id: UUID) -> None:
    """Throw away what was put aside last."""
    _, aside = await _own(session, actor, submission_id)
    await write_all(session, [remove(DraftAside, county_id=actor.county_id, id=aside.id)])
