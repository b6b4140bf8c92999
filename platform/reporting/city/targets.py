"""What goes into a cell of the city's workbook: data that is kept with it, and checked against form and file. Pure."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

Basis = Literal["reported", "live"]
Span = Literal["period", "year", "previous", "last_year"]
Ref = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,3}$")]
Column = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]
SheetName = Annotated[str, StringConstraints(min_length=1, max_length=31)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
MOST_TARGETS = 2000
_MOST_COLUMNS = 200
_COLUMN = re.compile(r"[A-Z]{1,2}")


class _Target(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: SheetName


class Source(BaseModel):
    """A figure of a form. `label` is the field's name when it was mapped: another name later is not the same figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Code
    label: str = Field(default="", max_length=1000)
    #: Money in 万元 instead of 元.
    wan: bool = False


class FigureTarget(_Target):
    """One figure of one unit; the county's where none is named."""

    kind: Literal["figure"]
    cell: Ref
    form_id: UUID
    basis: Basis = "reported"
    span: Span = "period"
    unit_id: UUID | None = None
    source: Source


class TextTarget(_Target):
    """The period's name, the county's name, the day of filling, or a signer's name (who fills, unless one is given)."""

    kind: Literal["period", "unit", "date", "signer"]
    cell: Ref
    text: str = Field(default="", max_length=40)


class BlockTarget(_Target):
    """A line a unit, in the tree's order, from the first row to the last. Where the names stand there already
    (`named`), each line is found by its name; else they are written."""

    kind: Literal["block"]
    first_row: int = Field(ge=1, le=9999)
    last_row: int = Field(ge=1, le=9999)
    name_column: Column
    named: bool = False
    units: Literal["township", "village"]
    form_id: UUID
    basis: Basis = "reported"
    span: Span = "period"
    columns: dict[str, Source]

    @field_validator("columns")
    @classmethod
    def _letters(cls, columns: dict[str, Source]) -> dict[str, Source]:
        if not 0 < len(columns) <= _MOST_COLUMNS or not all(_COLUMN.fullmatch(column) for column in columns):
            raise ValueError("one to 200 columns, named by letters")
        return columns


Target = Annotated[FigureTarget | TextTarget | BlockTarget, Field(discriminator="kind")]


class Targets(BaseModel):
    """Everything of one workbook."""

    model_config = ConfigDict(extra="forbid")

    targets: list[Target] = Field(max_length=MOST_TARGETS)


def places_of(target: Target) -> list[tuple[str, str]]:
    """The cells that a target writes: sheet and reference. Pure."""
    if isinstance(target, BlockTarget):
        columns = [*([] if target.named else [target.name_column]), *target.columns]
        rows = range(target.first_row, target.last_row + 1)
        return [(target.sheet, f"{column}{row}") for row in rows for column in columns]
    return [(target.sheet, target.cell)]
