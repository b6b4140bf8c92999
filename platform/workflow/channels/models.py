"""Tables of channels."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, stays


class ChannelKind(enum.StrEnum):
    """By what way a message leaves the platform."""

    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


class Channel(TenantRow, Base):
    """A unit's e-mail address or robot. Address and secret are encrypted (contexts channel.address, channel.secret):
    whoever knows a robot's address can speak through it."""

    __tablename__ = "channel"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_channel_unit", "county_id", "unit_id"),
        CheckConstraint("kind IN ('email', 'wecom', 'dingtalk', 'feishu')", name="kind"),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit, and the county that sends"))},
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


class OutsideMessage(TenantRow, Base):
    """A message to one channel, recorded with what caused it and sent by a job. Its id is its number: whoever gets one
    that is sent at least once sees by it that it is the same."""

    __tablename__ = "outside_message"
    __table_args__ = (
        UniqueConstraint("county_id", "channel_id", "occasion"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit, and the county that sends"))},
    )

    #: Without a foreign key: what was sent stays on record when the channel goes.
    channel_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: Who words it (`workflow.channels.messages.wording`).
    kind: Mapped[str] = mapped_column(Text)
    #: Why it is sent, once: `digest-2026-11-23`, `urgent-<matter>-0`.
    occasion: Mapped[str] = mapped_column(Text)
    #: What the wording goes by. Never a name or a figure of anybody's report.
    facts: Mapped[dict[str, Any]]
    #: Lost rather than doubled by a crash; else doubled rather than lost.
    at_most_once: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]
