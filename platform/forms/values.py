"""What people type, to what is stored: one canonical text for each value, or a sentence saying what to change.

Full-width digits, thousands separators and the usual ways to write a date are understood; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from forms.fields import FieldType, ValueRules
from forms.formula.evaluate import Value
from forms.formula.numbers import CELL_DIGITS, plain

#: Longest part of a wrong value that a message repeats.
SHOWN = 30
YES, NO = "是", "否"

_BLANKS = " \t\r\n\u3000\u00a0\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]+))?")
_DATE = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("−"): ord("-"), ord("。"): ord(".")}
_TRUTH = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}


class ValueFault(Exception):
    """A typed value that can't be stored; `code` names a message."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


Typed = tuple[str | None, Value]
Reader = Callable[[str | None], Typed]

_NOTHING: Typed = (None, None)


def reader(rules: ValueRules) -> Reader:
    """A function from typed text to (stored text, value for formulas). It raises ValueFault; blank is (None, None)."""
    if rules.numeric:
        return _number_reader(rules)
    read = _READERS.get(rules.type, _text)

    def typed(raw: str | None) -> Typed:
        text = raw.strip(_BLANKS) if raw else ""
        return read(rules, text) if text else _NOTHING

    return typed


def stored_value(rules: ValueRules, stored: str | None) -> Value:
    """The value of a cell that was stored before, and so was checked then."""
    if stored is None:
        return None
    if rules.numeric:
        return Decimal(stored)
    return stored == YES if rules.type is FieldType.YES_NO else stored


def stored_text(value: Value) -> str | None:
    """How a computed value is stored; numbers must be rounded before."""
    if isinstance(value, bool):
        return YES if value else NO
    return plain(value) if isinstance(value, Decimal) else value


def _number_reader(rules: ValueRules) -> Reader:
    decimals, negative, percent = rules.decimals, rules.negative, rules.type is FieldType.PERCENT

    def typed(raw: str | None) -> Typed:
        if raw is None:
            return _NOTHING
        if raw.isascii() and raw.isdigit() and len(raw) <= 15:  # what nearly everybody types
            value = Decimal(raw)
            return str(value), value
        text = raw.strip(_BLANKS)
        if not text:
            return _NOTHING
        plain_text = text.translate(_PLAIN)
        if percent:
            plain_text = plain_text.removesuffix("%")
        found = _NUMBER.fullmatch(plain_text) if len(plain_text) <= 100 else None
        if found is None or not (found[2] or found[3]):
            raise ValueFault("not_a_number", value=text[:SHOWN])
        sign, whole, part = found[1], found[2].replace(",", "").lstrip("0"), (found[3] or "").rstrip("0")
        if len(whole) > CELL_DIGITS:
            raise ValueFault("number_too_large", digits=CELL_DIGITS)
        if len(part) > decimals:
            code = "too_many_decimals" if decimals else "not_an_integer"
            raise ValueFault(code, value=text[:SHOWN], decimals=decimals)
        magnitude = f"{whole or '0'}.{part}" if part else whole or "0"
        if sign != "-" or magnitude == "0":
            return magnitude, Decimal(magnitude)
        if not negative:
            raise ValueFault("negative", value=text[:SHOWN])
        return f"-{magnitude}", Decimal(f"-{magnitude}")

    return typed


def _text(rules: ValueRules, text: str) -> Typed:
    if len(text) > rules.max_length:
        raise ValueFault("text_too_long", length=len(text), limit=rules.max_length)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text):
        raise ValueFault("bad_character")
    return text, text


def _code(rules: ValueRules, text: str) -> Typed:
    """Identity and telephone numbers: plain characters, capital X, no blanks inside."""
    return _text(rules, re.sub(r"[ \t\u3000]", "", text.translate(_PLAIN)).upper())


def _date(_: ValueRules, text: str) -> Typed:
    found = _DATE.fullmatch(text.translate(_PLAIN))
    try:
        if found is None:
            raise ValueError
        day = date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
        if not 1900 <= day.year <= 2100:
            raise ValueError
    except ValueError:
        raise ValueFault("not_a_date", value=text[:SHOWN]) from None
    return day.isoformat(), day.isoformat()


def _choice(rules: ValueRules, text: str) -> Typed:
    if all(choice.value != text for choice in rules.choices):
        raise ValueFault("not_a_choice", value=text[:SHOWN])
    return text, text


def _yes_no(_: ValueRules, text: str) -> Typed:
    truth = _TRUTH.get(text.lower())
    if truth is None:
        raise ValueFault("not_a_choice", value=text[:SHOWN])
    return (YES if truth else NO), truth


_READERS: dict[FieldType, Callable[[ValueRules, str], Typed]] = {
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.IDENTITY: _code,
    FieldType.PHONE: _code,
}
