"""One table of cases for the two evaluators: this one, and the browser's (frontend/src/formula/conformance.test.ts).

`tests/conformance/formula.json` is written by hand but for the trees, which the parser adds:
`JICENG_WRITE_SAMPLES=1 pytest tests/forms/test_conformance.py`. Numbers in results are text; a text is {"text": …}.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from forms.formula.errors import FormulaError
from forms.formula.evaluate import Env, RowValues, Value, function
from forms.formula.nodes import from_json, to_json
from forms.formula.numbers import CELL_LIMIT, WORK, plain, to_places
from forms.formula.resolve import Formula, Names, ValueType, read

TABLE = Path(__file__).parent.parent / "conformance" / "formula.json"
DATA = json.loads(TABLE.read_text("utf-8"))
CASES: list[dict[str, Any]] = DATA["cases"]
CELLS = {code: ValueType(kind) for code, kind in DATA["world"]["cells"].items()}
COLUMNS = {code: ("people", ValueType(kind)) for code, kind in DATA["world"]["columns"].items()}


def expand(first: str, last: str) -> tuple[str, ...] | None:
    """r1 to r4 in a line; x1…x3 × m, z as a matrix."""
    line = ["r1", "r2", "r3", "r4"]
    if first in line and last in line:
        return tuple(line[line.index(first) : line.index(last) + 1]) or None
    if first[0] == last[0] == "x":
        return tuple(
            code
            for code in CELLS
            if code[0] == "x" and first[1] <= code[1] <= last[1] and first[3] <= code[3] <= last[3]
        )
    return None


NAMES = Names(CELLS, COLUMNS, expand)


def values(cells: dict[str, str | None], kinds: dict[str, ValueType]) -> dict[str, Value]:
    def value(kind: ValueType, text: str) -> Value:
        if kind is ValueType.NUMBER:
            return Decimal(text)
        return text == "是" if kind is ValueType.TRUTH else text

    return {code: None if text is None else value(kinds[code], text) for code, text in cells.items()}


def compute(case: dict[str, Any], formula: Formula) -> tuple[Any, list[str]]:
    kinds = {code: kind for code, (_, kind) in COLUMNS.items()}
    before = {row["id"]: values(row["cells"], kinds) for row in case.get("previous_rows", [])}
    rows = [
        RowValues("people", row["id"], values(row["cells"], kinds), before.get(row["id"]))
        for row in case.get("rows", [])
    ]
    start, end = case.get("period", ["2026-01-01", "2026-01-31"])
    env = Env(
        cells=values(case.get("cells", {}), CELLS),
        start=start,
        end=end,
        previous=values(case.get("previous", {}), CELLS),
        medians=values(case.get("medians", {}), CELLS),
        flags=case.get("flags", {}),
        rows={"people": rows},
    )
    if "row" in case:
        env.row = rows[case["row"]]
    asked = frozenset(CELLS) - set(case.get("not_asked", ()))
    with localcontext(WORK):
        result = function(formula.node, asked)(env)
        if isinstance(result, Decimal) and "decimals" in case:
            result = to_places(result, case["decimals"])
            if not -CELL_LIMIT < result < CELL_LIMIT:
                env.notes.append("number_too_large")
                result = None
    if isinstance(result, Decimal):
        result = plain(result)
    elif isinstance(result, str):
        result = {"text": result}
    return result, env.notes


def read_case(case: dict[str, Any]) -> Formula:
    return read(case["formula"], NAMES, table="people" if "row" in case else None)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 180
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_the_trees_in_the_table_are_the_parser_s() -> None:
    written = json.loads(json.dumps(DATA))
    for case in written["cases"]:
        if "error" not in case:
            case["tree"] = to_json(read_case(case).node)
    text = json.dumps(written, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("JICENG_WRITE_SAMPLES"):
        TABLE.write_text(text, "utf-8")
    assert TABLE.read_text("utf-8") == text


@pytest.mark.parametrize("case", [c for c in CASES if "error" not in c], ids=lambda c: c["name"])
def test_result(case: dict[str, Any]) -> None:
    result, notes = compute(case, read_case(case))
    assert (result, list(dict.fromkeys(notes))) == (case["result"], case.get("notes", []))


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c], ids=lambda c: c["name"])
def test_error(case: dict[str, Any]) -> None:
    with pytest.raises(FormulaError) as caught:
        read_case(case)
    assert {"code": caught.value.code, "start": caught.value.start} == case["error"]
    assert "{" not in caught.value.message("zh-CN") + caught.value.message("en")


@pytest.mark.parametrize("case", [c for c in CASES if "error" not in c], ids=lambda c: c["name"])
def test_a_tree_survives_json(case: dict[str, Any]) -> None:
    node = read_case(case).node
    assert from_json(json.loads(json.dumps(to_json(node)))) == node
