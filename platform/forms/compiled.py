"""A form ready for work: what other packages hold, one for each form version, made once and shared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forms.definition import FormDefinition
from forms.plan import Plan
from forms.planning import make_plan
from forms.published import publish


def compile_form(definition: FormDefinition) -> CompiledForm:
    """Makes sense of a definition. Raises DefinitionInvalid with every fault: unknown codes, circles, bad formulas."""
    return CompiledForm(make_plan(definition))


@dataclass(frozen=True)
class CompiledForm:
    """Immutable; safe to share between requests."""

    plan: Plan

    @property
    def definition(self) -> FormDefinition:
        return self.plan.definition

    @cached_property
    def json(self) -> dict[str, Any]:
        """The form for the browser; treat it as read-only."""
        return publish(self.plan)
