"""What the conformance table can't say: hostile formulas, exactness against fractions, limits."""

from __future__ import annotations

import time
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.formula.errors import FormulaError
from forms.formula.evaluate import Env, Value, function
from forms.formula.identity import matches, valid_id
from forms.formula.lexer import MAX_LENGTH
from forms.formula.numbers import LIMIT, WORK, plain, product, quotient, to_places
from forms.formula.parser import parse
from forms.formula.resolve import FUNCTIONS, Names, ValueType, read
from forms.messages import MESSAGES

NAMES = Names(dict.fromkeys("abcd", ValueType.NUMBER))


def value(formula: str, **cells: str) -> Value:
    with localcontext(WORK):
        found: Value = function(read(formula, NAMES).node)(Env({code: Decimal(text) for code, text in cells.items()}))
    return found


numbers = st.decimals(Decimal(-(10**18)), Decimal(10**18), places=10)


class TestNumbers:
    @given(numbers, numbers)
    def test_sums_and_differences_are_exact(self, a: Decimal, b: Decimal) -> None:
        total = value("a + b - d", a=str(a), b=str(b), d=str(a))
        assert isinstance(total, Decimal)
        assert Fraction(total) == Fraction(b)

    @given(numbers, numbers)
    def test_products_of_cells_are_exact(self, a: Decimal, b: Decimal) -> None:
        with localcontext(WORK):
            assert Fraction(product(a, b)) == Fraction(a) * Fraction(b)

    @given(numbers, numbers.filter(lambda d: d != 0), st.integers(0, 10))
    def test_quotients_are_rounded_half_up_at_the_twentieth_place(self, a: Decimal, b: Decimal, places: int) -> None:
        exact = Fraction(a) / Fraction(b)
        scaled = abs(exact) * 10**20
        expected = Fraction(int(scaled + Fraction(1, 2)), 10**20) * (1 if exact >= 0 else -1)
        with localcontext(WORK):
            assert Fraction(quotient(a, b)) == expected

    @given(numbers, st.integers(0, 10))
    def test_stored_numbers_are_rounded_half_up(self, a: Decimal, places: int) -> None:
        expected = Fraction(int(abs(Fraction(a)) * 10**places + Fraction(1, 2)), 10**places)
        with localcontext(WORK):
            assert abs(Fraction(to_places(a, places))) == expected

    @given(numbers)
    def test_plain_notation_reads_as_itself_and_has_no_loose_ends(self, a: Decimal) -> None:
        text = plain(a)
        assert Decimal(text) == a
        assert "E" not in text
        assert text != "-0"
        assert not ("." in text and text.endswith(("0", ".")))

    def test_no_number_grows_past_the_limit(self) -> None:
        big = str(LIMIT - 1)
        assert value("a * a", a=big) is None
        assert value("a + a", a=big) is None
        assert value("a / 0.0000000001", a=big) is None


class TestHostileFormulas:
    @pytest.mark.parametrize(
        "formula",
        [
            "(" * 10_000,
            "-" * 1_999 + "1",
            "not " * 400 + "true",
            "+".join("a" * 900),
            "sum(" * 300 + "a" + ")" * 300,
            "if(" * 300,
            "9" * 1_900,
            "a" * 1_900,
            "'" + "x" * 1_900 + "'",
            "1" + "*1" * 900,
            "=" * 1_900,
            "\x00",
            "a\u202e+b",
            "__import__('os')",
            "a.b",
            "a[0]",
            "{a}",
        ],
    )
    def test_are_refused_at_once(self, formula: str) -> None:
        start = time.perf_counter()
        with pytest.raises(FormulaError):
            read(formula, NAMES)
        assert time.perf_counter() - start < 0.5

    def test_the_heaviest_formula_allowed_is_quick(self) -> None:
        formula = "+".join(["a*a/b"] * 100)
        start = time.perf_counter()
        assert value(formula, a="3", b="7") is not None
        assert time.perf_counter() - start < 0.5

    @given(st.text(max_size=60))
    def test_any_text_is_a_formula_or_a_formula_error(self, formula: str) -> None:
        try:
            parse(formula)
        except FormulaError as error:
            assert 0 <= error.start <= len(formula)
            assert error.message("zh-CN")

    @given(st.text(alphabet="ab12+-*/()<>=., 且或'\":sumifcnt", max_size=40))
    def test_what_looks_like_a_formula_is_read_or_refused(self, formula: str) -> None:
        try:
            node = read(formula, NAMES).node
        except FormulaError:
            return
        with localcontext(WORK):
            function(node)(Env({"a": Decimal(1), "b": Decimal(2)}))

    def test_length_is_checked_before_anything_else(self) -> None:
        with pytest.raises(FormulaError) as caught:
            read("(" * (MAX_LENGTH + 1), NAMES)
        assert caught.value.code == "too_long"


class TestIdentityNumbers:
    WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

    @given(st.integers(110000, 659999), st.dates(), st.integers(0, 999))
    def test_exactly_one_check_character_fits(self, area: int, born: object, serial: int) -> None:
        digits = f"{area}{str(born).replace('-', '')}{serial:03d}"
        fitting = [mark for mark in "0123456789X" if valid_id(digits + mark)]
        assert len(fitting) == (1 if str(born) >= "1850" else 0)

    @given(st.integers(0, 16), st.integers(1, 9))
    def test_one_wrong_digit_is_always_found(self, place: int, shift: int) -> None:
        number = "440524188001010014"
        wrong = str((int(number[place]) + shift) % 10)
        assert not valid_id(number[:place] + wrong + number[place + 1 :])


class TestMatches:
    @given(st.text(alphabet="ab莫𡐓", max_size=12))
    def test_a_text_matches_itself_and_the_star(self, text: str) -> None:
        assert matches(text, text)
        assert matches(text, "*")
        assert matches(text, "?" * len(text))
        assert not matches(text, "?" * (len(text) + 1))

    def test_no_pattern_runs_for_long(self) -> None:
        start = time.perf_counter()
        assert not matches("a" * 20_000, "*a" * 100 + "b")
        assert time.perf_counter() - start < 2


class TestMessages:
    def test_every_sentence_has_the_same_places_in_both_languages(self) -> None:
        for code, label in MESSAGES.items():
            zh, en = ({part.split("}")[0] for part in text.split("{")[1:]} for text in (label.zh, label.en))
            assert zh == en, code

    def test_functions_have_names_that_no_field_may_take(self) -> None:
        assert {"sum", "if", "prev", "median12"} <= FUNCTIONS
