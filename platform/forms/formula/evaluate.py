"""A tree to a function: each node becomes a closure, made once per form and level, run for every submission.

Blank is None. A blank operand makes + - × ÷ and comparisons blank; sum, min, max and avg skip blanks and are blank
when all are; `and` and `or` stop at what decides, and a blank reached before that is the result; filled() and count()
are never blank. A field that the level is not asked is left out of + and - and of the aggregates, and is blank
elsewhere, to filled() too: nothing can be said about it.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from forms.formula.identity import matches, valid_id
from forms.formula.nodes import Call, Cell, Column, Node, Number, Op, Rows, Text, Truth
from forms.formula.numbers import LIMIT, product, quotient, to_places

Value = Decimal | str | bool | None
#: Types were checked when names were resolved, so closures trust their arguments: a sum meets only Decimal and None.
Function = Callable[["Env"], Any]
Values = Callable[["Env"], list[Any]]

_ZERO = Decimal(0)


@dataclass(slots=True, eq=False)
class RowValues:
    """One row at hand; `previous` is the same row in the period before."""

    table: str
    id: str
    values: dict[str, Value]
    previous: Mapping[str, Value] | None = None


_NO_ROW = RowValues("", "", {})


@dataclass(slots=True)
class Env:
    """What formulas read. Numbers are Decimal, dates ISO text. Mappings lacking a code stand for blank."""

    cells: Mapping[str, Value]
    start: str = ""
    end: str = ""
    previous: Mapping[str, Value] = field(default_factory=dict)
    medians: Mapping[str, Value] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowValues]] = field(default_factory=dict)
    row: RowValues = field(default=_NO_ROW)
    notes: list[str] = field(default_factory=list)
    _counts: dict[tuple[str, str], Counter[Value]] = field(default_factory=dict)

    def times(self, table: str, column: str, value: Value) -> int:
        """How often a value stands in a column."""
        key = (table, column)
        if key not in self._counts:
            self._counts[key] = Counter(row.values.get(column) for row in self.rows.get(table, ()))
        return self._counts[key][value]


def function(node: Node, asked: frozenset[str] | None = None) -> Function:
    """The closure of a tree. `asked` names the fields that exist at this level; None means all.

    Closures compute under `numbers.WORK`; the caller sets it once for many of them.
    """
    return _Compiler(asked).scalar(node)


def _blank(_: Env) -> Value:
    return None


def _within(env: Env, value: Decimal) -> Value:
    if -LIMIT < value < LIMIT:
        return value
    env.notes.append("number_too_large")
    return None


class _Compiler:
    def __init__(self, asked: frozenset[str] | None) -> None:
        self._asked = asked

    def scalar(self, node: Node) -> Function:
        return self._maybe(node) or _blank

    def _maybe(self, node: Node) -> Function | None:
        """None when the node stands for a field that is not asked."""
        match node:
            case Number(number):
                return lambda _: number
            case Text(text):
                return lambda _: text
            case Truth(truth):
                return lambda _: truth
            case Cell(code):
                return self._cell(code)
            case Column(code):
                return lambda env: env.row.values.get(code)
            case Op("+" | "-" | "neg", args):
                return self._addition(node.op, [self._maybe(arg) for arg in args])
            case Op(op, args):
                return _operation(op, [self.scalar(arg) for arg in args])
            case Call("prev" | "median12" | "filled" | "unique", (arg,)):
                return self._special(node.name, arg)
            case Call("sum" | "count" | "min" | "max" | "avg" | "distinct", args):
                return _aggregate(node.name, self._values(args))
            case Call(name, args):
                return _call(name, [self.scalar(arg) for arg in args])
            case _:
                raise TypeError(node)

    def _cell(self, code: str) -> Function | None:
        if self._asked is not None and code not in self._asked:
            return None
        return lambda env: env.cells.get(code)

    def _addition(self, op: str, args: list[Function | None]) -> Function | None:
        present = [arg for arg in args if arg is not None]
        if not present:
            return None
        if len(present) == 2:
            return _add(*present) if op == "+" else _subtract(*present)
        kept_sign = op == "+" or (op == "-" and args[0] is not None)
        return present[0] if kept_sign else _negate(present[0])

    def _special(self, name: str, arg: Node) -> Function | None:
        if name == "unique":
            return _unique(arg)
        inner = self._maybe(arg)
        if inner is None:
            return _blank if name == "filled" else None
        if name == "filled":
            return lambda env: inner(env) is not None
        if isinstance(arg, Column):
            column = arg.code
            return lambda env: env.row.previous.get(column) if env.row.previous is not None else None
        assert isinstance(arg, Cell)
        code = arg.code
        if name == "prev":
            return lambda env: env.previous.get(code)
        return lambda env: env.medians.get(code)

    def _values(self, args: Sequence[Node]) -> Values:
        """The arguments of an aggregate as one list: single values, and one value a row."""
        singles = [fn for arg in args if not isinstance(arg, Rows) and (fn := self._maybe(arg)) is not None]
        tables = [(arg.table, self.scalar(arg.each)) for arg in args if isinstance(arg, Rows)]
        if not tables:
            return lambda env: [fn(env) for fn in singles]

        def values(env: Env) -> list[Value]:
            found = [fn(env) for fn in singles]
            outer = env.row
            for table, each in tables:
                for row in env.rows.get(table, ()):
                    env.row = row
                    found.append(each(env))
            env.row = outer
            return found

        return values


def _add(a: Function, b: Function) -> Function:
    def add(env: Env) -> Any:
        x = a(env)
        if x is None:
            return None
        y = b(env)
        return None if y is None else _within(env, x + y)

    return add


def _subtract(a: Function, b: Function) -> Function:
    def subtract(env: Env) -> Any:
        x = a(env)
        if x is None:
            return None
        y = b(env)
        return None if y is None else _within(env, x - y)

    return subtract


def _negate(a: Function) -> Function:
    def negate(env: Env) -> Any:
        x = a(env)
        return None if x is None else -x

    return negate


def _operation(op: str, args: list[Function]) -> Function:
    a, b = args[0], args[-1]

    def multiply(env: Env) -> Any:
        x = a(env)
        if x is None:
            return None
        y = b(env)
        return None if y is None else _within(env, product(x, y))

    def divide(env: Env) -> Any:
        x = a(env)
        if x is None:
            return None
        y = b(env)
        if y is None:
            return None
        if y == _ZERO:
            env.notes.append("division_by_zero")
            return None
        return _within(env, quotient(x, y))

    def both(env: Env) -> Any:
        x = a(env)
        return b(env) if x is True else x

    def either(env: Env) -> Any:
        x = a(env)
        return b(env) if x is False else x

    def negation(env: Env) -> Any:
        x = a(env)
        return None if x is None else not x

    named: dict[str, Function] = {"*": multiply, "/": divide, "and": both, "or": either, "not": negation}
    return named.get(op) or _comparison(op, a, b)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _comparison(op: str, a: Function, b: Function) -> Function:
    compare = _COMPARE[op]

    def comparison(env: Env) -> Any:
        x = a(env)
        if x is None:
            return None
        y = b(env)
        return None if y is None else compare(x, y)

    return comparison


def _aggregate(name: str, values: Values) -> Function:
    def count(env: Env) -> Any:
        return Decimal(sum(1 for x in values(env) if x is not None and x is not False))

    def distinct(env: Env) -> Any:
        return Decimal(len({x for x in values(env) if x is not None}))

    def numbers(fold: Callable[[Env, list[Decimal]], Value]) -> Function:
        def folded(env: Env) -> Any:
            found = [x for x in values(env) if x is not None]
            return fold(env, found) if found else None

        return folded

    if name in ("count", "distinct"):
        return count if name == "count" else distinct
    return numbers(_FOLDS[name])


_FOLDS: dict[str, Callable[[Env, list[Decimal]], Value]] = {
    "sum": lambda env, found: _within(env, sum(found, _ZERO)),
    "avg": lambda env, found: _within(env, quotient(sum(found, _ZERO), Decimal(len(found)))),
    "min": lambda _, found: min(found),
    "max": lambda _, found: max(found),
}


def _unique(arg: Node) -> Function:
    if isinstance(arg, Rows):
        table, column = arg.table, arg.each
        assert isinstance(column, Column)
        code = column.code
        return lambda env: all(
            env.times(table, code, row.values.get(code)) == 1
            for row in env.rows.get(table, ())
            if row.values.get(code) is not None
        )
    assert isinstance(arg, Column)
    own = arg.code

    def alone(env: Env) -> Any:
        value = env.row.values.get(own)
        return None if value is None else env.times(env.row.table, own, value) == 1

    return alone


def _call(name: str, args: list[Function]) -> Function:
    if name == "if":
        condition, then, otherwise = args

        def choose(env: Env) -> Any:
            x = condition(env)
            return None if x is None else (then(env) if x else otherwise(env))

        return choose
    if not args:  # month() and year() of the period itself: those of its last day
        return lambda env: _part_of_date(name, env.end)
    compute = _CALLS[name]

    def call(env: Env) -> Any:
        given = [arg(env) for arg in args]
        return None if None in given else compute(env, *given)

    return call


def _part_of_date(name: str, day: str) -> Decimal:
    return Decimal(day[5:7] if name == "month" else day[:4])


def _flagged(env: Env, name: str) -> Value:
    return env.flags.get(name, {}).get(env.row.id)


_CALLS: dict[str, Callable[..., Value]] = {
    "abs": lambda _, x: abs(x),
    "round": lambda env, x, places=_ZERO: _within(env, to_places(x, int(places))),
    "month": lambda _, day: _part_of_date("month", day),
    "year": lambda _, day: _part_of_date("year", day),
    "length": lambda _, text: Decimal(len(text)),
    "valid_id": lambda _, text: valid_id(text),
    "matches": lambda _, text, pattern: matches(text, pattern),
    "in_period": lambda env, day: env.start <= day <= env.end,
    "flagged": _flagged,
}
