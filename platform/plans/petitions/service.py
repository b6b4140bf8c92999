"""A petition's course: accepted or objected to, told, extended once, concluded; and reminders of its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from kit.jobs import CountyRef, pulse
from plans.petitions import queries
from plans.petitions.errors import (
    DayImpossible,
    ExtendedAlready,
    ExtensionDays,
    NotAnAppeal,
    ObjectionLate,
    OutcomeMissing,
    StepDone,
)
from plans.petitions.filing import DUE, OBJECTED
from plans.petitions.lifecycle import PETITION, subject_of
from plans.petitions.models import Petition, PetitionClass
from plans.petitions.rules import MOST_EXTENDED, Limit, due_reminders, last_day_to_object, limits
from plans.petitions.schemas import PetitionActIn
from plans.tasks import access, letters
from plans.tasks.answering import acknowledge
from plans.tasks.models import AssignmentState, Task, TaskState
from plans.tasks.queries import find_share
from reporting.queries import load_calendar
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, expect_version, perform, post

#: Action → the date that it writes down, and the date that has to be there before.
_STEPS = {
    "accept": ("accepted_on", "received_on"),
    "inform": ("informed_on", "received_on"),
    "conclude": ("concluded_on", "accepted_on"),
    "tell": ("told_on", "concluded_on"),
    "ask_review": ("review_asked_on", "told_on"),
    "answer_review": ("review_answered_on", "review_asked_on"),
    "ask_reexamination": ("reexamination_asked_on", "review_answered_on"),
    "answer_reexamination": ("reexamination_answered_on", "reexamination_asked_on"),
}
#: What only 申诉求决 knows.
APPEALS_ONLY = frozenset({"extend", "ask_review", "answer_review", "ask_reexamination", "answer_reexamination"})


def routed_on(task: Task) -> date | None:
    """The day on which the handling body got it."""
    return None if task.issued_at is None else day_of(task.issued_at)


def day_of(at: datetime) -> date:
    """A moment's day in China."""
    return at.astimezone(clock.SHANGHAI).date()


def possible(petition: Petition, action: str) -> bool:
    """Whether the petition has come as far as an act, and has not had it yet."""
    if action in APPEALS_ONLY and petition.petition_class is not PetitionClass.APPEAL:
        return False
    if action == "extend":
        return petition.extended_days is None
    if action in _STEPS:
        writes, after = _STEPS[action]
        return getattr(petition, writes) is None and getattr(petition, after) is not None
    return True


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    task_id: UUID,
    version: int | None,
    given: PetitionActIn,
    also: Sequence[Write] = (),
) -> int:
    """One act on a petition, on the day it was done. Who acts on one that the unit has not signed for signs by that.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing and what `plans.petitions.errors` names.
    """
    action = given.action.value
    task, own = await access.get_task(session, actor, task_id)
    petition = await queries.get_petition(session, county_id=actor.county_id, task_id=task_id, lock=True)
    subject = subject_of(petition, task)
    PETITION.check_side(action, subject, actor)
    expect_version(subject, version)
    PETITION.check(action, subject, actor, given.text)
    if task.state is not TaskState.ISSUED or access.withheld(actor, task, own):
        raise ActionNotAllowed(action=action, state=task.state)
    values = await _values(session, actor, task, petition, action, given)
    told = {"text": given.text, "on": (given.on or clock.today()).isoformat()}
    if own is not None and own.unit_id == petition.handler_unit_id and own.state is AssignmentState.ISSUED:
        await acknowledge(session, actor=actor, assignment_id=own.id, version=None)
    return await perform(
        session,
        PETITION,
        action,
        subject,
        actor=actor,
        reason=given.text,
        values=values,
        mail=_mail(action, task, petition),
        also=also,
        detail=told,
    )


