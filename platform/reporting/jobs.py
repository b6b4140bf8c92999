"""Reporting's pulses: open cycles, fold what was marked. Export jobs are in `reporting.exports`."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit.holidays import load_years
from kit.jobs import CountyRef, pulse
from reporting import cycles, fold, queries, rollup_queries
from reporting.lifecycle import FOLD
from reporting.reminding import remind
from tenancy.queries import get_county


@pulse("reporting.open_cycles", every=30)
async def open_cycles(session: AsyncSession, county: CountyRef) -> None:
    """Open every cycle that is due, the missed ones too; learn the holidays of newly known years first."""
    days = await queries.load_calendar(session, county_id=county.id)
    await load_years(session, county_id=county.id, have=set(days.known_years), since=2024)
    await cycles.open_due(session, await get_county(session, county.id))
    await cycles.settle_provisional(session, county_id=county.id)


@pulse("reporting.remind", every=60)
async def remind_due(session: AsyncSession, county: CountyRef) -> None:
    """Remind those who have not reported, by the county's rules."""
    await remind.remind_due(session, county)


@pulse(FOLD, every=2)
async def fold_marked(session: AsyncSession, county: CountyRef) -> None:
    """Fold whatever is marked, so that a quiet reader pays nothing."""
    for cycle_id in await rollup_queries.cycles_with_marks(session, county_id=county.id):
        cycle = await queries.get_cycle(session, county_id=county.id, cycle_id=cycle_id)
        form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
        await fold.fold(
            session,
            county_unit_id=county.unit_id,
            county_id=county.id,
            cycle_id=cycle_id,
            unit_id=county.unit_id,
            form=form,
        )
