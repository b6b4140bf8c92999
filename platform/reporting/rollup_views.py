"""What the pages of rollups show: both figures, units by state, drill-down, row listings, the trend."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.models import Form
from forms.outcome import Context
from forms.queries import get_compiled, get_form
from kit import clock
from kit.errors import NotFound
from reporting import fold, personal, queries, rollup_queries
from reporting.briefs import is_late, unit_brief
from reporting.cycle_views import brief_of
from reporting.models import Cycle, CycleUnit
from reporting.rollup_queries import Contribution
from reporting.rollup_schemas import RollupFigures, RollupOut, RollupRow, RowListing, RowsOut, Series, TrendOut
from reporting.schemas import ProblemOut, UnitBrief
from reporting.submission_views import problems_out
from tenancy.principal import Principal
from tenancy.tiers import Tier

Cells = dict[str, str | None]


def rollup_context(cycle: Cycle, tier: Tier) -> Context:
    """The context in which a rollup's computed fields and checks are evaluated."""
    return Context(tier=tier, period_start=cycle.starts_on, period_end=cycle.ends_on, on_rollup=True)


def finalised(form: CompiledForm, cycle: Cycle, tier: Tier, state: Partials | None) -> Cells | None:
    """Figures of a partial state; None where there is no contribution: missing is never zero."""
    if not state or not state["units"]:
        return None
    return aggregate.finalise(form, state, rollup_context(cycle, tier))


async def read_rollup(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None
) -> tuple[Cycle, CompiledForm, fold.Page]:
    """The rollup of a unit at or below the acting one, with its cycle and form. Raises NotFound."""
    found = await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    form, page = await _read(session, principal, found, unit_id)
    return found[0], form, page


async def _read(
    session: AsyncSession, principal: Principal, found: tuple[Cycle, Form, CycleUnit], unit_id: UUID | None
) -> tuple[CompiledForm, fold.Page]:
    cycle, _, acting = found
    if unit_id is not None and unit_id != acting.unit_id:
        await _require_in_scope(session, principal, cycle.id, unit_id)
    elif not acting.has_children:
        raise NotFound
    form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
    page = await fold.read(
        session,
        county_unit_id=principal.county_unit_id,
        county_id=principal.county_id,
        cycle_id=cycle.id,
        unit_id=unit_id or acting.unit_id,
        form=form,
    )
    return form, page


async def require_rollup(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None
) -> CycleUnit:
    """The unit (the acting one unless named) whose rollup is meant.

    Raises NotFound unless it has one here that the actor may see.
    """
    await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    return await _require_in_scope(session, principal, cycle_id, unit_id or principal.unit_id)


async def _require_in_scope(session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID) -> CycleUnit:
    """The unit has a rollup here, and stands at or below the acting unit in the frozen tree."""
    unit = await unit_in_scope(session, principal, cycle_id, unit_id)
    if not unit.has_children:
        raise NotFound
    return unit


async def unit_in_scope(session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID) -> CycleUnit:
    """A unit at or below the acting one in the frozen tree. Raises NotFound."""
    unit = await queries.get_cycle_unit(session, county_id=principal.county_id, cycle_id=cycle_id, unit_id=unit_id)
    at = unit
    while at.unit_id != principal.unit_id:
        if at.parent_id is None:
            raise NotFound
        at = await queries.get_cycle_unit(
            session, county_id=principal.county_id, cycle_id=cycle_id, unit_id=at.parent_id
        )
    return unit


async def rollup_view(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None, *, locale: str
) -> RollupOut:
    """汇总 of a unit: totals, its own figures as a row (本级), each direct subordinate as a row."""
    found = await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    cycle = found[0]
    form, page = await _read(session, principal, found, unit_id)
    tier = page.unit.tier
    live, reported = (figures or {} for figures in _both(form, cycle, tier, page.live, page.reported))
    return RollupOut(
        cycle=await brief_of(session, principal, found),
        unit=unit_brief(page.unit),
        trail=await trail_of(session, principal, cycle_id, page.unit),
        counts=page.counts,
        differs=page.differs,
        totals=RollupFigures(live=live, reported=reported),
        handed_in=finalised(form, cycle, tier, page.unit.handed_in),
        rows=[*_own_row(form, cycle, page.unit), *(_row(form, cycle, child) for child in page.children)],
        problems=_problems(form, cycle, principal, tier, live, locale),
    )


def _problems(
    form: CompiledForm, cycle: Cycle, principal: Principal, tier: Tier, live: Cells, locale: str
) -> list[ProblemOut]:
    """Checks run on rollups too."""
    if not live:
        return []
    evaluation = form.evaluate(live, {}, rollup_context(cycle, tier))
    return problems_out(evaluation.problems, principal, locale)


