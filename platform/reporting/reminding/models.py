"""Tables of reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls, stays


class ReminderPlan(TenantRow, Base):
    """A county's rules and quiet hours. `id` is the county's own unit; without a row the defaults hold."""

    __tablename__ = "reminder_plan"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["unit.county_id", "unit.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    active: Mapped[bool] = mapped_column(default=True)
    #: `HH:MM` on the wall in China.
    quiet_from: Mapped[str] = mapped_column(Text)
    quiet_until: Mapped[str] = mapped_column(Text)
    rules: Mapped[list[Any]]
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID | None]


class ReminderSending(TenantRow, Base):
    """The intent to remind, recorded before anything is sent: once for a rule, unit, cycle and target, whoever finds it
    due. `attempted_at` is committed before the message leaves, so a crash between the two loses the message and never
    doubles it."""

    __tablename__ = "reminder_sending"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "unit_id", "rule", "target"),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("the county's own"))},
    )

    cycle_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: `village-before-3-working_days`.
    rule: Mapped[str] = mapped_column(Text)
    #: `inbox`, or a channel's id.
    target: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]
