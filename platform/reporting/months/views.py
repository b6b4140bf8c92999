"""The month at a glance: units down, everything due this month across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit import clock
from kit.errors import Invalid, NotFound
from reporting.briefs import form_brief, is_late
from reporting.models import Cycle, SubmissionState
from reporting.months import queries
from reporting.months.contacts import contact_out, reachable_at
from reporting.months.queries import Cell
from reporting.months.schemas import BelowOut, MonthCell, MonthColumn, MonthOut, MonthRow
from reporting.schemas import UnitBrief
from tenancy.principal import Principal

_COUNTED = (SubmissionState.SUBMITTED, SubmissionState.APPROVED, SubmissionState.RETURNED)


def month_days(key: str) -> tuple[date, date]:
    """The first day of a month and of the next. Raises Invalid."""
    try:
        first = date(int(key[:4]), int(key[5:]), 1)
        return first, date(first.year + first.month // 12, first.month % 12 + 1, 1)
    except ValueError:
        raise Invalid(problem="period") from None


async def month_view(
    session: AsyncSession, principal: Principal, *, period: str | None, parent_id: UUID | None, everything: bool
) -> MonthOut:
    """The direct subordinates of a unit in scope (the acting one unless named), or with `everything` all the units
    at the bottom of the acting unit's tree. Raises NotFound for a unit out of scope."""
    months = await queries.list_months(session, principal.scope)
    wanted = period or (months[0] if months else None)
    if wanted is None:
        return MonthOut(period=None, periods=[], columns=[], rows=[])
    first, until = month_days(wanted)
    cycles = await queries.list_month_cycles(session, principal.scope, first=first, until=until)
    cells = await queries.list_cells(session, county_id=principal.county_id, cycle_ids=[cycle.id for cycle in cycles])
    below = _below(cells, principal.unit_id)
    parent = parent_id or principal.unit_id
    if parent != principal.unit_id and not any(cell.unit_id == parent for cell in below):
        raise NotFound
    shown = [cell for cell in below if (not cell.has_children if everything else cell.parent_id == parent)]
    return MonthOut(
        period=wanted,
        periods=months,
        columns=[await _column(session, principal, cycle) for cycle in cycles],
        rows=await _rows(session, principal, shown, _counts(below)),
    )


def _below(cells: Sequence[Cell], top: UUID) -> list[Cell]:
    """What stands under a unit in each cycle's own tree. A unit that moved here later is seen, and stands elsewhere."""
    parents = {(cell.cycle_id, cell.unit_id): cell.parent_id for cell in cells}

    def under(cell: Cell) -> bool:
        at = cell.parent_id
        while at is not None and at != top:
            at = parents.get((cell.cycle_id, at))
        return at is not None

    return [cell for cell in cells if under(cell)]


def _counts(cells: Sequence[Cell]) -> dict[tuple[UUID, UUID], BelowOut]:
    """(cycle, unit) → how its direct subordinates stand."""
    now = clock.now()
    counts: dict[tuple[UUID, UUID], BelowOut] = {}
    for cell in cells:
        if cell.parent_id is None:
            continue
        line = counts.setdefault((cell.cycle_id, cell.parent_id), BelowOut())
        if cell.exempt_reason is not None:
            line.exempt += 1
            continue
        line.total += 1
        line.late += is_late(cell, now)
        if cell.state in _COUNTED:
            setattr(line, cell.state.value, getattr(line, cell.state.value) + 1)
    return counts


async def _column(session: AsyncSession, principal: Principal, cycle: Cycle) -> MonthColumn:
    form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
    return MonthColumn(
        cycle_id=cycle.id,
        form=form_brief(cycle, form),
        period_key=cycle.period_key,
        due={"village": cycle.due_village, "township": cycle.due_township, "county": cycle.due_county},
        provisional=cycle.provisional,
    )


async def _rows(
    session: AsyncSession, principal: Principal, cells: Sequence[Cell], counts: Mapping[tuple[UUID, UUID], BelowOut]
) -> list[MonthRow]:
    by_unit: dict[UUID, list[Cell]] = {}
    for cell in cells:
        by_unit.setdefault(cell.unit_id, []).append(cell)
    contacts = await reachable_at(session, county_id=principal.county_id, unit_ids=list(by_unit))
    rows: list[MonthRow] = []
    for unit_id, line in by_unit.items():
        at = line[0]
        rows.append(
            MonthRow(
                unit=UnitBrief(id=unit_id, tier=at.tier, code=at.code, name=at.name, short_name=at.short_name),
                parent_id=at.parent_id,
                has_children=any(cell.has_children for cell in line),
                contact=contact_out(contacts[unit_id]),
                cells=[_cell(cell, counts.get((cell.cycle_id, unit_id))) for cell in line],
            )
        )
    return rows


def _cell(cell: Cell, below: BelowOut | None) -> MonthCell:
    return MonthCell(
        cycle_id=cell.cycle_id,
        submission_id=cell.submission_id,
        state=cell.state,
        exempt=cell.exempt_reason is not None,
        late=cell.exempt_reason is None and is_late(cell, clock.now()),
        due_at=cell.due_at,
        submitted_at=cell.submitted_at,
        below=below,
    )
