"""The declarative base and the four policy classes of tenant tables (see `kit.db.policy`)."""

from __future__ import annotations

import enum
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


def rls(policy: Policy, *, append_only: bool = False) -> dict[str, Any]:
    """The `info` of a tenant table. An append-only table grants the runtime role neither UPDATE nor DELETE."""
    return {"policy": policy, "append_only": append_only}


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
