"""Requests made from the OpenAPI document: mostly what it asks for, with something hostile in it now and then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Schema = Mapping[str, Any]

#: NUL and what PostgreSQL can't keep, other planes, formulas, numbers in disguise, the ends of time.
HOSTILE_TEXT = (
    "", " ", "\x00", "a\x00b", "\x07", "\u202e", "𡐓", "莫" * 300, "x" * 5000, "=1+1", "'; DROP TABLE unit; --", "%00",
    "../../etc/passwd", "0001-01-01", "9999-12-31", "9999-12", "0000-00", "NaN", "1e999999", "-0", "null", "1" * 400,
    "{}", "<script>", "2026-10", "pc", "people", "reporter", "1,2",
)  # fmt: skip
HOSTILE_NUMBERS = (-1, 0, 1, 2**31, 2**63, -(2**63), 10**30, 1.5, 1e308)
HOSTILE: SearchStrategy[Any] = st.sampled_from(
    [*HOSTILE_TEXT, *HOSTILE_NUMBERS, None, True, [], {}, [[]], {"": None}, [None] * 600]
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the document describes it."""

    method: str
    path: str
    spec: Schema

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Shot:
    """A request to send."""

    method: str
    url: str
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    has_body: bool = False
    upload: tuple[str, bytes] | None = None

    def arguments(self) -> dict[str, Any]:
        given: dict[str, Any] = {"method": self.method, "url": self.url, "params": self.params}
        if self.upload is not None:
            given["files"] = {"data": self.upload}
        elif self.has_body:
            given["json"] = self.json
        return given


def operations(document: Schema, *, without: set[tuple[str, str]]) -> list[Operation]:
    """Every operation of the document, in its order."""
    return [
        Operation(method.upper(), path, spec)
        for path, methods in document["paths"].items()
        for method, spec in methods.items()
        if method in {"get", "post", "put", "patch", "delete"} and (method.upper(), path) not in without
    ]


class Generator:
    """Draws requests. `known` are identifiers that exist, by which a request reaches beyond the first check."""

    def __init__(self, document: Schema, known: Sequence[str]) -> None:
        self.schemas: Schema = document.get("components", {}).get("schemas", {})
        self.known = list(known)

    def shots(self, operation: Operation) -> SearchStrategy[Shot]:
        @st.composite
        def one(draw: DrawFn) -> Shot:
            parts: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
            for parameter in operation.spec.get("parameters", []):
                place = parameter["in"]
                if place in parts and (parameter.get("required") or draw(st.booleans())):
                    value = draw(self.values(parameter.get("schema", {})))
                    if place == "path" and not draw(st.integers(0, 9)):
                        value = draw(st.sampled_from(["none", "0", "%00", "..", "𡐓"]))
                    parts[place][parameter["name"]] = str(value)
            content = operation.spec.get("requestBody", {}).get("content", {})
            shot = Shot(
                operation.method,
                operation.path.format(**{k: quote(v, safe="") or "-" for k, v in parts["path"].items()}),
                parts["query"],
                draw(self.headers()),
            )
            if "multipart/form-data" in content:
                name = draw(st.sampled_from(["a.csv", "a.xlsx", "a.exe", "a"]))
                body = draw(
                    st.sampled_from([b"", b"\x00" * 50, "层级,代码,名称\n镇街,Q\x00,名\n".encode(), b"PK\x03\x04"])
                )
                return Shot(shot.method, shot.url, shot.params, shot.headers, upload=(name, body))
            if "application/json" in content:
                body = draw(self.values(content["application/json"]["schema"]))
                return Shot(shot.method, shot.url, shot.params, shot.headers, json=body, has_body=True)
            return shot

        return one()

    def headers(self) -> SearchStrategy[dict[str, str]]:
        versions = st.sampled_from(['"1"', "1", "2", "-1", "99999999999999999999", 'W/"3"', "*", "x", "½"])
        keys = st.sampled_from(["short", "k" * 8, "k" * 201, "key-\x7f-12345", "ключ-12345678"])
        languages = st.sampled_from(["en", "zh-CN", "*", "", "en;q=0.1, zh", ",;=,", "x" * 2000])
        return st.fixed_dictionaries(
            {"if-match": versions}, optional={"idempotency-key": keys, "accept-language": languages}
        )

    def values(self, schema: Schema, depth: int = 0) -> SearchStrategy[Any]:
        """Values of a schema; one in twelve is something else altogether."""
        return st.integers(0, 11).flatmap(lambda n: HOSTILE if n == 0 else self._fitting(schema, depth))

    def _fitting(self, schema: Schema, depth: int) -> SearchStrategy[Any]:
        if "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return st.one_of([self.values(one, depth) for one in schema[several]])
        if "enum" in schema:
            return st.sampled_from(list(schema["enum"]))
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            return st.one_of([self.values({**schema, "type": one}, depth) for one in kind])
        made: Mapping[str, Callable[[], SearchStrategy[Any]]] = {
            "object": lambda: self._object(schema, depth),
            "array": lambda: st.lists(self.values(schema.get("items", {}), depth + 1), max_size=3),
            "integer": lambda: st.one_of(st.integers(0, 3), st.sampled_from(HOSTILE_NUMBERS)),
            "number": lambda: st.sampled_from(HOSTILE_NUMBERS),
            "boolean": st.booleans,
            "null": st.none,
        }
        return made.get(kind, lambda: self._text(schema))()

    def _text(self, schema: Schema) -> SearchStrategy[str]:
        match schema.get("format"):
            case "uuid":
                return st.one_of(st.sampled_from(self.known), st.uuids().map(str))
            case "date":
                return st.sampled_from(["2026-07-01", "0001-01-01", "9999-12-31", "2020-01-01"])
            case _:
                return st.one_of(st.sampled_from(HOSTILE_TEXT), st.text(max_size=12))

    def _object(self, schema: Schema, depth: int) -> SearchStrategy[dict[str, Any]]:
        properties: Schema = schema.get("properties", {})
        if not properties or depth > 4:
            return st.dictionaries(st.sampled_from(["pc", "rc", "people", "\x00", "xm"]), self.values({}, depth + 1))
        required = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: self.values(one, depth + 1) for name, one in properties.items() if name in required},
            optional={name: self.values(one, depth + 1) for name, one in properties.items() if name not in required},
        )
