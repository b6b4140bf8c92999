"""Personal columns of row tables: encrypted where they are stored, masked where they are shown.

The masks are the convention of the field (domain facts: phone 138****5678, name 张**, identity number first 3 and
last 4); a birth date is never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.definition import FormDefinition
from forms.fields import Personal
from forms.outcome import Row
from kit import crypto
from kit.masks import masked_phone

#: table → rows as `{"id": …, "cells": {…}}`: how rows are stored and sent.
StoredRows = Mapping[str, Sequence[Mapping[str, Any]]]
_SEALED = "enc:"


def _personal_columns(form: FormDefinition) -> dict[str, dict[str, Personal]]:
    return {
        table.code: {column.code: column.personal for column in table.columns if column.personal is not None}
        for table in form.row_tables
    }


def _map(
    form: FormDefinition, rows: StoredRows, change: Callable[[str, Personal, str], str]
) -> dict[str, list[dict[str, Any]]]:
    columns = _personal_columns(form)

    def line(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        kinds = columns.get(table, {})
        cells = {
            code: change(f"{table}.{code}", kinds[code], value) if value and code in kinds else value
            for code, value in row["cells"].items()
        }
        return {"id": row["id"], "cells": cells}

    return {table: [line(table, row) for row in lines] for table, lines in rows.items()}


def to_store(form: FormDefinition, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[dict[str, Any]]]:
    """Rows as they are stored: every personal value encrypted, bound to its column."""
    plain = {table: [{"id": row.id, "cells": dict(row.cells)} for row in lines] for table, lines in rows.items()}
    return _map(form, plain, lambda where, _kind, value: _SEALED + crypto.encrypt(value, context=where))


def unsealed(form: FormDefinition, rows: StoredRows) -> dict[str, list[dict[str, Any]]]:
    """Stored rows as their author typed them."""

    def plain(where: str, _kind: Personal, value: str) -> str:
        return crypto.decrypt(value[len(_SEALED) :], context=where) if value.startswith(_SEALED) else value

    return _map(form, rows, plain)


def from_store(form: FormDefinition, rows: StoredRows) -> dict[str, tuple[Row, ...]]:
    """Stored rows as forms evaluate them."""
    return {
        table: tuple(Row(row["id"], row["cells"]) for row in lines) for table, lines in unsealed(form, rows).items()
    }


def masked(form: FormDefinition, rows: StoredRows) -> dict[str, list[dict[str, Any]]]:
    """Stored rows as others see them."""
    return _map(form, unsealed(form, rows), lambda _where, kind, value: mask(kind, value))


def mask(kind: Personal, value: str) -> str:
    """One personal value behind its mask."""
    match kind:
        case Personal.NAME:
            return value[:1] + "**"
        case Personal.IDENTITY:
            return f"{value[:3]}{'*' * max(len(value) - 7, 4)}{value[-4:]}" if len(value) > 7 else "****"
        case Personal.PHONE:
            return masked_phone(value)
        case Personal.ADDRESS:
            return value[:6] + "***"
        case _:
            return "***"


def person_hash(value: str) -> str:
    """The keyed hash by which the same person in two units is counted once."""
    return crypto.keyed_hash(value.strip().upper(), context="person.identity")
