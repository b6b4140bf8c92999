"""Header cells: from the paths of neighbouring columns to the rows and spans that a printed table has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forms.definition import FixedTable, MatrixTable, PrintedColumn, RowTable
from forms.fields import FormField, Label


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One heading. `row` and `column` count from 0; `field` is set over the column that the heading names alone."""

    label: Label
    row: int
    column: int
    rows: int
    columns: int
    field: str | None


def header(columns: Sequence[tuple[str, tuple[Label, ...]]]) -> list[list[HeaderCell]]:
    """Header rows over `(code, path)` columns: equal outer levels of neighbours merge, a short path reaches down."""
    depth = max((len(path) for _, path in columns), default=0)
    rows: list[list[HeaderCell]] = [[] for _ in range(depth)]
    for level in range(depth):
        place = 0
        while place < len(columns):
            code, path = columns[place]
            if len(path) <= level:
                place += 1
                continue
            last = len(path) == level + 1
            width = 1 if last else _run(columns, place, level)
            height = depth - level if last else 1
            rows[level].append(HeaderCell(path[level], level, place, height, width, code if last else None))
            place += width
    return rows


def _run(columns: Sequence[tuple[str, tuple[Label, ...]]], start: int, level: int) -> int:
    """How many columns from `start` share the headings down to `level`, none of them ending there."""
    prefix = columns[start][1][: level + 1]
    end = start
    while end < len(columns) and columns[end][1][: level + 1] == prefix and len(columns[end][1]) > level + 1:
        end += 1
    return end - start


def field_header(fields: Sequence[FormField]) -> list[list[HeaderCell]]:
    return header([(field.code, field.path) for field in fields])


def table_header(table: FixedTable | MatrixTable | RowTable) -> list[list[HeaderCell]]:
    """The header as printed: of the fields, of the matrix's columns, or of the printed columns of a row table."""
    if isinstance(table, MatrixTable):
        return header([(column.code, (column.label,)) for column in table.columns])
    if isinstance(table, RowTable):
        return header([(printed.columns[0], printed.path) for printed in printed_columns(table)])
    return field_header(table.fields)


def printed_columns(table: RowTable) -> tuple[PrintedColumn, ...]:
    """What a row table prints: the declared columns, or all of them one by one."""
    if table.printed:
        return table.printed
    return tuple(PrintedColumn(path=(column.label,), columns=(column.code,)) for column in table.columns)
