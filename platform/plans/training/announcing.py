"""Commands of the organiser on a training: announce, amend, remind, cancel, begin, conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put, put_many, write_all
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from plans.addressing import service as addressing
from plans.addressing.rules import addressee_rows
from plans.addressing.schemas import ChoiceIn
from plans.training import access, letters, queries
from plans.training.errors import QuotaBelowTaken, SessionsImpossible, SignUpPast
from plans.training.lifecycle import PLACE, TRAINING, place_subject, training_subject
from plans.training.models import (
    PlaceState,
    Training,
    TrainingInvitation,
    TrainingKind,
    TrainingPlace,
    TrainingSession,
    TrainingState,
)
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from workflow.enclosures.queries import list_enclosed
from workflow.enclosures.service import enclose
from workflow.lifecycle import expect_version, perform, perform_many, post


@dataclass(frozen=True, slots=True)
class Planned:
    """A session as the organiser gives it; `id` of one that stands already."""

    starts_at: datetime
    ends_at: datetime
    hours: Decimal
    venue: str = ""
    link: str = ""
    quota: int | None = None
    per_unit: int | None = None
    id: UUID | None = None

    def values(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "hours": self.hours,
            "venue": self.venue,
            "link": self.link,
            "quota": self.quota,
            "per_unit": self.per_unit,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """What a training says, to whom, and when."""

    kind: TrainingKind
    title: str
    text: str
    to: Sequence[ChoiceIn]
    sign_up_until: datetime
    sessions: Sequence[Planned]
    file_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Amended:
    """What it says from now on. The sessions are the same ones."""

    text: str
    sign_up_until: datetime
    sessions: Sequence[Planned]


def _check_times(sign_up_until: datetime, sessions: Sequence[Planned]) -> None:
    if sign_up_until <= clock.now():
        raise SignUpPast
    for number, one in enumerate(sessions, 1):
        if one.ends_at <= one.starts_at or one.starts_at < sign_up_until:
            raise SessionsImpossible(no=number)


async def announce(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """发布培训通知 to units below, whom it asks who comes. Raises Forbidden, NotFound, NobodyAddressed, SignUpPast,
    SessionsImpossible."""
    if actor.tier is Tier.VILLAGE:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.LEADER)
    _check_times(given.sign_up_until, given.sessions)
    tree, nodes = await addressing.addressed(session, actor, [one.as_choice() for one in given.to])
    training_id = made or new_id()
    training = await put_down(session, actor, training_id, given, tree, nodes, also=also)
    asked = [letters.asked(training, node.id) for node in nodes]
    await post(session, actor.county, TRAINING.kind, [(training_id, 1, asked)])
    return training_id


async def put_down(
    session: AsyncSession,
    actor: Principal,
    training_id: UUID,
    given: Given,
    tree: Tree,
    nodes: Sequence[TreeNode],
    *,
    answered: Mapping[str, Any] | None = None,
    also: Sequence[Write] = (),
) -> Training:
    """The rows of a training and of those it is for; `answered` where there is nothing to ask them. Raises FileGone."""
    files = await enclose(session, actor, kind=TRAINING.kind, document_id=training_id, file_ids=given.file_ids)
    training = Training(
        county_id=actor.county_id,
        id=training_id,
        issuer_unit_id=actor.unit_id,
        issuer_name=tree.nodes[actor.unit_id].short_name,
        section_id=actor.section_id,
        kind=given.kind,
        title=given.title,
        text=given.text,
        addressees=[one.model_dump(mode="json") for one in given.to],
        sign_up_until=given.sign_up_until,
        starts_at=min(one.starts_at for one in given.sessions),
        state=TrainingState.ANNOUNCED,
        version=1,
        created_by=actor.account_id,
        creator_name=actor.display_name,
    )
    session.add(training)
    await session.flush()
    detail = {"units": len(nodes), "sessions": len(given.sessions)}
    entry = audited(actor, "training.announce", subject_kind=TRAINING.kind, subject_id=training_id, detail=detail)
    key = {"county_id": actor.county_id, "training_id": training_id}
    rows = [put(TrainingSession, **key, no=no, **one.values()) for no, one in enumerate(given.sessions, 1)]
    await write_all(session, [*also, *files, *rows, entry])
    await put_many(session, TrainingInvitation, addressee_rows(tree, nodes, **key, **(answered or {})))
    return training


async def amend(
    session: AsyncSession,
    *,
    actor: Principal,
    training_id: UUID,
    version: int | None,
    given: Amended,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """变更: another time or place, more places, a later end of sign-up. Everybody who was told is told so.

    Raises Forbidden, Stale, ReasonMissing, NotFound for a session of another training, QuotaBelowTaken.
    """
    training = await _locked(session, actor, training_id, "amend", version, reason)
    _check_times(given.sign_up_until, given.sessions)
    standing = await queries.list_sessions(session, county_id=actor.county_id, training_ids=[training_id], lock=True)
    planned = {one.id: one for one in given.sessions}
    if set(planned) != {one.id for one in standing}:
        raise NotFound
    for one in standing:
        quota = planned[one.id].quota
        if quota is not None and quota < one.taken:
            raise QuotaBelowTaken(no=one.no, taken=one.taken)
    changes = [
        change(TrainingSession, county_id=actor.county_id, id=one.id, **planned[one.id].values()) for one in standing
    ]
    training.starts_at = min(one.starts_at for one in given.sessions)
    number = await perform(
        session,
        TRAINING,
        "amend",
        training_subject(training),
        actor=actor,
        reason=reason,
        values={
            "text": given.text,
            "sign_up_until": given.sign_up_until,
            "starts_at": training.starts_at,
        },
        also=[*also, *changes],
    )
    for one in standing:
        await session.execute(
            update(TrainingPlace)
            .where(TrainingPlace.county_id == actor.county_id, TrainingPlace.session_id == one.id)
            .values(day=day_of(planned[one.id].starts_at))
        )
    invited = await queries.list_invitations(session, county_id=actor.county_id, training_id=training_id)
    told = [letters.told(training, letters.CHANGED, one.unit_id, reason=reason) for one in invited]
    await post(session, actor.county, TRAINING.kind, [(training_id, number, told)])
    return number


def day_of(starts_at: datetime) -> Any:
    """The day of a session in China."""
    return starts_at.astimezone(clock.SHANGHAI).date()


async def enclose_materials(
    session: AsyncSession,
    *,
    actor: Principal,
    training_id: UUID,
    version: int | None,
    file_ids: Sequence[UUID],
    also: Sequence[Write] = (),
) -> int:
    """补充资料: these are its materials from now on, also once it is over. Raises Forbidden, Stale, ActionNotAllowed
    (it was cancelled), FileGone."""
    training = await _locked(session, actor, training_id, "enclose", version)
    present = await list_enclosed(session, county_id=actor.county_id, document_id=training_id, kind=TRAINING.kind)
    files = await enclose(
        session, actor, kind=TRAINING.kind, document_id=training_id, file_ids=file_ids, present=present
    )
    detail = {"before": [one.name for one in present]}
    subject = training_subject(training)
    return await perform(session, TRAINING, "enclose", subject, actor=actor, also=[*also, *files], detail=detail)


async def remind(
    session: AsyncSession, *, actor: Principal, training_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """Ask those who have not answered once more, and nobody else. Returns the new version."""
    training = await _locked(session, actor, training_id, "remind", version)
    silent = await queries.list_invitations(
        session, county_id=actor.county_id, training_id=training_id, unanswered=True, lock=True
    )
    number = await perform(
        session,
        TRAINING,
        "remind",
        training_subject(training),
        actor=actor,
        also=also,
        detail={"units": len(silent)},
    )
    now = clock.now()
    await session.execute(
        update(TrainingInvitation)
        .where(TrainingInvitation.county_id == actor.county_id, TrainingInvitation.id.in_([one.id for one in silent]))
        .values(reminded_at=now)
    )
    asked = [letters.asked(training, one.unit_id, reminded_by=actor.display_name) for one in silent]
    await post(session, actor.county, TRAINING.kind, [(training_id, number, asked)])
    return number


async def cancel(
    session: AsyncSession,
    *,
    actor: Principal,
    training_id: UUID,
    version: int | None,
    reason: str,
    also: Sequence[Write] = (),
) -> int:
    """取消, with a reason that everybody who was told is told."""
    training = await _locked(session, actor, training_id, "cancel", version, reason)
    number = await perform(
        session,
        TRAINING,
        "cancel",
        training_subject(training),
        actor=actor,
        reason=reason,
        values={"cancelled_reason": reason},
        also=also,
    )
    invited = await queries.list_invitations(session, county_id=actor.county_id, training_id=training_id)
    mail = [letters.told(training, letters.CANCELLED, one.unit_id, reason=reason) for one in invited]
    mail += [letters.answered(one.unit_id) for one in invited]
    await post(session, actor.county, TRAINING.kind, [(training_id, number, mail)])
    return number


async def hold(
    session: AsyncSession, *, actor: Principal, training_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """开班: checking in opens, and nobody is asked any more who comes."""
    training = await _locked(session, actor, training_id, "hold", version)
    silent = await queries.list_invitations(
        session, county_id=actor.county_id, training_id=training_id, unanswered=True, lock=True
    )
    number = await perform(session, TRAINING, "hold", training_subject(training), actor=actor, also=also)
    closed = [letters.answered(one.unit_id) for one in silent]
    await post(session, actor.county, TRAINING.kind, [(training_id, number, closed)])
    return number


async def conclude(
    session: AsyncSession, *, actor: Principal, training_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> int:
    """结束: who signed up and did not come was absent. What is changed afterwards needs a reason."""
    training = await _locked(session, actor, training_id, "conclude", version)
    # Whoever is being given a place is waited for: nobody's place stays undecided.
    await queries.list_sessions(session, county_id=actor.county_id, training_ids=[training_id], lock=True)
    missing = await queries.list_places(
        session, county_id=actor.county_id, training_id=training_id, states=[PlaceState.SIGNED_UP], lock=True
    )
    await perform_many(session, PLACE, "mark_absent", [place_subject(one, training) for one in missing], actor=actor)
    detail = {"absent": len(missing)}
    return await perform(
        session, TRAINING, "conclude", training_subject(training), actor=actor, also=also, detail=detail
    )


async def _locked(
    session: AsyncSession, actor: Principal, training_id: UUID, action: str, version: int | None, reason: str = ""
) -> Training:
    training, _ = await access.get_training(session, actor, training_id, lock=True)
    subject = training_subject(training)
    TRAINING.check_side(action, subject, actor)
    expect_version(subject, version)
    TRAINING.check(action, subject, actor, reason)
    return training
