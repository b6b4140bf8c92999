"""The city's workbooks and what goes into their cells."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls, stays
from kit.models import FileFacts


class CitySheet(FileFacts, TenantRow, Base):
    """套表: a workbook of the city's. Its bytes are named by its id and never change; the county alone sees it.

    `targets` is what goes where, as `reporting.city.targets.Target` says it.
    """

    __tablename__ = "city_sheet"
    __table_args__ = (
        UniqueConstraint("county_id", "title"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("the county's own"))},
    )

    title: Mapped[str] = mapped_column(Text)
    targets: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    updater_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]
