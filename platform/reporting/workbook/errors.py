"""Refusals of files, and what is told of a cell, in the words of `messages.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from forms.fields import Label
from kit.errors import Invalid

_MESSAGES: Final[dict[str, dict[str, str]]] = yaml.safe_load(
    (Path(__file__).parent / "messages.yaml").read_text("utf-8")
)


def told(code: str, **params: str | int) -> Label:
    """The sentence of `code` in both languages."""
    found = _MESSAGES[code]
    return Label.model_construct(zh=found["zh"].format(**params), en=found["en"].format(**params))


class FileRefused(Invalid):
    """A file that can't be read, or won't be."""

    code = "file_refused"
    zh = "文件不能使用：{problem}。"
    en = "The file can't be used: {problem_en}."

    def __init__(self, why: str, **params: str | int) -> None:
        sentence = told(why, **params)
        super().__init__(why=why, problem=sentence.zh, problem_en=sentence.en)
