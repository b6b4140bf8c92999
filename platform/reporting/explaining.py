"""须说明: under which key a reason is kept, what still lacks one, and what was said to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.outcome import Problem


def reason_key(problem: Problem) -> str:
    """Under which a reason for a 须说明 is kept: the check, and the row it was asked of."""
    return problem.key if problem.row is None else f"{problem.key}@{problem.row}"


def unanswered(problems: Iterable[Problem], reasons: Mapping[str, str]) -> list[Problem]:
    """What keeps figures from being handed in: errors, and warnings without a reason."""
    return [p for p in problems if p.blocking or not reasons.get(reason_key(p), "").strip()]


def explained(problems: Iterable[Problem], reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """What a revision keeps of the reasons given with it, so that they stand beside the figure wherever it goes."""
    return [
        {
            "key": reason_key(p),
            "cells": list(p.cells),
            "table": p.table,
            "row": p.row,
            "zh": p.message.zh,
            "en": p.message.en,
            "said": reasons[reason_key(p)].strip(),
        }
        for p in problems
        if not p.blocking and reasons.get(reason_key(p), "").strip()
    ]
