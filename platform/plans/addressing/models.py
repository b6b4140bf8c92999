"""Ways to name many units at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, handed_over, rls


class UnitTag(TenantRow, Base):
    """标签: a word that a county puts on a unit (城市社区、示范站), to address those that bear it."""

    __tablename__ = "unit_tag"
    __table_args__ = (
        UniqueConstraint("county_id", "tag", "unit_id"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    unit_id: Mapped[UUID]
    tag: Mapped[str] = mapped_column(Text)


class UnitGroup(TenantRow, Base):
    """常用分组: units that a unit addresses together again and again, under a name of its own."""

    __tablename__ = "unit_group"
    __table_args__ = (
        UniqueConstraint("county_id", "owner_unit_id", "name"),
        ForeignKeyConstraint(["county_id", "owner_unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_unit_group_owner", "county_id", "owner_unit_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=handed_over("owner_unit_id"))},
    )

    owner_unit_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    unit_ids: Mapped[list[UUID]]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID | None]
    place: Mapped[list[UUID]]
