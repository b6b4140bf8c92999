"""A form as data: tables of fields, row tables, formulas and checks.

A definition is written in YAML (`docs/forms.md` shows how) and never changes once published. This module says what
may be written; `compiled.py` says whether it makes sense as a whole (names, formulas, cycles).

Everything a person reads is a `Label`: Chinese, with English beside it. In YAML a label may be written in one string,
`人次 | Visitors`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field as Attribute
from pydantic import StringConstraints, model_validator

from forms.fields import TIERS, Code, FieldRules, FormField, Label, Model, Source, ValueRules, fault
from tenancy.tiers import Tier


class TableBase(Model):
    code: Code
    title: Label
    notes: tuple[Label, ...] = ()


class FixedTable(TableBase):
    """Fields under a header of up to three levels. `down` puts one field a line, for a table with many fields."""

    kind: Literal["fixed"] = "fixed"
    layout: Literal["across", "down"] = "across"
    fields: Annotated[tuple[FormField, ...], Attribute(min_length=1, max_length=300)]


class MatrixRow(Model):
    code: Code
    label: Label


class MatrixColumn(FieldRules):
    """A column of a matrix; its formula may say `{row}` for the code of the row, as in `{row}_q + {row}_z`."""

    code: Code
    label: Label


class MatrixTable(TableBase):
    """Rows × columns; the cell of row `c01` and column `m` is the field `c01_m`."""

    kind: Literal["matrix"]
    #: What the rows are, over the row headings: 类别.
    corner: Label
    rows: Annotated[tuple[MatrixRow, ...], Attribute(min_length=1, max_length=200)]
    columns: Annotated[tuple[MatrixColumn, ...], Attribute(min_length=1, max_length=30)]

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        return tuple(_matrix_field(row, column) for row in self.rows for column in self.columns)


def _matrix_field(row: MatrixRow, column: MatrixColumn) -> FormField:
    rules = column.model_dump(exclude={"code", "label"})
    if column.formula:
        rules["formula"] = column.formula.replace("{row}", row.code)
    return FormField(code=f"{row.code}_{column.code}", path=(row.label, column.label), **rules)


class RowColumn(ValueRules):
    """A column of a row table; a formula here is computed row by row."""

    code: Code
    label: Label


class PrintedColumn(Model):
    """One printed column of a row table; several columns may share it (包案领导及联系方式)."""

    path: Annotated[tuple[Label, ...], Attribute(min_length=1, max_length=3)]
    columns: Annotated[tuple[Code, ...], Attribute(min_length=1)]


class CarryForward(Model):
    """Which rows the next period opens with, and which columns it opens empty."""

    where: Source
    clear: tuple[Code, ...] = ()


class RowTable(TableBase):
    """明细表: any number of rows. 序号 is printed by itself."""

    kind: Literal["rows"]
    columns: Annotated[tuple[RowColumn, ...], Attribute(min_length=1, max_length=60)]
    printed: tuple[PrintedColumn, ...] = ()
    #: Fields computed from the rows: count(dj = '高'), distinct(sfz), sum(je).
    summaries: tuple[FormField, ...] = ()
    carry_forward: CarryForward | None = None
    max_rows: Annotated[int, Attribute(ge=1, le=10000)] = 1000
    #: A submission without rows needs the zero report.
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _summaries_add_up(cls, data: Any) -> Any:
        """A summary is counted in each unit and added up; `computed` would look for rows that a rollup doesn't have."""
        if not isinstance(data, dict) or not isinstance(data.get("summaries"), list | tuple):
            return data
        filled = [{"over_units": "sum", **s} if isinstance(s, dict) else s for s in data["summaries"]]
        return {**data, "summaries": filled}

    @property
    def fields(self) -> tuple[FormField, ...]:
        return self.summaries


Table = Annotated[FixedTable | MatrixTable | RowTable, Attribute(discriminator="kind")]


class At(StrEnum):
    """Where a check is asked."""

    OWN = "own"  # a unit's own submission, 本级 included
    ROLLUP = "rollup"  # the aggregate of a unit and those below it
    ZERO_REPORT = "zero_report"  # before a zero report; the rows seen are those carried forward


class Severity(StrEnum):
    ERROR = "error"  # 须改正: blocks
    WARNING = "warning"  # 须说明: asks for a reason


