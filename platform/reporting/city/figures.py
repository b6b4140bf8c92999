"""The figures of a filling, all of one moment."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.aggregate import year_to_date
from reporting.city.planning import Plan, Wanted
from reporting.city.targets import Basis
from reporting.comparing.queries import list_cycles_by_key
from reporting.comparing.rules import Cells, keys_of
from reporting.models import Cycle, CycleUnit
from reporting.rollup_views import finalised
from reporting.snapshot import Snapshot, snapshot_of
from reporting.workbook.city import CityPut

_WAN = Decimal(10_000)


class Reader:
    """Reads each cycle once, and each unit's cells once, in one REPEATABLE READ snapshot."""

    def __init__(self, session: AsyncSession, plan: Plan) -> None:
        self._session, self._plan = session, plan
        self._cycles: dict[tuple[UUID, str], Cycle | None] = {}
        self._snapshots: dict[UUID, tuple[Snapshot, dict[UUID, CycleUnit]]] = {}
        self._cells: dict[tuple[UUID, Basis, UUID], Cells | None] = {}

    async def put(self, one: Wanted) -> CityPut:
        """What is written for a figure; blank stays blank."""
        cells = await self._span(one)
        text = None if cells is None else cells.get(one.source.field)
        if text is None:
            return CityPut(one.sheet, one.cell, None)
        rules = self._plan.cycles[one.form_id][1].plan.fields[one.source.field].field
        value = Decimal(text)
        return CityPut(one.sheet, one.cell, value / _WAN if one.source.wan else value, rules.decimals)

    async def _span(self, one: Wanted) -> Cells | None:
        cycle, form = self._plan.cycles[one.form_id]
        keys = keys_of(form.definition.period, cycle.period_key)
        if one.span == "year":
            found = [await self._of_key(one, key) for key in keys.year]
            return year_to_date(form, found).cells
        key = {"period": keys.now, "previous": keys.previous, "last_year": keys.last_year}[one.span]
        return await self._of_key(one, key)

    async def _of_key(self, one: Wanted, key: str) -> Cells | None:
        cycle = await self._cycle(one, key)
        if cycle is None:
            return None
        at = (cycle.id, one.basis, one.unit_id)
        if at not in self._cells:
            self._cells[at] = await self._of_unit(cycle, one.basis, one.unit_id)
        return self._cells[at]

    async def _cycle(self, one: Wanted, key: str) -> Cycle | None:
        now = self._plan.cycles[one.form_id][0]
        if key == now.period_key:
            return now
        at = (one.form_id, key)
        if at not in self._cycles:
            found = await list_cycles_by_key(self._session, county_id=now.county_id, form_id=one.form_id, keys=[key])
            self._cycles[at] = found[0] if found else None
        return self._cycles[at]

    async def _of_unit(self, cycle: Cycle, basis: Basis, unit_id: UUID) -> Cells | None:
        if cycle.id not in self._snapshots:
            made, units = await snapshot_of(self._session, cycle, basis)
            self._snapshots[cycle.id] = made, {unit.unit_id: unit for unit in units}
        snapshot, units_by_id = self._snapshots[cycle.id]
        snapshot = replace(snapshot, basis=basis)
        unit = units_by_id.get(unit_id)
        if unit is None:
            return None
        if unit.has_children or unit.parent_id is None:
            return finalised(snapshot.form, cycle, unit.tier, snapshot.state(unit))
        above = units_by_id[unit.parent_id]
        revision = next((shown for child, shown in snapshot.below(above) if child.unit_id == unit_id), None)
        return None if revision is None else revision.cells


async def read_puts(session: AsyncSession, plan: Plan) -> list[CityPut]:
    """Every cell of a plan. The session is the county's and began with `begin_snapshot`."""
    reader = Reader(session, plan)
    found = {(sheet, cell): CityPut(sheet, cell, None) for sheet, cell in plan.blanks}
    found |= {(sheet, cell): CityPut(sheet, cell, name) for sheet, cell, name in plan.names}
    for one in plan.wanted:
        found[one.sheet, one.cell] = await reader.put(one)
    return list(found.values())
