"""Refusals of this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.messages import render
from kit.errors import JicengError

#: Where in a definition: keys and list places from the top, ("tables", 0, "fields", 3, "formula").
Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One fault of a definition. `line` counts from 1 and is known only for text."""

    code: str
    location: Location
    params: dict[str, Any] = field(default_factory=dict)
    line: int | None = None

    def message(self, locale: str) -> str:
        words = dict(self.params)
        if locale == "en" and "detail_en" in words:
            words["detail"] = words["detail_en"]
        sentence = render(f"definition.{self.code}", locale, **words)
        if self.line is None:
            return sentence
        return f"line {self.line}: {sentence}" if locale == "en" else f"第{self.line}行：{sentence}"


class DefinitionInvalid(JicengError):
    """A form definition that can't be used. `problems` lists every fault found, not only the first."""

    code = "definition_invalid"
    status = 422
    zh = "报表定义有 {count} 处错误：{zh}"
    en = "The form definition has {count} faults: {en}"

    def __init__(self, problems: Sequence[DefinitionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            count=len(self.problems),
            zh="；".join(p.message("zh-CN") for p in self.problems),
            en="; ".join(p.message("en") for p in self.problems),
        )
