"""Commands on pledges: the county issues a year's text, each staff member signs it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put, write_all
from kit.errors import Forbidden
from kit.ids import new_id
from plans.pledges import queries
from plans.pledges.errors import PledgeNotOpen, PledgeYearImpossible, SignedAlready, SomebodyElse, VoidAlready
from plans.pledges.models import Pledge, PledgeText, PledgeVoid
from plans.pledges.signatures import read_signature
from plans.staff import queries as staff_queries
from plans.staff.following import Moved, follower
from plans.staff.models import StaffMember, StaffState
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, load_tree
from tenancy.tiers import Tier
from workflow.lifecycle import Mail, post

KIND = "pledge"
#: A unit's people have a pledge to sign; it closes when everybody who serves there has.
TOPIC = "pledge"


@dataclass(frozen=True, slots=True)
class Given:
    """What is pledged in a year, and by which day it should be."""

    year: int
    title: str
    text: str
    due_on: date


def may_issue(actor: Principal) -> bool:
    return actor.tier is Tier.COUNTY and actor.has(Role.REVIEWER, Role.LEADER)


async def issue(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """下发: the first text of a year asks every unit; a later one replaces it for those who have not signed.

    Raises Forbidden, PledgeYearImpossible.
    """
    if not may_issue(actor):
        raise Forbidden
    today = clock.today()
    if given.year not in (today.year, today.year + 1) or given.due_on < today:
        raise PledgeYearImpossible
    await queries.hold_year(session, county_id=actor.county_id, year=given.year)
    texts = await queries.list_texts(session, county_id=actor.county_id, year=given.year)
    text_id = made or new_id()
    row = put(
        PledgeText,
        county_id=actor.county_id,
        id=text_id,
        year=given.year,
        no=len(texts) + 1,
        title=given.title,
        text=given.text,
        due_on=given.due_on,
        maker_name=actor.display_name,
    )
    detail = {"year": given.year, "no": len(texts) + 1}
    entry = audited(actor, "pledge_text.issue", subject_kind=KIND, subject_id=text_id, detail=detail)
    await write_all(session, [*also, row, entry])
    if not texts:
        tree = await load_tree(session, county_id=actor.county_id, day=today)
        mail = [_asked(node_id, title=given.title, year=given.year, due_on=given.due_on) for node_id in tree.nodes]
        await post(session, actor.county, KIND, [(text_id, 1, mail)])
    return text_id


async def sign(
    session: AsyncSession,
    *,
    actor: Principal,
    staff_id: UUID,
    year: int,
    signature: str,
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """签署: by the person's own account, or on the unit's device when they have none.

    Raises NotFound, Forbidden, SomebodyElse, PledgeNotOpen, SignedAlready, SignatureImpossible.
    """
    member = await staff_queries.get_member(session, county_id=actor.county_id, staff_id=staff_id)
    if not may_sign(actor, member):
        raise SomebodyElse if member.unit_id == actor.unit_id and member.state is StaffState.SERVING else Forbidden
    texts = await queries.list_texts(session, county_id=actor.county_id, year=year)
    if not texts:
        raise PledgeNotOpen(year=year)
    before = await queries.list_signed_by(session, county_id=actor.county_id, staff_id=staff_id, year=year)
    if any(void is None for _, void in before):
        raise SignedAlready(name=member.name, year=year)
    picture = read_signature(signature)
    unit = await get_unit_in_scope(session, actor.scope, member.unit_id)
    pledge_id = made or new_id()
    row = put(
        Pledge,
        county_id=actor.county_id,
        id=pledge_id,
        text_id=texts[-1].id,
        year=year,
        staff_id=staff_id,
        no=len(before) + 1,
        staff_name=member.name,
        unit_id=member.unit_id,
        unit_name=unit.name,
        signature=picture,
        account_id=actor.account_id,
        place=list(member.place),
    )
    entry = audited(actor, "pledge.sign", subject_kind=KIND, subject_id=pledge_id, detail={"year": year})
    try:
        await write_all(session, [*also, row, entry])
    except IntegrityError as error:
        raise SignedAlready(name=member.name, year=year) from error
    if not await _lacking(session, actor.county_id, member.unit_id, year):
        closed = Mail(member.unit_id, Role.REPORTER, TOPIC, closed=True)
        await post(session, actor.county, KIND, [(texts[0].id, 2, [closed])])
    return pledge_id


@follower
async def follow_roster(session: AsyncSession, actor: Principal, moved: Moved) -> None:
    """Who comes to a roster signs what was issued before, so the unit is asked again; when the last who had not signed
    leaves, it is asked no more."""
    today = clock.today()
    for year in (today.year, today.year + 1):
        texts = await queries.list_texts(session, county_id=actor.county_id, year=year)
        signed = await queries.list_signed(session, county_id=actor.county_id, year=year, unit_id=moved.unit_id)
        if not texts or moved.staff_id in signed:
            continue
        if moved.serves:
            due_on = max(texts[-1].due_on, today)
            mail = _asked(moved.unit_id, title=texts[-1].title, year=year, due_on=due_on)
        elif await _lacking(session, actor.county_id, moved.unit_id, year):
            continue
        else:
            mail = Mail(moved.unit_id, Role.REPORTER, TOPIC, closed=True)
        await post(session, actor.county, KIND, [(texts[0].id, 2, [mail])])


def may_void(actor: Principal) -> bool:
    """Who answers for the unit, or for one above it."""
    return actor.has(Role.REVIEWER, Role.LEADER)


async def make_void(
    session: AsyncSession,
    *,
    actor: Principal,
    pledge_id: UUID,
    reason: str,
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> None:
    """作废: signed by the wrong person, or not legibly. Who serves still is asked to sign anew.

    Raises NotFound, Forbidden, VoidAlready.
    """
    pledge = await queries.get_pledge(session, county_id=actor.county_id, pledge_id=pledge_id)
    if not may_void(actor):
        raise Forbidden
    row = put(
        PledgeVoid,
        county_id=actor.county_id,
        id=made or new_id(),
        pledge_id=pledge_id,
        reason=reason,
        voider_name=actor.display_name,
        place=list(pledge.place),
    )
    detail = {"year": pledge.year, "reason": reason}
    entry = audited(actor, "pledge.void", subject_kind=KIND, subject_id=pledge_id, detail=detail)
    try:
        await write_all(session, [*also, row, entry])
    except IntegrityError as error:
        raise VoidAlready(name=pledge.staff_name) from error
    if await _lacking(session, actor.county_id, pledge.unit_id, pledge.year):
        texts = await queries.list_texts(session, county_id=actor.county_id, year=pledge.year)
        again = _asked(pledge.unit_id, title=texts[-1].title, year=pledge.year, due_on=texts[-1].due_on)
        await post(session, actor.county, KIND, [(texts[0].id, 2, [again])])


def may_sign(actor: Principal, member: StaffMember) -> bool:
    """In person: with one's own account, or at one's unit where one has none."""
    here = member.unit_id == actor.unit_id and member.state is StaffState.SERVING and bool(actor.roles)
    return here and member.account_id in (None, actor.account_id)


def _asked(unit_id: UUID, *, title: str, year: int, due_on: date) -> Mail:
    facts = {"title": title, "year": year}
    return Mail(unit_id, Role.REPORTER, TOPIC, facts=facts, due_at=clock.end_of_day(due_on))


async def _lacking(session: AsyncSession, county_id: UUID, unit_id: UUID, year: int) -> bool:
    """Whether somebody serves there who has not signed: the unit's item is open as long."""
    members = await staff_queries.list_of_units(session, county_id=county_id, unit_ids=[unit_id])
    signed = await queries.list_signed(session, county_id=county_id, year=year, unit_id=unit_id)
    return any(member.id not in signed for member in members)
