"""What the pages of comparison show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit.errors import NotFound
from reporting import queries as reporting_queries
from reporting.briefs import form_brief, period_out
from reporting.comparing.notes import notes_since
from reporting.comparing.reading import Basis, Heading, Reading, Units, read_figures
from reporting.comparing.rules import Change, Compared, compare, keys_of, last_keys, with_year
from reporting.comparing.schemas import (
    ChangeOut,
    ComparedRow,
    ComparisonOut,
    Figures,
    PeriodsOut,
    SeriesRow,
    UnitNote,
)
from reporting.models import Cycle
from reporting.periods import by_key
from tenancy.principal import Principal

MOST_PERIODS = 36


async def open_comparison(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None
) -> tuple[Cycle, CompiledForm, UUID]:
    """The cycle as the acting unit takes part in it, its form, and the unit that is asked about. Raises NotFound."""
    cycle, _, _ = await reporting_queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
    return cycle, form, unit_id or principal.unit_id


async def comparison_view(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None, *, basis: Basis, units: Units
) -> ComparisonOut:
    """本期、累计、上期、同期、增减 of a unit and its direct subordinates."""
    cycle, form, wanted = await open_comparison(session, principal, cycle_id, unit_id)
    period = form.definition.period
    keys = keys_of(period, cycle.period_key)
    reading = await read_figures(
        session, principal, cycle=cycle, keys=keys.all(), unit_id=wanted, basis=basis, units=units
    )
    notes = await notes_since(
        session,
        county_id=principal.county_id,
        since=by_key(period, keys.all()[0]).starts_on,
        units=[heading.unit.id for heading in reading.headings],
    )
    blank: dict[str, str | None] = dict.fromkeys(form.plan.fields)
    rows = []
    for heading in reading.headings:
        compared = compare(form, keys, reading.figures.get(heading.key, {}))
        found = [] if heading.kind == "own" else notes.get(heading.unit.id, [])
        units_in = reading.units.get(heading.key, {})
        counted = tuple(units_in.get(key, 0) for key in (keys.now, keys.previous, keys.last_year))
        rows.append(_row(form, heading, found, compared, counted))
    return ComparisonOut(
        form=form_brief(cycle, form),
        period=period_out(cycle, form),
        state=cycle.state,
        unit=reading.headings[0].unit,
        trail=reading.trail,
        previous_key=keys.previous,
        last_year_key=keys.last_year,
        year_keys=list(keys.year),
        year_fields=with_year(form, asked=blank),
        rows=rows,
    )


def numeric(form: CompiledForm, cells: Mapping[str, str | None]) -> Figures:
    """The figures among cells that are not blank."""
    fields = form.plan.fields
    return {c: text for c, text in cells.items() if text is not None and c in fields and fields[c].field.numeric}


def _row(
    form: CompiledForm, heading: Heading, notes: list[UnitNote], one: Compared, units: tuple[int, ...]
) -> ComparedRow:
    return ComparedRow(
        unit=heading.unit,
        kind=heading.kind,
        notes=notes,
        now=None if one.now is None else numeric(form, one.now),
        previous=None if one.previous is None else numeric(form, one.previous),
        last_year=None if one.last_year is None else numeric(form, one.last_year),
        units_now=units[0],
        units_previous=units[1],
        units_last_year=units[2],
        year=numeric(form, one.year),
        year_included=one.year_included,
        last_year_to_date=numeric(form, one.last_year_to_date),
        last_year_included=one.last_year_included,
        since_previous=_change(one.since_previous),
        since_last_year=_change(one.since_last_year),
        to_date=_change(one.to_date),
    )


def _change(one: Change) -> ChangeOut:
    return ChangeOut(by=one.by, percent=one.percent)


async def periods_view(
    session: AsyncSession,
    principal: Principal,
    cycle_id: UUID,
    unit_id: UUID | None,
    *,
    basis: Basis,
    units: Units,
    count: int,
    codes: Sequence[str],
) -> PeriodsOut:
    """Some fields of a unit and its direct subordinates over so many periods up to this one. Raises NotFound."""
    cycle, form, wanted = await open_comparison(session, principal, cycle_id, unit_id)
    chosen = [code for code, one in form.plan.fields.items() if one.field.numeric and (not codes or code in codes)]
    if codes and not chosen:
        raise NotFound
    keys = last_keys(form.definition.period, cycle.period_key, count)
    reading = await read_figures(session, principal, cycle=cycle, keys=keys, unit_id=wanted, basis=basis, units=units)
    first = _first(keys, reading)
    notes = await notes_since(
        session,
        county_id=principal.county_id,
        since=by_key(form.definition.period, keys[first]).starts_on,
        units=[heading.unit.id for heading in reading.headings],
    )
    rows = []
    for heading in reading.headings:
        figures = reading.figures.get(heading.key, {})
        told = [] if heading.kind == "own" else notes.get(heading.unit.id, [])
        lines = {code: [figures.get(key, {}).get(code) for key in keys[first:]] for code in chosen}
        rows.append(SeriesRow(unit=heading.unit, kind=heading.kind, notes=told, figures=lines))
    return PeriodsOut(
        form=form_brief(cycle, form),
        period=period_out(cycle, form),
        unit=reading.headings[0].unit,
        periods=keys[first:],
        rows=rows,
    )


def _first(keys: Sequence[str], reading: Reading) -> int:
    """The place of the first period that anything was reported for; of this one, when nothing was."""
    told = {key for figures in reading.figures.values() for key in figures}
    return next((place for place, key in enumerate(keys) if key in told), len(keys) - 1)
