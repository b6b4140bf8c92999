"""Who may read a training."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from plans.training import queries
from plans.training.models import Training, TrainingInvitation, TrainingSession
from tenancy.principal import Principal
from workflow.enclosures.documents import enclosing


async def get_training(
    session: AsyncSession, principal: Principal, training_id: UUID, *, lock: bool = False
) -> tuple[Training, TrainingInvitation | None]:
    """A training that the acting unit announced, or that it or units below it were told of; with the unit's own
    invitation. Raises NotFound."""
    training = await queries.get_training(session, county_id=principal.county_id, training_id=training_id, lock=lock)
    invitation = await queries.find_invitation(
        session, county_id=principal.county_id, training_id=training_id, unit_id=principal.unit_id
    )
    reached = (
        training.issuer_unit_id == principal.unit_id
        or invitation is not None
        or await queries.has_invitations(session, county_id=principal.county_id, training_id=training_id)
    )
    if not reached:
        raise NotFound
    return training, invitation


async def get_session(
    session: AsyncSession, principal: Principal, session_id: UUID, *, lock: bool = False
) -> tuple[TrainingSession, Training, TrainingInvitation | None]:
    """A session of such a training. Raises NotFound."""
    found = await queries.get_session(session, county_id=principal.county_id, session_id=session_id, lock=lock)
    training, invitation = await get_training(session, principal, found.training_id)
    return found, training, invitation


@enclosing("training")
async def may_read(session: AsyncSession, principal: Principal, document_id: UUID) -> None:
    """Its materials are read by whoever may read it. Raises NotFound."""
    await get_training(session, principal, document_id)
