"""What a workbook is made from: plain data, no database and no Excel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from forms.definition import MoneyUnit
from forms.outcome import Cells

Progress = Callable[[int, int], None]


class LineKind(StrEnum):
    TOTAL = "total"  # 合计
    SUBTOTAL = "subtotal"  # a township's rollup
    OWN = "own"  # 本级
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of figures. Lines are printed in the order given: totals on top or at the bottom as is customary.

    `cells` None means that nothing was reported; `remark` then says why (未报 by default). A field without a key was
    not asked; None is blank.
    """

    name: str
    cells: Cells | None
    kind: LineKind = LineKind.UNIT
    remark: str = ""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of a row table with its unit. Personal values come masked unless the reader may see them."""

    unit: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Mark:
    """第 n 次上报, and the address that tells whether it is still current; empty where the platform's is unknown."""

    number: int
    address: str


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands round the table. `signatures` are (制表人, name) pairs in order; an empty name is to be signed."""

    unit: str
    period: str
    money: MoneyUnit = MoneyUnit.YUAN
    #: 已审, 含待审: which figures these are.
    status: str = ""
    signatures: Sequence[tuple[str, str]] = ()
    #: Which revision the figures are, where they are one's.
    mark: Mark | None = None
