"""Opening cycles: by themselves, once, however many schedulers run and whatever was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any
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
from kit.models import County, Outbox
from reporting import queries, rollup_queries
from reporting.errors import PeriodNotServed
from reporting.models import Cycle, CycleState, CycleUnit, Rollup, RollupMark, Submission
from reporting.periods import Span, WorkCalendar, by_key, due_time, preceding, spans_to_open
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from workflow.models import InboxItem


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
    cycle_id = new_id()
    inserted = await session.scalar(
        upsert(Cycle)
        .values(
            county_id=county.id,
            id=cycle_id,
            form_id=version.form_id,
            form_version_id=version.id,
            period_key=span.key,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            due_village=tiers[Tier.VILLAGE][0],
            due_township=tiers[Tier.TOWNSHIP][0],
            due_county=tiers[Tier.COUNTY][0],
            provisional=historic is None and any(provisional for _, provisional in tiers.values()),
            historic=historic is not None,
            closed_at=None if historic is None else clock.now(),
            state=CycleState.OPEN if historic is None else CycleState.CLOSED,
        )
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
    await _fill(
        session,
        county,
        cycle_id,
        form,
        span,
        tree,
        {t: at for t, (at, _) in tiers.items()},
        before,
        tell=historic is None,
    )
    return cycle_id


def _owes(form: CompiledForm, tree: Tree, node: TreeNode) -> bool:
    """Who makes a submission: a unit that is asked, and one that hands in what is below it."""
    return node.tier in form.definition.tiers or (bool(tree.children(node.id)) and node.parent_id is not None)


async def _fill(
    session: AsyncSession,
    county: County,
    cycle_id: UUID,
    form: CompiledForm,
    span: Span,
    tree: Tree,
    due: dict[Tier, datetime],
    before: dict[UUID, UUID],
    *,
    tell: bool,
) -> None:
    units: list[dict[str, Any]] = []
    submissions: list[dict[str, Any]] = []
    rollups: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    mail: list[dict[str, Any]] = []
    for node in tree.walk(county.unit_id):
        place = tree.ancestors(node.id)
        lvl = len(place) - 1
        has_children = bool(tree.children(node.id))
        asked = node.tier in form.definition.tiers
        key = {"county_id": county.id, "cycle_id": cycle_id}
        cycle_unit_id = new_id()
        units.append(
            {**key, "id": cycle_unit_id, **_frozen(node), "lvl": lvl, "has_children": has_children, "asked": asked}
        )
        if has_children:
            rollups.append({**key, "id": cycle_unit_id, "unit_id": node.id, "lvl": lvl, "place": place})
            marks.append({**key, "unit_id": node.id, "lvl": lvl, "place": place})
        if _owes(form, tree, node):
            submission_id = new_id()
            submissions.append(
                {
                    **key,
                    "id": submission_id,
                    "unit_id": node.id,
                    "reviewer_unit_id": node.parent_id or node.id,
                    "due_at": due[node.tier],
                    "previous_revision_id": before.get(node.id),
                    "place": place,
                }
            )
            mail.append(_fill_mail(county, cycle_id, form, span, node, submission_id, due[node.tier]))
    await session.execute(insert(CycleUnit), units)
    await session.execute(insert(Submission), submissions)
    await session.execute(insert(Rollup), rollups)
    # Sent upward: no RETURNING, so the ids are made here.
    await session.execute(insert(RollupMark).values([{"id": new_id(), **m} for m in marks]))
    if not tell:
        return
    for start in range(0, len(mail), 1000):
        await session.execute(insert(InboxItem).values(mail[start : start + 1000]))
    await session.execute(
        insert(Outbox).values(
            county_id=county.id,
            topic="inbox",
            payload={"subject_kind": "cycle", "subject_id": str(cycle_id)},
            recipients=[u["unit_id"] for u in units],
            place=[county.unit_id],
        )
    )


def _frozen(node: TreeNode) -> dict[str, Any]:
    return {
        "unit_id": node.id,
        "parent_id": node.parent_id,
        "tier": node.tier,
        "code": node.code,
        "name": node.name,
        "short_name": node.short_name,
    }


def _fill_mail(
    county: County, cycle_id: UUID, form: CompiledForm, span: Span, node: TreeNode, submission_id: UUID, due: datetime
) -> dict[str, Any]:
    return {
        "county_id": county.id,
        "id": new_id(),
        "recipient_unit_id": node.id,
        "role": Role.REPORTER.value,
        "topic": "fill",
        "subject_kind": "submission",
        "subject_id": submission_id,
        "subject_version": 1,
        "closed": False,
        "facts": {
            "form": form.definition.name.zh,
            "form_en": form.definition.name.en,
            "form_code": form.definition.code,
            "period": span.key,
            "unit": node.name,
            "cycle_id": str(cycle_id),
            "zero_allowed": form.definition.zero_report is not None,
        },
        "due_at": due,
        "created_at": clock.now(),
        "place": [node.id],
    }


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
