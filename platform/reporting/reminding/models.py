"""Tables of reminders."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls


class ChannelKind(enum.StrEnum):
    """By what way a message leaves the platform."""

    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


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


class Channel(TenantRow, Base):
    """A unit's e-mail address or robot. Address and secret are encrypted (contexts channel.address, channel.secret):
    whoever knows a robot's address can speak through it."""

    __tablename__ = "channel"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_channel_unit", "county_id", "unit_id"),
        CheckConstraint("kind IN ('email', 'wecom', 'dingtalk', 'feishu')", name="kind"),
        {"info": rls(Policy.OWN_RECORDS)},
    )

    unit_id: Mapped[UUID]
    kind: Mapped[ChannelKind] = mapped_column(TextEnum(ChannelKind))
    name: Mapped[str] = mapped_column(Text)
    address_cipher: Mapped[str] = mapped_column(Text)
    secret_cipher: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    last_at: Mapped[datetime | None]
    #: Why the last message was not delivered; empty when it was.
    last_problem: Mapped[str] = mapped_column(Text, default="")
    #: The unit, and the county, in whose scope messages are sent.
    place: Mapped[list[UUID]]


class ReminderSending(TenantRow, Base):
    """The intent to remind, recorded before anything is sent: once for a rule, unit, cycle and target, whoever finds it
    due. `attempted_at` is committed before the message leaves, so a crash between the two loses the message and never
    doubles it."""

    __tablename__ = "reminder_sending"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "unit_id", "rule", "target"),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        {"info": rls(Policy.OWN_RECORDS)},
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
