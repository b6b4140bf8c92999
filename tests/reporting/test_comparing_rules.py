"""What is compared with what: no database."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from forms.compiled import CompiledForm, compile_form
from forms.definition import Period
from reporting.comparing.rules import compare, keys_of, last_keys
from reporting.comparing.succession import Settled, heirs_of, row_of, settle, unchanged
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from tests.world import tiny


@pytest.fixture(scope="module")
def form() -> CompiledForm:
    return compile_form(tiny())


MONTH = Period.model_validate({"kind": "month"})
WINDOW = Period.model_validate({"kind": "month", "window": {"from_day": 26, "to_day": 25}})


class TestKeys:
    def test_a_month(self) -> None:
        keys = keys_of(MONTH, "2026-03")
        assert (keys.previous, keys.last_year) == ("2026-02", "2025-03")
        assert keys.year == ("2026-01", "2026-02", "2026-03")
        assert keys.last_year_to_date == ("2025-01", "2025-02", "2025-03")

    def test_january_begins_in_december_when_there_is_a_window(self) -> None:
        keys = keys_of(WINDOW, "2026-01")
        assert (keys.previous, keys.year) == ("2025-12", ("2026-01",))

    @pytest.mark.parametrize(
        ("kind", "key", "previous", "last_year", "of"),
        [
            ("quarter", "2026-Q1", "2025-Q4", "2025-Q1", 1),
            ("half_year", "2026-H2", "2026-H1", "2025-H2", 2),
            ("year", "2026", "2025", "2025", 1),
            ("ten_days", "2026-02-T3", "2026-02-T2", "2025-02-T3", 6),
        ],
    )
    def test_every_kind(self, kind: str, key: str, previous: str, last_year: str, of: int) -> None:
        keys = keys_of(Period.model_validate({"kind": kind}), key)
        assert (keys.previous, keys.last_year, len(keys.year)) == (previous, last_year, of)

    def test_the_last_periods(self) -> None:
        assert last_keys(MONTH, "2026-02", 4) == ["2025-11", "2025-12", "2026-01", "2026-02"]


class TestCompare:
    KEYS = keys_of(MONTH, "2026-03")

    def test_a_year_says_how_many_periods_it_holds(self, form: CompiledForm) -> None:
        found = compare(form, self.KEYS, {"2026-01": {"pc": "4", "rc": "8"}, "2026-03": {"pc": "6", "rc": "6"}})
        assert (found.year["pc"], found.year_included) == ("10", 2)

    def test_a_ratio_is_recomputed_and_a_stock_has_no_year(self, form: CompiledForm) -> None:
        months = {
            "2026-01": {"pc": "1", "rc": "9", "rt": "9", "rs": "3"},
            "2026-03": {"pc": "9", "rc": "11", "rt": "1.22", "rs": "5"},
        }
        found = compare(form, self.KEYS, months)
        assert found.year["rt"] == "2"
        assert "rs" not in found.year

    def test_change_and_its_percentage(self, form: CompiledForm) -> None:
        found = compare(form, self.KEYS, {"2026-02": {"pc": "3"}, "2026-03": {"pc": "4"}, "2025-03": {"pc": "8"}})
        assert (found.since_previous.by["pc"], found.since_previous.percent["pc"]) == ("1", "33.3")
        assert (found.since_last_year.by["pc"], found.since_last_year.percent["pc"]) == ("-4", "-50")

    def test_zero_has_no_percentage_and_a_blank_no_change(self, form: CompiledForm) -> None:
        found = compare(form, self.KEYS, {"2026-02": {"pc": "0", "rc": None}, "2026-03": {"pc": "4", "rc": "5"}})
        assert found.since_previous.by == {"pc": "4"}
        assert found.since_previous.percent == {}

    def test_a_ratio_changes_in_points(self, form: CompiledForm) -> None:
        found = compare(form, self.KEYS, {"2026-02": {"rt": "2"}, "2026-03": {"rt": "3"}})
        assert found.since_previous.by == {"rt": "1"}
        assert found.since_previous.percent == {}

    def test_nothing_reported_is_not_zero(self, form: CompiledForm) -> None:
        found = compare(form, self.KEYS, {"2026-03": {"pc": "4"}})
        assert found.previous is None
        assert found.since_previous.by == {}

    def test_years_are_compared_when_they_hold_as_many_periods(self, form: CompiledForm) -> None:
        months: dict[str, dict[str, str | None]] = {"2026-02": {"pc": "1"}, "2026-03": {"pc": "4"}}
        months |= {"2025-03": {"pc": "2"}}
        assert compare(form, self.KEYS, months).to_date.by == {}
        months |= {"2025-01": {"pc": "2"}}
        assert compare(form, self.KEYS, months).to_date.by == {"pc": "1"}


COUNTY, A, B, N, A1, A2, GONE = (uuid4() for _ in range(7))


def node(unit: UUID, tier: Tier, parent: UUID | None) -> TreeNode:
    return TreeNode(unit, tier, "x", "x", "x", parent)


#: Today: A was split (A2 went to N), B merged into A with GONE, a village of it.
TREE = Tree(
    [
        node(COUNTY, Tier.COUNTY, None),
        node(A, Tier.TOWNSHIP, COUNTY),
        node(N, Tier.TOWNSHIP, COUNTY),
        node(A1, Tier.VILLAGE, A),
        node(A2, Tier.VILLAGE, N),
    ]
)


def frozen(unit: UUID, parent: UUID | None) -> SimpleNamespace:
    return SimpleNamespace(unit_id=unit, parent_id=parent)


def changed(kind: str, on: date, before: list[UUID], after: list[UUID]) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, effective_on=on, before_ids=before, after_ids=after)


PAST = [frozen(COUNTY, None), frozen(A, COUNTY), frozen(B, COUNTY), frozen(A1, A), frozen(A2, A), frozen(GONE, B)]


class TestSuccession:
    def test_merged_units_stand_under_their_successor_s_successor(self) -> None:
        first, second = uuid4(), uuid4()
        changes = [
            changed("merge", date(2026, 5, 1), [second, A], [A]),
            changed("merge", date(2026, 3, 1), [first, second], [second]),
        ]
        heirs = heirs_of(changes)
        assert settle([frozen(first, COUNTY)], TREE, heirs) == {first: Settled(A)}

    def test_a_split_unit_goes_on_as_itself(self) -> None:
        heirs = heirs_of([changed("split", date(2026, 3, 1), [A], [A, N])])
        assert heirs == {}

    def test_a_unit_that_ended_is_shown_under_its_superior_s_successor(self) -> None:
        heirs = heirs_of([changed("merge", date(2026, 3, 1), [A, B], [A])])
        settled = settle(PAST, TREE, heirs)
        assert settled[GONE] == Settled(A, ended=True)
        assert row_of(settled[GONE], GONE, A, TREE) == (GONE, False)
        assert row_of(settled[GONE], GONE, COUNTY, TREE) == (A, False)

    def test_rows_of_a_page(self) -> None:
        assert row_of(Settled(A2), A2, COUNTY, TREE) == (N, False)
        assert row_of(Settled(A2), A2, A, TREE) is None
        assert row_of(Settled(A), A, A, TREE) == (A, True)

    def test_a_move_changes_the_tree(self) -> None:
        assert not unchanged(PAST, TREE)
        assert unchanged([frozen(COUNTY, None), frozen(A, COUNTY), frozen(A1, A)], TREE)

    def test_a_circle_of_successors_ends(self) -> None:
        one, other = uuid4(), uuid4()
        assert settle([frozen(one, None)], TREE, {one: other, other: one}) == {}
