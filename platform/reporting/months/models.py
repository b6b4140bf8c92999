"""Whom to call at a unit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls


class UnitContact(TenantRow, Base):
    """联系人 of a unit, and the patch officer (包片) above who answers for it.

    It belongs to the unit whoever stands above it, so it follows no `place`: the commands and reads go by the tree of
    today. Without a row the unit's first reporter is whom to call.
    """

    __tablename__ = "unit_contact"
    __table_args__ = (
        UniqueConstraint("county_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    unit_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text, default="")
    #: Encrypted (`kit.crypto`, context unit_contact.phone).
    phone_cipher: Mapped[str | None] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID | None]
