"""Formula text to tokens.

Full-width punctuation and digits, × ÷ ≤ ≥ ≠, Chinese quotes and 且 或 非 are read as their plain forms: they are what a
Chinese keyboard types.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from forms.formula.errors import FormulaError

#: A formula longer than this is refused before it is read.
MAX_LENGTH = 2000
#: Digits before and after the point of a number in a formula.
MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 10
MAX_TEXT = 200

Kind = Literal["number", "text", "name", "op", "end"]

#: Full-width ASCII, and what else a Chinese keyboard types; one character for one, so positions stay the author's.
_PLAIN: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(typed): plain for typed, plain in zip("×÷−、。“”　", '*/-,."" ', strict=True)
}
_WORDS = {"且": "and", "或": "or", "非": "not"}
_SAME = {"≤": "<=", "≥": ">=", "≠": "<>", "!=": "<>", "==": "="}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
      | (?P<text>"[^"]*"|'[^']*')
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<word>[且或非])
      | (?P<op><=|>=|<>|!=|==|[-+*/=<>(),:≤≥≠])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int
    end: int


def tokens(source: str) -> list[Token]:
    """All tokens, closed by one of kind `end`. Raises FormulaError at the first character that fits nowhere."""
    if len(source) > MAX_LENGTH:
        raise FormulaError("too_long", MAX_LENGTH, len(source), limit=MAX_LENGTH)
    plain = source.translate(_PLAIN)
    found: list[Token] = []
    place = 0
    while place < len(plain):
        match = _TOKEN.match(plain, place)
        if match is None:
            code = "unclosed_text" if plain[place] in "\"'" else "unknown_character"
            raise FormulaError(code, place, place + 1, character=source[place])
        start, place = match.span()
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match.group(), source, start, place))
    found.append(Token("end", "", len(plain), len(plain)))
    return found


def _token(group: str, text: str, source: str, start: int, end: int) -> Token:
    if group == "number":
        whole, _, decimals = text.partition(".")
        if len(whole) > MAX_INTEGER_DIGITS or len(decimals) > MAX_DECIMALS:
            raise FormulaError("number_too_long", start, end, digits=MAX_INTEGER_DIGITS, decimals=MAX_DECIMALS)
        return Token("number", text if whole else f"0{text}", start, end)
    if group == "text":
        inside = source[start + 1 : end - 1]  # what is quoted stays as typed, full-width characters too
        if len(inside) > MAX_TEXT:
            raise FormulaError("text_too_long", start, end, limit=MAX_TEXT)
        return Token("text", inside, start, end)
    if group == "word":
        return Token("name", _WORDS[text], start, end)
    if group == "name":
        return Token("name", text.lower(), start, end)
    return Token("op", _SAME.get(text, text), start, end)
