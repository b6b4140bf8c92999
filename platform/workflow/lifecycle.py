"""The one lifecycle mechanism.

A lifecycle is a table of transitions declared as data. `perform` checks the actor's relation, role, reason and the
subject's state, and writes the subject, its history, the audit entry, the inbox and the outbox in one statement of
the caller's transaction. Whatever must accompany *every* transition of a lifecycle (reporting's fold marks) is given
once, as `accompany`, so that no command can forget it; whatever must hear of every transition in the same transaction
(the task that carries a report) as `follow`.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.base import TenantRow
from kit.db.batch import Write, change, insert_all, put, put_many, write_all
from kit.errors import Forbidden, Stale
from kit.ids import new_id
from kit.jobs import CountyRef, ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.errors import ActionNotAllowed, ReasonMissing
from workflow.models import InboxItem, TransitionEntry


class Relation(enum.Enum):
    """On which side of the subject the actor must stand."""

    #: The unit whose subject it is.
    OWN = "own"
    #: The unit that reviews it.
    REVIEWER = "reviewer"
    #: Any unit above it.
    SUPERIOR = "superior"
    #: The unit whose subject it is, or any above it.
    LINE = "line"
    #: A unit above the one that reviews it.
    ABOVE_REVIEWER = "above_reviewer"
    #: The county's own unit.
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Transition:
    """One line of a lifecycle. `target` None keeps the state."""

    action: str
    sources: frozenset[str]
    relation: Relation
    #: None: anybody who has a post there; and where it follows another lifecycle, which has asked already.
    role: Role | None
    target: str | None
    needs_reason: bool = False
    #: A second role that may do it.
    or_role: Role | None = None

    def is_for(self, actor: Principal) -> bool:
        """Whether the actor holds a role that may do it."""
        if self.role is None:
            return bool(actor.roles)
        return actor.has(self.role) or (self.or_role is not None and actor.has(self.or_role))

    def lands(self, state: str) -> str:
        return self.target if self.target is not None else state


@dataclass(frozen=True, slots=True)
class Subject:
    """What a transition acts on, as the command read it under its row lock."""

    id: UUID
    state: str
    version: int
    owner_unit_id: UUID
    reviewer_unit_id: UUID
    place: tuple[UUID, ...]
    #: The units above the owner.
    superiors: tuple[UUID, ...] = ()

    def has_beside(self, relation: Relation, actor: Principal) -> bool:
        """Whether the actor stands on that side of it."""
        match relation:
            case Relation.OWN:
                return actor.unit_id == self.owner_unit_id
            case Relation.REVIEWER:
                return actor.unit_id == self.reviewer_unit_id
            case Relation.SUPERIOR:
                return actor.unit_id in self.superiors
            case Relation.LINE:
                return actor.unit_id == self.owner_unit_id or actor.unit_id in self.superiors
            case Relation.ABOVE_REVIEWER:
                return actor.unit_id in self.superiors and actor.unit_id != self.reviewer_unit_id
            case Relation.COUNTY:
                return actor.unit_id == actor.county_unit_id


@dataclass(frozen=True, slots=True)
class Mail:
    """A change to one unit's inbox: an item opened or closed under a topic."""

    unit_id: UUID
    role: Role
    topic: str
    closed: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """A transition that was carried out, for whoever follows the lifecycle."""

    action: str
    subject: Subject
    reason: str
    context: Mapping[str, Any]


def _nothing(_subject: Subject, _context: Mapping[str, Any]) -> Iterable[Write]:
    return ()


