"""Reads of sign-off: what was chosen, what is under way, who could sign."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.models import Form
from reporting.models import Revision, Signing, SignOff, SignOffSteps, Submission
from tenancy.models import Account, Membership


async def count_people_of(session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]) -> dict[UUID, int]:
    """unit → how many people belong to it now, administrators of the platform (三员) aside."""
    statement = (
        select(Membership.unit_id, func.count())
        .join(Account, and_(Account.county_id == Membership.county_id, Account.id == Membership.account_id))
        .where(
            Membership.county_id == county_id,
            Membership.unit_id.in_(unit_ids),
            Membership.active,
            Membership.admin_kind.is_(None),
            Account.active,
        )
        .group_by(Membership.unit_id)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_roles_held(session: AsyncSession, *, county_id: UUID, unit_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """unit → the roles that its people hold now. The caller has authorised the units."""
    statement = (
        select(Membership.unit_id, Membership.roles)
        .join(Account, and_(Account.county_id == Membership.county_id, Account.id == Membership.account_id))
        .where(Membership.county_id == county_id, Membership.unit_id.in_(unit_ids), Membership.active, Account.active)
    )
    held: dict[UUID, set[str]] = {}
    for unit_id, roles in await session.execute(statement):
        held.setdefault(unit_id, set()).update(roles)
    return held


async def form_exists(session: AsyncSession, *, county_id: UUID, form_id: UUID) -> bool:
    """Whether the county has that form."""
    statement = select(func.count()).select_from(Form).where(Form.county_id == county_id, Form.id == form_id)
    return bool(await session.scalar(statement))


async def list_choices(
    session: AsyncSession, *, county_id: UUID, form_id: UUID, unit_ids: Sequence[UUID]
) -> dict[UUID, SignOffSteps]:
    """unit → its steps, of those that chose. The caller has authorised the units."""
    statement = select(SignOff.unit_id, SignOff.steps).where(
        SignOff.county_id == county_id, SignOff.form_id == form_id, SignOff.unit_id.in_(unit_ids)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def list_under_way(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, Signing]:
    """submission → its signatures under way, of one cycle."""
    statement = (
        select(Signing)
        .join(Submission, and_(Submission.county_id == Signing.county_id, Submission.id == Signing.id))
        .where(Signing.county_id == county_id, Submission.cycle_id == cycle_id)
    )
    return {one.id: one for one in await session.scalars(statement)}


async def revision_counts(session: AsyncSession, *, county_id: UUID, revision_id: UUID) -> bool | None:
    """Whether a revision is what its submission says now; None when there is no such revision."""
    statement = (
        select(Submission.live_revision_id)
        .join(Revision, and_(Revision.county_id == Submission.county_id, Revision.submission_id == Submission.id))
        .where(Revision.county_id == county_id, Revision.id == revision_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else row[0] == revision_id
