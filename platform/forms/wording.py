"""Messages about a form's cells: names put in for codes, values shown only where nobody's privacy is touched."""

from __future__ import annotations

import re

from forms.fields import Label
from forms.messages import render
from forms.outcome import Cells
from forms.plan import Plan
from forms.values import SHOWN

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(\.value)?\}")
_HIDDEN = "***"


def check_message(plan: Plan, message: Label, cells: Cells) -> Label:
    """A check's message: `{code}` becomes the cell's name, `{code.value}` what stands in it."""

    def words(text: str, locale: str) -> str:
        def put(found: re.Match[str]) -> str:
            code = found[1]
            if found[2]:
                return _shown(plan, code, cells.get(code), locale)
            return _name(plan, code, locale)

        return _PLACEHOLDER.sub(put, text)

    return Label.model_construct(zh=words(message.zh, "zh-CN"), en=words(message.en, "en"))


def sentence(plan: Plan, code: str, cell: str | None, table: str | None, params: dict[str, str | int]) -> Label:
    """One of the platform's own sentences about a cell or a row table. A personal value is not repeated in it."""

    def words(locale: str) -> str:
        named = dict(params)
        if cell is not None:
            named["cell"] = _name(plan, cell, locale)
            if "value" in named and cell in plan.personal:
                named["value"] = _HIDDEN
        if table is not None:
            title = plan.tables[table].table.title
            named["table"] = title.en if locale == "en" else title.zh
        return render(code, locale, **named)

    return Label.model_construct(zh=words("zh-CN"), en=words("en"))


def _name(plan: Plan, code: str, locale: str) -> str:
    label = plan.labels[code]
    return label.en if locale == "en" else label.zh


def _shown(plan: Plan, code: str, value: str | None, locale: str) -> str:
    if value is None:
        return render("word.blank", locale)
    if code in plan.personal:
        return _HIDDEN
    return value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
