"""What the pages of stations show: one station, and those of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock, crypto
from kit.masks import masked_phone
from plans.staff.queries import list_serving
from plans.staff.rules import Serving
from plans.staff.service import may_keep, may_reveal
from plans.station import queries
from plans.station.models import StationFund, StationProfile, StationStanding
from plans.station.queries import Outline
from plans.station.rules import PREMISES, Facts, Finding, Money, five_haves, lacking, needs_person_only
from plans.station.schemas import (
    FundOut,
    GridMemberOut,
    GroupMember,
    LackingOut,
    LeadingGroup,
    Organisation,
    ServingCount,
    StationChange,
    StationOut,
    StationRow,
    StationsOut,
    Totals,
)
from plans.station.service import KIND, PHONE
from tenancy.principal import Principal
from tenancy.queries import get_unit_in_scope, load_tree
from tenancy.rules import Tree, TreeNode
from workflow.queries import list_history

#: Changes that are shown.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Station:
    """A unit with what is known of its station; `money` of the year that was asked for."""

    node: TreeNode
    profile: StationProfile | None
    facts: Facts
    money: Money
    note: str
    lacking: list[Finding]


def money_of(fund: StationFund | None) -> Money:
    return Money() if fund is None else Money(fund.budget, fund.arrived, fund.spent)


def _facts(node: TreeNode, outline: Outline | None, staff: Serving, money: Money) -> Facts:
    if outline is None:
        return Facts(node.tier, staff=staff, money=money)
    profile = outline.profile
    return Facts(
        node.tier,
        standing=profile.standing,
        veterans=profile.veterans,
        posts=profile.posts,
        head_post=profile.head_post,
        named=bool(profile.named_person),
        militia=profile.militia,
        group=outline.group,
        grid=outline.grid,
        premises=frozenset(profile.premises),
        staff=staff,
        money=money,
    )


async def load_stations(
    session: AsyncSession, principal: Principal, *, unit_id: UUID, year: int
) -> tuple[Tree, dict[UUID, Station]]:
    """A unit and all below it, parents first, in five statements however many there are. What is lacking is reckoned
    with the money of `year`. Raises NotFound out of scope."""
    await get_unit_in_scope(session, principal.scope, unit_id)
    county_id = principal.county_id
    tree = await load_tree(session, county_id=county_id, day=clock.today())
    nodes = tree.walk(unit_id)
    # What the acting unit sees is all of its own line: naming it again would only lengthen the statement.
    named = None if unit_id == principal.unit_id else [node.id for node in nodes]
    outlines = await queries.list_outlines(session, county_id=county_id, unit_ids=named)
    staff = await list_serving(session, county_id=county_id, unit_ids=named)
    listed = await queries.list_funds(session, county_id=county_id, unit_ids=named, year=year)
    funds = {one.unit_id: one for one in listed}
    stations: dict[UUID, Station] = {}
    for node in nodes:
        outline, fund = outlines.get(node.id), funds.get(node.id)
        facts = _facts(node, outline, staff.get(node.id, Serving()), money_of(fund))
        profile = None if outline is None else outline.profile
        note = "" if fund is None else fund.note
        stations[node.id] = Station(node, profile, facts, facts.money, note, lacking(facts))
    return tree, stations


def totals(stations: Iterable[Station]) -> Totals:
    """The sums of these units."""
    sums = Totals()
    for one in stations:
        sums.units += 1
        facts = one.facts
        sums.said += facts.standing is not None
        sums.stations += facts.standing is StationStanding.OWN
        sums.persons += needs_person_only(facts)
        sums.complete += facts.standing is not None and not one.lacking
        sums.people += facts.staff.people
        sums.preferential += facts.staff.preferential
        sums.lacks += len(one.lacking)
        sums.budget += one.money.budget or 0
        sums.arrived += one.money.arrived or 0
        sums.spent += one.money.spent or 0
    return sums


def _findings(found: Sequence[Finding]) -> list[LackingOut]:
    return [LackingOut(code=one.code, item=one.item, section=one.section) for one in found]


def _serving(staff: Serving) -> ServingCount:
    return ServingCount(
        people=staff.people,
        preferential=staff.preferential,
        unknown=staff.unknown,
        established=staff.established,
        third=staff.third,
    )


def _row(one: Station, below: Sequence[Station]) -> StationRow:
    return StationRow(
        unit_id=one.node.id,
        unit=one.node.name,
        tier=one.node.tier,
        standing=one.facts.standing,
        person_only=needs_person_only(one.facts),
        veterans=one.facts.veterans,
        staff=_serving(one.facts.staff),
        **asdict(one.money),
        lacking=_findings(one.lacking),
        below=totals(below) if below else None,
        line=totals([one, *below]),
    )


async def overview(session: AsyncSession, principal: Principal, *, unit_id: UUID, year: int) -> StationsOut:
    """A unit and those directly below it, each with the sums of those below. Raises NotFound."""
    tree, by_id = await load_stations(session, principal, unit_id=unit_id, year=year)
    return StationsOut(
        year=year,
        unit_id=unit_id,
        unit=by_id[unit_id].node.name,
        rows=[
            _row(by_id[unit_id], []),
            *(
                _row(by_id[node.id], [by_id[one.id] for one in tree.walk(node.id)[1:]])
                for node in tree.children(unit_id)
            ),
        ],
        total=totals(by_id.values()),
    )


async def station_view(session: AsyncSession, principal: Principal, unit_id: UUID) -> StationOut:
    """One unit's station today, with what its standard asks for and is not there. Raises NotFound."""
    node = await get_unit_in_scope(session, principal.scope, unit_id)
    county_id, one = principal.county_id, [unit_id]
    outline = (await queries.list_outlines(session, county_id=county_id, unit_ids=one)).get(unit_id)
    staff = (await list_serving(session, county_id=county_id, unit_ids=one)).get(unit_id, Serving())
    funds = await queries.list_funds(session, county_id=county_id, unit_ids=one)
    this_year = next((fund for fund in funds if fund.year == clock.today().year), None)
    facts = _facts(node, outline, staff, money_of(this_year))
    profile = None if outline is None else outline.profile
    reveals = may_reveal(principal, unit_id)
    return StationOut(
        unit_id=unit_id,
        unit=node.name,
        tier=node.tier,
        version=0 if profile is None else profile.version,
        may_change=may_keep(principal),
        may_reveal=reveals,
        person_only=needs_person_only(facts),
        organisation=_organisation(profile),
        leading_group=_leading_group(profile),
        grid=_grid(profile),
        premises=sorted(facts.premises),
        premises_items=list(PREMISES[node.tier]),
        funds=[
            FundOut(
                year=fund.year,
                budget=fund.budget,
                arrived=fund.arrived,
                spent=fund.spent,
                note=fund.note,
                warnings=money_of(fund).warnings,
            )
            for fund in funds
        ],
        staff=_serving(staff),
        lacking=_findings(lacking(facts)),
        five_haves=five_haves(facts),
        history=[] if profile is None else await _history(session, county_id, profile.id),
    )


def _organisation(profile: StationProfile | None) -> Organisation:
    if profile is None:
        return Organisation()
    return Organisation(**{name: getattr(profile, name) for name in Organisation.model_fields if name != "section"})


def _leading_group(profile: StationProfile | None) -> LeadingGroup:
    if profile is None:
        return LeadingGroup(group_members=[])
    members = [GroupMember.model_validate(one) for one in profile.group_members]
    return LeadingGroup(group_members=members, group_document=profile.group_document, group_on=profile.group_on)


def _grid(profile: StationProfile | None) -> list[GridMemberOut]:
    found = []
    for one in [] if profile is None else profile.grid:
        cipher = one["phone_cipher"]
        phone = None if cipher is None else masked_phone(crypto.decrypt(cipher, context=PHONE))
        found.append(GridMemberOut.model_validate({**one, "phone": phone}))
    return found


async def _history(session: AsyncSession, county_id: UUID, profile_id: UUID) -> list[StationChange]:
    entries = await list_history(session, county_id=county_id, subject_id=profile_id, kind=KIND)
    return [
        StationChange(section=one.detail["section"], by=one.actor_name, at=one.at, changes=one.detail["changes"])
        for one in entries[::-1][:_SHOWN]
    ]
