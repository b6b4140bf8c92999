"""工作人员: who works at a station (township standard items 5–8, 28; village 5, 6)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, handed_over, rls


class StaffKind(enum.StrEnum):
    """专职、兼职、公益性岗位、购买服务、志愿者、其他."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    PUBLIC_WELFARE = "public_welfare"
    CONTRACTED = "contracted"
    VOLUNTEER = "volunteer"
    OTHER = "other"


class Background(enum.StrEnum):
    """退役军人、其他优抚对象（烈属军属等）、均不是 (township item 7)."""

    VETERAN = "veteran"
    PREFERENTIAL = "preferential"
    NEITHER = "neither"


class Duty(enum.StrEnum):
    """站长、副站长、专干、信息联络员 (township item 8)、窗口接待、网格服务 (township item 26)."""

    HEAD = "head"
    DEPUTY = "deputy"
    SPECIALIST = "specialist"
    LIAISON = "liaison"
    WINDOW = "window"
    GRID = "grid"


class StaffState(enum.StrEnum):
    """在岗、已离岗."""

    SERVING = "serving"
    LEFT = "left"


class StaffMember(TenantRow, Base):
    """A person at a unit, with or without an account. A living file: `place` follows the unit when it moves."""

    __tablename__ = "staff_member"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "account_id"], ["account.county_id", "account.id"]),
        CheckConstraint("state IN ('serving', 'left')", name="state"),
        CheckConstraint("(left_on IS NULL) = (state = 'serving')", name="left_on"),
        CheckConstraint("background IN ('veteran', 'preferential', 'neither')", name="background"),
        Index("ix_staff_member_unit", "county_id", "unit_id", "state"),
        # An account stands for one person of a unit at a time.
        Index(
            "uq_staff_member_account",
            "county_id",
            "unit_id",
            "account_id",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL AND left_on IS NULL"),
        ),
        {"info": rls(Policy.OWN_RECORDS, moves=handed_over())},
    )

    unit_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    #: 职务或分工, in words.
    post: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[StaffKind] = mapped_column(TextEnum(StaffKind))
    #: None: nobody has said.
    background: Mapped[Background | None] = mapped_column(TextEnum(Background))
    #: Duties of the station, by their codes, in the order of `Duty`.
    duties: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    #: 证书、资格: {name, on}.
    certificates: Mapped[list[Any]] = mapped_column(default=list)
    #: Whether the person holds one of the station's approved posts (在编, township items 5, 6).
    established: Mapped[bool] = mapped_column(default=False)
    #: Encrypted (`kit.crypto`, context staff_member.phone).
    phone_cipher: Mapped[str | None] = mapped_column(Text)
    #: The account that the person signs in with, if it is theirs alone.
    account_id: Mapped[UUID | None]
    #: 到岗 and 离岗, dates in China.
    started_on: Mapped[date]
    left_on: Mapped[date | None]
    state: Mapped[StaffState] = mapped_column(TextEnum(StaffState), default=StaffState.SERVING)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID]
    place: Mapped[list[UUID]]
