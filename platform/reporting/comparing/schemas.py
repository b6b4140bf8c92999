"""What comparison says over HTTP. Figures are exact decimal text; a blank one has no key."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from reporting.schemas import FormBrief, PeriodOut, UnitBrief

Figures = dict[str, str]

#: Characters that a document can hold.
PRINTED = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"
Heading = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=PRINTED)]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=PRINTED)]


class UnitNote(BaseModel):
    """Why a unit's past is not what it seems: it moved, was merged, or was split (move, merge, split)."""

    kind: str
    on: date
    units_before: list[str]
    units_after: list[str]


class ChangeOut(BaseModel):
    """增减、增减%: blank where either figure is; ratios have no percentage."""

    by: Figures
    percent: Figures


class ComparedRow(BaseModel):
    unit: UnitBrief
    #: total, own (本级), township, village, or ended (a unit of the past without a successor).
    kind: str
    notes: list[UnitNote]
    #: None: nothing was reported. Missing is never zero.
    now: Figures | None
    previous: Figures | None
    last_year: Figures | None
    #: How many units' figures each of the three is the fold of: with some still missing a change says little.
    units_now: int
    units_previous: int
    units_last_year: int
    #: 累计 and how many periods it contains.
    year: Figures
    year_included: int
    last_year_to_date: Figures
    last_year_included: int
    since_previous: ChangeOut
    since_last_year: ChangeOut
    #: Blank unless both years contain the same number of periods.
    to_date: ChangeOut


class ComparisonOut(BaseModel):
    form: FormBrief
    period: PeriodOut
    state: str
    unit: UnitBrief
    trail: list[UnitBrief]
    previous_key: str
    last_year_key: str
    #: The periods of the year up to this one.
    year_keys: list[str]
    #: The fields that have a year to date: a stock has none.
    year_fields: list[str]
    rows: list[ComparedRow]


class SeriesRow(BaseModel):
    unit: UnitBrief
    kind: str
    notes: list[UnitNote]
    #: field → a figure a period, None where it is blank or nothing was reported.
    figures: dict[str, list[str | None]]


class PeriodsOut(BaseModel):
    form: FormBrief
    period: PeriodOut
    unit: UnitBrief
    #: Oldest first, none left out between; those before the first that was ever reported are.
    periods: list[str]
    rows: list[SeriesRow]


class SectionText(BaseModel):
    model_config = ConfigDict(extra="forbid")

    heading: Heading
    text: Text


class StatementOut(BaseModel):
    """情况说明, drafted from figures. A person edits it; nothing is kept."""

    form: FormBrief
    period: PeriodOut
    unit: UnitBrief
    title: str
    sections: list[SectionText]
    signed: str
    dated: str
    #: The fields it tells of.
    fields: list[str]


class StatementIn(BaseModel):
    """What the document is to say."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED)]
    sections: Annotated[list[SectionText], Field(max_length=20)]
    signed: Heading
    dated: Heading
