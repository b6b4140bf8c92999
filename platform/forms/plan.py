"""A definition made ready: names resolved, formulas parsed, checks written out, computed fields in order.

Plain data. `compiled.py` makes it, `evaluation.py` and `aggregate.py` run it, `published.py` writes it for the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from forms.definition import Check, FormDefinition, RowColumn, RowTable
from forms.fields import TIERS, FieldType, FormField, Label, OverUnits, ValueRules
from forms.formula.resolve import Formula, ValueType
from tenancy.tiers import Tier


@dataclass(frozen=True, slots=True)
class PlannedField:
    """A field with the tiers that fill it. A summary of a row table is a field too."""

    field: FormField
    table: str
    tiers: tuple[Tier, ...]
    formula: Formula | None
    name: Label

    @property
    def computed_on_rollup(self) -> bool:
        """Whether a rollup computes it from the aggregated parts, rather than folding it from units."""
        return self.field.over_units is OverUnits.COMPUTED


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    column: RowColumn
    formula: Formula | None


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """A row table; `computed` lists its computed columns in the order to compute them."""

    table: RowTable
    columns: dict[str, PlannedColumn]
    computed: tuple[str, ...]
    carry: Formula | None


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """One check, or one instance of a repeated one. `key` names it for good: a reason given is stored under it."""

    key: str
    check: Check
    expression: str
    formula: Formula
    message: Label
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """`order` lists the computed fields, each after those that it reads."""

    definition: FormDefinition
    fields: dict[str, PlannedField]
    order: tuple[str, ...]
    tables: dict[str, PlannedTable]
    checks: tuple[PlannedCheck, ...]

    @cached_property
    def labels(self) -> dict[str, Label]:
        """What messages call each field and column."""
        named = {code: planned.name for code, planned in self.fields.items()}
        for table in self.tables.values():
            named.update({code: planned.column.label for code, planned in table.columns.items()})
        return named

    @cached_property
    def personal(self) -> frozenset[str]:
        """The fields and columns whose values are personal."""
        rules: list[tuple[str, ValueRules]] = [(code, planned.field) for code, planned in self.fields.items()]
        for table in self.tables.values():
            rules.extend((code, planned.column) for code, planned in table.columns.items())
        return frozenset(code for code, one in rules if one.personal)

    def asked(self, tier: Tier, *, on_rollup: bool) -> frozenset[str]:
        """The fields that exist for a unit of `tier`: what the tier fills, on a rollup what it or a lower one fills."""
        within = TIERS[: TIERS.index(tier) + 1] if on_rollup else (tier,)
        return frozenset(code for code, planned in self.fields.items() if set(planned.tiers) & set(within))


def value_type(rules: ValueRules) -> ValueType:
    """What a value of this type is inside a formula."""
    if rules.numeric:
        return ValueType.NUMBER
    if rules.type is FieldType.DATE:
        return ValueType.DATE
    return ValueType.TRUTH if rules.type is FieldType.YES_NO else ValueType.TEXT
