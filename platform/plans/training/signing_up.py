"""报名: places in a session, taken by the unit, or given by the organiser. The session's row decides who was first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put_many, write_all
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from plans.staff.models import StaffMember, StaffState
from plans.staff.queries import list_by_id
from plans.training import access, letters, queries
from plans.training.announcing import day_of
from plans.training.errors import (
    NotAddressed,
    PlaceTwice,
    SessionFull,
    SignUpOver,
    StaffElsewhere,
    UnitFull,
)
from plans.training.lifecycle import PLACE, TRAINING, place_subject
from plans.training.models import (
    PlaceState,
    Training,
    TrainingInvitation,
    TrainingPlace,
    TrainingSession,
    TrainingState,
)
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.lifecycle import expect_version, perform, perform_many, post

_WHO = (Role.REPORTER, Role.REVIEWER)


async def sign_up(session: AsyncSession, *, actor: Principal, session_id: UUID, staff_ids: Sequence[UUID]) -> None:
    """报名: people of the acting unit take places, all of them or none. Whoever has one keeps it.

    Raises NotFound, Forbidden, SignUpOver, StaffElsewhere, SessionFull, UnitFull.
    """
    found, training, invitation = await access.get_session(session, actor, session_id, lock=True)
    if invitation is None or not actor.has(*_WHO):
        raise Forbidden
    if training.state is not TrainingState.ANNOUNCED or clock.now() > training.sign_up_until:
        raise SignUpOver
    people = await serving(session, actor, staff_ids, unit_id=actor.unit_id)
    if len(people) < len(set(staff_ids)):
        raise StaffElsewhere
    await take(session, actor, found, training, people, {actor.unit_id: invitation}, limited=True)
    await _answer(session, actor, training, "")


async def decline(session: AsyncSession, *, actor: Principal, training_id: UUID, reason: str) -> None:
    """不参加: the unit says why nobody comes. Signing somebody up later takes it back.

    Raises NotFound, Forbidden, ReasonMissing, SignUpOver, and ActionNotAllowed while somebody has a place.
    """
    training, invitation = await access.get_training(session, actor, training_id)
    if invitation is None or not actor.has(*_WHO):
        raise Forbidden
    if not reason.strip():
        raise ReasonMissing
    if training.state is not TrainingState.ANNOUNCED or clock.now() > training.sign_up_until:
        raise SignUpOver
    taken = await queries.list_places(
        session, county_id=actor.county_id, training_id=training_id, unit_id=actor.unit_id, states=queries.TAKEN
    )
    if taken:
        raise ActionNotAllowed(action="decline", state=taken[0].state)
    await _answer(session, actor, training, reason)


async def add(session: AsyncSession, *, actor: Principal, session_id: UUID, staff_ids: Sequence[UUID]) -> None:
    """名单添加: the organiser gives places to people of units that were told, whatever a unit's limit and the time.

    Raises NotFound, Forbidden, SignUpOver once it is concluded or cancelled, NotAddressed, SessionFull.
    """
    found, training, _ = await access.get_session(session, actor, session_id, lock=True)
    if training.issuer_unit_id != actor.unit_id or not actor.has(*_WHO):
        raise Forbidden
    if training.state not in (TrainingState.ANNOUNCED, TrainingState.HELD):
        raise SignUpOver
    people = await serving(session, actor, staff_ids)
    invited = await queries.list_invitations(session, county_id=actor.county_id, training_id=training.id)
    by_unit = {one.unit_id: one for one in invited}
    if len(people) < len(set(staff_ids)) or any(one.unit_id not in by_unit for one in people):
        raise NotAddressed
    await take(session, actor, found, training, people, by_unit, limited=False)


async def serving(
    session: AsyncSession, actor: Principal, staff_ids: Sequence[UUID], *, unit_id: UUID | None = None
) -> list[StaffMember]:
    found = await list_by_id(session, county_id=actor.county_id, staff_ids=staff_ids, unit_id=unit_id)
    return [one for one in found if one.state is StaffState.SERVING]


async def take(
    session: AsyncSession,
    actor: Principal,
    found: TrainingSession,
    training: Training,
    people: Sequence[StaffMember],
    invitations: dict[UUID, TrainingInvitation],
    *,
    limited: bool,
) -> None:
    """Give places, the session's row being locked. Raises SessionFull, UnitFull."""
    county_id = actor.county_id
    known = await queries.list_places(
        session, county_id=county_id, session_id=found.id, staff_ids=[one.id for one in people], lock=True
    )
    again = [one for one in known if one.state is PlaceState.WITHDRAWN]
    fresh = [one for one in people if one.id not in {place.staff_id for place in known}]
    asked = len(again) + len(fresh)
    if not asked:
        return
    if found.quota is not None and found.taken + asked > found.quota:
        raise SessionFull(left=found.quota - found.taken, asked=asked)
    if limited and found.per_unit is not None:
        ours = await queries.list_places(
            session, county_id=county_id, session_id=found.id, unit_id=actor.unit_id, states=queries.TAKEN
        )
        if len(ours) + asked > found.per_unit:
            raise UnitFull(limit=found.per_unit, taken=len(ours))
    action = "sign_again" if limited else "add_again"
    await perform_many(
        session,
        PLACE,
        action,
        [place_subject(one, training) for one in again],
        actor=actor,
        values={"signed_up_at": clock.now(), "signer_name": actor.display_name, "result": None, "score": None},
    )
    rows = [
        {
            "county_id": county_id,
            "id": new_id(),
            "training_id": training.id,
            "session_id": found.id,
            "staff_id": one.id,
            "unit_id": one.unit_id,
            "unit_name": invitations[one.unit_id].unit_name,
            "staff_name": one.name,
            "day": day_of(found.starts_at),
            "signer_name": actor.display_name,
            "place": list(invitations[one.unit_id].place),
        }
        for one in fresh
    ]
    await put_many(session, TrainingPlace, rows)
    detail = {"session": str(found.id), "people": asked}
    verb = "sign_up" if limited else "add"
    await write_all(
        session,
        [
            change(TrainingSession, county_id=county_id, id=found.id, taken=found.taken + asked),
            audited(actor, f"training.{verb}", subject_kind=TRAINING.kind, subject_id=training.id, detail=detail),
        ],
    )


