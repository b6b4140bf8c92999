"""Identity numbers and wildcards: the two text tests that formulas know."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_NEW = re.compile(r"[1-9][0-9]{16}[0-9X]")
_OLD = re.compile(r"[1-9][0-9]{14}")


def valid_id(number: str) -> bool:
    """Whether this is a citizen's identity number.

    18 characters: birth date and the check character of GB 11643 (ISO 7064 MOD 11-2). 15 digits, as issued before 1999:
    birth date only, in the 20th century; they have no check digit.
    """
    number = number.upper()
    if _OLD.fullmatch(number):
        return _is_date("19" + number[6:12])
    if not _NEW.fullmatch(number) or not _is_date(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return number[17] == _CHECK_CHARACTERS[total % 11]


def _is_date(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1850
    except ValueError:
        return False


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text fits a pattern in which `*` stands for any run of characters and `?` for one.

    Deliberately not a regular expression: staff know these two signs, and no pattern can run for long.
    """
    place, spot, star, mark = 0, 0, -1, 0
    while place < len(text):
        if spot < len(pattern) and pattern[spot] == "*":
            star, mark = spot, place
            spot += 1
        elif spot < len(pattern) and pattern[spot] in ("?", text[place]):
            place, spot = place + 1, spot + 1
        elif star >= 0:
            mark += 1
            place, spot = mark, star + 1
        else:
            return False
    return all(sign == "*" for sign in pattern[spot:])
