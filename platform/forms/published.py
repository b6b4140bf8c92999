"""The form as the browser gets it: definition, trees of formulas and checks, header cells, sentences.

The shape is public and versioned by `format`; `frontend/src/formula/types.ts` is its TypeScript twin, and
`tests/conformance/f1.json` a sample that a test keeps true.
"""

from __future__ import annotations

from typing import Any

from forms.definition import FixedTable, MatrixTable, RowTable
from forms.fields import FormField, Model, ValueRules
from forms.formula.nodes import to_json
from forms.layout import HeaderCell, printed_columns, table_header
from forms.messages import BROWSER_MESSAGES
from forms.plan import Plan, PlannedCheck, PlannedField, PlannedTable

FORMAT = 1

Json = dict[str, Any]


def publish(plan: Plan) -> Json:
    """The form as plain JSON. Pure and stable: the same definition always gives the same JSON."""
    form = plan.definition
    return {
        "format": FORMAT,
        "code": form.code,
        "name": _plain(form.name),
        "table_no": form.table_no,
        "issuer": _plain(form.issuer),
        "basis": _plain(form.basis),
        "valid_until": form.valid_until.isoformat(),
        "owner": _plain(form.owner),
        "period": _plain(form.period),
        "open": _plain(form.open),
        "due": {tier.value: _plain(form.due[tier]) for tier in form.tiers},
        "tiers": [tier.value for tier in form.tiers],
        "zero_report": _plain(form.zero_report),
        "money_printed_in": {tier.value: unit.value for tier, unit in form.money_printed_in.items()},
        "notes": [_plain(note) for note in form.notes],
        "signatures": [_plain(line) for line in form.signatures],
        "fields": [_field(planned) for planned in plan.fields.values()],
        "order": list(plan.order),
        "tables": [_table(plan, table) for table in form.tables],
        "checks": [_check(check) for check in plan.checks],
        "messages": {code: _plain(label) for code, label in BROWSER_MESSAGES.items()},
    }


def _plain(model: Model | None) -> Any:
    return None if model is None else model.model_dump(mode="json")


def _rules(rules: ValueRules) -> Json:
    return {
        "type": rules.type.value,
        "unit_of_measure": _plain(rules.unit_of_measure),
        "decimals": rules.decimals,
        "negative": rules.negative,
        "max_length": rules.max_length,
        "choices": [{"value": choice.value, "label": _plain(choice.label)} for choice in rules.choices],
        "required": rules.required,
        "help": _plain(rules.help),
        "personal": rules.personal.value if rules.personal else None,
        "formula": rules.formula,
    }


def _field(planned: PlannedField) -> Json:
    field: FormField = planned.field
    return {
        "code": field.code,
        "table": planned.table,
        "path": [_plain(label) for label in field.path],
        "name": _plain(planned.name),
        **_rules(field),
        "tree": to_json(planned.formula.node) if planned.formula else None,
        "measure": field.measure.value,
        "over_units": field.over_units.value,
        "over_time": field.over_time.value,
        "weight": field.weight,
        "tiers": [tier.value for tier in planned.tiers],
        "typed_in_first_period": field.typed_in_first_period,
        "coordination": field.coordination,
    }


def _table(plan: Plan, table: FixedTable | MatrixTable | RowTable) -> Json:
    shared: Json = {
        "kind": table.kind,
        "code": table.code,
        "title": _plain(table.title),
        "notes": [_plain(note) for note in table.notes],
        "header": [[_heading(cell) for cell in row] for row in table_header(table)],
    }
    if isinstance(table, FixedTable):
        return {**shared, "layout": table.layout, "fields": [field.code for field in table.fields]}
    if isinstance(table, MatrixTable):
        return {
            **shared,
            "corner": _plain(table.corner),
            "rows": [{"code": row.code, "label": _plain(row.label)} for row in table.rows],
            "columns": [{"code": column.code, "label": _plain(column.label)} for column in table.columns],
            "cells": [[f"{row.code}_{column.code}" for column in table.columns] for row in table.rows],
        }
    return {**shared, **_row_table(table, plan.tables[table.code])}


def _row_table(table: RowTable, planned: PlannedTable) -> Json:
    carry = table.carry_forward
    return {
        "columns": [
            {
                "code": code,
                "label": _plain(one.column.label),
                **_rules(one.column),
                "tree": to_json(one.formula.node) if one.formula else None,
            }
            for code, one in planned.columns.items()
        ],
        "computed": list(planned.computed),
        "printed": [
            {"path": [_plain(label) for label in printed.path], "columns": list(printed.columns)}
            for printed in printed_columns(table)
        ],
        "summaries": [summary.code for summary in table.summaries],
        "carry_forward": {"where": to_json(planned.carry.node), "clear": list(carry.clear)}
        if carry and planned.carry
        else None,
        "max_rows": table.max_rows,
        "required": table.required,
    }


def _heading(cell: HeaderCell) -> Json:
    return {
        "label": _plain(cell.label),
        "row": cell.row,
        "column": cell.column,
        "rows": cell.rows,
        "columns": cell.columns,
        "field": cell.field,
    }


def _check(planned: PlannedCheck) -> Json:
    check = planned.check
    return {
        "code": check.code,
        "key": planned.key,
        "severity": check.severity.value,
        "expression": planned.expression,
        "tree": to_json(planned.formula.node),
        "message": _plain(planned.message),
        "table": check.table,
        "cells": list(planned.cells),
        "months": list(check.months),
        "tiers": [tier.value for tier in check.tiers],
        "at": [at.value for at in check.at],
        "shown_to": [tier.value for tier in check.shown_to],
    }
