"""The sentences of formulas, cells and definitions, in both languages, from `messages.yaml`.

One table serves the server and the browser (a form's JSON carries the part that the browser needs), so that a village
reads the same words while typing as after 上报.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from forms.fields import Label

_BROWSER = ("cell", "row", "zero_report", "note", "word")
#: Parameters that may name a type of value, and are then put in words.
_TYPE_WORDS = ("wanted", "found", "left", "right")

_GROUPS: Final[dict[str, dict[str, dict[str, str]]]] = yaml.safe_load(
    (Path(__file__).parent / "messages.yaml").read_text("utf-8")
)
MESSAGES: Final = {
    f"{group}.{code}": Label.model_validate(words) for group, codes in _GROUPS.items() for code, words in codes.items()
}
#: What the browser evaluates with.
BROWSER_MESSAGES: Final = {code: label for code, label in MESSAGES.items() if code.partition(".")[0] in _BROWSER}


class _Kept(dict[str, str | int]):
    """Leaves an unknown placeholder as it is: a missing word must never hide the message."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def words(label: Label, locale: str) -> str:
    return label.en if locale == "en" else label.zh


def render(code: str, locale: str, /, **params: str | int) -> str:
    """The sentence of `code` in `zh-CN` or `en`."""
    named = {
        key: words(MESSAGES[f"type.{value}"], locale) if key in _TYPE_WORDS and f"type.{value}" in MESSAGES else value
        for key, value in params.items()
    }
    return words(MESSAGES[code], locale).format_map(_Kept(named))
