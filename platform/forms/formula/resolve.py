"""A syntax tree to a tree with known names and checked types.

A formula speaks of fields; a check on the rows of a table also of the row's own columns. Elsewhere a column may stand
only inside an aggregate function, which then runs over all rows: `count(dj = '高')`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from forms.formula.errors import FormulaError
from forms.formula.nodes import Call, Cell, Column, Node, Number, Op, Rows, Text, Truth
from forms.formula.parser import Syntax, parse

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ValueType(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TRUTH = "truth"


N, T, D, B = ValueType.NUMBER, ValueType.TEXT, ValueType.DATE, ValueType.TRUTH


@dataclass(frozen=True, slots=True)
class Names:
    """What a formula may name. `expand` gives the fields of a range, or None when it is not one."""

    cells: Mapping[str, ValueType]
    columns: Mapping[str, tuple[str, ValueType]] = field(default_factory=dict)
    expand: Callable[[str, str], tuple[str, ...] | None] = lambda first, last: None


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula ready to compute. `cells` and `columns` are those whose present value it reads, in order of mention."""

    node: Node
    type: ValueType
    cells: tuple[str, ...]
    columns: tuple[str, ...]
    tables: tuple[str, ...]


def read(source: str, names: Names, *, table: str | None = None, wants: ValueType | None = None) -> Formula:
    """Parses and resolves. `table` gives the row scope; `wants` the type the result must have.

    Raises FormulaError at the first fault.
    """
    tree = parse(source)
    resolver = _Resolver(names, table)
    node, kind = resolver.resolve(tree)
    if wants is not None and kind is not wants:
        raise FormulaError("wrong_result", tree.start, tree.end, wanted=wants.value, found=kind.value)
    return Formula(node, kind, *(tuple(dict.fromkeys(seen)) for seen in resolver.seen))


Typed = tuple[Node, ValueType]

#: Functions of plain arguments: types in order, how many must be given, result.
_PLAIN: dict[str, tuple[tuple[ValueType, ...], int, ValueType]] = {
    "abs": ((N,), 1, N),
    "round": ((N, N), 1, N),
    "month": ((D,), 0, N),
    "year": ((D,), 0, N),
    "length": ((T,), 1, N),
    "valid_id": ((T,), 1, B),
    "in_period": ((D,), 1, B),
    "matches": ((T, T), 2, B),
    "flagged": ((T,), 1, B),
}
_AGGREGATES = ("sum", "count", "min", "max", "avg", "distinct")
FUNCTIONS = frozenset({*_PLAIN, *_AGGREGATES, "if", "filled", "prev", "median12", "unique"})