async def _answer(session: AsyncSession, actor: Principal, training: Training, reason: str) -> None:
    invitation = await queries.find_invitation(
        session, county_id=actor.county_id, training_id=training.id, unit_id=actor.unit_id, lock=True
    )
    assert invitation is not None
    await session.execute(
        update(TrainingInvitation)
        .where(TrainingInvitation.county_id == actor.county_id, TrainingInvitation.id == invitation.id)
        .values(answered_at=clock.now(), answerer_name=actor.display_name, declined_reason=reason)
    )
    closed = letters.answered(actor.unit_id)
    await post(session, actor.county, TRAINING.kind, [(training.id, training.version + 1, [closed])])


async def withdraw(
    session: AsyncSession, *, actor: Principal, place_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> UUID:
    """取消报名: by the unit until sign-up is over, by the organiser until the training is concluded. Returns the
    training. Raises NotFound, Forbidden, Stale, SignUpOver."""
    taken, training = await get_place(session, actor, place_id)
    action = "remove" if actor.unit_id == training.issuer_unit_id else "withdraw"
    over = training.state is not TrainingState.ANNOUNCED or clock.now() > training.sign_up_until
    if over and (action == "withdraw" or training.state is not TrainingState.HELD):
        PLACE.check_side(action, place_subject(taken, training), actor)
        raise SignUpOver
    found = await queries.get_session(session, county_id=actor.county_id, session_id=taken.session_id, lock=True)
    taken = await queries.get_place(session, county_id=actor.county_id, place_id=place_id, lock=True)
    subject = place_subject(taken, training)
    PLACE.check_side(action, subject, actor)
    expect_version(subject, version)
    freed = change(TrainingSession, county_id=actor.county_id, id=found.id, taken=found.taken - 1)
    await perform(session, PLACE, action, subject, actor=actor, also=[*also, freed])
    if action == "withdraw":
        await _ask_again(session, actor, training)
    return training.id


async def _ask_again(session: AsyncSession, actor: Principal, training: Training) -> None:
    """A unit that took its last place back owes an answer again: somebody else, or that nobody comes."""
    left = await queries.list_places(
        session, county_id=actor.county_id, training_id=training.id, unit_id=actor.unit_id, states=queries.TAKEN
    )
    if left:
        return
    await session.execute(
        update(TrainingInvitation)
        .where(
            TrainingInvitation.county_id == actor.county_id,
            TrainingInvitation.training_id == training.id,
            TrainingInvitation.unit_id == actor.unit_id,
        )
        .values(answered_at=None, answerer_name="")
    )
    again = letters.asked(training, actor.unit_id)
    await post(session, actor.county, TRAINING.kind, [(training.id, training.version + 1, [again])])


async def move(
    session: AsyncSession,
    *,
    actor: Principal,
    place_id: UUID,
    version: int | None,
    to: UUID,
    also: Sequence[Write] = (),
) -> UUID:
    """调整场次: the organiser moves somebody to another session of the training. Returns the training.

    Raises NotFound, Forbidden, Stale, SessionFull, PlaceTwice.
    """
    taken, training = await get_place(session, actor, place_id)
    PLACE.check_side("move", place_subject(taken, training), actor)
    sessions = await queries.list_sessions(session, county_id=actor.county_id, training_ids=[training.id], lock=True)
    by_id = {one.id: one for one in sessions}
    taken = await queries.get_place(session, county_id=actor.county_id, place_id=place_id, lock=True)
    subject = place_subject(taken, training)
    expect_version(subject, version)
    PLACE.check("move", subject, actor)
    target = by_id.get(to)
    if target is None:
        raise NotFound
    if target.id == taken.session_id:
        return training.id
    if target.quota is not None and target.taken >= target.quota:
        raise SessionFull(left=0, asked=1)
    there = await queries.list_places(
        session, county_id=actor.county_id, session_id=target.id, staff_ids=[taken.staff_id]
    )
    if there:
        raise PlaceTwice
    before = by_id[taken.session_id]
    await perform(
        session,
        PLACE,
        "move",
        subject,
        actor=actor,
        values={"session_id": target.id, "day": day_of(target.starts_at)},
        also=[
            *also,
            change(TrainingSession, county_id=actor.county_id, id=before.id, taken=before.taken - 1),
            change(TrainingSession, county_id=actor.county_id, id=target.id, taken=target.taken + 1),
        ],
        mail=[letters.told(training, letters.CHANGED, taken.unit_id, moved=True)],
        detail={"from": before.no, "to": target.no},
    )
    return training.id


async def get_place(session: AsyncSession, actor: Principal, place_id: UUID) -> tuple[TrainingPlace, Training]:
    """A place at or below the acting unit, with its training. Raises NotFound."""
    taken = await queries.get_place(session, county_id=actor.county_id, place_id=place_id)
    training = await queries.get_training(session, county_id=actor.county_id, training_id=taken.training_id)
    return taken, training
