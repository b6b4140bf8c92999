"""服务站: what a unit's station is and has, and its funds by year (镇 1、5–16、26、32; 村 2、4–13、17)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, handed_over, rls


class StationStanding(enum.StrEnum):
    """单独建站；不单独建站、由专人负责 (village item 4)."""

    OWN = "own"
    PERSON = "person"


class HeadPost(enum.StrEnum):
    """What else the head of a village's station is (village item 2): 书记、主任、书记兼主任、其他."""

    SECRETARY = "secretary"
    DIRECTOR = "director"
    BOTH = "both"
    OTHER = "other"


class GroupRole(enum.StrEnum):
    """组长、副组长、成员 of the leading group (township item 1)."""

    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"


class StationProfile(TenantRow, Base):
    """One for a unit, once anything was said of its station. A living file: `place` follows the unit when it moves."""

    __tablename__ = "station_profile"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        UniqueConstraint("county_id", "unit_id"),
        CheckConstraint("standing IN ('own', 'person')", name="standing"),
        CheckConstraint("head_post IN ('secretary', 'director', 'both', 'other')", name="head_post"),
        CheckConstraint("veterans >= 0", name="veterans"),
        CheckConstraint("posts >= 0", name="posts"),
        {"info": rls(Policy.OWN_RECORDS, moves=handed_over())},
    )

    unit_id: Mapped[UUID]
    #: None: nobody has said.
    standing: Mapped[StationStanding | None] = mapped_column(TextEnum(StationStanding))
    founded_on: Mapped[date | None]
    #: The document by which it was founded.
    document_no: Mapped[str] = mapped_column(Text, default="")
    #: How many veterans it serves. The unit's own word.
    veterans: Mapped[int | None]
    #: 核定编制数 (township item 5).
    posts: Mapped[int | None]
    #: 站长.
    head: Mapped[str] = mapped_column(Text, default="")
    head_post: Mapped[HeadPost | None] = mapped_column(TextEnum(HeadPost))
    #: 专人: who is answerable for it in the village's committees (village items 4, 5).
    named_person: Mapped[str] = mapped_column(Text, default="")
    #: 专武干部参与 (township item 32).
    militia: Mapped[bool | None]
    #: 领导小组: {name, post, role}; its document and date.
    group_members: Mapped[list[Any]] = mapped_column(default=list)
    group_document: Mapped[str] = mapped_column(Text, default="")
    group_on: Mapped[date | None]
    #: 网格员: {id, name, grid, households, veterans, phone_cipher} (`kit.crypto`, context station_profile.grid).
    grid: Mapped[list[Any]] = mapped_column(default=list)
    #: 阵地: numbers of the standard's items that are met.
    premises: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID]
    place: Mapped[list[UUID]]


class StationFund(TenantRow, Base):
    """经费 of a unit's station in a year, in yuan (镇 9; 村 7). Changed under its profile's lock."""

    __tablename__ = "station_fund"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        UniqueConstraint("county_id", "unit_id", "year"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        CheckConstraint("budget >= 0 AND arrived >= 0 AND spent >= 0", name="amounts"),
        {"info": rls(Policy.OWN_RECORDS, moves=handed_over())},
    )

    unit_id: Mapped[UUID]
    year: Mapped[int]
    #: 年度预算、已到位、已支出.
    budget: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    arrived: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    spent: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    note: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]