async def _nobody(_session: AsyncSession, _actor: Principal, _happened: Happened) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A kind of subject, its table, its transitions, and what accompanies each of them."""

    kind: str
    model: type[TenantRow]
    transitions: tuple[Transition, ...]
    accompany: Callable[[Subject, Mapping[str, Any]], Iterable[Write]] = _nothing
    #: Told of each transition, within its transaction; what it raises undoes it.
    follow: Callable[[AsyncSession, Principal, Happened], Awaitable[None]] = _nobody
    #: Pulses that a transition wants beaten at once.
    bells: tuple[str, ...] = ()

    def find(self, action: str) -> Transition:
        for transition in self.transitions:
            if transition.action == action:
                return transition
        raise KeyError(action)

    def refusal(self, action: str, subject: Subject, actor: Principal, reason: str = "x") -> type[Exception] | None:
        """Why the actor may not perform the action on a subject they can see, or None."""
        transition = self.find(action)
        if not subject.has_beside(transition.relation, actor) or not transition.is_for(actor):
            return Forbidden
        if subject.state not in transition.sources:
            return ActionNotAllowed
        if transition.needs_reason and not reason.strip():
            return ReasonMissing
        return None

    def check_side(self, action: str, subject: Subject, actor: Principal) -> None:
        """Raises Forbidden unless the actor stands where the action is done from and holds its role."""
        if self.refusal(action, subject, actor) is Forbidden:
            raise Forbidden

    def allowed(self, subject: Subject, actor: Principal) -> list[str]:
        """The actions that the page may offer the actor now."""
        return [t.action for t in self.transitions if self.refusal(t.action, subject, actor) is None]

    def check(self, action: str, subject: Subject, actor: Principal, reason: str = "") -> Transition:
        """The transition, or the refusal raised: Forbidden, ActionNotAllowed or ReasonMissing."""
        refusal = self.refusal(action, subject, actor, reason)
        if refusal is ActionNotAllowed:
            raise ActionNotAllowed(action=action, state=subject.state)
        if refusal is not None:
            raise refusal()
        return self.find(action)


def expect_version(subject: Subject, expected: int | None) -> None:
    """Raises Stale when the caller acted on an older version. None means the command needs no version."""
    if expected is not None and expected != subject.version:
        raise Stale(version=subject.version)


async def perform(
    session: AsyncSession,
    lifecycle: Lifecycle,
    action: str,
    subject: Subject,
    *,
    actor: Principal,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    mail: Sequence[Mail] = (),
    also: Sequence[Write] = (),
    context: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Carry out one transition; returns the subject's new version.

    The caller holds the subject's row lock. `values` are further columns of the subject, `also` further writes of
    the same statement (a revision), `context` what `accompany` needs to know.
    """
    transition = lifecycle.check(action, subject, actor, reason)
    version = subject.version + 1
    target = transition.lands(subject.state)
    now = clock.now()
    writes: list[Write] = [
        *also,
        change(
            lifecycle.model, county_id=actor.county_id, id=subject.id, state=target, version=version, **(values or {})
        ),
        put(
            TransitionEntry,
            county_id=actor.county_id,
            subject_kind=lifecycle.kind,
            subject_id=subject.id,
            version=version,
            action=action,
            from_state=subject.state,
            to_state=target,
            reason=reason,
            detail=dict(detail or {}),
            account_id=actor.account_id,
            actor_name=actor.display_name,
            unit_id=actor.unit_id,
            at=now,
            place=list(subject.place),
        ),
        audited(actor, f"{lifecycle.kind}.{action}", subject_kind=lifecycle.kind, subject_id=subject.id),
        *mail_writes(actor, lifecycle.kind, subject.id, version, mail),
        *lifecycle.accompany(subject, context or {}),
    ]
    await write_all(session, writes)
    for bell in (*lifecycle.bells, *((RELAY,) if mail else ())):
        ring_after_commit(session, bell)
    await lifecycle.follow(session, actor, Happened(action, subject, reason, context or {}))
    return version


