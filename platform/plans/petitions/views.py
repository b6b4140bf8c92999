"""What a petition's panel shows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.petitions import queries
from plans.petitions.lifecycle import PETITION, subject_of
from plans.petitions.rules import limits
from plans.petitions.schemas import LimitOut, PetitionEvent, PetitionOut
from plans.petitions.service import possible, routed_on
from plans.tasks import access
from plans.tasks.models import TaskState
from reporting.queries import load_calendar
from tenancy.principal import Principal
from tenancy.queries import list_unit_names
from workflow.queries import list_history


async def petition_view(session: AsyncSession, principal: Principal, task_id: UUID) -> PetitionOut:
    """A petition with its clock. Raises NotFound, for another section too."""
    county_id = principal.county_id
    task, own = await access.get_task(session, principal, task_id)
    one = await queries.get_petition(session, county_id=county_id, task_id=task_id)
    kept = access.withheld(principal, task, own)
    days = await load_calendar(session, county_id=county_id)
    found = limits(one, routed_on(task), days, clock.today())
    names = await list_unit_names(session, county_id=county_id, unit_ids=[one.handler_unit_id])
    history = await list_history(session, county_id=county_id, kind=PETITION.kind, subject_id=task_id)
    may = [] if kept or task.state is not TaskState.ISSUED else PETITION.allowed(subject_of(one, task), principal)
    return PetitionOut(
        task_id=task_id,
        version=one.version,
        handler_unit_id=one.handler_unit_id,
        handler=names.get(one.handler_unit_id, ""),
        manner=one.manner,
        petition_class=one.petition_class,
        received_on=one.received_on,
        state=one.state,
        accepted_on=one.accepted_on,
        informed_on=one.informed_on,
        extended_days=one.extended_days,
        extended_reason="" if kept else one.extended_reason,
        extended_by=one.extended_by,
        extended_told=one.extended_told,
        concluded_on=one.concluded_on,
        outcome=one.outcome,
        opinion="" if kept else one.opinion,
        told_on=one.told_on,
        withheld=kept,
        limits=[
            LimitOut(
                code=limit.code,
                article=limit.article,
                due_on=limit.due_on,
                done_on=limit.done_on,
                days_left=limit.days_left,
                state=limit.state,
            )
            for limit in found
        ],
        provisional=not days.knows(*(limit.due_on for limit in found)),
        log=[
            PetitionEvent(action=line.action, by=line.actor_name, at=line.at, text="" if kept else line.reason)
            for line in history
        ],
        actions=[action for action in may if possible(one, action)],
    )
