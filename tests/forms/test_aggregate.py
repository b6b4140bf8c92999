"""Folds over units and over time."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from forms.aggregate import Partials, empty, finalise, leaf, merge, over_time, year_to_date
from forms.outcome import Context, Row
from tenancy.tiers import Tier
from tests.forms.samples import form

COUNTY = Context(Tier.COUNTY, date(2026, 10, 1), date(2026, 12, 31))
FX = form("fx")


def hashed(text: str) -> str:
    return f"#{text[-4:]}"


def state(**cells: str | None) -> Partials:
    return leaf(FX, cells, {}, hashed)


cell = st.none() | st.decimals(-(10**18), 10**18, places=4).map(lambda d: format(d, "f"))
weight = st.none() | st.integers(0, 10**18).map(str)
people = st.lists(st.sampled_from(["1", "2", "3", "4"]), max_size=3)


@st.composite
def submissions(draw: st.DrawFn) -> Partials:
    cells = {code: draw(cell) for code in ("cost", "held", "age", "best", "worst", "score", "done")}
    rows = {"people": [Row(str(n), {"no": no}) for n, no in enumerate(draw(people))]}
    return leaf(FX, {**cells, "kids": draw(weight)}, rows, hashed)


class TestMerge:
    @given(submissions(), submissions())
    def test_commutes(self, a: Partials, b: Partials) -> None:
        assert merge([a, b]) == merge([b, a])

    @given(submissions(), submissions(), submissions())
    def test_associates(self, a: Partials, b: Partials, c: Partials) -> None:
        assert merge([merge([a, b]), c]) == merge([a, merge([b, c])]) == merge([a, b, c])

    @given(submissions())
    def test_of_nothing_changes_nothing(self, a: Partials) -> None:
        assert merge([a, empty()]) == merge([a]) == merge([merge([a])])

    @given(submissions(), submissions())
    def test_survives_json(self, a: Partials, b: Partials) -> None:
        total = merge([a, b])
        assert json.loads(json.dumps(total)) == total

    @given(st.lists(st.decimals(-(10**18), 10**18, places=2), min_size=1, max_size=20))
    def test_is_exact(self, amounts: list[Decimal]) -> None:
        total = merge(state(cost=format(amount, "f")) for amount in amounts)
        assert Decimal(total["sum"]["cost"]) == sum(amounts)

    def test_of_nothing_at_all(self) -> None:
        assert merge([]) == empty()


class TestFinalise:
    def rollup(self, *states: Partials) -> dict[str, str | None]:
        return finalise(FX, merge(states), COUNTY)

    def test_a_sum_skips_units_that_left_it_blank(self) -> None:
        assert self.rollup(state(cost="1.50"), state(cost=None), state(cost="2"))["cost"] == "3.5"

    def test_a_field_that_nobody_filled_is_blank_and_not_zero(self) -> None:
        cells = self.rollup(state(), state())
        assert cells["cost"] is None
        assert cells["score"] is None

    def test_zero_is_not_blank(self) -> None:
        assert self.rollup(state(cost="0"), state())["cost"] == "0"

    def test_a_ratio_is_recomputed_from_its_parts_never_averaged(self) -> None:
        cells = self.rollup(state(cost="100", kids="1"), state(cost="100", kids="3"))
        assert cells["each_cost"] == "50"

    def test_an_average_weighs_units_alike_and_only_those_that_filled_it(self) -> None:
        assert self.rollup(state(score="1"), state(score="2"), state(score="2"), state())["score"] == "1.67"

    def test_a_weighted_average_weighs_by_its_field(self) -> None:
        assert self.rollup(state(age="30", kids="1"), state(age="60", kids="3"), state(age="99"))["age"] == "52.5"

    def test_a_weighted_average_without_weight_is_blank(self) -> None:
        assert self.rollup(state(age="30", kids="0"))["age"] is None

    def test_least_and_greatest(self) -> None:
        cells = self.rollup(state(best="9", worst="9"), state(best="10", worst="10"))
        assert (cells["best"], cells["worst"]) == ("10", "9")

    def test_a_count_is_of_units_that_filled_it(self) -> None:
        assert self.rollup(state(done="5"), state(done="0"), state())["done"] == "2"

    def test_the_same_person_in_two_units_counts_once(self) -> None:
        one, two = ([Row("1", {"no": no}) for no in numbers] for numbers in (["id-0001", "id-0002"], ["id-0002"]))
        states = [leaf(FX, {}, {"people": rows}, hashed) for rows in (one, two)]
        assert self.rollup(*states)["heads"] == "2"

    def test_no_personal_value_is_in_a_state(self) -> None:
        written = json.dumps(leaf(FX, {}, {"people": [Row("1", {"no": "11010519491231002X", "who": "张三"})]}, hashed))
        assert "1101051949" not in written
        assert "张" not in json.loads(json.dumps(written))

    def test_a_matrix_total_is_computed_from_the_folded_parts(self) -> None:
        assert self.rollup(state(g1_in="5", g1_out="2"), state(g1_in="1", g1_out="1"))["g1_net"] == "3"

    def test_townships_own_figures_add_to_those_of_villages(self) -> None:
        own, village = state(only_above="7", kids="1"), state(kids="2")
        assert self.rollup(own, village)["both"] == "10"

    def test_a_rollup_at_a_village_tier_has_no_fields_of_townships(self) -> None:
        village = Context(Tier.VILLAGE, date(2026, 10, 1), date(2026, 12, 31))
        assert "only_above" not in finalise(FX, merge([state(kids="1")]), village)

    def test_in_steps_or_at_once(self) -> None:
        villages = [state(cost=str(n), kids=str(n), age=str(n), score=str(n)) for n in range(1, 40)]
        townships = [merge(villages[:10]), merge(villages[10:25]), merge(villages[25:])]
        assert self.rollup(*townships) == self.rollup(*villages)


class TestOverTime:
    Q1 = {"kids": "2", "held": "10", "cost": "100", "each_cost": "50", "score": "1", "opening": "9"}  # noqa: RUF012
    Q2 = {"kids": "3", "held": "12", "cost": "20", "each_cost": "6.67", "score": "2", "opening": "10"}  # noqa: RUF012

    def test_flows_add_up_and_stocks_take_their_last_value(self) -> None:
        figures = over_time(FX, [self.Q1, self.Q2])
        assert (figures.cells["kids"], figures.cells["held"]) == ("5", "12")

    def test_a_ratio_is_recomputed(self) -> None:
        assert over_time(FX, [self.Q1, self.Q2]).cells["each_cost"] == "24"

    def test_an_average_over_time(self) -> None:
        assert over_time(FX, [self.Q1, self.Q2]).cells["score"] == "1.5"

    def test_what_does_not_aggregate_is_absent(self) -> None:
        assert "opening" not in over_time(FX, [self.Q1, self.Q2]).cells

    def test_periods_without_figures_are_told(self) -> None:
        figures = over_time(FX, [self.Q1, None, self.Q2, None])
        assert (figures.included, figures.periods) == (2, 4)
        assert figures.cells["held"] == "12"

    def test_blank_periods_are_skipped(self) -> None:
        assert over_time(FX, [self.Q1, {"kids": None, "held": None}]).cells == {
            "kids": "2", "held": "10", "cost": "100", "each_cost": "50", "score": "1",
        }  # fmt: skip

    def test_a_year_to_date_of_a_stock_does_not_exist(self) -> None:
        figures = year_to_date(FX, [self.Q1, self.Q2])
        assert figures.cells == {"kids": "5", "cost": "120", "each_cost": "24"}

    def test_nor_of_a_ratio_of_stocks(self) -> None:
        f2 = form("f2")
        quarter = {"zd": "10", "zl": "9", "zlv": "90", "z_fx": "1"}
        assert year_to_date(f2, [quarter]).cells == {"z_fx": "1"}
        assert over_time(f2, [quarter]).cells["zlv"] == "90"
