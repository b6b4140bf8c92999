"""The declarative base and the four policy classes of tenant tables (see `kit.db.policy`)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from kit.ids import new_id


class Policy(enum.Enum):
    """Who may touch a row of a tenant table. A table names its class in `info`; its migration creates it."""

    #: County, and the acting unit stands in the row's `place`.
    OWN_RECORDS = "own_records"
    #: Anybody of the county may insert; only a recipient in `place` may read or delete. No RETURNING, no ON CONFLICT.
    SENT_UPWARD = "sent_upward"
    #: County; reached only through addressee rows, in the package's `access.py`.
    DOWNWARD_DOCUMENT = "downward_document"
    #: County.
    COUNTY_WIDE = "county_wide"


class Audience(enum.Enum):
    """Who sees a row once its unit stands under another superior."""

    #: A record of its time: whoever sees it, and those above the unit now.
    THEN_AND_NOW = "then_and_now"
    #: A living file: those above the unit now, and nobody who was before.
    NOW = "now"
    #: Whoever saw it.
    THEN = "then"


@dataclass(frozen=True, slots=True)
class Moves:
    """What becomes of a table's `place` when a unit moves (`tenancy.moves`). `by` is the column that names the unit; or
    the row of the table `through`, with which this one goes (of any followed table, where that is empty)."""

    audience: Audience
    by: str = "unit_id"
    through: str | None = None
    #: Why it stays with those who saw it.
    why: str = ""


def shown(by: str = "unit_id") -> Moves:
    """A record of a unit: those above it then go on seeing it, those above it now see it too."""
    return Moves(Audience.THEN_AND_NOW, by)


def shown_with(by: str, through: str = "") -> Moves:
    """A record that goes with another row: of one table, or (history, files) of whichever table has the id."""
    return Moves(Audience.THEN_AND_NOW, by, through)


def handed_over(by: str = "unit_id") -> Moves:
    """A living file of a unit: it goes to those above the unit now."""
    return Moves(Audience.NOW, by)


def stays(why: str) -> Moves:
    """A row that nobody else gets to see, whatever its unit does; `why` is for whoever reads the table."""
    return Moves(Audience.THEN, why=why)


def rls(policy: Policy, *, append_only: bool = False, moves: Moves | None = None) -> dict[str, Any]:
    """The `info` of a tenant table. An append-only table grants the runtime role neither UPDATE nor DELETE. A table
    with a `place` says what becomes of it when a unit moves; what was sent upward stays where it was sent."""
    if policy is Policy.SENT_UPWARD:
        moves = stays("it was sent to whoever was to read it")
    return {"policy": policy, "append_only": append_only, "moves": moves}


REFERENCE: dict[str, Any] = {"policy": None}
"""The `info` of a reference table: shared by all counties, without tenant rows."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        UUID: Uuid(as_uuid=True),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
        list[UUID]: ARRAY(Uuid(as_uuid=True)),
    }


class TextEnum(TypeDecorator[enum.StrEnum]):
    """A string enumeration kept as text: read back as its member, so that `is` and `match` hold."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[enum.StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: enum.StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> enum.StrEnum | None:
        return None if value is None else self.members(value)


class TenantRow:
    """The key every tenant table begins with."""

    county_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
