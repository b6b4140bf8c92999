"""A register as an official sheet (台账、名单): title, facts, repeated headings, boxed lines, signatures."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from openpyxl import Workbook

from reporting.workbook.looks import FIGURE, HEAD, NAME, ORDINAL, PAGE_TITLE, Look, Looks
from reporting.workbook.page import LINE_HEIGHT, lines_of, row_height, segments, set_up, side_by_side
from reporting.workbook.stream import Cells, StreamSheet

_ORDINAL = replace(ORDINAL, size=10)
_NAME = replace(NAME, size=10.5)


@dataclass(frozen=True, slots=True)
class RollColumn:
    """`width` in characters; a column of figures stands at the right."""

    heading: str
    width: float = 12
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Roll:
    """One register. `facts` stand above the table, `signatures` below it; an empty name is to be signed."""

    title: str
    facts: Sequence[str]
    columns: Sequence[RollColumn]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    signatures: Sequence[tuple[str, str]] = ()


async def make_roll(roll: Roll) -> bytes:
    """The workbook, made beside the event loop."""
    return await asyncio.to_thread(_write, roll)


def _write(roll: Roll) -> bytes:
    workbook = Workbook(write_only=True)
    cells = Cells(Looks(workbook))
    sheet = StreamSheet(workbook, roll.title)
    page = set_up(sheet, [6.0, *(column.width for column in roll.columns)])
    count = len(page.widths)
    title = sheet.write([cells.text(roll.title if place == 0 else "", PAGE_TITLE) for place in range(count)], 32)
    sheet.merge(title, 1, 1, count)
    segments(sheet, cells, side_by_side(roll.facts, page.widths), page)
    texts = ["序号", *(column.heading for column in roll.columns)]
    tallest = max(lines_of(text, width) for text, width in zip(texts, page.widths, strict=True))
    head = sheet.write([cells.text(text, HEAD) for text in texts], tallest * LINE_HEIGHT + 8)
    sheet.print_title_rows = f"{head}:{head}"
    looks: list[Look] = [FIGURE if column.figure else _NAME for column in roll.columns]
    for number, row in enumerate(roll.rows, 1):
        line = [cells.text(str(number), _ORDINAL)]
        for text, look, column in zip(row, looks, roll.columns, strict=True):
            line.append(cells.number(text, look) if column.figure and text else cells.text(text, look))
        tall = max((lines_of(text, width) for text, width in zip(row, page.widths[1:], strict=True)), default=1)
        sheet.write(line, row_height(tall))
    if roll.signatures:
        named = [f"{title}：{name}" for title, name in roll.signatures]
        segments(sheet, cells, side_by_side(named, page.widths), page, 28)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
