"""Rows carried forward, and the zero report."""

from __future__ import annotations

from datetime import date

from forms.outcome import Context, Row
from tenancy.tiers import Tier
from tests.forms.samples import form

CASE = {"xfr": "张三", "sfz": "11010519491231002X", "by": "走访两次", "zt": "在办", "dj": "高"}
PERIOD = (date(2026, 11, 1), date(2026, 11, 30))


class TestCarryForward:
    def test_open_rows_open_the_next_period_with_the_work_cleared(self) -> None:
        rows = [Row("a", CASE), Row("b", {**CASE, "zt": "已化解"}), Row("c", {**CASE, "zt": "已移交"})]
        carried = form("f3").carry_forward({"cases": rows})["cases"]
        assert [row.id for row in carried] == ["a"]
        assert carried[0].cells["by"] is None
        assert {code: carried[0].cells[code] for code in ("xfr", "sfz", "zt", "dj")} == {
            "xfr": "张三", "sfz": "11010519491231002X", "zt": "在办", "dj": "高",
        }  # fmt: skip

    def test_a_row_that_does_not_say_whether_it_is_open_is_carried(self) -> None:
        assert [row.id for row in form("f3").carry_forward({"cases": [Row("a", {})]})["cases"]] == ["a"]

    def test_nothing_before_carries_nothing(self) -> None:
        assert form("f3").carry_forward({}) == {"cases": ()}


class TestZeroReport:
    def test_of_a_row_table_is_empty(self) -> None:
        report = form("f3").zero_report(Context(Tier.VILLAGE, *PERIOD))
        assert report.refusals == ()
        outcome = form("f3").evaluate(report.cells, {}, Context(Tier.VILLAGE, *PERIOD, zero_report=True))
        assert outcome.problems == ()
        assert outcome.cells == {"zc_rs": "0", "by_xz": "0", "by_hj": "0", "gdj": "0"}

    def test_is_refused_while_carried_rows_are_open(self) -> None:
        context = Context(Tier.VILLAGE, *PERIOD, prev_cells={}, prev_rows={"cases": [Row("a", CASE)]})
        assert [problem.key for problem in form("f3").zero_report(context).refusals] == ["E5"]

    def test_is_allowed_once_they_are_settled(self) -> None:
        settled = Row("a", {**CASE, "zt": "已化解"})
        context = Context(Tier.VILLAGE, *PERIOD, prev_cells={}, prev_rows={"cases": [settled]})
        assert form("f3").zero_report(context).refusals == ()

    def test_stores_zeros_in_flows_and_carries_stocks(self) -> None:
        context = Context(Tier.VILLAGE, *PERIOD, prev_cells={"held": "5", "best": "9.5"})
        cells = form("fx").zero_report(context).cells
        assert (cells["kids"], cells["cost"], cells["g2_out"]) == ("0", "0", "0")
        assert (cells["held"], cells["best"], cells["age"]) == ("5", "9.5", None)
        assert (cells["said"], cells["day"]) == (None, None)
        assert not {"each_cost", "both", "opening", "only_above"} & cells.keys(), "computed, or not asked"

    def test_needs_a_stock_that_was_reported_before(self) -> None:
        context = Context(Tier.VILLAGE, *PERIOD, first_period=True)
        report = form("fx").zero_report(context)
        outcome = form("fx").evaluate(report.cells, {}, context)
        assert "cell.required:held" in {problem.key for problem in outcome.problems}

    def test_is_refused_by_a_form_that_has_none(self) -> None:
        report = form("f1").zero_report(Context(Tier.VILLAGE, *PERIOD))
        assert [problem.code for problem in report.refusals] == ["zero_report.none"]
        assert report.cells == {}
