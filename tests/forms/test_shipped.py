"""F1, F2 and F3 as officials know them: every check fires on what it is meant for, and on nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from forms.definition import Severity
from forms.outcome import Context, Evaluation, Problem, Row
from tenancy.tiers import Tier
from tests.forms.samples import form

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
FOURTH_QUARTER = (date(2026, 10, 1), date(2026, 12, 31))

F1 = {
    "jf_pc": "3", "jf_rc": "8", "jf_jt": "1", "sd_rc": "2", "zx_rc": "4", "tk_r": "1", "tk_je": "2000", "ls_rc": "1",
    "ls_je": "300", "zf_hc": "5", "zf_rc": "9", "lb_rc": "4", "ww_rc": "2", "wj_je": "600", "wp_je": "80.5",
    "xb_rc": "0", "gr_h": "1", "gh_h": "0", "px_cc": "1", "px_rc": "9", "yw_cc": "1", "yw_rc": "5", "zp_cc": "1",
    "zp_rc": "40", "yx_r": "6", "jy_r": "2", "zy_c": "1", "zy_rc": "12", "hd_cc": "1", "hd_rc": "30",
}  # fmt: skip

F2 = {
    "qc": "100", "z_fx": "3", "z_qr": "1", "z_xn": "2", "z_bd": "0", "j_sw": "1", "j_qc": "0", "j_xn": "1", "j_qt": "0",
    "ty": "90", "qt": "14", "nv": "5", "a60": "40", "dy": "30", "ldy": "2", "ld": "50", "jy_dw": "10", "jy_qy": "20",
    "jy_cy": "5", "jy_lh": "10", "sy": "3", "wy": "2", "gy": "1", "lj": "0", "kn": "4", "kn1": "2", "kn2": "1",
    "kn3": "0", "kn4": "1", "kn5": "0", "kn6": "0", "kn7": "0", "kc": "4", "kt": "1", "zd": "12", "zl": "12",
    "gy_h": "95", "gg_h": "90",
    **{f"c{n:02d}_{part}": "0" for n in range(1, 13) for part in "mzj"}, "c02_m": "104",
}  # fmt: skip

F3 = {
    "xfr": "张三", "hj": "某镇某村", "jz": None, "sfz": "11010519491231002X", "dh": None, "sq": "提高待遇",
    "zk": "稳定", "cs": "入户走访", "by": "走访两次", "ba_xm": None, "ba_dh": None, "zb_xm": "李四", "zb_dh": "138",
    "dj": "中", "zt": "在办", "hj_rq": None,
}  # fmt: skip
OTHER_ID = "440524188001010014"


def f1(context: Context | None = None, /, **changed: str | None) -> Evaluation:
    return form("f1").evaluate({**F1, **changed}, {}, context or Context(Tier.TOWNSHIP, *NOVEMBER))


def f2(context: Context | None = None, /, **changed: str | None) -> Evaluation:
    context = context or Context(Tier.VILLAGE, *FOURTH_QUARTER, first_period=True)
    return form("f2").evaluate({**F2, **changed}, {}, context)


def f3(*rows: dict[str, str | None], context: Context | None = None) -> Evaluation:
    numbered = [Row(str(n), {**F3, **changed}) for n, changed in enumerate(rows, 1)]
    return form("f3").evaluate({}, {"cases": numbered}, context or Context(Tier.VILLAGE, *NOVEMBER))


def keys(outcome: Evaluation) -> set[str]:
    return {problem.key for problem in outcome.problems}


class TestF1:
    def test_a_good_month_has_no_problem(self) -> None:
        outcome = f1()
        assert outcome.problems == ()
        assert outcome.cells["bf_je"] == "2300"
        assert outcome.cells["ww_je"] == "680.5"

    def test_a_village_is_not_asked_what_townships_do(self) -> None:
        village = Context(Tier.VILLAGE, *NOVEMBER)
        asked = {code: value for code, value in F1.items() if code[:2] not in ("tk", "yw", "zp", "yx")}
        outcome = form("f1").evaluate(asked, {}, village)
        assert outcome.problems == ()
        assert outcome.cells["bf_je"] == "300", "the total is of what the village is asked"
        assert not {"tk_r", "tk_je", "yw_cc", "yw_rc", "zp_cc", "zp_rc", "yx_r"} & outcome.cells.keys()

    def test_the_county_has_no_remarks(self) -> None:
        outcome = form("f1").evaluate(F1, {}, Context(Tier.COUNTY, *NOVEMBER))
        assert outcome.problems == ()
        assert not {"gz_ts", "kn_wt"} & outcome.cells.keys()

    @pytest.mark.parametrize(
        ("key", "changed"),
        [
            ("E1", {"jf_pc": "9", "jf_jt": "0"}),
            ("E2", {"jf_jt": "4", "jf_rc": "40"}),
            ("E3", {"jf_rc": "6"}),
            ("E4[jf_pc]", {"jf_pc": "0", "jf_jt": "0"}),
            ("E4[px_cc]", {"px_cc": "0"}),
            ("E4[yw_cc]", {"yw_rc": "0"}),
            ("E4[zp_cc]", {"zp_cc": "0"}),
            ("E4[zy_c]", {"zy_rc": "0"}),
            ("E4[hd_cc]", {"hd_cc": "0"}),
            ("E5", {"zf_hc": "10"}),
            ("E6", {"lb_rc": "10"}),
            ("E7", {"ww_rc": "10"}),
            ("E8[ww_je]", {"ww_rc": "0"}),
            ("E8[tk_je]", {"tk_r": "0"}),
            ("E8[ls_je]", {"ls_rc": "0"}),
            ("W1", {"wj_je": "0", "wp_je": "0"}),
            ("W2", {"wj_je": "9999"}),
            ("W3", {"wj_je": "0.06", "wp_je": "0"}),
            ("W4", {"sd_rc": "9"}),
            ("W5", {"yx_r": "41"}),
        ],
    )
    def test_each_check(self, key: str, changed: dict[str, str]) -> None:
        outcome = f1(None, **changed)
        assert key in keys(outcome)
        assert key not in keys(f1())
        problem = next(p for p in outcome.problems if p.key == key)
        assert problem.severity is (Severity.ERROR if key.startswith("E") else Severity.WARNING)
        assert problem.cells, "the cells to mark are known"

    def test_money_without_people_fails_when_people_is_blank(self) -> None:
        assert "E8[ww_je]" in keys(f1(ww_rc=None))

    def test_other_checks_are_skipped_when_an_operand_is_blank(self) -> None:
        assert keys(f1(jf_rc=None)) == {"cell.required:jf_rc"}

    @pytest.mark.parametrize(("month", "asks"), [(1, True), (2, True), (7, True), (8, True), (3, False), (12, False)])
    def test_visits_are_expected_round_the_festivals(self, month: int, asks: bool) -> None:
        context = Context(Tier.TOWNSHIP, date(2026, month, 1), date(2026, month, 28))
        outcome = f1(context, zf_hc="0", zf_rc="0", lb_rc="0", ww_rc="0", wj_je="0", wp_je="0")
        assert keys(outcome) == ({"W6"} if asks else set())

    @pytest.mark.parametrize(("value", "median", "told"), [("31", "10", True), ("30", "10", False), ("14", "4", True)])
    def test_far_above_the_unit_s_own_median(self, value: str, median: str, told: bool) -> None:
        context = Context(Tier.TOWNSHIP, *NOVEMBER, medians={"hd_rc": median})
        assert ("W7[hd_rc]" in keys(f1(context, hd_rc=value))) is told

    def test_far_above_a_small_median_by_little_is_nothing(self) -> None:
        context = Context(Tier.TOWNSHIP, *NOVEMBER, medians={"hd_rc": "1"})
        assert "W7[hd_rc]" not in keys(f1(context, hd_rc="10"))

    def test_messages_say_what_to_do_with_names_and_values(self) -> None:
        problem = next(p for p in f1(zf_hc="10").problems if p.key == "E5")
        assert problem.message.zh == "走访慰问·走访·人次（9）不应少于走访慰问·走访·户次（10），请核对"
        assert problem.message.en.startswith("Home visits · Visits · People (9)")


class TestF2:
    def test_a_good_quarter_has_no_problem(self) -> None:
        outcome = f2()
        assert outcome.problems == ()
        computed = {code: outcome.cells[code] for code in ("z", "j", "qm", "jy", "jyl", "zlv", "glv")}
        assert computed == {
            "z": "6", "j": "2", "qm": "104", "jy": "45", "jyl": "93.75", "zlv": "100", "glv": "94.74",
        }  # fmt: skip

    def test_a_rate_without_a_divisor_is_blank_with_a_note(self) -> None:
        outcome = f2(zd="0", zl="0")
        assert outcome.cells["zlv"] is None
        assert [(note.code, note.cell) for note in outcome.notes] == [("division_by_zero", "zlv")]

    def test_the_opening_number_is_carried_and_locked_after_the_first_period(self) -> None:
        context = Context(Tier.VILLAGE, *FOURTH_QUARTER, prev_cells={"qm": "98", "c02_m": "104"})
        outcome = f2(context, qc="100", ty="88")
        assert outcome.cells["qc"] == "98"
        assert outcome.cells["qm"] == "102"

    def test_without_an_approved_period_before_the_opening_number_is_typed(self) -> None:
        outcome = f2(Context(Tier.VILLAGE, *FOURTH_QUARTER), qc=None)
        assert "cell.required:qc" in keys(outcome)

    @pytest.mark.parametrize(
        ("key", "changed"),
        [
            ("E1", {"ty": "91"}),
            ("E2[nv]", {"nv": "105"}),
            ("E2[a60]", {"a60": "105"}),
            ("E2[dy]", {"dy": "105"}),
            ("E2[ldy]", {"ldy": "31"}),
            ("E3[c01_m]", {"c01_m": "105"}),
            ("E3[c12_m]", {"c12_m": "105"}),
            ("E4", {"c02_m": "103"}),
            ("E5", {"wy": "3"}),
            ("E6[ld]", {"ld": "91", "wy": "43"}),
            ("E6[gy]", {"gy": "46"}),
            ("E7[kn]", {"kn": "105"}),
            ("E7[kn1]", {"kn1": "5"}),
            ("E7[kn7]", {"kn7": "5"}),
            ("E7", {"kn1": "1"}),
            ("E8[kc]", {"kc": "5"}),
            ("E8[zl]", {"zl": "13"}),
            ("E8[zd]", {"zd": "105"}),
            ("E8[gg_h]", {"gg_h": "96"}),
            ("E9", {"j_sw": "200"}),
            ("W1", {"kc": "3"}),
            ("W3", {"zl": "11"}),
        ],
    )
    def test_each_check(self, key: str, changed: dict[str, str]) -> None:
        assert key in keys(f2(None, **changed))
        assert key not in keys(f2())

    @pytest.mark.parametrize("row", [f"c{n:02d}" for n in range(1, 13)])
    def test_each_class_moves_from_the_period_before(self, row: str) -> None:
        prev = {"qm": "100", **{f"c{n:02d}_m": F2[f"c{n:02d}_m"] for n in range(1, 13)}}
        context = Context(Tier.VILLAGE, *FOURTH_QUARTER, prev_cells=prev)
        assert not any(key.startswith("W2") for key in keys(f2(context)))
        assert f"W2[{row}_m]" in keys(f2(context, **{f"{row}_z": "1"}))

    @pytest.mark.parametrize(
        ("tier", "on_rollup", "told"),
        [(Tier.COUNTY, True, True), (Tier.COUNTY, False, False), (Tier.TOWNSHIP, True, False)],
    )
    def test_moves_within_the_county_balance_on_its_rollup_only(self, tier: Tier, on_rollup: bool, told: bool) -> None:
        context = Context(tier, *FOURTH_QUARTER, on_rollup=on_rollup, first_period=True)
        assert ("W4" in keys(f2(context))) is told

    def test_twelve_classes_in_order(self) -> None:
        table = form("f2").json["tables"][2]
        assert [row["label"]["zh"] for row in table["rows"]] == [
            "军队转业干部", "退役士兵", "军队离退休干部和退休士官", "军队无军籍离退休退职职工", "退伍红军老战士",
            "复员军人", "残疾军人", "伤残民兵民工", "烈士遗属", "因公牺牲军人遗属", "病故军人遗属", "现役军人家属",
        ]  # fmt: skip


class TestF3:
    def test_an_open_case_is_counted(self) -> None:
        outcome = f3({})
        assert outcome.problems == ()
        assert outcome.cells == {"zc_rs": "1", "by_xz": "1", "by_hj": "0", "gdj": "0"}

    def test_summaries(self) -> None:
        before = {"cases": [Row("1", F3)]}
        outcome = f3(
            {"zt": "已化解", "hj_rq": "2026-11-30"},
            {"sfz": OTHER_ID, "dj": "高", "ba_xm": "王五", "ba_dh": "1"},
            {"sfz": OTHER_ID, "dj": "高", "ba_xm": "王五", "ba_dh": "1"},
            context=Context(Tier.VILLAGE, *NOVEMBER, prev_cells={}, prev_rows=before),
        )
        assert outcome.cells == {"zc_rs": "2", "by_xz": "2", "by_hj": "1", "gdj": "2"}

    def rows_told(self, outcome: Evaluation, key: str) -> list[str | None]:
        return [problem.row for problem in outcome.problems if problem.key == key]

    def test_identity_numbers_are_checked(self) -> None:
        outcome = f3({"sfz": "110105194912310021"}, {"sfz": OTHER_ID}, {"sfz": "110105491231002"})
        assert self.rows_told(outcome, "E1") == ["1"]

    def test_a_person_has_one_row(self) -> None:
        outcome = f3({}, {"sfz": OTHER_ID}, {"sfz": "11010519491231002x"})
        assert self.rows_told(outcome, "E2") == ["1", "3"]

    @pytest.mark.parametrize("missing", [{"ba_dh": "1"}, {"ba_xm": "王五"}, {}])
    def test_a_high_level_needs_leader_and_telephone(self, missing: dict[str, str | None]) -> None:
        assert "E3" in keys(f3({"dj": "高", **missing}))
        assert "E3" not in keys(f3({"dj": "高", "ba_xm": "王五", "ba_dh": "1"}))

    @pytest.mark.parametrize(
        ("day", "told"), [(None, True), ("2026-10-31", True), ("2026-11-01", False), ("2026-12-01", True)]
    )
    def test_a_settled_case_was_settled_in_the_period(self, day: str | None, told: bool) -> None:
        assert ("E4" in keys(f3({"zt": "已化解", "hj_rq": day}))) is told

    def test_the_same_words_as_last_month(self) -> None:
        context = Context(Tier.VILLAGE, *NOVEMBER, prev_cells={}, prev_rows={"cases": [Row("1", F3)]})
        assert self.rows_told(f3({}, {"sfz": OTHER_ID}, context=context), "W1") == ["1"]
        assert not self.rows_told(f3({"by": "已办结手续"}, context=context), "W1")

    def test_a_person_known_elsewhere_is_told_to_those_above_only(self) -> None:
        context = Context(Tier.VILLAGE, *NOVEMBER, flags={"same_person_elsewhere": {"1": True}})
        problem = next(p for p in f3({}, context=context).problems if p.key == "W2")
        assert [tier for tier in Tier if problem.shown(tier)] == [Tier.COUNTY, Tier.TOWNSHIP]

    @pytest.mark.parametrize(("linked", "told"), [(True, False), (False, True), (None, False)])
    def test_a_high_level_has_an_urgent_matter_or_a_link(self, linked: bool | None, told: bool) -> None:
        flags = {} if linked is None else {"urgent_or_linked": {"1": linked}}
        context = Context(Tier.VILLAGE, *NOVEMBER, flags=flags)
        assert ("W3" in keys(f3({"dj": "高", "ba_xm": "王五", "ba_dh": "1"}, context=context))) is told

    def test_without_rows_only_a_zero_report_will_do(self) -> None:
        assert keys(f3()) == {"row.none:cases"}
        assert f3(context=Context(Tier.VILLAGE, *NOVEMBER, zero_report=True)).problems == ()

    def test_personal_values_never_stand_in_a_message(self) -> None:
        secret = "9" * 19
        problems: tuple[Problem, ...] = f3({"sfz": secret, "xfr": "张" * 51}).problems
        assert problems
        assert not any(secret in p.message.zh + p.message.en or "张张" in p.message.zh for p in problems)

    def test_eleven_printed_columns_under_the_customary_heading(self) -> None:
        table = form("f3").json["tables"][0]
        assert len(table["printed"]) == 11
        first = table["header"][0][0]
        assert (first["label"]["zh"], first["columns"]) == ("信访人基本情况", 5)
        assert table["printed"][9] == {
            "path": [{"zh": "包案领导及联系方式", "en": "Leader in charge and telephone"}],
            "columns": ["ba_xm", "ba_dh"],
        }
