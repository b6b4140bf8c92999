"""YAML text to a definition or a compiled form, with every fault told by line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from forms.compiled import CompiledForm, compile_form
from forms.definition import FormDefinition
from forms.errors import DefinitionInvalid, DefinitionProblem, Location
from forms.messages import MESSAGES, render
from kit.errors import LOCALES

#: A definition is typed by people; anything larger or deeper was made to hurt.
MAX_BYTES = 512 * 1024
MAX_DEPTH = 20

SHIPPED = Path(__file__).parent / "shipped"

Lines = dict[Location, int]


def load_definition(source: Path | str) -> FormDefinition:
    """Reads a definition from a file, or from YAML text. Raises DefinitionInvalid with all faults and their lines.

    Only the shape is checked; `load_form` also checks that names, formulas and checks make sense.
    """
    return _load(_text(source))[0]


def load_form(source: Path | str) -> CompiledForm:
    """Reads and compiles. Raises DefinitionInvalid with all faults and their lines."""
    definition, lines = _load(_text(source))
    try:
        return compile_form(definition)
    except DefinitionInvalid as error:
        raise DefinitionInvalid(_with_lines(error.problems, lines)) from None


@cache
def shipped(code: str) -> CompiledForm:
    """A form that comes with the platform: f1, f2 or f3."""
    return load_form(SHIPPED / f"{code}.yaml")


def _text(source: Path | str) -> str:
    return source.read_text("utf-8") if isinstance(source, Path) else source


def _load(text: str) -> tuple[FormDefinition, Lines]:
    data, lines = _read(text)
    try:
        return FormDefinition.model_validate(data), lines
    except ValidationError as error:
        problems = _shape_problems(error)
        raise DefinitionInvalid(_with_lines(problems, lines)) from None


def _shape_problems(error: ValidationError) -> list[DefinitionProblem]:
    """Pydantic's findings in our words. A list that seems too short only because of bad items is not told twice."""
    found = error.errors(include_url=False)
    problems = []
    for one in found:
        location = one["loc"]
        if one["type"] == "too_short" and any(
            other["loc"][: len(location)] == location for other in found if other != one
        ):
            continue
        context = one.get("ctx", {})
        code = f"shape.{context['code'] if one['type'] == 'shape' else one['type']}"
        details = [
            render(code, locale, **{k: str(v) for k, v in context.items()}) if code in MESSAGES else one["msg"]
            for locale in LOCALES
        ]
        where = ".".join(str(part) for part in location)
        problems.append(
            DefinitionProblem("schema", location, {"where": where, "detail": details[0], "detail_en": details[1]})
        )
    return problems


class _Refused(Exception):
    def __init__(self, code: str, line: int, **params: str) -> None:
        self.problem = DefinitionProblem(code, (), params, line)


class _Loader(yaml.SafeLoader):
    """Plain YAML only: no aliases (a small text could stand for a huge one), no key twice, no endless nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call] # the stubs have no types here
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("alias", line)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Refused("not_yaml", line, detail=f"> {MAX_DEPTH}")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_BOOLEAN = "tag:yaml.org,2002:bool"
#: Only true and false are booleans, so that a field may be called `no` or `on`.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"true|false"), list("tf"))


def _read(text: str) -> tuple[Any, Lines]:
    if len(text.encode()) > MAX_BYTES:
        raise DefinitionInvalid([DefinitionProblem("too_large", (), {"limit": MAX_BYTES})])
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: Lines = {(): 1}
        if node is not None:
            _note_lines(node, (), lines)
        return (loader.construct_document(node) if node is not None else None), lines
    except _Refused as refused:
        raise DefinitionInvalid([refused.problem]) from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = str(getattr(error, "problem", None) or error)[:200]
        line = mark.line + 1 if mark else None
        raise DefinitionInvalid([DefinitionProblem("not_yaml", (), {"detail": detail}, line)]) from None
    finally:
        if loader is not None:
            loader.dispose()


def _note_lines(node: yaml.Node, location: Location, lines: Lines) -> None:
    lines[location] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for place, part in enumerate(node.value):
            _note_lines(part, (*location, place), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("not_yaml", line, detail="?")
            if key.value in seen:
                raise _Refused("duplicate_key", line, key=key.value)
            seen.add(key.value)
            _note_lines(value, (*location, key.value), lines)


def _with_lines(problems: Iterable[DefinitionProblem], lines: Lines) -> list[DefinitionProblem]:
    """Adds the line of the nearest part of the text that a problem's location names."""
    return [replace(problem, line=problem.line or _line(problem.location, lines)) for problem in problems]


def _line(location: Location, lines: Lines) -> int | None:
    here: Location = ()
    for part in location:
        if (*here, part) in lines:  # pydantic puts in the kind of a table, which the text doesn't have
            here = (*here, part)
    return lines.get(here)