class Check(Model):
    """校验公式: an expression that ought to be true.

    `for_each` repeats the check: `{x: [nv, a60], y: [qm, qm]}` takes the lists side by side and puts the codes where
    the expression and the message say `{x}` and `{y}`; a list may hold ranges such as `c01_m:c12_m`.
    A message says `{jf_rc}` for a cell's name and `{jf_rc.value}` for what stands in it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[EW][0-9]{1,3}[a-z]?$")]
    expression: Source
    message: Label
    for_each: dict[Code, tuple[str, ...]] = Attribute(default_factory=dict)
    #: The row table whose rows are checked one by one.
    table: Code | None = None
    months: tuple[Annotated[int, Attribute(ge=1, le=12)], ...] = ()
    tiers: tuple[Tier, ...] = ()
    at: tuple[At, ...]
    #: Who is told; empty means everybody.
    shown_to: tuple[Tier, ...] = ()
    #: The cells to mark; those the expression names, unless given.
    cells: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {"at": ["own"] if data.get("table") else ["own", "rollup"], **data}

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.code.startswith("E") else Severity.WARNING


class PeriodKind(StrEnum):
    TEN_DAYS = "ten_days"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"  # asked once, outside any plan: the table of a task; the period is the day it is asked


class Window(Model):
    """A monthly period that runs from a day of the month before to a day of the month: the 26th to the 25th."""

    from_day: Annotated[int, Attribute(ge=2, le=28)]
    to_day: Annotated[int, Attribute(ge=1, le=27)]

    @model_validator(mode="after")
    def _no_gap(self) -> Self:
        if self.from_day != self.to_day + 1:
            raise fault("window")
        return self


class Period(Model):
    kind: PeriodKind
    window: Window | None = None

    @model_validator(mode="after")
    def _monthly_window(self) -> Self:
        if self.window and self.kind is not PeriodKind.MONTH:
            raise fault("window_month")
        return self


class Anchor(StrEnum):
    AFTER_START = "after_start"  # n=0 is the period's first day
    BEFORE_END = "before_end"  # n=0 is the period's last day
    AFTER_END = "after_end"  # n=1 is the first day after the period


class DayRule(Model):
    """The n-th calendar or working day from an end of the period; a deadline is the end of that day, Beijing time."""

    n: Annotated[int, Attribute(ge=0, le=120)]
    day: Literal["calendar", "working"] = "calendar"
    anchor: Anchor = Anchor.AFTER_END


SIGNATURES = tuple(
    Label(zh=zh, en=en)
    for zh, en in (
        ("制表人", "Prepared by"),
        ("审核人（站长）", "Checked by (station head)"),
        ("负责人（分管领导）", "Approved by (leader in charge)"),
        ("联系电话", "Telephone"),
        ("填报时间", "Date"),
    )
)


class MoneyUnit(StrEnum):
    YUAN = "yuan"
    WAN_YUAN = "wan_yuan"  # 万元, 10,000 元


_MONEY_PRINTED_IN = {
    Tier.VILLAGE: MoneyUnit.YUAN,
    Tier.TOWNSHIP: MoneyUnit.WAN_YUAN,
    Tier.COUNTY: MoneyUnit.WAN_YUAN,
}


class FormDefinition(Model):
    """报表: what is asked of whom, how often, by when, and how it is checked and printed."""

    code: Code
    name: Label
    #: 表号, 制发机关, 依据（文号）, 有效期至: printed at top right. Past its validity no new cycle opens.
    table_no: str
    issuer: Label
    basis: Label
    valid_until: date
    #: The section that answers for the form.
    owner: Label
    period: Period
    #: Who is asked, and by when.
    due: Annotated[dict[Tier, DayRule], Attribute(min_length=1)]
    #: When a cycle opens for everybody.
    open: DayRule = DayRule(n=5, anchor=Anchor.BEFORE_END)
    #: The sentence of a zero report (零报告); without it the form has none.
    zero_report: Label | None = None
    #: How money is printed; it is typed and stored in 元 everywhere.
    money_printed_in: dict[Tier, MoneyUnit] = Attribute(default_factory=lambda: dict(_MONEY_PRINTED_IN))
    notes: tuple[Label, ...] = ()
    signatures: tuple[Label, ...] = SIGNATURES
    tables: Annotated[tuple[Table, ...], Attribute(min_length=1, max_length=40)]
    checks: tuple[Check, ...] = ()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        return tuple(t for t in TIERS if t in self.due)

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Every field in printed order: those of fixed tables, the cells of matrices, the summaries of row tables."""
        return tuple(field for table in self.tables for field in table.fields)

    @property
    def row_tables(self) -> Iterator[RowTable]:
        return (t for t in self.tables if isinstance(t, RowTable))

    def asked(self, field: FormField) -> tuple[Tier, ...]:
        """The tiers that fill a field."""
        return tuple(t for t in self.tiers if not field.tiers or t in field.tiers)
