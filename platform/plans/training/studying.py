"""本单位学习、自学: what a unit's own people learned among themselves, written down once it is over.

Township items 27, 29, 30; village 15, 16. One act carries out what an organiser does one after another; nothing is
asked of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write
from kit.ids import new_id
from plans.training import announcing, attending, queries, signing_up
from plans.training.announcing import Given, Planned
from plans.training.errors import SessionsImpossible, StaffElsewhere, StudyNotOver
from plans.training.models import TrainingKind
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line


@dataclass(frozen=True, slots=True)
class Studied:
    """What was studied, when, and by whom."""

    kind: TrainingKind
    title: str
    text: str
    when: Planned
    staff_ids: Sequence[UUID]
    file_ids: Sequence[UUID] = ()


async def record(
    session: AsyncSession, *, actor: Principal, given: Studied, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """登记本单位学习: announced to the unit itself, held, attended by these of its people, and concluded.

    Raises Forbidden, SessionsImpossible, StudyNotOver, StaffElsewhere, FileGone.
    """
    actor.require(Role.REPORTER, Role.REVIEWER)
    if given.when.ends_at <= given.when.starts_at:
        raise SessionsImpossible(no=1)
    if given.when.ends_at > clock.now():
        raise StudyNotOver
    people = await signing_up.serving(session, actor, given.staff_ids, unit_id=actor.unit_id)
    if len(people) < len(set(given.staff_ids)):
        raise StaffElsewhere
    tree = await load_line(session, county_id=actor.county_id, unit_id=actor.unit_id)
    training_id = made or new_id()
    training = await announcing.put_down(
        session,
        actor,
        training_id,
        Given(given.kind, given.title, given.text, [], given.when.starts_at, [given.when], given.file_ids),
        tree,
        [tree.nodes[actor.unit_id]],
        answered={"answered_at": clock.now(), "answerer_name": actor.display_name},
        also=also,
    )
    county_id = actor.county_id
    (found,) = await queries.list_sessions(session, county_id=county_id, training_ids=[training_id], lock=True)
    invited = await queries.list_invitations(session, county_id=county_id, training_id=training_id)
    by_unit = {one.unit_id: one for one in invited}
    await signing_up.take(session, actor, found, training, people, by_unit, limited=True)
    version = await announcing.hold(session, actor=actor, training_id=training_id, version=training.version)
    session_id = found.id
    session.expire_all()
    places = await queries.list_places(session, county_id=county_id, training_id=training_id)
    await attending.mark(
        session, actor=actor, session_id=session_id, place_ids=[one.id for one in places], present=True
    )
    await announcing.conclude(session, actor=actor, training_id=training_id, version=version)
    return training_id
