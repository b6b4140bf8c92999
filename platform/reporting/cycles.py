"""Opening cycles: by themselves, once, however many schedulers run and whatever was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.definition import DayRule
from forms.models import FormVersion
from forms.queries import compiled, list_published
from kit import clock
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from kit.jobs import CountyRef
from kit.models import County
from reporting import queries, rollup_queries
from reporting.errors import PeriodNotServed
from reporting.models import Cycle, CycleState, CycleUnit, RollupMark, Submission
from reporting.periods import Span, WorkCalendar, by_key, due_time, preceding, spans_to_open
from reporting.seating import Seat, seat
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier


async def open_due(session: AsyncSession, county: County, *, now: datetime | None = None) -> list[UUID]:
    """Open every cycle whose time has come and that is not open yet; returns the new cycles.

    The session acts as the county. Safe beside itself: the key (county, form, period) lets one scheduler win.
    """
    days = await queries.load_calendar(session, county_id=county.id)
    opened: list[UUID] = []
    published = await list_published(session, county_id=county.id)
    for form_id, group in groupby(published, key=lambda v: v.form_id):
        versions = list(group)
        have = await queries.opened_keys(session, county_id=county.id, form_id=form_id)
        definition = compiled(versions[-1]).definition
        spans = spans_to_open(
            definition.period,
            definition.open,
            days,
            first=versions[0].applies_from,
            until=definition.valid_until,
            now=now or clock.now(),
        )
        for span in spans:
            version = _serving(versions, span.starts_on)
            if span.key not in have and version is not None:
                cycle_id = await open_cycle(session, county, version, span, days)
                if cycle_id is not None:
                    opened.append(cycle_id)
    return opened


def _rule(form: CompiledForm, tier: Tier) -> DayRule:
    """A tier's due rule; a tier that is not asked has the rule of the highest one that is."""
    due = form.definition.due
    return due.get(tier) or due[form.definition.tiers[-1]]


def _serving(versions: Sequence[FormVersion], day: date) -> FormVersion | None:
    fitting = [v for v in versions if v.applies_from <= day and (v.valid_until is None or v.valid_until >= day)]
    return fitting[-1] if fitting else None


async def open_by_hand(
    session: AsyncSession, *, actor: Principal, county: County, form_id: UUID, period_key: str
) -> UUID:
    """补开: the county opens a cycle of any period, before its time or long after. Returns the cycle, also when it was
    open already. Raises Forbidden and PeriodNotServed."""
    if actor.tier is not Tier.COUNTY:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)
    published = await list_published(session, county_id=county.id)
    version, span = _version_and_span([v for v in published if v.form_id == form_id], period_key)
    days = await queries.load_calendar(session, county_id=county.id)
    made = await open_cycle(session, county, version, span, days)
    if made is not None:
        return made
    try:
        return await queries.get_cycle_id(session, county_id=county.id, form_id=form_id, period_key=period_key)
    except NotFound:
        raise PeriodNotServed from None


def _version_and_span(versions: Sequence[FormVersion], period_key: str) -> tuple[FormVersion, Span]:
    """The version that serves a period named by its key. A form's versions may differ in their kind of period."""
    for version in reversed(versions):
        try:
            span = by_key(compiled(version).definition.period, period_key)
        except (ValueError, IndexError, OverflowError):
            continue
        if _serving(versions, span.starts_on) is version:
            return version, span
    raise PeriodNotServed


