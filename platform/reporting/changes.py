"""Revision history: what each revision changed, cell by cell, and why it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.definition import FormDefinition
from reporting import personal
from reporting.models import Revision
from workflow.models import TransitionEntry

Cells = Mapping[str, str | None]
#: table → row id → cells.
PlainRows = Mapping[str, Mapping[str, Cells]]


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after; of a row when `table` and `row` say so. Personal values are masked."""

    code: str
    before: str | None
    after: str | None
    table: str | None = None
    row: str | None = None


def changes(form: FormDefinition, before: Revision | None, after: Revision) -> list[CellChange]:
    """What a revision changed of the one before it. The first one changed nothing.

    Personal values are compared in the clear and shown behind their masks: two that look alike may have changed.
    """
    if before is None:
        return []
    found = [CellChange(code, *pair) for code, pair in _differing(before.cells, after.cells)]
    was, now = _plain(form, before), _plain(form, after)
    seen_was, seen_now = _shown(form, before), _shown(form, after)
    for table in form.row_tables:
        old, new = was.get(table.code, {}), now.get(table.code, {})
        for row in dict.fromkeys((*old, *new)):
            for code, _ in _differing(old.get(row, {}), new.get(row, {})):
                found.append(
                    CellChange(
                        code,
                        seen_was.get(table.code, {}).get(row, {}).get(code),
                        seen_now.get(table.code, {}).get(row, {}).get(code),
                        table.code,
                        row,
                    )
                )
    return found


def _differing(before: Cells, after: Cells) -> list[tuple[str, tuple[str | None, str | None]]]:
    return [
        (code, (before.get(code), after.get(code)))
        for code in dict.fromkeys((*before, *after))
        if before.get(code) != after.get(code)
    ]


def _plain(form: FormDefinition, revision: Revision) -> PlainRows:
    return _by_id(personal.unsealed(form, revision.rows))


def _shown(form: FormDefinition, revision: Revision) -> PlainRows:
    return _by_id(personal.masked(form, revision.rows))


def _by_id(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> PlainRows:
    return {table: {row["id"]: row["cells"] for row in lines} for table, lines in rows.items()}


#: Transitions whose reason is why the next revision was made.
_CAUSES = frozenset({"correct", "return", "return_through"})


def causes(history: Sequence[TransitionEntry]) -> dict[int, str]:
    """revision number → why it was made: the reason of the correction or the return that came before it. Pure."""
    found: dict[int, str] = {}
    reason = ""
    for entry in history:
        if entry.action in _CAUSES:
            reason = entry.reason
        number = entry.detail.get("revision")
        if entry.to_state == "submitted" and entry.from_state != "submitted" and number is not None:
            found[number] = reason
            reason = ""
    return found
