"""A form ready for work: what other packages hold, one for each form version, made once and shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from forms import evaluation, opening
from forms.definition import At, FormDefinition
from forms.opening import ZeroReport
from forms.outcome import Cells, Context, Evaluation, Row, Rows
from forms.plan import Plan
from forms.planning import make_plan
from forms.program import Program, make_program
from forms.published import publish
from tenancy.tiers import Tier


def compile_form(definition: FormDefinition) -> CompiledForm:
    """Makes sense of a definition. Raises DefinitionInvalid with every fault: unknown codes, circles, bad formulas."""
    return CompiledForm(make_plan(definition))


@dataclass(frozen=True)
class CompiledForm:
    """Immutable but for a cache of programs; safe to share between requests."""

    plan: Plan
    _programs: dict[tuple[Tier, At, bool], Program] = field(default_factory=dict, repr=False, compare=False)

    @property
    def definition(self) -> FormDefinition:
        return self.plan.definition

    @cached_property
    def json(self) -> dict[str, Any]:
        """The form for the browser; treat it as read-only."""
        return publish(self.plan)

    def evaluate(self, cells: Cells, rows: Rows, context: Context) -> Evaluation:
        """Reads what was typed, fills in what is computed, runs the checks.

        Everything wrong is in `problems`; nothing raises, whatever was typed. Blank required cells are problems too: a
        draft is stored in spite of them.
        """
        return evaluation.evaluate(self.plan, self.program(context), cells, rows, context)

    def zero_report(self, context: Context) -> ZeroReport:
        """The cells of 零报告: zeros in flows, stocks carried over, no rows; or why there can't be one."""
        return opening.zero_report(self.plan, self.program(context, At.ZERO_REPORT), context)

    def carry_forward(self, prev_rows: Rows) -> dict[str, tuple[Row, ...]]:
        """The rows that the next period opens with, table by table."""
        return opening.carry_forward(self.plan, prev_rows)

    def program(self, context: Context, at: At | None = None) -> Program:
        place = at or (At.ROLLUP if context.on_rollup else At.OWN)
        first_values_typed = context.first_period or context.prev_cells is None
        key = (context.tier, place, first_values_typed)
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = make_program(
                self.plan, context.tier, place, first_values_typed=first_values_typed
            )
        return program
