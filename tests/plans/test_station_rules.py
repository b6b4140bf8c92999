"""What the standards ask of a station: a third, five haves, under 30 veterans, what is lacking by item."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.staff.rules import Serving
from plans.station.models import HeadPost, StationStanding
from plans.station.rules import PREMISES, Facts, Money, five_haves, lacking, needs_person_only
from tenancy.tiers import Tier

PAID = Money(Decimal("60000.00"), Decimal("60000.00"), Decimal("0.01"))
TOWNSHIP = Facts(
    Tier.TOWNSHIP,
    standing=StationStanding.OWN,
    posts=2,
    militia=True,
    group=5,
    grid=1,
    premises=frozenset(PREMISES[Tier.TOWNSHIP]),
    staff=Serving(people=3, preferential=1, established=2, liaisons=1),
    money=PAID,
)
VILLAGE = Facts(
    Tier.VILLAGE,
    standing=StationStanding.OWN,
    veterans=45,
    head_post=HeadPost.BOTH,
    named=True,
    grid=2,
    premises=frozenset(PREMISES[Tier.VILLAGE]),
    staff=Serving(people=1, full_time=1),
    money=PAID,
)


def found(facts: Facts) -> list[tuple[int, str]]:
    return [(one.item, one.code) for one in lacking(facts)]


def test_nothing_is_lacking_where_all_is_there() -> None:
    assert lacking(TOWNSHIP) == []
    assert all(five_haves(TOWNSHIP).values())
    assert lacking(VILLAGE) == []
    assert lacking(Facts(Tier.COUNTY)) == []
    assert five_haves(VILLAGE) == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(TOWNSHIP, group=0), [(1, "no_group")]),
        (replace(TOWNSHIP, posts=None), [(5, "no_posts")]),
        (replace(TOWNSHIP, posts=3), [(6, "posts_open")]),
        (replace(TOWNSHIP, staff=Serving(4, 1, 0, 2, 0, 1)), [(7, "below_third")]),
        (replace(TOWNSHIP, staff=Serving(established=2, liaisons=1)), [(7, "nobody")]),
        (replace(TOWNSHIP, staff=Serving(3, 1, 0, 2)), [(8, "no_liaison")]),
        (replace(TOWNSHIP, money=Money(arrived=Decimal(5))), [(9, "no_budget")]),
        (replace(TOWNSHIP, money=Money(Decimal("1.00"), Decimal("0.99"))), [(9, "not_arrived")]),
        (replace(TOWNSHIP, premises=frozenset(range(11, 17))), [(10, "premises")]),
        (replace(TOWNSHIP, grid=0, militia=False), [(26, "no_grid"), (32, "no_militia")]),
        (replace(TOWNSHIP, standing=None, group=0), [(5, "unsaid")]),
        (replace(TOWNSHIP, standing=StationStanding.PERSON), [(5, "no_station")]),
        (replace(VILLAGE, head_post=HeadPost.OTHER), [(2, "no_head")]),
        (replace(VILLAGE, named=False), [(5, "no_person")]),
        (replace(VILLAGE, staff=Serving(people=1)), [(6, "no_full_time")]),
        (replace(VILLAGE, money=Money()), [(7, "no_budget")]),
        (replace(VILLAGE, grid=0), [(17, "no_grid")]),
        (Facts(Tier.VILLAGE), [(4, "unsaid")]),
    ],
)
def test_what_is_lacking_by_item(facts: Facts, expected: list[tuple[int, str]]) -> None:
    assert found(facts) == expected


def test_under_thirty_veterans_somebody_answerable_is_enough() -> None:
    few = Facts(Tier.VILLAGE, standing=StationStanding.PERSON, veterans=29)
    assert needs_person_only(few)
    assert found(few) == [(4, "no_person")]
    assert found(replace(few, named=True)) == []
    assert found(replace(few, named=True, veterans=None)) == [(4, "no_count")]
    thirty = replace(few, named=True, veterans=30)
    assert not needs_person_only(thirty)
    assert (4, "no_station") in found(thirty)
    assert (8, "premises") in found(thirty)


@given(st.integers(0, 500), st.integers(0, 500))
@settings(max_examples=200, deadline=None)
def test_a_third_is_exact(people: int, preferential: int) -> None:
    preferential = min(people, preferential)
    expected = None if people == 0 else Fraction(preferential, people) >= Fraction(1, 3)
    assert Serving(people=people, preferential=preferential).third is expected


def test_money_that_may_be_an_error_is_warned_of() -> None:
    assert PAID.warnings == []
    assert Money(Decimal(1), Decimal(2), Decimal(3)).warnings == ["over_budget", "overspent"]
    assert Money(spent=Decimal("0.01")).warnings == ["overspent"]
    assert not Money(Decimal(0), Decimal(0)).secured
