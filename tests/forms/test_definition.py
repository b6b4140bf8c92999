"""Reading definitions: what is refused, and how the author learns where."""

from __future__ import annotations

import re

import pytest
import yaml

from forms.definition import FixedTable, FormDefinition
from forms.errors import DefinitionInvalid
from forms.fields import FormField, Label, OverTime, OverUnits
from forms.loading import MAX_BYTES, load_definition, load_form

HEAD = """\
code: t
name: 试验 | Test
table_no: "1"
issuer: 某局
basis: 某文
valid_until: 2030-12-31
owner: 某股
period: {kind: month}
due: {village: {n: 3}}
"""


def text(fields: str = "- {code: a, path: [甲]}", rest: str = "") -> str:
    lines = "\n".join(f"      {line}" for line in fields.splitlines())
    return f"{HEAD}tables:\n  - code: main\n    kind: fixed\n    title: 表\n    fields:\n{lines}\n{rest}"


def faults(source: str) -> list[tuple[str, int | None]]:
    with pytest.raises(DefinitionInvalid) as caught:
        load_form(source)
    for problem in caught.value.problems:
        words = problem.message("zh-CN") + problem.message("en")
        assert not re.search(r"\{(code|name|codes|detail|where|tier|limit|key)\}", words)
    return [(problem.code, problem.line) for problem in caught.value.problems]


def field(**attributes: object) -> FormField:
    definition = yaml.safe_load(text())
    definition["tables"][0]["fields"] = [{"code": "a", "path": ["甲"], **attributes}]
    table = FormDefinition.model_validate(definition).tables[0]
    assert isinstance(table, FixedTable)
    return table.fields[0]


class TestDefaults:
    def test_a_label_in_one_string(self) -> None:
        assert Label.model_validate("人次 | Visitors") == Label(zh="人次", en="Visitors")
        assert Label.model_validate("人次").en == "人次"

    @pytest.mark.parametrize(
        ("attributes", "expected"),
        [
            ({}, (OverUnits.SUM, OverTime.SUM)),
            ({"measure": "stock"}, (OverUnits.SUM, OverTime.LAST)),
            ({"formula": "1"}, (OverUnits.COMPUTED, OverTime.SUM)),
            ({"type": "percent", "measure": "ratio", "formula": "1"}, (OverUnits.COMPUTED, OverTime.COMPUTED)),
            ({"type": "text"}, (OverUnits.LIST, OverTime.NONE)),
        ],
    )
    def test_a_field_aggregates_as_its_measure_says(
        self, attributes: dict[str, object], expected: tuple[OverUnits, OverTime]
    ) -> None:
        made = field(**attributes)
        assert (made.over_units, made.over_time) == expected

    def test_a_field_may_be_called_no(self) -> None:
        assert load_form(text("- {code: no, path: [序号]}")).definition.fields[0].code == "no"


class TestRefusedShapes:
    @pytest.mark.parametrize(
        "attributes",
        [
            {"measure": "text"},
            {"type": "text", "measure": "flow"},
            {"measure": "stock", "over_time": "sum"},
            {"measure": "ratio"},
            {"over_units": "weighted_average"},
            {"over_units": "computed"},
            {"weight": "b"},
            {"type": "choice"},
            {"choices": ["甲"]},
            {"decimals": 2},
            {"typed_in_first_period": True},
            {"code": "A"},
            {"path": []},
            {"path": ["一", "二", "三", "四"]},
            {"tiers": ["city"]},
            {"unknown_attribute": 1},
        ],
    )
    def test_a_field(self, attributes: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="validation error"):
            field(**attributes)

    def test_a_window_without_gap_or_overlap(self) -> None:
        source = text().replace("{kind: month}", "{kind: month, window: {from_day: 26, to_day: 24}}")
        assert faults(source) == [("schema", 8)]

    def test_only_a_month_has_a_window(self) -> None:
        source = text().replace("{kind: month}", "{kind: quarter, window: {from_day: 26, to_day: 25}}")
        assert faults(source) == [("schema", 8)]


