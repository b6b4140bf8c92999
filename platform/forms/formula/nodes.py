"""The tree of a formula whose names are known: what Python compiles to closures and the browser walks.

The JSON of a node is part of the form's published shape (`frontend/src/formula/types.ts` has the same in TypeScript).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, assert_never

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the form."""

    code: str


@dataclass(frozen=True, slots=True)
class Column:
    """The value of a column in the row at hand."""

    code: str


@dataclass(frozen=True, slots=True)
class Rows:
    """`each`, computed for every row of a table; only as an argument of an aggregate function."""

    table: str
    each: Node


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Op:
    """`op` is + - * / neg = <> < <= > >= and or not."""

    op: str
    args: tuple[Node, ...]


Node = Number | Text | Truth | Cell | Column | Rows | Call | Op


def to_json(node: Node) -> Json:
    match node:
        case Number(value):
            return {"kind": "number", "value": format(value, "f")}
        case Text(value):
            return {"kind": "text", "value": value}
        case Truth(value):
            return {"kind": "truth", "value": value}
        case Cell(code):
            return {"kind": "cell", "code": code}
        case Column(code):
            return {"kind": "column", "code": code}
        case Rows(table, each):
            return {"kind": "rows", "table": table, "each": to_json(each)}
        case Call(name, args):
            return {"kind": "call", "name": name, "args": [to_json(a) for a in args]}
        case Op(op, args):
            return {"kind": "op", "op": op, "args": [to_json(a) for a in args]}
        case _:
            assert_never(node)


def from_json(data: Mapping[str, Any]) -> Node:
    """The reverse of `to_json`; raises KeyError on a kind it doesn't know."""

    def nodes(parts: Sequence[Mapping[str, Any]]) -> tuple[Node, ...]:
        return tuple(from_json(part) for part in parts)

    match data["kind"]:
        case "number":
            return Number(Decimal(data["value"]))
        case "text":
            return Text(data["value"])
        case "truth":
            return Truth(data["value"])
        case "cell":
            return Cell(data["code"])
        case "column":
            return Column(data["code"])
        case "rows":
            return Rows(data["table"], from_json(data["each"]))
        case "call":
            return Call(data["name"], nodes(data["args"]))
        case "op":
            return Op(data["op"], nodes(data["args"]))
        case unknown:
            raise KeyError(unknown)
