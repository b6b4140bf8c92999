"""A table made on the spot: a few field names, and a definition as good as if somebody had written one.

Such a form is asked once, of the tiers it is sent to, and kept with the task that asks it. One of the catalogue may be
asked once too; it keeps its name, its own kind of period and everything that makes it what it is. Pure.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms.definition import FormDefinition
from forms.fields import FieldType, Label, OverUnits
from tenancy.tiers import Tier

#: With more fields than this the official sheet has one a line.
_ACROSS = 12
_ZERO = Label(zh="经核查，无此类情况", en="Nothing of the kind")


class SpotKind(enum.StrEnum):
    """整数、小数、文字、选项."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"


#: How a number of several units becomes one. Text and choices are listed by unit.
SPOT_TOTALS = (OverUnits.SUM, OverUnits.AVERAGE, OverUnits.MIN, OverUnits.MAX)


@dataclass(frozen=True, slots=True)
class SpotField:
    """字段: a name is enough. Numbers and choices have to be filled, text need not."""

    name: str
    kind: SpotKind = SpotKind.WHOLE
    unit_of_measure: str = ""
    over_units: OverUnits = OverUnits.SUM
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """What the official sheet says of a form that is asked once."""

    code: str
    name: str
    table_no: str
    issuer: str
    basis: str
    valid_until: date


def define(heading: Heading, fields: Sequence[SpotField], tiers: Collection[Tier]) -> FormDefinition:
    """The definition of a table made on the spot, asked of some tiers. Raises pydantic's ValidationError."""
    numbers = [one for one in fields if one.kind in (SpotKind.WHOLE, SpotKind.DECIMAL)]
    choices = [one for one in fields if one.kind is SpotKind.CHOICE]
    return FormDefinition.model_validate(
        {
            "code": heading.code,
            "name": {"zh": heading.name},
            "table_no": heading.table_no,
            "issuer": {"zh": heading.issuer},
            "basis": {"zh": heading.basis},
            "valid_until": heading.valid_until,
            "owner": {"zh": heading.issuer},
            "period": {"kind": "once"},
            "due": {tier: {"n": 0} for tier in tiers},
            "zero_report": _ZERO if numbers and not choices else None,
            "tables": [
                {
                    "code": "t",
                    "kind": "fixed",
                    "title": {"zh": heading.name},
                    "layout": "across" if len(fields) <= _ACROSS else "down",
                    "fields": [_field(number, one) for number, one in enumerate(fields, 1)],
                }
            ],
        }
    )


def _field(number: int, one: SpotField) -> dict[str, Any]:
    common: dict[str, Any] = {"code": f"c{number}", "path": [{"zh": one.name}]}
    match one.kind:
        case SpotKind.TEXT:
            return {**common, "type": FieldType.TEXT, "required": False}
        case SpotKind.CHOICE:
            choices = [{"label": {"zh": choice}} for choice in one.choices]
            return {**common, "type": FieldType.CHOICE, "choices": choices}
        case SpotKind.WHOLE | SpotKind.DECIMAL:
            kind = FieldType.INTEGER if one.kind is SpotKind.WHOLE else FieldType.DECIMAL
            unit = {"zh": one.unit_of_measure} if one.unit_of_measure else None
            return {**common, "type": kind, "unit_of_measure": unit, "over_units": one.over_units}


def asked_once(definition: FormDefinition, code: str, tiers: Collection[Tier]) -> FormDefinition:
    """A form of the catalogue as it is asked once, of some of its tiers."""
    return definition.model_copy(
        update={"code": code, "due": {tier: rule for tier, rule in definition.due.items() if tier in tiers}}
    )
