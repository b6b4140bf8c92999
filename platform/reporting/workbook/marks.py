"""What is hidden in a workbook that goes out to be filled, so that it can be understood when it comes back.

Each sheet to fill has a hidden row that names its columns and a hidden column that names its rows. They move with
what is inserted or deleted, so cells are found by what they are and not by where they stand. A hidden sheet says of
which county, form, version, period and unit the workbook is, and what stood in it when it went out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kit import crypto
from reporting.workbook.book import Sheet
from reporting.workbook.errors import FileRefused

HIDDEN = "_jiceng"
ANCHOR = "@jiceng"
#: The column of the value, where a row has only one.
VALUE = "="
_FORMAT = "1"
_CONTEXT = "workbook.template"
_SEARCHED = 40


class SheetKind(StrEnum):
    FIXED = "fixed"  # a row a field
    MATRIX = "matrix"  # rows × columns
    ROWS = "rows"  # a row of a row table
    UNITS = "units"  # a row a unit, a column a field


@dataclass(frozen=True, slots=True)
class Marks:
    """Of what a workbook is. `base` is what stood in its cells when it went out."""

    kind: str
    county: str
    form: str
    version: str
    period: str
    unit: str
    base: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        told = "\0".join((_FORMAT, self.kind, self.county, self.form, self.version, self.period, self.unit))
        return crypto.keyed_hash(told, context=_CONTEXT)

    def lines(self) -> list[tuple[str, str]]:
        """What the hidden sheet says, line by line."""
        facts = [("jiceng", _FORMAT), ("kind", self.kind), ("county", self.county), ("form", self.form)]
        facts += [("version", self.version), ("period", self.period), ("unit", self.unit), ("digest", self.digest)]
        return facts + [(f"base:{code}", value) for code, value in self.base.items()]


def read_marks(sheets: Mapping[str, Sheet]) -> Marks:
    """The marks of a workbook that came back. Raises FileRefused when it has none, or somebody else's."""
    hidden = sheets.get(HIDDEN)
    if hidden is None:
        raise FileRefused("not_ours")
    facts = {hidden.text(row, 0): hidden.text(row, 1) for row in range(len(hidden.rows))}
    base = {key.removeprefix("base:"): value for key, value in facts.items() if key.startswith("base:")}
    try:
        named = {key: facts[key] for key in ("kind", "county", "form", "version", "period", "unit")}
        found = Marks(**named, base=base)
        if facts["digest"] != found.digest:
            raise FileRefused("not_ours")
    except KeyError as error:
        raise FileRefused("not_ours") from error
    return found


@dataclass(frozen=True, slots=True)
class Keyed:
    """A sheet whose cells are found by hidden keys; `row` is that of the columns' keys."""

    sheet: Sheet
    kind: SheetKind
    table: str
    row: int
    #: Key → where it stands; several places when somebody copied a row or column.
    columns: dict[str, list[int]]
    rows: list[tuple[str, int]]


def anchor(kind: SheetKind, table: str) -> str:
    """What stands where the hidden row and the hidden column meet."""
    return f"{ANCHOR}:{kind.value}:{table}"


def keyed(sheet: Sheet) -> Keyed | None:
    """The sheet's keys; None for a sheet that carries none (somebody's own notes)."""
    for row in range(min(len(sheet.rows), _SEARCHED)):
        for column in range(min(len(sheet.rows[row]), _SEARCHED)):
            told = sheet.text(row, column)
            if told.startswith(f"{ANCHOR}:"):
                _, kind, table = told.split(":", 2) if told.count(":") >= 2 else ("", "", "")
                return _keyed(sheet, kind, table, row, column) if kind in set(SheetKind) else None
    return None


def _keyed(sheet: Sheet, kind: str, table: str, row: int, column: int) -> Keyed:
    columns: dict[str, list[int]] = {}
    for at in range(column + 1, len(sheet.rows[row])):
        if key := sheet.text(row, at).strip():
            columns.setdefault(key, []).append(at)
    rows = [(sheet.text(at, column).strip(), at) for at in range(row + 1, len(sheet.rows))]
    return Keyed(sheet, SheetKind(kind), table, row, columns, rows)