def _both(
    form: CompiledForm, cycle: Cycle, tier: Tier, live: Partials | None, reported: Partials | None
) -> tuple[Cells | None, Cells | None]:
    """含待审 and 已审 of a unit. Once all is approved they are the same, and computed once."""
    figures = finalised(form, cycle, tier, live)
    return figures, figures if live == reported else finalised(form, cycle, tier, reported)


def _own_row(form: CompiledForm, cycle: Cycle, unit: Contribution) -> list[RollupRow]:
    if not unit.asked:
        return []
    live, reported = _both(form, cycle, unit.tier, unit.own_live, unit.own_approved)
    return [_base_row(unit, kind="own", has_children=False).model_copy(update={"live": live, "reported": reported})]


def _row(form: CompiledForm, cycle: Cycle, child: Contribution) -> RollupRow:
    live, reported = _both(form, cycle, child.tier, child.live, child.approved)
    return _base_row(child, kind=child.tier.value, has_children=child.has_children).model_copy(
        update={"live": live, "reported": reported}
    )


def _base_row(unit: Contribution, *, kind: str, has_children: bool) -> RollupRow:
    return RollupRow(
        unit=unit_brief(unit),
        kind=kind,
        has_children=has_children,
        state=unit.state,
        submission_id=unit.submission_id,
        revision_no=unit.revision_no,
        late=unit.exempt_reason is None and is_late(unit, clock.now()),
        after_closing=unit.after_closing,
        exempt_reason=unit.exempt_reason,
        differs=unit.differs if has_children else False,
        counts=unit.counts if has_children else {},
        live=None,
        reported=None,
    )


async def trail_of(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit: Contribution | CycleUnit
) -> list[UnitBrief]:
    """From the acting unit down to the page's."""
    trail = [unit_brief(unit)]
    at_id, parent_id = unit.unit_id, unit.parent_id
    while at_id != principal.unit_id and parent_id is not None:
        above = await queries.get_cycle_unit(
            session, county_id=principal.county_id, cycle_id=cycle_id, unit_id=parent_id
        )
        trail.insert(0, unit_brief(above))
        at_id, parent_id = above.unit_id, above.parent_id
    return trail


async def rows_view(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None, table: str
) -> RowsOut:
    """The rows of a row table from every unit at or below one, by unit, personal values masked."""
    cycle, _, _ = await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
    if table not in form.plan.tables:
        raise NotFound
    wanted = unit_id or principal.unit_id
    if wanted != principal.unit_id:
        await _require_in_scope(session, principal, cycle_id, wanted)
    found = await rollup_queries.list_live_rows(
        session, county_id=principal.county_id, cycle_id=cycle_id, unit_id=wanted
    )
    items = [
        RowListing(
            unit=unit_brief(unit),
            submission_id=submission.id,
            revision_no=revision.no,
            state=submission.state,
            rows=personal.masked(form.definition, {table: revision.rows.get(table, [])})[table],
        )
        for submission, unit, revision in found
    ]
    return RowsOut(table=table, items=[item for item in items if item.rows])


async def trend_view(
    session: AsyncSession, principal: Principal, form_id: UUID, unit_id: UUID | None, codes: Sequence[str]
) -> TrendOut:
    """Both figures of some fields over the periods there are, at most twelve, oldest first."""
    await get_form(session, county_id=principal.county_id, form_id=form_id)
    cycles = await queries.list_cycles_of_form(session, county_id=principal.county_id, form_id=form_id)
    wanted = unit_id or principal.unit_id
    stored = await rollup_queries.list_stored(
        session, county_id=principal.county_id, cycle_ids=[cycle.id for cycle in cycles], unit_id=wanted
    )
    periods: list[str] = []
    figures: list[tuple[Cells, Cells]] = []
    for cycle in cycles:
        found = stored.get(cycle.id)
        if found is None or principal.unit_id not in found.place:
            continue
        live, reported = found.live, found.reported
        if found.marks:
            _, _, page = await read_rollup(session, principal, cycle.id, wanted)
            live, reported = page.live, page.reported
        form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
        periods.append(cycle.period_key)
        figures.append(
            (
                finalised(form, cycle, found.tier, live) or {},
                finalised(form, cycle, found.tier, reported) or {},
            )
        )
    return TrendOut(
        periods=periods,
        series=[
            Series(
                code=code,
                live=[live.get(code) for live, _ in figures],
                reported=[reported.get(code) for _, reported in figures],
            )
            for code in codes
        ],
    )
