"""The closures of a form for one level: which cells are typed, which computed, which checks apply.

Made once for each (tier, own or rollup, whether first-period cells are typed) and shared by all submissions.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.definition import At
from forms.fields import ValueRules
from forms.formula.evaluate import Function, function
from forms.plan import Plan, PlannedCheck, PlannedField
from forms.values import Reader, reader
from tenancy.tiers import Tier


@dataclass(frozen=True, slots=True)
class TypedCell:
    code: str
    rules: ValueRules
    read: Reader


@dataclass(frozen=True, slots=True)
class ComputedCell:
    """`places` to round to when stored; None for what is not a number."""

    code: str
    compute: Function
    places: int | None


@dataclass(frozen=True, slots=True)
class RunnableCheck:
    planned: PlannedCheck
    holds: Function
    months: frozenset[int]


@dataclass(frozen=True, slots=True)
class TableProgram:
    code: str
    typed: tuple[TypedCell, ...]
    computed: tuple[ComputedCell, ...]
    checks: tuple[RunnableCheck, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """`in_order` lists the asked fields as printed; they are the cells of the outcome."""

    asked: frozenset[str]
    in_order: tuple[str, ...]
    typed: tuple[TypedCell, ...]
    computed: tuple[ComputedCell, ...]
    checks: tuple[RunnableCheck, ...]
    tables: tuple[TableProgram, ...]


def make_program(plan: Plan, tier: Tier, at: At, *, first_values_typed: bool) -> Program:
    """On a rollup a cell is computed only where its aggregation says so; all others were folded from the units."""
    on_rollup = at is At.ROLLUP
    asked = plan.asked(tier, on_rollup=on_rollup)

    def computed(planned: PlannedField) -> bool:
        if on_rollup:
            return planned.computed_on_rollup
        return planned.formula is not None and not (first_values_typed and planned.field.typed_in_first_period)

    typed = tuple(
        TypedCell(code, planned.field, reader(planned.field))
        for code, planned in plan.fields.items()
        if code in asked and not computed(planned)
    )
    ordered = tuple(
        _computed(code, planned.field, function(planned.formula.node, asked))
        for code in plan.order
        if code in asked and computed(planned := plan.fields[code]) and planned.formula is not None
    )
    checks = [
        RunnableCheck(check, function(check.formula.node, asked), frozenset(check.check.months))
        for check in plan.checks
        if at in check.check.at and (not check.check.tiers or tier in check.check.tiers)
        if not (on_rollup and (check.formula.tables or check.check.table))  # a rollup has no rows
    ]
    tables = () if on_rollup else tuple(_table(plan, code, checks) for code in plan.tables)
    in_order = tuple(code for code in plan.fields if code in asked)
    return Program(asked, in_order, typed, ordered, tuple(c for c in checks if c.planned.check.table is None), tables)


def _table(plan: Plan, code: str, checks: list[RunnableCheck]) -> TableProgram:
    planned = plan.tables[code]
    typed = tuple(
        TypedCell(name, one.column, reader(one.column)) for name, one in planned.columns.items() if one.formula is None
    )
    computed = tuple(
        _computed(name, one.column, function(one.formula.node))
        for name in planned.computed
        if (one := planned.columns[name]).formula is not None
    )
    return TableProgram(code, typed, computed, tuple(c for c in checks if c.planned.check.table == code))


def _computed(code: str, rules: ValueRules, compute: Function) -> ComputedCell:
    return ComputedCell(code, compute, rules.decimals if rules.numeric else None)
