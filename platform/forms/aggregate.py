"""Folding: from the cells of units to the figures above them, and from periods to longer ones.

A fold keeps partial states (Σ and n, Σw and Σwx, least, greatest, how many, who), never averages, so that it may be
done in any order and in any number of steps. States are plain JSON with numbers as exact decimal text. Personal values
never enter one: who is counted is known by keyed hashes alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Any, TypedDict

from forms.compiled import CompiledForm
from forms.evaluation import complete
from forms.fields import Measure, OverTime, OverUnits
from forms.formula.evaluate import Env, Value, function
from forms.formula.nodes import Call, Column, Rows
from forms.formula.numbers import WORK, plain, to_places
from forms.outcome import Cells, Context
from forms.outcome import Rows as TableRows
from forms.plan import Plan, PlannedField
from forms.values import stored_value

#: An average has at least so many decimals, whatever its field has.
AVERAGE_PLACES = 2

Hash = Callable[[str], str]


class Partials(TypedDict):
    """The state of a fold over `units` submissions; equal to itself read back from JSON.

    Fields are keys. One that nobody filled has no entry, and its figure is blank.
    """

    units: int
    #: Σ, for sums and averages.
    sum: dict[str, str]
    #: How many units filled it: what a count tells, and an average divides by.
    filled: dict[str, int]
    min: dict[str, str]
    max: dict[str, str]
    #: Σw and Σwx of weighted averages.
    weight: dict[str, str]
    weighted: dict[str, str]
    #: Keyed hashes, sorted, each once.
    distinct: dict[str, list[str]]


def empty() -> Partials:
    """The fold of nothing: merging it changes nothing."""
    return {
        "units": 0, "sum": {}, "filled": {}, "min": {}, "max": {}, "weight": {}, "weighted": {}, "distinct": {},
    }  # fmt: skip


def leaf(form: CompiledForm, cells: Cells, rows: TableRows, keyed_hash: Hash) -> Partials:
    """The state of one submission, from its evaluated cells and rows. `keyed_hash` must be keyed by the county."""
    state = empty()
    state["units"] = 1
    for code, planned in form.plan.fields.items():
        stored = cells.get(code)
        how = planned.field.over_units
        if how is OverUnits.DISTINCT:
            people = {keyed_hash(person) for person in _people(planned, rows)}
            if people:
                state["distinct"][code] = sorted(people)
        if stored is None or how in (OverUnits.COMPUTED, OverUnits.LIST, OverUnits.DISTINCT):
            continue
        state["filled"][code] = 1
        if how is OverUnits.SUM or how is OverUnits.AVERAGE:
            state["sum"][code] = stored
        elif how is OverUnits.MIN:
            state["min"][code] = stored
        elif how is OverUnits.MAX:
            state["max"][code] = stored
        elif how is OverUnits.WEIGHTED_AVERAGE and (weight := cells.get(planned.field.weight or "")) is not None:
            with localcontext(WORK):
                state["weight"][code] = weight
                state["weighted"][code] = plain(Decimal(weight) * Decimal(stored))
    return state


def _people(planned: PlannedField, rows: TableRows) -> Iterable[str]:
    """The values of the column that a summary distinct(column) counts."""
    assert planned.formula is not None
    match planned.formula.node:
        case Call("distinct", (Rows(table, Column(column)),)):
            return [value for row in rows.get(table, ()) if (value := row.cells.get(column)) is not None]
        case node:
            raise TypeError(node)


def merge(states: Iterable[Partials]) -> Partials:
    """One state from many, whatever their order: commutative, associative, `empty()` is neutral."""
    children = list(states)
    people: dict[str, set[str]] = {}
    for state in children:
        for code, hashes in state["distinct"].items():
            people.setdefault(code, set()).update(hashes)
    with localcontext(WORK):
        return {
            "units": sum(state["units"] for state in children),
            "sum": _fold(operator.add, [state["sum"] for state in children]),
            "filled": _counts([state["filled"] for state in children]),
            "min": _fold(min, [state["min"] for state in children]),
            "max": _fold(max, [state["max"] for state in children]),
            "weight": _fold(operator.add, [state["weight"] for state in children]),
            "weighted": _fold(operator.add, [state["weighted"] for state in children]),
            "distinct": {code: sorted(hashes) for code, hashes in people.items()},
        }


def _fold(pair: Callable[[Decimal, Decimal], Decimal], parts: Iterable[dict[str, str]]) -> dict[str, str]:
    total: dict[str, Decimal] = {}
    for part in parts:
        for code, text in part.items():
            value = Decimal(text)
            total[code] = pair(total[code], value) if code in total else value
    return {code: plain(value) for code, value in total.items()}


def _counts(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in parts:
        for code, n in part.items():
            total[code] = total.get(code, 0) + n
    return total


def finalise(form: CompiledForm, state: Partials, context: Context) -> dict[str, str | None]:
    """The cells of a rollup: folded figures, and what is computed from them. A field nobody filled is blank.

    Checks run on these cells by `form.evaluate(cells, {}, context)` with `on_rollup`.
    """
    on_rollup = replace(context, on_rollup=True)
    program = form.program(on_rollup)
    with localcontext(WORK):
        folded = {cell.code: _figure(form.plan.fields[cell.code], state) for cell in program.typed}
    return complete(form.plan, program, folded, on_rollup)


def _figure(planned: PlannedField, state: Partials) -> str | None:
    code, how = planned.field.code, planned.field.over_units
    places = max(planned.field.decimals, AVERAGE_PLACES)
    match how:
        case OverUnits.SUM:
            return state["sum"].get(code)
        case OverUnits.AVERAGE if code in state["sum"]:
            return plain(to_places(Decimal(state["sum"][code]) / state["filled"][code], places))
        case OverUnits.MIN:
            return state["min"].get(code)
        case OverUnits.MAX:
            return state["max"].get(code)
        case OverUnits.COUNT:
            return str(state["filled"].get(code, 0))
        case OverUnits.WEIGHTED_AVERAGE if code in state["weight"]:
            weight = Decimal(state["weight"][code])
            return plain(to_places(Decimal(state["weighted"][code]) / weight, places)) if weight else None
        case OverUnits.DISTINCT:
            return str(len(state["distinct"].get(code, ())))
        case _:
            return None


@dataclass(frozen=True, slots=True)
class OverPeriods:
    """Figures over several periods. A field that does not aggregate over time has no key.

    `included` of `periods` had figures at all: 含 9/11 期.
    """

    cells: dict[str, str | None]
    included: int
    periods: int


def over_time(form: CompiledForm, periods: Sequence[Cells | None]) -> OverPeriods:
    """Figures of consecutive periods, None where nothing was reported, as one.

    Flows add up, stocks take their last value, ratios are recomputed from the parts so aggregated.
    """
    return _over_periods(form.plan, periods, stocks=True)


def year_to_date(form: CompiledForm, periods: Sequence[Cells | None]) -> OverPeriods:
    """累计: as `over_time` without stocks, and without ratios of stocks: a year to date of a stock does not exist."""
    return _over_periods(form.plan, periods, stocks=False)


def _over_periods(plan: Plan, periods: Sequence[Cells | None], *, stocks: bool) -> OverPeriods:
    present = [cells for cells in periods if cells is not None]
    asked = frozenset(code for cells in present for code in cells)
    absent: set[str] = set()  # asked, but without a figure over time
    stored: dict[str, str | None] = {}
    with localcontext(WORK):
        for code, planned in plan.fields.items():
            if planned.field.over_time is OverTime.NONE or (planned.field.measure is Measure.STOCK and not stocks):
                absent.add(code)
            elif code in asked and planned.field.over_time is not OverTime.COMPUTED:
                stored[code] = _over(planned, [value for cells in present if (value := cells.get(code)) is not None])
        for code in plan.order:
            planned = plan.fields[code]
            if code not in asked or planned.formula is None or planned.field.over_time is not OverTime.COMPUTED:
                continue
            if absent.isdisjoint(planned.formula.cells):
                stored[code] = _recomputed(plan, planned, stored)
            else:
                absent.add(code)
    return OverPeriods({c: stored[c] for c in plan.fields if c in stored}, len(present), len(periods))


def _over(planned: PlannedField, values: list[str]) -> str | None:
    if not values:
        return None
    if planned.field.over_time is OverTime.LAST:
        return values[-1]
    total = sum(map(Decimal, values), Decimal(0))
    if planned.field.over_time is OverTime.SUM:
        return plain(total)
    return plain(to_places(total / len(values), max(planned.field.decimals, AVERAGE_PLACES)))


def _recomputed(plan: Plan, planned: PlannedField, stored: Mapping[str, str | None]) -> str | None:
    assert planned.formula is not None
    values: dict[str, Value] = {c: stored_value(plan.fields[c].field, text) for c, text in stored.items()}
    value = function(planned.formula.node, frozenset(stored))(Env(values))
    return plain(to_places(value, planned.field.decimals)) if isinstance(value, Decimal) else None


def same(stored: Any, made: Partials) -> bool:
    """Whether a stored state is the one computed now. Both are merged once more, so that they have one shape."""
    return merge([stored or empty()]) == merge([made])