async def open_cycle(
    session: AsyncSession,
    county: County,
    version: FormVersion,
    span: Span,
    days: WorkCalendar,
    *,
    historic: Tree | None = None,
) -> UUID | None:
    """Freeze the tree of the period's last day and make a submission for every unit that owes one.

    Returns None when the cycle is there already, and while nobody would owe or the county stands alone: units that
    are imported tomorrow would be missing from a tree frozen today. The next beat looks again.

    With `historic`, opens a past year under that tree: closed from the start, and nobody is told.
    """
    form = compiled(version)
    tree = historic or await load_tree(session, county_id=county.id, day=span.ends_on)
    units = tree.walk(county.unit_id)
    if len(units) < 2 or not any(_owes(form, tree, node) for node in units):
        return None
    tiers = {tier: due_time(_rule(form, tier), span, days) for tier in Tier}
    values = {
        "county_id": county.id,
        "id": new_id(),
        "form_id": version.form_id,
        "form_version_id": version.id,
        "period_key": span.key,
        "starts_on": span.starts_on,
        "ends_on": span.ends_on,
        "due_village": tiers[Tier.VILLAGE][0],
        "due_township": tiers[Tier.TOWNSHIP][0],
        "due_county": tiers[Tier.COUNTY][0],
        "provisional": historic is None and any(provisional for _, provisional in tiers.values()),
        "historic": historic is not None,
        "closed_at": None if historic is None else clock.now(),
        "state": CycleState.OPEN if historic is None else CycleState.CLOSED,
    }
    inserted = await session.scalar(
        upsert(Cycle)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["county_id", "form_id", "period_key"])
        .returning(Cycle.id)
    )
    if inserted is None:
        return None
    before = await queries.approved_revisions(
        session,
        county_id=county.id,
        form_id=version.form_id,
        period_key=preceding(form.definition.period, span).key,
    )
    cycle = Cycle(**values)
    seats = [
        Seat(
            node,
            line=tuple(tree.ancestors(node.id)),
            has_children=bool(tree.children(node.id)),
            asked=node.tier in form.definition.tiers,
            submission_id=new_id() if _owes(form, tree, node) else None,
            due_at=cycle.due(node.tier),
            previous_revision_id=before.get(node.id),
        )
        for node in units
    ]
    await seat(session, CountyRef(county.id, county.unit_id), cycle, form, seats, tell=historic is None)
    return cycle.id


def _owes(form: CompiledForm, tree: Tree, node: TreeNode) -> bool:
    """Who makes a submission: a unit that is asked, and one that hands in what is below it."""
    return node.tier in form.definition.tiers or (bool(tree.children(node.id)) and node.parent_id is not None)


async def settle_provisional(session: AsyncSession, *, county_id: UUID) -> int:
    """Reckon 暂定 due times again, and who was late, once the holidays they hang on are known.

    Returns how many cycles were settled.
    """
    settled = 0
    days = await queries.load_calendar(session, county_id=county_id)
    for cycle, version in await queries.list_provisional(session, county_id=county_id):
        form = compiled(version)
        span = by_key(form.definition.period, cycle.period_key)
        due = {tier: due_time(_rule(form, tier), span, days) for tier in Tier}
        if any(provisional for _, provisional in due.values()):
            continue
        cycle.provisional = False
        cycle.due_village = due[Tier.VILLAGE][0]
        cycle.due_township = due[Tier.TOWNSHIP][0]
        cycle.due_county = due[Tier.COUNTY][0]
        await session.flush()
        for tier in Tier:
            units = select(CycleUnit.unit_id).where(
                CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle.id, CycleUnit.tier == tier
            )
            await session.execute(
                update(Submission)
                .where(
                    Submission.county_id == county_id,
                    Submission.cycle_id == cycle.id,
                    Submission.unit_id.in_(units),
                )
                # Who was late by the provisional time may not be by the real one, and the other way round.
                # What was granted to one unit stays.
                .values(
                    due_at=func.greatest(due[tier][0], Submission.extended_to),
                    late=func.coalesce(
                        Submission.first_submitted_at > func.greatest(due[tier][0], Submission.extended_to), False
                    ),
                )
            )
        marks = await rollup_queries.list_rollup_places(session, county_id=county_id, cycle_id=cycle.id)
        await session.execute(
            insert(RollupMark).values(
                [{"county_id": county_id, "id": new_id(), "cycle_id": cycle.id, **rollup._mapping} for rollup in marks]
            )
        )
        settled += 1
    return settled
