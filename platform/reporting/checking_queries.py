"""Every SELECT of `reporting.checking` that nothing else needs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.models import Form
from reporting.models import Cycle, Draft, Revision, Rollup, RollupMark, Submission, SubmissionState


async def list_all_cycles(session: AsyncSession, *, county_id: UUID) -> Sequence[tuple[Cycle, str]]:
    """Every cycle of a county with its form's code, oldest period first."""
    statement = (
        select(Cycle, Form.code)
        .join(Form, and_(Form.county_id == Cycle.county_id, Form.id == Cycle.form_id))
        .where(Cycle.county_id == county_id)
        .order_by(Cycle.ends_on, Form.code)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def marks_of_cycle(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, UUID]:
    """mark → the unit that it says to fold. Reads as the county."""
    statement = select(RollupMark.id, RollupMark.unit_id).where(
        RollupMark.county_id == county_id, RollupMark.cycle_id == cycle_id
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_all_rollups(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, Rollup]:
    """unit → its stored rollup."""
    statement = select(Rollup).where(Rollup.county_id == county_id, Rollup.cycle_id == cycle_id)
    return {rollup.unit_id: rollup for rollup in (await session.scalars(statement)).all()}


async def list_own_drafts(
    session: AsyncSession, *, county_id: UUID
) -> Sequence[tuple[UUID, UUID | None, SubmissionState | None, bool]]:
    """(submission, its unit, its state, whether it was overtaken) of each draft that the acting unit sees: its own.
    The unit and the state are None where no such submission is seen. Only what is done on behalf overtakes a draft."""
    overtaken = (
        select(Revision.id)
        .where(
            Revision.county_id == Draft.county_id,
            Revision.submission_id == Draft.id,
            Revision.no > Draft.begun_from,
            Revision.behalf_kind.is_not(None),
        )
        .exists()
    )
    statement = (
        select(Draft.id, Submission.unit_id, Submission.state, overtaken)
        .outerjoin(Submission, and_(Submission.county_id == Draft.county_id, Submission.id == Draft.id))
        .where(Draft.county_id == county_id)
    )
    return [(row[0], row[1], row[2], bool(row[3])) for row in await session.execute(statement)]


async def list_submitting_units(session: AsyncSession, *, county_id: UUID) -> Sequence[UUID]:
    """Every unit that ever had a submission. Reads as the county."""
    statement = select(Submission.unit_id).distinct().where(Submission.county_id == county_id)
    return (await session.scalars(statement)).all()