async def _values(
    session: AsyncSession, actor: Principal, task: Task, petition: Petition, action: str, given: PetitionActIn
) -> Mapping[str, Any]:
    """What an act writes beside the state."""
    if action in APPEALS_ONLY and petition.petition_class is not PetitionClass.APPEAL:
        raise NotAnAppeal
    on = given.on or clock.today()
    if action == "extend":
        return _extension(actor, petition, given)
    if action == "object":
        until = last_day_to_object(
            routed_on(task) or petition.received_on, await load_calendar(session, county_id=actor.county_id)
        )
        if clock.today() > until:
            raise ObjectionLate(until=until.isoformat())
        return {"objected_on": clock.today()}
    if action == "overrule":
        return {}
    if not possible(petition, action):
        raise StepDone
    writes, after = _STEPS[action]
    since: date = getattr(petition, after)
    if not since <= on <= clock.today():
        raise DayImpossible(since=since.isoformat())
    if action == "conclude":
        if given.outcome is None:
            raise OutcomeMissing
        return {writes: on, "outcome": given.outcome, "opinion": given.text}
    return {writes: on}


def _extension(actor: Principal, petition: Petition, given: PetitionActIn) -> Mapping[str, Any]:
    if petition.extended_days is not None:
        raise ExtendedAlready
    if given.days is None or not 1 <= given.days <= MOST_EXTENDED:
        raise ExtensionDays
    return {
        "extended_days": given.days,
        "extended_reason": given.text,
        "extended_by": actor.display_name,
        "extended_told": given.told,
    }


def _mail(action: str, task: Task, petition: Petition) -> list[Mail]:
    """Whatever is done ends the reminder; an objection asks whoever sent it."""
    mail = [Mail(petition.handler_unit_id, Role.REPORTER, DUE, closed=True)]
    if action == "object":
        facts = letters.facts_of(task, section_id=task.section_id)
        mail.append(Mail(task.issuer_unit_id, Role.REVIEWER, OBJECTED, facts=facts))
    if action != "object":
        mail.append(Mail(task.issuer_unit_id, Role.REVIEWER, DUE, closed=True))
    if action == "overrule":
        mail.append(Mail(task.issuer_unit_id, Role.REVIEWER, OBJECTED, closed=True))
    return mail


def _reminder(task: Task, petition: Petition, section_id: UUID | None, one: Limit) -> list[Mail]:
    """`section_id`: the handling unit's that has it."""

    def to(unit_id: UUID, role: Role, kept_to: UUID | None) -> Mail:
        facts = letters.facts_of(
            task,
            section_id=kept_to,
            limit=one.code.value,
            due_on=one.due_on.isoformat(),
            days_left=one.days_left,
            article=one.article,
        )
        return Mail(unit_id, role, DUE, facts=facts, due_at=clock.start_of_day(one.due_on))

    mail = [to(petition.handler_unit_id, Role.REPORTER, section_id)]
    if one.days_left < 0:
        mail.append(to(task.issuer_unit_id, Role.REVIEWER, task.section_id))
    return mail


@pulse("plans.petitions", every=600)
async def remind(session: AsyncSession, county: CountyRef) -> None:
    """Remind the handler three days and one day before a limit, and it and the issuer once it is over. What was sent is
    written down with it, so that a restart repeats nothing and a stand-still forgets nothing."""
    found = await queries.list_running(session, county_id=county.id)
    if not found:
        return
    days, today = await load_calendar(session, county_id=county.id), clock.today()
    for petition, task in found:
        due = due_reminders(limits(petition, routed_on(task), days, today), petition.reminded)
        if not due:
            continue
        marks = [mark for _, fresh in due for mark in fresh]
        await session.execute(
            update(Petition)
            .where(Petition.county_id == county.id, Petition.id == petition.id)
            .values(reminded=[*petition.reminded, *marks])
        )
        # One item for a petition: the limit that is nearest.
        nearest = min((one for one, _ in due), key=lambda one: one.due_on)
        share = await find_share(session, county_id=county.id, task_id=task.id, unit_id=petition.handler_unit_id)
        mail = _reminder(task, petition, None if share is None else share.section_id, nearest)
        await post(session, county, PETITION.kind, [(petition.id, petition.version, mail)])