class _Resolver:
    def __init__(self, names: Names, table: str | None) -> None:
        self._names = names
        self._table = table
        self._inside_rows = False
        self.seen: tuple[list[str], list[str], list[str]] = ([], [], [])

    def resolve(self, tree: Syntax) -> Typed:
        match tree.kind:
            case "number":
                return Number(Decimal(tree.value)), N
            case "text":
                return Text(tree.value), T
            case "truth":
                return Truth(tree.value == "true"), B
            case "name":
                return self._name(tree)
            case "range":
                raise FormulaError("range_outside_function", tree.start, tree.end, range=tree.value)
            case "call":
                return self._call(tree)
            case "op":
                return self._op(tree)

    def _name(self, tree: Syntax, *, now: bool = True) -> Typed:
        code = tree.value
        if code in self._names.columns:
            table, kind = self._names.columns[code]
            if self._table is None:
                raise FormulaError("column_outside_function", tree.start, tree.end, name=code)
            if table != self._table:
                raise FormulaError("other_table", tree.start, tree.end, name=code)
            if now:
                self.seen[1].append(code)
            return Column(code), kind
        if code not in self._names.cells:
            raise FormulaError("unknown_name", tree.start, tree.end, name=code)
        if now:
            self.seen[0].append(code)
        return Cell(code), self._names.cells[code]

    def _op(self, tree: Syntax) -> Typed:
        op = tree.value
        args = [self.resolve(part) for part in tree.parts]
        node = Op(op, tuple(node for node, _ in args))
        if op in ("and", "or", "not"):
            self._expect(B, tree.parts, args)
            return node, B
        if op in ("+", "-", "*", "/", "neg"):
            self._expect(N, tree.parts, args)
            return node, N
        self._comparable(tree, args)
        return node, B

    def _comparable(self, tree: Syntax, args: list[Typed]) -> None:
        kinds = [kind for _, kind in args]
        for place, (node, kind) in enumerate(args):
            if kind is T and kinds[1 - place] is D and isinstance(node, Text):
                if not _ISO_DATE.fullmatch(node.value):
                    part = tree.parts[place]
                    raise FormulaError("not_a_date", part.start, part.end, found=node.value)
                kinds[place] = D
        if kinds[0] is not kinds[1]:
            raise FormulaError("uncomparable", tree.start, tree.end, left=kinds[0].value, right=kinds[1].value)
        if tree.value not in ("=", "<>") and kinds[0] not in (N, D):
            raise FormulaError("no_order", tree.start, tree.end, found=kinds[0].value)

    def _expect(self, wanted: ValueType, parts: tuple[Syntax, ...], args: list[Typed]) -> None:
        for part, (_, kind) in zip(parts, args, strict=True):
            if kind is not wanted:
                raise FormulaError("wrong_type", part.start, part.end, wanted=wanted.value, found=kind.value)

    def _call(self, tree: Syntax) -> Typed:
        name = tree.value
        if name in _PLAIN:
            return self._plain(tree)
        if name in _AGGREGATES:
            return self._aggregate(tree)
        if name == "if":
            return self._if(tree)
        if name == "filled":
            self._arity(tree, 1, 1)
            return Call(name, (self.resolve(tree.parts[0])[0],)), B
        if name in ("prev", "median12"):
            return self._of_name(tree)
        if name == "unique":
            return self._unique(tree)
        raise FormulaError("unknown_function", tree.start, tree.end, name=name)

    def _plain(self, tree: Syntax) -> Typed:
        kinds, least, result = _PLAIN[tree.value]
        self._arity(tree, least, len(kinds))
        args = [self.resolve(part) for part in tree.parts]
        for part, wanted, arg in zip(tree.parts, kinds, args, strict=False):
            self._expect(wanted, (part,), [arg])
        nodes = tuple(node for node, _ in args)
        if tree.value in ("matches", "flagged") and not isinstance(nodes[-1], Text):
            raise FormulaError("literal_wanted", tree.parts[-1].start, tree.parts[-1].end, name=tree.value)
        if tree.value == "round" and len(nodes) == 2:
            places = nodes[1]
            if not isinstance(places, Number) or places.value not in range(11):
                raise FormulaError("round_places", tree.parts[1].start, tree.parts[1].end)
        return Call(tree.value, nodes), result

    def _if(self, tree: Syntax) -> Typed:
        self._arity(tree, 3, 3)
        args = [self.resolve(part) for part in tree.parts]
        self._expect(B, tree.parts[:1], args[:1])
        self._expect(args[1][1], tree.parts[2:], args[2:])
        return Call("if", tuple(node for node, _ in args)), args[1][1]

    def _of_name(self, tree: Syntax) -> Typed:
        self._arity(tree, 1, 1)
        part = tree.parts[0]
        if part.kind != "name":
            raise FormulaError("name_wanted", part.start, part.end, name=tree.value)
        node, kind = self._name(part, now=tree.value == "median12")
        if tree.value == "median12" and (kind is not N or isinstance(node, Column)):
            raise FormulaError("wrong_type", part.start, part.end, wanted=N.value, found=kind.value)
        return Call(tree.value, (node,)), kind

    def _unique(self, tree: Syntax) -> Typed:
        self._arity(tree, 1, 1)
        part = tree.parts[0]
        if part.kind != "name" or part.value not in self._names.columns:
            raise FormulaError("column_wanted", part.start, part.end, name="unique")
        node = self._name(part)[0] if self._table is not None else self._over_rows(part)[0]
        return Call("unique", (node,)), B

    def _aggregate(self, tree: Syntax) -> Typed:
        name = tree.value
        if self._inside_rows and any(self._columns_in(part) for part in tree.parts):
            # count(amt > avg(amt)) would compare each row with itself
            raise FormulaError("nested_rows", tree.start, tree.end)
        self._arity(tree, 1, 1 if name == "distinct" else None)
        nodes: list[Node] = []
        for part in tree.parts:
            if part.kind == "range":
                args = self._range(part)
            elif self._table is None and self._columns_in(part):
                args = [self._over_rows(part)]
            else:
                args = [self.resolve(part)]
            if name == "distinct" and not (isinstance(args[0][0], Rows) and part.kind == "name"):
                raise FormulaError("column_wanted", part.start, part.end, name=name)
            if name not in ("count", "distinct"):
                self._expect(N, (part,) * len(args), args)
            nodes.extend(node for node, _ in args)
        return Call(name, tuple(nodes)), N

    def _range(self, tree: Syntax) -> list[Typed]:
        first, last = tree.parts
        codes = self._names.expand(first.value, last.value)
        if codes is None:
            raise FormulaError("bad_range", tree.start, tree.end, range=tree.value)
        self.seen[0].extend(codes)
        return [(Cell(code), self._names.cells[code]) for code in codes]

    def _over_rows(self, tree: Syntax) -> Typed:
        table = self._names.columns[self._columns_in(tree)[0]][0]
        self._table, self._inside_rows = table, True
        node, kind = self.resolve(tree)
        self._table, self._inside_rows = None, False
        self.seen[2].append(table)
        return Rows(table, node), kind

    def _columns_in(self, tree: Syntax) -> list[str]:
        """The columns that need a row; those inside an aggregate have all rows already."""
        if tree.kind == "call" and tree.value in (*_AGGREGATES, "unique"):
            return []
        own = [tree.value] if tree.kind == "name" and tree.value in self._names.columns else []
        return own + [code for part in tree.parts for code in self._columns_in(part)]

    def _arity(self, tree: Syntax, least: int, most: int | None) -> None:
        given = len(tree.parts)
        if given < least or (most is not None and given > most):
            wanted = str(least) if most == least else f"{least}+" if most is None else f"{least}–{most}"
            raise FormulaError("wrong_arity", tree.start, tree.end, name=tree.value, wanted=wanted, given=given)
