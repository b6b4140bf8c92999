"""Whole forms, as the browser evaluates them too.

The inputs in `tests/conformance/evaluations.json` are written by hand, the outcomes by this evaluator
(`JICENG_WRITE_SAMPLES=1`): the file holds both evaluators to the same cells and sentences. That the outcomes are right
is for test_shipped.py to say.
"""

from __future__ import annotations

import json
import os
from datetime import date
from typing import Any

from forms.outcome import Context, Evaluation, Row
from tenancy.tiers import Tier
from tests.forms.samples import CONFORMANCE, form

FILE = CONFORMANCE / "evaluations.json"


def rows_of(data: dict[str, list[dict[str, Any]]]) -> dict[str, list[Row]]:
    return {table: [Row(row["id"], row["cells"]) for row in rows] for table, rows in data.items()}


def context_of(data: dict[str, Any]) -> Context:
    return Context(
        **{
            **data,
            "tier": Tier(data["tier"]),
            "period_start": date.fromisoformat(data["period_start"]),
            "period_end": date.fromisoformat(data["period_end"]),
            "prev_rows": rows_of(data["prev_rows"]) if data["prev_rows"] is not None else None,
        }
    )


def to_json(outcome: Evaluation) -> dict[str, Any]:
    return {
        "cells": outcome.cells,
        "rows": {code: [{"id": row.id, "cells": row.cells} for row in rows] for code, rows in outcome.rows.items()},
        "problems": [
            {
                "code": problem.code,
                "key": problem.key,
                "severity": problem.severity.value,
                "blocking": problem.blocking,
                "message": problem.message.model_dump(),
                "cells": list(problem.cells),
                "table": problem.table,
                "row": problem.row,
                "shown_to": [tier.value for tier in problem.shown_to],
            }
            for problem in outcome.problems
        ],
        "notes": [{"code": n.code, "cell": n.cell, "message": n.message.model_dump()} for n in outcome.notes],
    }


def test_outcomes_are_those_in_the_table() -> None:
    cases = json.loads(FILE.read_text("utf-8"))
    for case in cases:
        outcome = form(case["form"]).evaluate(case["cells"], rows_of(case["rows"]), context_of(case["context"]))
        case["outcome"] = to_json(outcome)
    text = json.dumps(cases, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("JICENG_WRITE_SAMPLES"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text
