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
from plans.pledges.errors import PledgeNotOpen, PledgeYearImpossible, SignedAlready, SomebodyElse
from plans.pledges.models import Pledge, PledgeText
from plans.pledges.signatures import read_signature
from plans.staff import queries as staff_queries
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
        due = clock.end_of_day(given.due_on)
        facts = {"title": given.title, "year": given.year}
        mail = [Mail(node_id, Role.REPORTER, TOPIC, facts=facts, due_at=due) for node_id in tree.nodes]
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
    if await queries.find_pledge(session, county_id=actor.county_id, staff_id=staff_id, year=year) is not None:
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
    await _settle(session, actor, texts[0].id, member.unit_id, year)
    return pledge_id


def may_sign(actor: Principal, member: StaffMember) -> bool:
    """In person: with one's own account, or at one's unit where one has none."""
    here = member.unit_id == actor.unit_id and member.state is StaffState.SERVING and bool(actor.roles)
    return here and member.account_id in (None, actor.account_id)


async def _settle(session: AsyncSession, actor: Principal, round_id: UUID, unit_id: UUID, year: int) -> None:
    """The unit's item closes when nobody is left who serves there and has not signed."""
    members = await staff_queries.list_of_units(session, county_id=actor.county_id, unit_ids=[unit_id])
    signed = await queries.list_signed(session, county_id=actor.county_id, year=year, unit_id=unit_id)
    if all(member.id in signed for member in members):
        closed = Mail(unit_id, Role.REPORTER, TOPIC, closed=True)
        await post(session, actor.county, KIND, [(round_id, 2, [closed])])
