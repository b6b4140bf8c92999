"""Whole forms, as the browser evaluates them too.

The inputs in `tests/conformance/evaluations.json` and `openings.json` are written by hand, the outcomes by this
evaluator (`JICENG_WRITE_SAMPLES=1`): the files hold both evaluators to the same cells and sentences. That the outcomes
are right is for test_shipped.py to say.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from forms.outcome import Context, Evaluation, Problem, Row, Rows
from tenancy.tiers import Tier
from tests.forms.samples import CONFORMANCE, form

EVALUATIONS = CONFORMANCE / "evaluations.json"
OPENINGS = CONFORMANCE / "openings.json"


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


def problem_json(problem: Problem) -> dict[str, Any]:
    return {
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


def rows_json(tables: Rows) -> dict[str, Any]:
    return {code: [{"id": row.id, "cells": row.cells} for row in rows] for code, rows in tables.items()}


def to_json(outcome: Evaluation) -> dict[str, Any]:
    return {
        "cells": outcome.cells,
        "rows": rows_json(outcome.rows),
        "problems": [problem_json(problem) for problem in outcome.problems],
        "notes": [{"code": n.code, "cell": n.cell, "message": n.message.model_dump()} for n in outcome.notes],
    }


def hold(file: Path, cases: list[dict[str, Any]]) -> None:
    text = json.dumps(cases, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("JICENG_WRITE_SAMPLES"):
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


def test_outcomes_are_those_in_the_table() -> None:
    cases = json.loads(EVALUATIONS.read_text("utf-8"))
    for case in cases:
        outcome = form(case["form"]).evaluate(case["cells"], rows_of(case["rows"]), context_of(case["context"]))
        case["outcome"] = to_json(outcome)
    hold(EVALUATIONS, cases)


def test_openings_are_those_in_the_table() -> None:
    cases = json.loads(OPENINGS.read_text("utf-8"))
    for case in cases:
        context = context_of(case["context"])
        report = form(case["form"]).zero_report(context)
        case["zero_report"] = {"cells": report.cells, "refusals": [problem_json(p) for p in report.refusals]}
        case["carried"] = rows_json(form(case["form"]).carry_forward(context.prev_rows or {}))
    hold(OPENINGS, cases)
