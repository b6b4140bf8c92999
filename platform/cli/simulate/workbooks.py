"""Reading an official sheet as whoever receives it would: by its headings, its names and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

#: The marks under the headings of the first two columns; the lines begin below.
_ORDINALS = ("甲", "乙")
NOT_ASKED = "—"


class Unreadable(Exception):
    """The workbook is not what was asked for."""


@dataclass(slots=True)
class SheetLine:
    """One line of figures: by field, a number, None where blank; fields that are not asked have no key."""

    name: str
    values: dict[str, Decimal | None] = field(default_factory=dict)
    #: What stands in place of the figures: 未报.
    told: str = ""


@dataclass(slots=True)
class Official:
    """What an official workbook says."""

    lines: list[SheetLine]
    #: row table → its rows, as (unit, printed texts)
    rows: dict[str, list[tuple[str, list[str]]]]


def read_official(path: Path, definition: Mapping[str, Any], *, money_in_wan: bool) -> Official:
    """Lines and rows of a workbook; the definition says which fields it prints. Raises Unreadable."""
    book = CalamineWorkbook.from_path(str(path))
    fields = {f["code"]: f for f in definition["fields"]}
    waiting = [code for table in definition["tables"] for code in _fields_of(table) if _numeric(fields[code])]
    lines: list[SheetLine] = []
    rows: dict[str, list[tuple[str, list[str]]]] = {}
    row_tables = {table["title"]["zh"]: table for table in definition["tables"] if table["kind"] == "rows"}
    for name in book.sheet_names:
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        start, columns = _table(grid, name)
        if name in row_tables:
            rows[row_tables[name]["code"]] = _rows(grid[start:])
        elif waiting:
            codes, waiting = waiting[:columns], waiting[columns:]
            _check_headings(grid[start - 2], [fields[code] for code in codes], name)
            _lines(grid[start:], codes, fields, lines, money_in_wan)
    if waiting:
        raise Unreadable(f"{path.name} has no column for {', '.join(waiting[:5])}")
    return Official(lines, rows)


def _fields_of(table: Mapping[str, Any]) -> Sequence[str]:
    if table["kind"] == "matrix":
        return [code for row in table["cells"] for code in row]
    fields: Sequence[str] = table["summaries"] if table["kind"] == "rows" else table["fields"]
    return fields


def _numeric(field_: Mapping[str, Any]) -> bool:
    return field_["type"] in {"integer", "decimal", "money", "percent"}


def _table(grid: Sequence[Sequence[Any]], name: str) -> tuple[int, int]:
    """Where the lines begin, and how many columns of figures there are."""
    for place, row in enumerate(grid):
        if tuple(row[:2]) == _ORDINALS:
            return place + 1, sum(1 for cell in row[2:] if str(cell).strip())
    raise Unreadable(f"sheet {name} has no table")


def _check_headings(headings: Sequence[Any], fields: Sequence[Mapping[str, Any]], name: str) -> None:
    """The lowest heading names the field; one that reaches down from above leaves it blank."""
    for heading, wanted in zip(headings[2:], fields, strict=False):
        said = str(heading).split("\n")[0].strip()
        if said and said != wanted["path"][-1]["zh"]:
            raise Unreadable(f"sheet {name}: the column of {wanted['code']} is headed {said}")


def _lines(
    grid: Sequence[Sequence[Any]],
    codes: Sequence[str],
    fields: Mapping[str, Mapping[str, Any]],
    lines: list[SheetLine],
    money_in_wan: bool,
) -> None:
    """Read one sheet's lines into those of the sheets before it: the same units in the same order."""
    for place, row in enumerate(_until_blank(grid)):
        name = str(row[1])
        if place == len(lines):
            lines.append(SheetLine(name))
        line = lines[place]
        if line.name != name:
            raise Unreadable(f"line {place + 1} is {line.name} on one sheet and {name} on another")
        cells = row[2 : 2 + len(codes)]
        if isinstance(cells[0], str) and cells[0].strip() and cells[0] != NOT_ASKED:
            line.told = cells[0]
            continue
        for code, cell in zip(codes, cells, strict=True):
            if cell != NOT_ASKED:
                scale = 4 if money_in_wan and fields[code]["type"] == "money" else 0
                line.values[code] = _number(cell, scale)


def _number(cell: Any, scale: int) -> Decimal | None:
    if cell == "" or cell is None:
        return None
    return Decimal(str(cell)).scaleb(scale)


def _until_blank(grid: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Lines end at the signatures, which stand in the first column."""
    found = []
    for row in grid:
        if not str(row[1]).strip() or "：" in str(row[0]):
            break
        found.append(row)
    return found


def _rows(grid: Sequence[Sequence[Any]]) -> list[tuple[str, list[str]]]:
    return [
        (str(row[1]), [str(cell) for cell in row[2:]])
        for row in _until_blank(grid)
        if str(row[0]).strip()  # a zero report has no number
    ]