async def perform_many(
    session: AsyncSession,
    lifecycle: Lifecycle,
    action: str,
    subjects: Sequence[Subject],
    *,
    actor: Principal,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    mail: Callable[[Subject], Sequence[Mail]] = lambda _subject: (),
    context: Callable[[Subject], Mapping[str, Any]] = lambda _subject: {},
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Carry out the same transition on many subjects, as `perform` does on one, in a few statements.

    The caller holds their row locks. One audit entry names the act and how many it concerned. What accompanies the
    transitions may only insert. Not for lifecycles that somebody follows.
    """
    if not subjects:
        return
    assert lifecycle.follow is _nobody
    transition = lifecycle.check(action, subjects[0], actor, reason)
    for subject in subjects:
        lifecycle.check(action, subject, actor, reason)
    now = clock.now()
    table: Any = lifecycle.model.__table__  # type: ignore[attr-defined] # set by the mapper
    targets: dict[str, list[UUID]] = {}
    for subject in subjects:
        targets.setdefault(transition.lands(subject.state), []).append(subject.id)
    for target, ids in targets.items():
        await session.execute(
            update(table)
            .where(table.c.county_id == actor.county_id, table.c.id == any_(literal(ids, ARRAY(Uuid()))))
            .values(state=target, version=table.c.version + 1, **(values or {}))
        )
    entries = [
        {
            "county_id": actor.county_id,
            "id": new_id(),
            "subject_kind": lifecycle.kind,
            "subject_id": subject.id,
            "version": subject.version + 1,
            "action": action,
            "from_state": subject.state,
            "to_state": transition.lands(subject.state),
            "reason": reason,
            "detail": dict(detail or {}),
            "account_id": actor.account_id,
            "actor_name": actor.display_name,
            "unit_id": actor.unit_id,
            "at": now,
            "place": list(subject.place),
        }
        for subject in subjects
    ]
    await put_many(session, TransitionEntry, entries)
    await insert_all(session, [w for subject in subjects for w in lifecycle.accompany(subject, context(subject))])
    letters = [(subject, mail(subject)) for subject in subjects]
    await post(session, actor.county, lifecycle.kind, [(s.id, s.version + 1, items) for s, items in letters if items])
    told = {"subjects": len(subjects), **(detail or {})}
    await write_all(
        session,
        [audited(actor, f"{lifecycle.kind}.{action}", subject_kind=lifecycle.kind, subject_id=None, detail=told)],
    )
    for bell in lifecycle.bells:
        ring_after_commit(session, bell)


async def post(
    session: AsyncSession, county: CountyRef, kind: str, letters: Sequence[tuple[UUID, int, Sequence[Mail]]]
) -> None:
    """Put items of many subjects into inboxes: (subject, its version, items). One message tells all browsers."""
    rows = [
        _item(county.id, kind, subject_id, version, item) for subject_id, version, items in letters for item in items
    ]
    if not rows:
        return
    await put_many(session, InboxItem, rows)
    recipients = list(dict.fromkeys(row["recipient_unit_id"] for row in rows))
    await write_all(
        session,
        [
            put(
                Outbox,
                county_id=county.id,
                topic="inbox",
                payload={"subject_kind": kind},
                recipients=recipients,
                place=[county.unit_id],
            )
        ],
    )
    ring_after_commit(session, RELAY)


def mail_writes(actor: Principal, kind: str, subject_id: UUID, version: int, mail: Sequence[Mail]) -> list[Write]:
    """The inbox rows of a change, and one outbox message that tells the recipients' browsers."""
    if not mail:
        return []
    rows = [_item(actor.county_id, kind, subject_id, version, item) for item in mail]
    recipients = list(dict.fromkeys(item.unit_id for item in mail))
    return [
        *(put(InboxItem, **row) for row in rows),
        put(
            Outbox,
            county_id=actor.county_id,
            topic="inbox",
            payload={"subject_kind": kind, "subject_id": str(subject_id)},
            recipients=recipients,
            place=[actor.county_unit_id],
        ),
    ]


def _item(county_id: UUID, kind: str, subject_id: UUID, version: int, item: Mail) -> dict[str, Any]:
    return {
        "county_id": county_id,
        "id": new_id(),
        "recipient_unit_id": item.unit_id,
        "role": item.role.value,
        "topic": item.topic,
        "subject_kind": kind,
        "subject_id": subject_id,
        "subject_version": version,
        "closed": item.closed,
        "facts": dict(item.facts),
        "due_at": item.due_at,
        "created_at": clock.now(),
        "place": [item.unit_id],
    }