class TestEveryFaultIsToldWithItsLine:
    def test_shape(self) -> None:
        assert faults(text("- {code: a, path: [甲], type: nummer}\n- {code: b, path: [乙], decimals: many}")) == [
            ("schema", 15),
            ("schema", 16),
        ]

    def test_meaning(self) -> None:
        fields = """\
- {code: a, path: [甲], formula: b + zzz}
- {code: b, path: [乙], formula: c + 1}
- {code: c, path: [丙], formula: b + 1}
- {code: main, path: [丁]}
- {code: sum, path: [戊]}
- {code: e, path: [己], tiers: [county]}"""
        checks = (
            "checks:\n  - {code: E1, expression: a < , message: 错}\n  - {code: E2, expression: a + b, message: 错}\n"
        )
        assert sorted(faults(text(fields, checks))) == [
            ("bad_formula", 15),
            ("bad_formula", 22),
            ("bad_formula", 23),
            ("cycle", 16),
            ("duplicate_code", 18),
            ("reserved_code", 19),
            ("tier_not_asked", 20),
        ]

    @pytest.mark.parametrize(
        ("check", "code"),
        [
            ("{code: E1, expression: a > 0, message: '{zzz}太大'}", "placeholder"),
            ("{code: E1, expression: a > 0, message: 错, cells: [zzz]}", "unknown_field"),
            ("{code: E1, expression: a > 0, message: 错, table: zzz}", "unknown_table"),
            ("{code: E1, expression: '{x} > 0', message: 错, for_each: {x: [a, a], y: [a, a, a]}}", "bad_each"),
            ("{code: E1, expression: '{x} > 0', message: 错, for_each: {x: ['a:zzz']}}", "unknown_field"),
            ("{code: E1, expression: '{x} > 0', message: 错, for_each: {x: [a, a]}}", "duplicate_code"),
            ("{code: X1, expression: a > 0, message: 错}", "schema"),
        ],
    )
    def test_checks(self, check: str, code: str) -> None:
        assert faults(text(rest=f"checks:\n  - {check}\n")) == [(code, 17)]

    def test_row_tables(self) -> None:
        rest = """\
  - code: list
    kind: rows
    title: 表
    columns: [{code: who, label: 姓名, type: text}]
    printed: [{path: [姓名], columns: [whom]}]
    carry_forward: {where: who = '', clear: [whom]}
    summaries:
      - {code: n, path: [数]}
      - {code: d, path: [人], formula: distinct(who)}
      - {code: s, path: [人], over_units: distinct, formula: count(who)}
      - {code: r, path: [人], over_units: computed, formula: count(who)}
"""
        assert sorted(faults(text(rest=rest))) == [
            ("distinct", 24),
            ("distinct", 25),
            ("rows_do_not_fold", 26),
            ("summary_of_rows", 23),
            ("unknown_column", 20),
            ("unknown_column", 21),
        ]

    def test_a_formula_s_fault_says_the_character(self) -> None:
        with pytest.raises(DefinitionInvalid) as caught:
            load_form(text("- {code: a, path: [甲], formula: 1 + zzz}"))
        assert caught.value.message("zh-CN") == (
            "报表定义有 1 处错误：第15行：a 的公式有误：第5个字符处：没有代码为 zzz 的填报项"
        )
        assert "line 15" in caught.value.message("en")


class TestHostileText:
    @pytest.mark.parametrize(
        ("source", "code"),
        [
            ("", "schema"),
            ("- a\n- b", "schema"),
            ("a: [1", "not_yaml"),
            ("a: 1\na: 2", "duplicate_key"),
            ("a: &x [1]\nb: *x", "alias"),
            ("[" * 5000, "not_yaml"),
            ("a: !!python/object/apply:os.system [ls]", "not_yaml"),
            ("a: " + "9" * 5000, "not_yaml"),
            ("? [a]\n: 1", "not_yaml"),
            ("\x00", "not_yaml"),
            ("a: 2026-99-99", "not_yaml"),
        ],
    )
    def test_is_refused_in_words(self, source: str, code: str) -> None:
        with pytest.raises(DefinitionInvalid) as caught:
            load_definition(source)
        assert caught.value.problems[0].code == code

    def test_a_file_that_is_too_large(self) -> None:
        with pytest.raises(DefinitionInvalid) as caught:
            load_definition("#" * (MAX_BYTES + 1))
        assert caught.value.problems[0].code == "too_large"
