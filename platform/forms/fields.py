"""What may stand in one cell, and how it aggregates: the parts of a definition that a single field is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Attribute
from pydantic_core import PydanticCustomError

from tenancy.tiers import Tier as Tier

#: Names a cell in formulas: lower case, so that it can't be mistaken for a heading.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
#: A formula as its author typed it; the formula package reads it and keeps to its own, tighter limits.
Source = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


def fault(code: str) -> PydanticCustomError:
    """A fault of shape that `messages.yaml` has words for, under `shape`."""
    return PydanticCustomError("shape", "{code}", {"code": code})


class Model(BaseModel):
    """Frozen, and refuses what it doesn't know: a misspelt attribute is an error, not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Model):
    """Words for a person. English falls back to the Chinese."""

    zh: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=1000)]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            zh, _, en = (part.strip() for part in value.partition(" | "))
            return {"zh": zh, "en": en or zh}
        if isinstance(value, dict) and "zh" in value and "en" not in value:
            return {**value, "en": value["zh"]}
        return value


#: From the bottom up; a rollup at a tier holds what this tier and those before it were asked.
TIERS = (Tier.VILLAGE, Tier.TOWNSHIP, Tier.COUNTY)


class FieldType(StrEnum):
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"  # typed and stored in 元
    PERCENT = "percent"  # 66.67 means 66.67 %
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    IDENTITY = "identity"  # 身份证号, 18 or 15 characters
    PHONE = "phone"


NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT})
_DECIMALS = {FieldType.INTEGER: 0, FieldType.DECIMAL: 2, FieldType.MONEY: 2, FieldType.PERCENT: 2}
_MAX_LENGTH = {FieldType.LONG_TEXT: 2000, FieldType.IDENTITY: 18, FieldType.PHONE: 30}


class Measure(StrEnum):
    FLOW = "flow"  # 时期数: adds up over months
    STOCK = "stock"  # 时点数: its last value over months
    RATIO = "ratio"  # 比率: recomputed from its parts, never added or averaged
    TEXT = "text"


class OverUnits(StrEnum):
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    AVERAGE = "average"
    WEIGHTED_AVERAGE = "weighted_average"
    COUNT = "count"  # how many units filled it
    COMPUTED = "computed"  # its formula over the aggregated parts
    DISTINCT = "distinct"  # a summary distinct(column): the same person in two units counts once
    LIST = "list"  # listed by unit


class OverTime(StrEnum):
    SUM = "sum"
    LAST = "last"
    AVERAGE = "average"
    COMPUTED = "computed"
    NONE = "none"


class Personal(StrEnum):
    """Which mask a personal value wears. Any of them means: encrypted, masked by default, never in a log."""

    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    ADDRESS = "address"
    OTHER = "other"


class Choice(Model):
    """One entry of a drop-down. The value stored, and written in formulas, is the Chinese text."""

    label: Label

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"label": value} if isinstance(value, str) else value

    @property
    def value(self) -> str:
        return self.label.zh


class ValueRules(Model):
    """What may stand in one cell, wherever the cell is."""

    type: FieldType = FieldType.INTEGER
    unit_of_measure: Label | None = None
    #: Most decimal places; a computed value is rounded half up to them when it is stored.
    decimals: Annotated[int, Attribute(ge=0, le=10)]
    #: A typed number below zero is refused unless this says otherwise. Computed values are left to the checks.
    negative: bool = False
    max_length: Annotated[int, Attribute(ge=1, le=20000)]
    choices: tuple[Choice, ...] = ()
    required: bool = True
    help: Label | None = None
    personal: Personal | None = None
    formula: Source | None = None

    @model_validator(mode="before")
    @classmethod
    def _defaults_by_type(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        kind = data.get("type", "integer")
        return {"decimals": _DECIMALS.get(kind, 0), "max_length": _MAX_LENGTH.get(kind, 200), **data}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise fault("choices")
        if self.type is FieldType.INTEGER and self.decimals:
            raise fault("integer_decimals")
        return self

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


class FieldRules(ValueRules):
    """What may stand in a cell of a fixed or matrix table, and how it aggregates across units and across time."""

    measure: Measure
    over_units: OverUnits
    over_time: OverTime
    #: The field whose value weighs this one in a weighted average.
    weight: Code | None = None
    #: Who fills it; empty means every tier that the form asks.
    tiers: tuple[Tier, ...] = ()
    #: With a formula such as prev(qm): typed in a unit's first period, computed (and locked) afterwards.
    typed_in_first_period: bool = False
    #: What is written here asks for help: in one click it goes up as a request for coordination (提请协调).
    coordination: bool = False

    @model_validator(mode="before")
    @classmethod
    def _defaults_by_measure(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        numeric = data.get("type", "integer") in NUMERIC
        measure = data.get("measure", "flow" if numeric else "text")
        computed = measure == "ratio" or (data.get("formula") and not data.get("typed_in_first_period"))
        over_units = "list" if measure == "text" else "computed" if computed else "sum"
        over_time = {"flow": "sum", "stock": "last", "ratio": "computed"}.get(measure, "none")
        return {"measure": measure, "over_units": over_units, "over_time": over_time, **data}

    @model_validator(mode="after")
    def _aggregates(self) -> Self:
        if self.numeric != (self.measure is not Measure.TEXT):
            raise fault("measure")
        if self.measure is Measure.TEXT and (self.over_units is not OverUnits.LIST or self.over_time != "none"):
            raise fault("text_aggregates")
        if OverUnits.COMPUTED in (self.over_units, self.over_time) and not self.formula:
            raise fault("computed_formula")
        if (self.over_units is OverUnits.WEIGHTED_AVERAGE) != (self.weight is not None):
            raise fault("weight")
        if self.measure is Measure.STOCK and self.over_time is OverTime.SUM:
            raise fault("stock_sum")
        if self.typed_in_first_period and not self.formula:
            raise fault("first_period")
        if self.coordination and self.numeric:
            raise fault("coordination")
        return self


class FormField(FieldRules):
    """填报项: one cell of a form."""

    code: Code
    #: Header levels from the outside in, at most three. Neighbours with the same outer levels share one heading.
    path: Annotated[tuple[Label, ...], Attribute(min_length=1, max_length=3)]

    def name(self) -> Label:
        """The whole path in one line, for messages: 来访接待·接待来访·人次."""
        return Label(zh="·".join(p.zh for p in self.path), en=" · ".join(p.en for p in self.path))
