"""What a period begins with: rows carried forward, and the zero report (零报告) that closes it in one act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import localcontext

from forms.definition import Severity
from forms.evaluation import evaluate
from forms.fields import Measure
from forms.formula.evaluate import Env, RowValues, function
from forms.formula.numbers import WORK
from forms.outcome import Cells, Context, Problem, Row, Rows
from forms.plan import Plan, PlannedTable
from forms.program import Program
from forms.values import stored_value
from forms.wording import sentence


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """When `refusals` is empty the report may be made: it stores `cells`, and no rows."""

    cells: Mapping[str, str | None]
    refusals: tuple[Problem, ...]


def carry_forward(plan: Plan, prev_rows: Rows) -> dict[str, tuple[Row, ...]]:
    """Open rows as the next period begins with them: same id, some columns cleared. No rule, no rows.

    A row that does not say whether it is open counts as open: carrying one too many is mended, losing one is not seen.
    """
    with localcontext(WORK):
        return {code: _carried(table, prev_rows.get(code, ())) for code, table in plan.tables.items()}


def _carried(planned: PlannedTable, rows: Iterable[Row]) -> tuple[Row, ...]:
    rule = planned.table.carry_forward
    if planned.carry is None or rule is None:
        return ()
    is_open = function(planned.carry.node)
    kept = []
    for row in rows:
        values = {code: stored_value(one.column, row.cells.get(code)) for code, one in planned.columns.items()}
        if is_open(Env({}, row=RowValues(planned.table.code, row.id, values))) is not False:
            cells = {code: None if code in rule.clear else row.cells.get(code) for code in planned.columns}
            kept.append(Row(row.id, cells))
    return tuple(kept)


def zero_report(plan: Plan, program: Program, context: Context) -> ZeroReport:
    """Zeros in flows, stocks as they were, texts and ratios blank; computed cells follow when it is evaluated.

    Refused when the form has no zero report, or when a check at `zero_report` fails. Those checks see the rows carried
    forward from the period before: with an open case there is something to report. A stock that was never reported
    stays blank, and evaluation then asks for it.
    """
    if plan.definition.zero_report is None:
        message = sentence(plan, "zero_report.none", None, None, {})
        return ZeroReport({}, (Problem("zero_report.none", "zero_report.none", Severity.ERROR, message),))
    cells = {cell.code: _zero(plan, cell.code, context.prev_cells or {}) for cell in program.typed}
    opening = carry_forward(plan, context.prev_rows or {})
    outcome = evaluate(plan, program, cells, opening, replace(context, zero_report=True))
    keys = {check.key for check in plan.checks if "zero_report" in check.check.at}
    return ZeroReport(cells, tuple(problem for problem in outcome.problems if problem.key in keys))


def _zero(plan: Plan, code: str, before: Cells) -> str | None:
    field = plan.fields[code].field
    if field.measure is Measure.FLOW:
        return "0"
    return before.get(code) if field.measure is Measure.STOCK else None
