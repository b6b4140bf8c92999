"""The catalogue's tables: a form, and its versions as data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls


class Form(TenantRow, Base):
    """报表: what is asked, whatever the version."""

    __tablename__ = "form"
    __table_args__ = (
        UniqueConstraint("county_id", "code"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    section_id: Mapped[UUID | None]
    #: Kept with the task that asks it once: not in the catalogue, never in the plan of periods.
    one_off: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FormVersion(TenantRow, Base):
    """版本: a definition. A draft may be replaced; publishing freezes it for good."""

    __tablename__ = "form_version"
    __table_args__ = (
        UniqueConstraint("county_id", "form_id", "version"),
        ForeignKeyConstraint(["county_id", "form_id"], ["form.county_id", "form.id"]),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    form_id: Mapped[UUID]
    version: Mapped[int]
    definition: Mapped[dict[str, Any]]
    #: The first period that this version serves.
    applies_from: Mapped[date]
    #: 有效期至: no cycle of a later period is opened.
    valid_until: Mapped[date | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
