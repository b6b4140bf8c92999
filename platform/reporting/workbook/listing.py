"""A plain list: one heading row, a line a unit, to be filtered and calculated with; as a workbook or as CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reporting.workbook.lines import Progress
from reporting.workbook.looks import FACT, FIGURE, HEAD, NAME, PAGE_TITLE, Look, Looks
from reporting.workbook.page import lines_of, row_height
from reporting.workbook.stream import Cells, StreamCell, StreamSheet

_EVERY = 200
_TITLE = replace(PAGE_TITLE, size=14, horizontal="left")
#: What a spreadsheet would take for a formula.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """`number_format` of a column of figures; None for texts."""

    heading: str
    width: float = 12
    number_format: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One list. `told` stands under the title: unit, period, which figures these are."""

    title: str
    told: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str | None]] = field(default_factory=list)


def write_listings(path: Path, listings: Sequence[Listing], progress: Progress | None = None) -> None:
    """A sheet for each list, its headings and first columns kept in sight and ready to be filtered."""
    workbook = Workbook(write_only=True)
    cells = Cells(Looks(workbook))
    total, done = sum(len(one.rows) for one in listings), 0
    for one in listings:
        sheet = StreamSheet(workbook, one.title)
        for place, column in enumerate(one.columns):
            sheet.column_dimensions[get_column_letter(place + 1)].width = column.width
        sheet.freeze_panes = "D4"
        sheet.auto_filter.ref = f"A3:{get_column_letter(len(one.columns))}{3 + max(len(one.rows), 1)}"
        sheet.write([cells.text(one.title, _TITLE)], 28)
        sheet.write([cells.text(one.told, FACT)], 18)
        sheet.write([cells.text(column.heading, HEAD) for column in one.columns], 44)
        looks = [_look(column) for column in one.columns]
        for row in one.rows:
            line = [_cell(cells, text, look, c) for text, look, c in zip(row, looks, one.columns, strict=True)]
            sheet.write(line, _height(row, one.columns))
            done += 1
            if progress is not None and done % _EVERY == 0:
                progress(done, total)
    workbook.save(path)


def _height(row: Sequence[str | None], columns: Sequence[Column]) -> float | None:
    """Room for the longest text; what fits on one line leaves the height to the program that opens it."""
    texts = [(text, c.width) for text, c in zip(row, columns, strict=True) if text and c.number_format is None]
    tallest = max((lines_of(text, width) for text, width in texts), default=1)
    return row_height(tallest) if tallest > 1 else None


def _look(column: Column) -> Look:
    return NAME if column.number_format is None else replace(FIGURE, number_format=column.number_format)


def _cell(cells: Cells, text: str | None, look: Look, column: Column) -> StreamCell:
    if text is None or text == "":
        return cells.empty(look)
    return cells.text(text, look) if column.number_format is None or not is_figure(text) else cells.number(text, look)


def is_figure(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def write_csv(path: Path, listing: Listing) -> None:
    """UTF-8 with a mark, so that Excel reads the Chinese; what would become a formula is quoted."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([_neutral(column.heading.replace("\n", "")) for column in listing.columns])
        writer.writerows([_neutral(text or "") for text in row] for row in listing.rows)


def _neutral(text: str) -> str:
    """A text that begins like a formula gets an apostrophe; a figure below zero is a figure."""
    return f"'{text}" if text.startswith(_RISKY) and not is_figure(text) else text
