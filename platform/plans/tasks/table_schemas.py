"""A task's table at the edge."""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from forms.fields import OverUnits
from forms.on_the_spot import SPOT_TOTALS, SpotField, SpotKind
from plans.tasks.tables import Table

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Choice = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class FieldIn(BaseModel):
    """字段: a name is enough. `total` says how the numbers of several units become one."""

    name: Name
    kind: SpotKind = SpotKind.WHOLE
    #: 计量单位, of numbers.
    unit: Word = ""
    total: OverUnits = OverUnits.SUM
    choices: Annotated[list[Choice], Field(max_length=30)] = []

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.total not in SPOT_TOTALS:
            raise ValueError("total")
        if self.kind is SpotKind.CHOICE and len(set(self.choices)) < max(2, len(self.choices)):
            raise ValueError("choices")
        return self


class TableIn(BaseModel):
    """附表: fields made on the spot, or a published version of the catalogue."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    fields: Annotated[list[FieldIn], Field(max_length=60)] = []
    form_version_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.fields) == (self.form_version_id is not None):
            raise ValueError("fields")
        if len({one.name for one in self.fields}) < len(self.fields):
            raise ValueError("names")
        return self

    def as_table(self) -> Table:
        fields = [
            SpotField(
                name=one.name,
                kind=one.kind,
                unit_of_measure=one.unit,
                over_units=one.total,
                choices=tuple(one.choices) if one.kind is SpotKind.CHOICE else (),
            )
            for one in self.fields
        ]
        return Table(self.title, fields, self.form_version_id)


class TableOut(BaseModel):
    """附表 of a task: the form, its field count, and the cycle that its answers stand in once it was sent."""

    name: str
    form_version_id: UUID
    fields: int
    cycle_id: UUID | None
