"""Tables of channels."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Policy, TenantRow, TextEnum, rls


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
