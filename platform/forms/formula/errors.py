"""What can be wrong with the text of a formula, and where."""

from __future__ import annotations

from forms.messages import render


class FormulaError(Exception):
    """A formula that can't be read. `start` and `end` count characters of the text, `code` names a message."""

    def __init__(self, code: str, start: int, end: int, **params: str | int) -> None:
        self.code = code
        self.start = start
        self.end = end
        self.params = params
        super().__init__(self.message("en"))

    def message(self, locale: str) -> str:
        """The sentence for the formula's author, in `zh-CN` or `en`, with the place counted from 1."""
        return render(f"formula.{self.code}", locale, position=self.start + 1, **self.params)
