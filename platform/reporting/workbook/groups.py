"""Which fields stand on which sheet, and under which headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from forms.definition import FormDefinition, MoneyUnit, RowTable
from forms.fields import FieldType, FormField, Label
from forms.layout import HeaderCell, header

#: Widest sheet that several small tables may share: more would be unreadable on A4.
SHARED_COLUMNS = 36
LEVELS = 3


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """The numeric fields of one sheet, with their header rows."""

    title: str
    fields: tuple[FormField, ...]
    header: list[list[HeaderCell]]
    notes: tuple[Label, ...]


class _Part(NamedTuple):
    title: str
    fields: tuple[FormField, ...]
    notes: tuple[Label, ...]


def figure_groups(form: FormDefinition, money: MoneyUnit) -> list[FigureGroup]:
    """Tables in order; small neighbours share a sheet, each under its own title, while three header levels suffice."""
    groups: list[list[_Part]] = []
    for table in form.tables:
        fields = tuple(field for field in table.fields if field.numeric)
        if not fields:
            continue
        title = f"{table.title.zh}汇总" if isinstance(table, RowTable) else table.title.zh
        part = _Part(title, fields, table.notes)
        if groups and _fit([*groups[-1], part]):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_group(parts, money) for parts in groups]


def listed_fields(form: FormDefinition) -> list[FormField]:
    """Text, dates and choices: they are listed by unit, not added up."""
    return [field for field in form.fields if not field.numeric]


def _fit(parts: list[_Part]) -> bool:
    fields = [field for part in parts for field in part.fields]
    return len(fields) <= SHARED_COLUMNS and all(len(field.path) < LEVELS for field in fields)


def _group(parts: list[_Part], money: MoneyUnit) -> FigureGroup:
    fields = tuple(field for part in parts for field in part.fields)
    mixed = len({unit_of(field, money) for field in fields}) > 1
    columns = []
    for part in parts:
        above = (Label(zh=part.title, en=part.title),) if len(parts) > 1 else ()
        for field in part.fields:
            path = with_unit(field.path, unit_of(field, money)) if mixed else field.path
            columns.append((field.code, above + path))
    title = "、".join(part.title for part in parts)
    return FigureGroup(title, fields, header(columns), tuple(note for part in parts for note in part.notes))


def with_unit(path: tuple[Label, ...], unit: str) -> tuple[Label, ...]:
    """The headings, the last with its unit of measure unless it ends with it."""
    last = path[-1].zh
    if unit and not last.endswith(unit):
        last = f"{last}\n（{unit}）"
    return (*path[:-1], Label(zh=last, en=last))


def unit_of(field: FormField, money: MoneyUnit) -> str:
    if field.type is FieldType.MONEY:
        return "万元" if money is MoneyUnit.WAN_YUAN else "元"
    return field.unit_of_measure.zh if field.unit_of_measure else ""


def units_of(fields: tuple[FormField, ...], money: MoneyUnit) -> str:
    """计量单位: the different units in order of appearance."""
    return "、".join(dict.fromkeys(unit for field in fields if (unit := unit_of(field, money))))
