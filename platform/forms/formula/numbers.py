"""Exact numbers: one fixed-point arithmetic, the same in Python and in the browser.

Every value has at most 20 decimals and is smaller than 10^40. Sums and differences are exact; products and quotients
are rounded half up at the 20th decimal, which is work precision, far below what any field stores. What would be larger
is blank, with a note. So a hostile formula can't make a number grow, and both evaluators agree to the last digit.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

PLACES = 20
LIMIT = Decimal(10) ** 40
#: Digits before the point that a cell may hold.
CELL_DIGITS = 18
CELL_LIMIT = Decimal(10) ** CELL_DIGITS

#: Wide enough for any product of two values; rounding down keeps a later rounding half up at a nearer place correct.
WORK = Context(prec=130, rounding=ROUND_DOWN, traps=[InvalidOperation, DivisionByZero, Overflow])

_UNITS = [Decimal(1).scaleb(-places) for places in range(PLACES + 1)]
_WORK_UNIT = _UNITS[PLACES]


def to_places(value: Decimal, places: int) -> Decimal:
    """Rounded half up (away from zero). Must run under `WORK`."""
    return value.quantize(_UNITS[places], ROUND_HALF_UP)


def product(left: Decimal, right: Decimal) -> Decimal:
    return (left * right).quantize(_WORK_UNIT, ROUND_HALF_UP)


def quotient(left: Decimal, right: Decimal) -> Decimal:
    """Refuses a zero divisor with DivisionByZero or InvalidOperation; callers ask first."""
    return (left / right).quantize(_WORK_UNIT, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Plain notation without trailing zeros: the one way that a number is written in cells and JSON."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
