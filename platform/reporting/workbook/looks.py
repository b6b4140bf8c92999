"""How cells look, prepared once a workbook and shared by all cells that look alike.

Building a style per cell makes a large workbook twice as slow as its bare figures; a prepared one costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

SONG: Final = "宋体"
HEI: Final = "黑体"
#: Of official titles (GB/T 9704); where it is not installed, Excel falls back to 宋体.
TITLE: Final = "方正小标宋简体"

_LINE = Side("thin", color="FF000000")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


@dataclass(frozen=True, slots=True)
class Look:
    font: str = SONG
    size: float = 10
    bold: bool = False
    color: str = "FF000000"
    fill: str | None = None
    boxed: bool = False
    horizontal: Literal["left", "center", "right"] = "center"
    vertical: Literal["top", "center", "bottom"] = "center"
    wrap: bool = False
    indent: int = 0
    number_format: str = "General"
    #: Excel shows the text as typed and never takes it for a formula.
    quoted: bool = False
    #: May be typed into on a protected sheet.
    unlocked: bool = False


PAGE_TITLE: Final = Look(TITLE, 17)
FACT: Final = Look(size=9, horizontal="left")
HEAD: Final = Look(HEI, 10, boxed=True, wrap=True)
ORDINAL: Final = Look(size=8, color="FF5B6776", boxed=True)
NAME: Final = Look(size=11, boxed=True, horizontal="left", wrap=True)
TEXT: Final = Look(size=10.5, boxed=True, horizontal="left", vertical="top", wrap=True)
FIGURE: Final = Look(size=11, boxed=True, horizontal="right")
MARK: Final = Look(boxed=True, color="FF5B6776")
NOTE: Final = Look(size=9, horizontal="left", vertical="top", wrap=True)


class Looks:
    """The style numbers of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._sheet = workbook.create_sheet("looks")
        workbook.remove(self._sheet)
        self._numbers: dict[Look, int] = {}

    def number(self, look: Look) -> int:
        found = self._numbers.get(look)
        if found is None:
            found = self._numbers[look] = self._prepare(look)
        return found

    def quoted(self, look: Look) -> int:
        return self.number(replace(look, quoted=True))

    def _prepare(self, look: Look) -> int:
        cell = WriteOnlyCell(self._sheet)
        cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.color)
        cell.alignment = Alignment(
            horizontal=look.horizontal, vertical=look.vertical, wrap_text=look.wrap, indent=look.indent
        )
        if look.fill:
            cell.fill = PatternFill("solid", start_color=look.fill)
        if look.boxed:
            cell.border = _BOX
        cell.number_format = look.number_format
        cell.quotePrefix = look.quoted
        if look.unlocked:
            cell.protection = Protection(locked=False)
        return int(cell.style_id)
