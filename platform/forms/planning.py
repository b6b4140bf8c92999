"""From a definition to a plan: does it make sense as a whole? Every fault is told, not only the first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from forms.definition import Check, FixedTable, FormDefinition, MatrixTable, RowTable
from forms.errors import DefinitionInvalid, DefinitionProblem, Location
from forms.fields import FormField, Label, OverUnits
from forms.formula.errors import FormulaError
from forms.formula.nodes import Call
from forms.formula.parser import RESERVED
from forms.formula.resolve import FUNCTIONS, Formula, Names, ValueType, read
from forms.plan import Plan, PlannedCheck, PlannedColumn, PlannedField, PlannedTable, value_type

#: The codes that a formula reads from its own table.
Reads = Callable[[Formula], tuple[str, ...]]

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)(\.value)?\}")


def make_plan(definition: FormDefinition) -> Plan:
    """Resolves everything. Raises DefinitionInvalid with all faults."""
    planner = _Planner(definition)
    plan = planner.plan()
    if planner.problems:
        raise DefinitionInvalid(planner.problems)
    return plan


class _Planner:
    def __init__(self, definition: FormDefinition) -> None:
        self._definition = definition
        self.problems: list[DefinitionProblem] = []
        self._where: dict[str, Location] = {}
        self._keys: set[str] = set()
        self._codes()
        columns = {
            column.code: (table.code, value_type(column)) for table in definition.row_tables for column in table.columns
        }
        cells = {field.code: value_type(field) for field in definition.fields}
        self._names = Names(cells, columns, self._expand)

    def plan(self) -> Plan:
        tables = {table.code: self._row_table(table) for table in self._definition.row_tables}
        fields = {
            field.code: self._field(field, table.code) for table in self._definition.tables for field in table.fields
        }
        order = self._order({c: f.formula for c, f in fields.items()}, lambda formula: formula.cells)
        checks: list[PlannedCheck] = []
        for place, check in enumerate(self._definition.checks):
            checks.extend(self._check(check, ("checks", place)))
        return Plan(self._definition, fields, order, tables, tuple(checks))

    def _tell(self, fault: str, location: Location, **params: str) -> None:
        self.problems.append(DefinitionProblem(fault, location, params))

    def _codes(self) -> None:
        """Fields, columns and tables share one list of codes: a formula tells them apart by nothing else."""
        for place, table in enumerate(self._definition.tables):
            at: Location = ("tables", place)
            self._claim(table.code, (*at, "code"))
            if isinstance(table, MatrixTable):
                for number, field in enumerate(table.fields):
                    self._claim(field.code, (*at, "rows", number // len(table.columns)))
            else:
                part = "fields" if isinstance(table, FixedTable) else "summaries"
                for number, field in enumerate(table.fields):
                    self._claim(field.code, (*at, part, number))
            if isinstance(table, RowTable):
                for number, column in enumerate(table.columns):
                    self._claim(column.code, (*at, "columns", number))

    def _claim(self, code: str, location: Location) -> None:
        if code in self._where:
            self._tell("duplicate_code", location, code=code)
        if code in FUNCTIONS or code in RESERVED or code == "constructor":  # every object of the browser has one
            self._tell("reserved_code", location, code=code)
        self._where.setdefault(code, location)

    def _expand(self, first: str, last: str) -> tuple[str, ...] | None:
        """The numeric fields of a range: a rectangle of a matrix, else from one to the other in printed order."""
        for table in self._definition.tables:
            codes = [field.code for field in table.fields]
            if first not in codes or last not in codes:
                continue
            start, end = codes.index(first), codes.index(last)
            if isinstance(table, MatrixTable):
                width = len(table.columns)
                (top, left), (bottom, right) = divmod(start, width), divmod(end, width)
                inside = [c for n, c in enumerate(codes) if top <= n // width <= bottom and left <= n % width <= right]
            else:
                inside = codes[start : end + 1]
            numbers = tuple(code for code in inside if self._names.cells[code] is ValueType.NUMBER)
            return numbers or None
        return None

    def _read(
        self,
        code: str,
        source: str,
        location: Location,
        *,
        table: str | None = None,
        wants: ValueType | None = None,
        names: Names | None = None,
    ) -> Formula | None:
        try:
            return read(source, names or self._names, table=table, wants=wants)
        except FormulaError as error:
            zh, en = error.message("zh-CN"), error.message("en")
            self._tell("bad_formula", location, code=code, detail=zh, detail_en=en)
            return None

    def _field(self, field: FormField, table: str) -> PlannedField:
        at = self._where[field.code]
        for tier in field.tiers:
            if tier not in self._definition.tiers:
                self._tell("tier_not_asked", at, code=field.code, tier=tier.value)
        if field.weight is not None and self._names.cells.get(field.weight) is not ValueType.NUMBER:
            self._tell("not_numeric", at, code=field.code, name=field.weight)
        formula = None
        if field.formula is not None:
            formula = self._read(field.code, field.formula, (*at, "formula"), wants=value_type(field))
        if formula is not None:
            distinct = isinstance(formula.node, Call) and formula.node.name == "distinct"
            if (field.over_units is OverUnits.DISTINCT) != distinct:
                self._tell("distinct", at, code=field.code)
            if formula.tables and OverUnits.COMPUTED in (field.over_units, field.over_time):
                self._tell("rows_do_not_fold", at, code=field.code)
        return PlannedField(field, table, self._definition.asked(field), formula, field.name())

    def _row_table(self, table: RowTable) -> PlannedTable:
        at = self._where[table.code][:-1]
        own = {column.code for column in table.columns}
        rows_only = replace(self._names, cells={})
        columns: dict[str, PlannedColumn] = {}
        for column in table.columns:
            formula = None
            if column.formula is not None:
                formula = self._read(
                    column.code,
                    column.formula,
                    (*self._where[column.code], "formula"),
                    table=table.code,
                    wants=value_type(column),
                    names=rows_only,
                )
            columns[column.code] = PlannedColumn(column, formula)
        for number, printed in enumerate(table.printed):
            self._known(table.code, printed.columns, own, (*at, "printed", number))
        for number, summary in enumerate(table.summaries):
            if summary.formula is None:
                self._tell("summary_of_rows", (*at, "summaries", number), code=summary.code)
        carry = None
        if table.carry_forward is not None:
            self._known(table.code, table.carry_forward.clear, own, (*at, "carry_forward", "clear"))
            where = (*at, "carry_forward", "where")
            carry = self._read(
                table.code, table.carry_forward.where, where, table=table.code, wants=ValueType.TRUTH, names=rows_only
            )
        order = self._order({c: p.formula for c, p in columns.items()}, lambda formula: formula.columns)
        return PlannedTable(table, columns, order, carry)

    def _known(self, code: str, names: Iterable[str], own: set[str], location: Location) -> None:
        for name in names:
            if name not in own:
                self._tell("unknown_column", location, code=code, name=name)

    def _order(self, formulas: Mapping[str, Formula | None], reads: Reads) -> tuple[str, ...]:
        """The computed codes, each after those it reads. A circle is told once, with its members."""
        graph = {
            code: [c for c in reads(formula) if formulas.get(c) is not None]
            for code, formula in formulas.items()
            if formula is not None
        }
        try:
            return tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(dict.fromkeys(error.args[1]))
            self._tell("cycle", self._where[circle[0]], codes=", ".join(circle))
            return tuple(graph)

    def _check(self, check: Check, at: Location) -> list[PlannedCheck]:
        if check.table is not None and check.table not in {t.code for t in self._definition.row_tables}:
            self._tell("unknown_table", at, code=check.code, name=check.table)
            return []
        planned: list[PlannedCheck] = []
        for key, chosen in self._instances(check, at):
            expression = _fill_expression(check.expression, chosen)
            formula = self._read(key, expression, (*at, "expression"), table=check.table, wants=ValueType.TRUTH)
            if formula is None:
                return planned
            message = Label(zh=_fill_message(check.message.zh, chosen), en=_fill_message(check.message.en, chosen))
            self._placeholders(key, message, check.table, at)
            cells = tuple(chosen.get(c.strip("{}"), c) for c in check.cells) or (*formula.cells, *formula.columns)
            for name in cells:
                if name not in self._names.cells and name not in self._names.columns:
                    self._tell("unknown_field", (*at, "cells"), code=key, name=name)
            if key in self._keys:
                self._tell("duplicate_code", at, code=key)
            self._keys.add(key)
            planned.append(PlannedCheck(key, check, expression, formula, message, cells))
        return planned

    def _instances(self, check: Check, at: Location) -> Iterable[tuple[str, dict[str, str]]]:
        if not check.for_each:
            return [(check.code, {})]
        lists: dict[str, list[str]] = {}
        for name, entries in check.for_each.items():
            lists[name] = []
            for entry in entries:
                first, colon, last = entry.partition(":")
                expanded = self._expand(first, last) if colon else (entry,)
                if expanded is None:
                    self._tell("unknown_field", (*at, "for_each"), code=check.code, name=entry)
                    return []
                lists[name].extend(expanded)
        length = max(len(entries) for entries in lists.values())
        if any(len(entries) not in (1, length) for entries in lists.values()):
            self._tell("bad_each", (*at, "for_each"), code=check.code)
            return []
        chosen = [
            {name: entries[0] if len(entries) == 1 else entries[n] for name, entries in lists.items()}
            for n in range(length)
        ]
        first_list = next(iter(lists))
        return [(f"{check.code}[{one[first_list]}]", one) for one in chosen]

    def _placeholders(self, key: str, message: Label, table: str | None, at: Location) -> None:
        for name in dict.fromkeys(found[1] for found in _PLACEHOLDER.finditer(message.zh + message.en)):
            if name in self._names.cells or (table is not None and self._names.columns.get(name, ("",))[0] == table):
                continue
            self._tell("placeholder", (*at, "message"), code=key, name=name)


def _fill_expression(text: str, chosen: Mapping[str, str]) -> str:
    """Puts the codes of one instance where a repeated check says `{x}`."""
    return _PLACEHOLDER.sub(lambda found: chosen.get(found[1], found[0]), text)


def _fill_message(text: str, chosen: Mapping[str, str]) -> str:
    """As above, but `{x}` becomes `{code}`: a message goes on to name the cell, or with `.value` to show its value."""
    return _PLACEHOLDER.sub(lambda found: f"{{{chosen.get(found[1], found[1])}{found[2] or ''}}}", text)
