"""A form of 60 fields and 30 checks, and figures that pass them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.definition import FormDefinition
from forms.fields import Tier
from forms.outcome import Context
from reporting import personal

TABLES, TYPED = 6, 9
FIELDS, CHECKS = TABLES * (TYPED + 1), 30


def definition() -> FormDefinition:
    """Six tables of nine typed fields and their sum; comparisons, sums and medians as checks."""
    tables: list[dict[str, Any]] = []
    checks: list[dict[str, Any]] = []
    for t in range(1, TABLES + 1):
        codes = [f"t{t}_{n}" for n in range(1, TYPED + 1)]
        fields: list[dict[str, Any]] = [
            {"code": code, "path": [_label(f"第{t}组"), _label(f"指标{n}")], "unit_of_measure": _label("人次")}
            for n, code in enumerate(codes, 1)
        ]
        total = {"code": f"t{t}_s", "path": [_label(f"第{t}组"), _label("合计")], "formula": " + ".join(codes)}
        tables.append({"code": f"t{t}", "kind": "fixed", "title": _label(f"表{t}"), "fields": [*fields, total]})
        high, low = codes[0::2], codes[1::2]
        expressions = [f"{a} >= {b}" for a, b in zip(high[:3], low[:3], strict=True)]
        expressions.append(f"t{t}_s >= {codes[0]} + {codes[1]}")
        checks += [_check("E", len(checks) + n, expression) for n, expression in enumerate(expressions)]
        checks.append(_check("W", len(checks), f"{codes[8]} <= 3*median12({codes[8]}) or {codes[8]} < 10"))
    return FormDefinition.model_validate(
        {
            "code": "sixty",
            "name": _label("六十项测速表"),
            "table_no": "测1表",
            "issuer": _label("测速"),
            "basis": _label("测速"),
            "valid_until": "2099-12-31",
            "owner": _label("测速"),
            "period": {"kind": "month"},
            "due": {tier: {"n": 5, "day": "working"} for tier in ("village", "township", "county")},
            "tables": tables,
            "checks": checks,
        }
    )


def _label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _check(kind: str, number: int, expression: str) -> dict[str, Any]:
    return {"code": f"{kind}{number + 1}", "expression": expression, "message": _label("请核对")}


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of figures: as typed, as kept, and as it adds to a fold."""

    typed: dict[str, str | None]
    cells: dict[str, str | None]
    partials: Partials


def variants(form: CompiledForm, number: int) -> list[Variant]:
    """Sets of figures, evaluated once: a world of thousands of units takes them in turn."""
    rng = Random(60)
    context = Context(Tier.VILLAGE, date(2026, 1, 1), date(2026, 1, 31), first_period=True)
    made: list[Variant] = []
    for _ in range(number):
        typed: dict[str, str | None] = {
            f"t{t}_{n}": str(rng.randint(50, 99) if n % 2 else rng.randint(20, 40))
            for t in range(1, TABLES + 1)
            for n in range(1, TYPED + 1)
        }
        evaluation = form.evaluate(typed, {}, context)
        assert not evaluation.problems, evaluation.problems
        made.append(Variant(typed, evaluation.cells, aggregate.leaf(form, evaluation.cells, {}, personal.person_hash)))
    return made
