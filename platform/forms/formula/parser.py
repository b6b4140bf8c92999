"""Tokens to a syntax tree: what was written, before anybody asks whether the names exist.

    or  <  and  <  not  <  = <> < <= > >=  <  + -  <  * /  <  unary -  <  value, name, call, ( )

Comparisons do not chain: `a < b < c` is refused with the advice to join two comparisons by `and`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from forms.formula.errors import FormulaError
from forms.formula.lexer import Token, tokens

#: Parts of one formula, and how deep they nest: a chain a+b+c+… is as deep as it is long.
MAX_NODES = 600
MAX_DEPTH = 150
_MAX_NESTING = 40

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
#: Words that no field may be called.
RESERVED = ("and", "or", "not", "true", "false")

SyntaxKind = Literal["number", "text", "truth", "name", "range", "call", "op"]


@dataclass(frozen=True, slots=True)
class Syntax:
    """`value` is the number, text, name, function or operator; a range has two names as parts."""

    kind: SyntaxKind
    value: str
    start: int
    end: int
    parts: tuple[Syntax, ...] = ()
    depth: int = 1


Reader = Callable[[], Syntax]


def parse(source: str) -> Syntax:
    """The syntax tree of a formula. Raises FormulaError with the place of the first fault."""
    parser = _Parser(tokens(source))
    tree = parser.disjunction()
    parser.expect_end()
    return tree


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._nodes = 0
        self._nesting = 0

    def disjunction(self) -> Syntax:
        left = self._conjunction()
        while self._takes("or"):
            left = self._op("or", left, self._conjunction())
        return left

    def expect_end(self) -> None:
        token = self._now
        if token.kind != "end":
            raise FormulaError("unexpected", token.start, token.end, found=token.text)

    def _conjunction(self) -> Syntax:
        left = self._negation()
        while self._takes("and"):
            left = self._op("and", left, self._negation())
        return left

    def _negation(self) -> Syntax:
        token = self._now
        if not self._takes("not"):
            return self._comparison()
        with_argument = self._nested(self._negation, token)
        return self._node("op", "not", token.start, with_argument.end, (with_argument,))

    def _comparison(self) -> Syntax:
        left = self._sum()
        if not self._at(*COMPARISONS):
            return left
        tree = self._op(self._next().text, left, self._sum())
        again = self._now
        if self._at(*COMPARISONS):
            raise FormulaError("chained_comparison", again.start, again.end)
        return tree

    def _sum(self) -> Syntax:
        left = self._product()
        while self._at("+", "-"):
            left = self._op(self._next().text, left, self._product())
        return left

    def _product(self) -> Syntax:
        left = self._signed()
        while self._at("*", "/"):
            left = self._op(self._next().text, left, self._signed())
        return left

    def _signed(self) -> Syntax:
        token = self._now
        if not self._at("-", "+"):
            return self._value()
        self._next()
        value = self._nested(self._signed, token)
        return value if token.text == "+" else self._node("op", "neg", token.start, value.end, (value,))

    def _value(self) -> Syntax:
        token = self._next()
        if token.kind == "number" or token.kind == "text":
            return self._node(token.kind, token.text, token.start, token.end)
        if token.text in ("true", "false") and token.kind == "name":
            return self._node("truth", token.text, token.start, token.end)
        if token.kind == "name" and token.text not in RESERVED:
            return self._call(token) if self._at("(") else self._name_or_range(token)
        if token.kind == "op" and token.text == "(":
            inside = self._nested(self.disjunction, token)
            self._close(token)
            return inside
        if token.kind == "end":
            raise FormulaError("ends_early", token.start, token.end)
        raise FormulaError("unexpected", token.start, token.end, found=token.text)

    def _name_or_range(self, first: Token) -> Syntax:
        name = self._node("name", first.text, first.start, first.end)
        if not self._at(":"):
            return name
        self._next()
        last = self._next()
        if last.kind != "name":
            raise FormulaError("range_needs_name", last.start, last.end)
        other = self._node("name", last.text, last.start, last.end)
        return self._node("range", f"{first.text}:{last.text}", first.start, last.end, (name, other))

    def _call(self, name: Token) -> Syntax:
        opening = self._next()
        arguments: list[Syntax] = []
        if not self._at(")"):
            arguments.append(self._nested(self.disjunction, opening))
            while self._at(","):
                self._next()
                arguments.append(self._nested(self.disjunction, opening))
        end = self._close(opening)
        return self._node("call", name.text, name.start, end, tuple(arguments))

    def _close(self, opening: Token) -> int:
        token = self._next()
        if token.kind != "op" or token.text != ")":
            raise FormulaError("unclosed_bracket", opening.start, opening.end)
        return token.end

    def _nested(self, read: Reader, token: Token) -> Syntax:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise FormulaError("too_deep", token.start, token.end, limit=_MAX_NESTING)
        tree = read()
        self._nesting -= 1
        return tree

    def _op(self, op: str, left: Syntax, right: Syntax) -> Syntax:
        return self._node("op", op, left.start, right.end, (left, right))

    def _node(self, kind: SyntaxKind, value: str, start: int, end: int, parts: tuple[Syntax, ...] = ()) -> Syntax:
        self._nodes += 1
        depth = 1 + max((part.depth for part in parts), default=0)
        if self._nodes > MAX_NODES:
            raise FormulaError("too_many_parts", start, end, limit=MAX_NODES)
        if depth > MAX_DEPTH:
            raise FormulaError("too_deep", start, end, limit=MAX_DEPTH)
        return Syntax(kind, value, start, end, parts, depth)

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _at(self, *ops: str) -> bool:
        return self._now.kind == "op" and self._now.text in ops

    def _next(self) -> Token:
        token = self._tokens[self._place]
        if token.kind != "end":
            self._place += 1
        return token

    def _takes(self, word: str) -> bool:
        if self._now.kind != "name" or self._now.text != word:
            return False
        self._next()
        return True
