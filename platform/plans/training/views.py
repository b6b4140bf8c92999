"""What the pages of trainings show."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.paging import Mark, cut, read_mark
from plans.training import access, queries
from plans.training.lifecycle import PLACE, TRAINING, place_subject, training_subject
from plans.training.models import PlaceState, Training, TrainingInvitation, TrainingPlace, TrainingState
from plans.training.queries import Answers
from plans.training.schemas import (
    InvitationOut,
    InvitationsOut,
    PlaceOut,
    PlacesOut,
    TrainingBrief,
    TrainingOut,
    TrainingPage,
    TrainingSessionOut,
)
from tenancy.models import Role
from tenancy.principal import Principal

PAGE = 30
_MOST_WORDS = 5
_SIGNERS = (Role.REPORTER, Role.REVIEWER)


def is_open(training: Training) -> bool:
    """Whether units may sign up and withdraw now."""
    return training.state is TrainingState.ANNOUNCED and clock.now() <= training.sign_up_until


async def _briefs(
    session: AsyncSession, principal: Principal, found: Sequence[tuple[Training, TrainingInvitation | None]]
) -> list[TrainingBrief]:
    county_id, ids = principal.county_id, [training.id for training, _ in found]
    answers = await queries.count_answers(session, county_id=county_id, training_ids=ids)
    states = await queries.count_states(session, county_id=county_id, training_ids=ids)
    hours: dict[UUID, list[Decimal]] = {}
    for one in await queries.list_sessions(session, county_id=county_id, training_ids=ids):
        hours.setdefault(one.training_id, []).append(one.hours)
    briefs = []
    for training, invitation in found:
        counts, answer = states.get(training.id, {}), answers.get(training.id, Answers())
        briefs.append(
            TrainingBrief(
                id=training.id,
                kind=training.kind,
                title=training.title,
                issuer=training.issuer_name,
                state=training.state,
                starts_at=training.starts_at,
                sign_up_until=training.sign_up_until,
                open=is_open(training),
                sessions=len(hours.get(training.id, [])),
                hours=sum(hours.get(training.id, []), Decimal(0)),
                told=answer.told,
                answered=answer.answered,
                places=sum(counts.get(state, 0) for state in queries.TAKEN),
                attended=counts.get(PlaceState.ATTENDED, 0),
                ours=None if invitation is None else _answer_of(invitation),
            )
        )
    return briefs


def _answer_of(invitation: TrainingInvitation) -> str:
    if invitation.answered_at is None:
        return "silent"
    return "declined" if invitation.declined_reason else "coming"


def _mark(training: Training) -> Mark:
    return Mark(training.starts_at, training.id)


async def received_page(session: AsyncSession, principal: Principal, *, search: str, after: str | None) -> TrainingPage:
    """What was announced to the acting unit, the latest on top. Raises PageLost."""
    found = await queries.list_received(
        session,
        county_id=principal.county_id,
        unit_id=principal.unit_id,
        words=search.split()[:_MOST_WORDS],
        before=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda row: _mark(row[0]))
    return TrainingPage(items=await _briefs(session, principal, list(page)), next=following)


async def issued_page(session: AsyncSession, principal: Principal, *, search: str, after: str | None) -> TrainingPage:
    """What the acting unit announced, the latest on top. Raises PageLost."""
    found = await queries.list_issued(
        session,
        county_id=principal.county_id,
        issuer_unit_id=principal.unit_id,
        words=search.split()[:_MOST_WORDS],
        before=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, _mark)
    return TrainingPage(items=await _briefs(session, principal, [(one, None) for one in page]), next=following)


async def training_view(session: AsyncSession, principal: Principal, training_id: UUID) -> TrainingOut:
    """A training as the acting unit sees it. Raises NotFound."""
    training, invitation = await access.get_training(session, principal, training_id)
    sessions = await queries.list_sessions(session, county_id=principal.county_id, training_ids=[training_id])
    answers = await queries.count_answers(session, county_id=principal.county_id, training_ids=[training_id])
    answer = answers.get(training_id, Answers())
    organiser = training.issuer_unit_id == principal.unit_id
    return TrainingOut(
        id=training.id,
        version=training.version,
        kind=training.kind,
        title=training.title,
        text=training.text,
        issuer=training.issuer_name,
        creator=training.creator_name if organiser else "",
        announced_at=training.announced_at,
        sign_up_until=training.sign_up_until,
        open=is_open(training),
        state=training.state,
        cancelled_reason=training.cancelled_reason,
        sessions=[TrainingSessionOut.model_validate(one, from_attributes=True) for one in sessions],
        told=answer.told,
        answered=answer.answered,
        declined=answer.declined,
        organiser=organiser,
        may_sign_up=invitation is not None and is_open(training) and principal.has(*_SIGNERS),
        answered_at=None if invitation is None else invitation.answered_at,
        declined_reason="" if invitation is None else invitation.declined_reason,
        told_us=invitation is not None,
        actions=TRAINING.allowed(training_subject(training), principal),
    )


def _place_out(taken: TrainingPlace, training: Training, principal: Principal) -> PlaceOut:
    offered = set(PLACE.allowed(place_subject(taken, training), principal))
    # What the lifecycle of a place allows depends on the training's, too.
    if not is_open(training):
        offered -= {"withdraw", "sign_again"}
    if training.state is not TrainingState.HELD:
        offered -= {"check_in", "mark_attended", "mark_absent"}
    if training.state not in (TrainingState.ANNOUNCED, TrainingState.HELD):
        offered -= {"remove", "move", "add_again"}
    if training.state is not TrainingState.CONCLUDED:
        offered -= {"correct_attended", "correct_absent"}
    return PlaceOut(
        id=taken.id,
        version=taken.version,
        session_id=taken.session_id,
        staff_id=taken.staff_id,
        unit_id=taken.unit_id,
        unit=taken.unit_name,
        name=taken.staff_name,
        state=taken.state,
        signed_up_at=taken.signed_up_at,
        signer=taken.signer_name,
        attended_at=taken.attended_at,
        attendance=taken.attendance,
        hours=taken.hours,
        result=taken.result,
        score=taken.score,
        actions=sorted(offered),
    )


async def places_view(session: AsyncSession, principal: Principal, training_id: UUID) -> PlacesOut:
    """Places of units at or below the acting one, withdrawn ones left out. Raises NotFound."""
    training, _ = await access.get_training(session, principal, training_id)
    found = await queries.list_places(
        session, county_id=principal.county_id, training_id=training_id, states=queries.TAKEN
    )
    return PlacesOut(items=[_place_out(one, training, principal) for one in found])


async def invitations_view(session: AsyncSession, principal: Principal, training_id: UUID) -> InvitationsOut:
    """Who was told and what they answered, of units at or below the acting one. Raises NotFound."""
    await access.get_training(session, principal, training_id)
    found = await queries.list_invitations(session, county_id=principal.county_id, training_id=training_id)
    places = await queries.list_places(
        session, county_id=principal.county_id, training_id=training_id, states=queries.TAKEN
    )
    counts: dict[UUID, int] = {}
    for taken in places:
        counts[taken.unit_id] = counts.get(taken.unit_id, 0) + 1
    return InvitationsOut(
        items=[
            InvitationOut(
                unit_id=one.unit_id,
                unit=one.unit_name,
                tier=one.tier,
                answered_at=one.answered_at,
                answerer=one.answerer_name,
                declined_reason=one.declined_reason,
                places=counts.get(one.unit_id, 0),
                reminded_at=one.reminded_at,
            )
            for one in found
        ]
    )
