"""Row tables of a draft, saved row by row: what a row was when read, and what it is to be. The rule is the cells'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from forms.outcome import Cells, Row
from reporting.errors import TooManyRows

#: In one table: far above any form.
MAX_ROWS = 5000


@dataclass(frozen=True, slots=True)
class RowEdit:
    """One row as a browser saw it (`base`) and as it is now (`new`); None where there was none, or is none any more."""

    table: str
    id: str
    base: Cells | None
    new: Cells | None


@dataclass(frozen=True, slots=True)
class RowConflict:
    """A row that somebody else changed, added or removed meanwhile: nothing was overwritten. `by_name` saved the draft
    last, at `at`."""

    table: str
    id: str
    base: Cells | None
    mine: Cells | None
    theirs: Cells | None
    by_name: str = ""
    at: datetime | None = None


def apply_rows(
    rows: Mapping[str, Sequence[Row]], edits: Sequence[RowEdit]
) -> tuple[dict[str, tuple[Row, ...]], list[RowConflict]]:
    """The tables with every edit whose base is what they hold, and the edits that collided. Rows keep their order; new
    ones come last. Raises TooManyRows. Pure.
    """
    tables = {table: {row.id: row.cells for row in lines} for table, lines in rows.items()}
    conflicts: list[RowConflict] = []
    for edit in edits:
        lines = tables.setdefault(edit.table, {})
        theirs = lines.get(edit.id)
        if _plain(theirs) not in (_plain(edit.base), _plain(edit.new)):
            conflicts.append(RowConflict(edit.table, edit.id, edit.base, edit.new, theirs))
        elif edit.new is None:
            lines.pop(edit.id, None)
        else:
            lines[edit.id] = edit.new
    if any(len(lines) > MAX_ROWS for lines in tables.values()):
        raise TooManyRows(limit=MAX_ROWS)
    return {table: tuple(Row(key, cells) for key, cells in lines.items()) for table, lines in tables.items()}, conflicts


def _plain(cells: Cells | None) -> Cells | None:
    """A blank cell is one that isn't there."""
    return None if cells is None else {code: value for code, value in cells.items() if value}
