"""What a filling will write, and what it can't: decided before a figure is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from reporting import queries as reporting_queries
from reporting.city import queries
from reporting.city.targets import Basis, BlockTarget, FigureTarget, Source, Span, Target
from reporting.models import Cycle, CycleUnit
from reporting.snapshot import in_order
from reporting.workbook.city import CityBook, CityPage
from reporting.workbook.units import plain_heading


@dataclass(frozen=True, slots=True)
class CityProblem:
    """Something that would stay blank, and why; `code` has words in the page and in `words_of`."""

    code: str
    sheet: str
    cell: str
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure that goes into a cell."""

    sheet: str
    cell: str
    form_id: UUID
    basis: Basis
    span: Span
    unit_id: UUID
    source: Source


@dataclass(slots=True)
class Plan:
    """Figures to read, cells to leave blank, names to write; and what is wrong."""

    wanted: list[Wanted] = field(default_factory=list)
    blanks: list[tuple[str, str]] = field(default_factory=list)
    names: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[CityProblem] = field(default_factory=list)
    cycles: dict[UUID, tuple[Cycle, CompiledForm]] = field(default_factory=dict)

    def tell(self, code: str, target: Target, cell: str, detail: str) -> None:
        self.problems.append(CityProblem(code, target.sheet, cell, detail))


async def make_plan(
    session: AsyncSession,
    *,
    county_id: UUID,
    county_unit_id: UUID,
    book: CityBook,
    targets: Sequence[Target],
    month: date,
) -> Plan:
    """A field that the period's form no longer has, or has under another name, is a problem and is not filled."""
    plan = Plan()
    pages = {page.name: page for page in book.pages}
    trees: dict[UUID, list[CycleUnit]] = {}
    for form_id in {t.form_id for t in targets if isinstance(t, FigureTarget | BlockTarget)}:
        cycle = await queries.find_cycle_of_month(session, county_id=county_id, form_id=form_id, month=month)
        if cycle is not None:
            form = await get_compiled(session, county_id=county_id, version_id=cycle.form_version_id)
            plan.cycles[form_id] = cycle, form
            units = await reporting_queries.list_cycle_units(session, county_id=county_id, cycle_id=cycle.id)
            trees[form_id] = in_order(units)
    for target in targets:
        if isinstance(target, FigureTarget):
            _plan_figure(plan, target, trees.get(target.form_id, []), county_unit_id)
        elif isinstance(target, BlockTarget):
            _plan_block(plan, target, trees.get(target.form_id, []), pages[target.sheet])
    return plan


def _usable(plan: Plan, target: FigureTarget | BlockTarget, source: Source, cell: str) -> bool:
    found = plan.cycles.get(target.form_id)
    if found is None:
        plan.tell("no_cycle", target, cell, source.label)
        return False
    form = found[1]
    if source.field not in form.plan.fields:
        plan.tell("field_gone", target, cell, source.label)
        return False
    if form.plan.labels[source.field].zh != source.label:
        plan.tell("field_renamed", target, cell, f"{source.label} → {form.plan.labels[source.field].zh}")
        return False
    return True


def _plan_figure(plan: Plan, target: FigureTarget, tree: Sequence[CycleUnit], county_unit_id: UUID) -> None:
    unit_id = target.unit_id or county_unit_id
    plan.blanks.append((target.sheet, target.cell))
    if not _usable(plan, target, target.source, target.cell):
        return
    if not any(unit.unit_id == unit_id for unit in tree):
        plan.tell("unit_gone", target, target.cell, target.source.label)
        return
    plan.wanted.append(
        Wanted(target.sheet, target.cell, target.form_id, target.basis, target.span, unit_id, target.source)
    )


def _plan_block(plan: Plan, target: BlockTarget, tree: Sequence[CycleUnit], page: CityPage) -> None:
    columns = {c: s for c, s in target.columns.items() if _usable(plan, target, s, f"{c}{target.first_row}")}
    rows = range(target.first_row, target.last_row + 1)
    plan.blanks += [(target.sheet, f"{column}{row}") for row in rows for column in target.columns]
    units = [unit for unit in tree if unit.tier.value == target.units]
    if target.named:
        lines = _named_lines(plan, target, units, page)
    else:
        plan.blanks += [(target.sheet, f"{target.name_column}{row}") for row in rows]
        if len(units) > len(rows):
            plan.tell("rows_short", target, f"{target.name_column}{target.first_row}", f"{len(rows)} < {len(units)}")
            return
        lines = dict(zip(rows, units, strict=False))
        plan.names += [(target.sheet, f"{target.name_column}{row}", unit.short_name) for row, unit in lines.items()]
    for row, unit in lines.items():
        for column, source in columns.items():
            cell = f"{column}{row}"
            plan.wanted.append(
                Wanted(target.sheet, cell, target.form_id, target.basis, target.span, unit.unit_id, source)
            )


def _named_lines(
    plan: Plan, target: BlockTarget, units: Sequence[CycleUnit], page: CityPage
) -> Mapping[int, CycleUnit]:
    """Lines by the names that stand there; a name that two units bear names neither."""
    by_name: dict[str, list[CycleUnit]] = {}
    for unit in units:
        for name in {plain_heading(unit.name), plain_heading(unit.short_name)}:
            by_name.setdefault(name, []).append(unit)
    texts = {cell.ref: cell.text for cell in page.cells}
    lines: dict[int, CycleUnit] = {}
    for row in range(target.first_row, target.last_row + 1):
        text = texts.get(f"{target.name_column}{row}", "")
        found = by_name.get(plain_heading(text), [])
        if len(found) == 1:
            lines[row] = found[0]
        elif text:
            plan.tell("name_unknown", target, f"{target.name_column}{row}", text)
    if tree_left := [unit.short_name for unit in units if unit not in lines.values()]:
        plan.tell("units_left", target, f"{target.name_column}{target.first_row}", "、".join(tree_left[:10]))
    return lines
