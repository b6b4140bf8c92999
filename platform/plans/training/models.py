"""培训: what is announced, its sessions, who was told, who takes a place (township items 27–31, village 15, 16)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown
from tenancy.tiers import Tier


class TrainingKind(enum.StrEnum):
    """业务培训、岗前培训、政策学习、保密教育、安全教育、形势（国防、职业道德）教育、其他."""

    PROFESSIONAL = "professional"
    PRE_SERVICE = "pre_service"
    POLICY = "policy"
    CONFIDENTIALITY = "confidentiality"
    SAFETY = "safety"
    EDUCATION = "education"
    OTHER = "other"


class TrainingState(enum.StrEnum):
    """已通知、已开班、已结束、已取消. That sign-up is over is a matter of time, not of state."""

    ANNOUNCED = "announced"
    HELD = "held"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


class PlaceState(enum.StrEnum):
    """已报名、已到、缺席、已取消报名."""

    SIGNED_UP = "signed_up"
    ATTENDED = "attended"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"


class Attendance(enum.StrEnum):
    """扫码签到、名单签到."""

    CODE = "code"
    LIST = "list"


class Result(enum.StrEnum):
    """合格、不合格."""

    PASSED = "passed"
    FAILED = "failed"


class Training(TenantRow, Base):
    """A training as it was announced. A downward document: reached through the issuer or an invitation (`access`)."""

    __tablename__ = "training"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "issuer_unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        CheckConstraint("state IN ('announced', 'held', 'concluded', 'cancelled')", name="state"),
        Index("ix_training_issuer", "county_id", "issuer_unit_id", "starts_at"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    issuer_unit_id: Mapped[UUID]
    issuer_name: Mapped[str] = mapped_column(Text)
    section_id: Mapped[UUID | None]
    kind: Mapped[TrainingKind] = mapped_column(TextEnum(TrainingKind))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    #: The choice of addressees (`plans.addressing.schemas.ChoiceIn`), resolved when it was announced.
    addressees: Mapped[list[Any]]
    sign_up_until: Mapped[datetime]
    #: Of its first session.
    starts_at: Mapped[datetime]
    state: Mapped[TrainingState] = mapped_column(TextEnum(TrainingState))
    version: Mapped[int] = mapped_column(default=1)
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")
    announced_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[UUID]
    creator_name: Mapped[str] = mapped_column(Text)


class TrainingSession(TenantRow, Base):
    """场次. Its row is what sign-ups lock: `taken` is the only count of places that a single unit may see."""

    __tablename__ = "training_session"
    __table_args__ = (
        UniqueConstraint("county_id", "training_id", "no"),
        ForeignKeyConstraint(["county_id", "training_id"], ["training.county_id", "training.id"]),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("hours BETWEEN 0 AND 100", name="hours"),
        CheckConstraint("taken >= 0 AND (quota IS NULL OR taken <= quota)", name="taken"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    training_id: Mapped[UUID]
    no: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Where it is held, in words; `link` of a meeting on line.
    venue: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    #: 学时.
    hours: Mapped[Decimal] = mapped_column(Numeric(4, 1))
    #: 名额, in all and of one unit; None without a limit.
    quota: Mapped[int | None]
    per_unit: Mapped[int | None]
    #: Places that are signed up, attended or absent.
    taken: Mapped[int] = mapped_column(default=0)


class TrainingInvitation(TenantRow, Base):
    """An addressee, and whether it has answered: by signing somebody up, or by saying why nobody comes."""

    __tablename__ = "training_invitation"
    __table_args__ = (
        UniqueConstraint("county_id", "training_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "training_id"], ["training.county_id", "training.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_training_invitation_unit", "county_id", "unit_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    training_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    answered_at: Mapped[datetime | None]
    answerer_name: Mapped[str] = mapped_column(Text, default="")
    #: Why nobody comes; empty when somebody does.
    declined_reason: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]


class TrainingPlace(TenantRow, Base):
    """A staff member's place in a session, what came of it, and the hours it is credited with."""

    __tablename__ = "training_place"
    __table_args__ = (
        UniqueConstraint("county_id", "session_id", "staff_id"),
        ForeignKeyConstraint(["county_id", "training_id"], ["training.county_id", "training.id"]),
        ForeignKeyConstraint(["county_id", "session_id"], ["training_session.county_id", "training_session.id"]),
        ForeignKeyConstraint(["county_id", "staff_id"], ["staff_member.county_id", "staff_member.id"]),
        CheckConstraint("state IN ('signed_up', 'attended', 'absent', 'withdrawn')", name="state"),
        CheckConstraint("(hours IS NOT NULL) = (state = 'attended')", name="hours"),
        Index("ix_training_place_training", "county_id", "training_id"),
        Index("ix_training_place_staff", "county_id", "staff_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    training_id: Mapped[UUID]
    session_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    #: Where the person worked when they signed up: what they are credited with stays there.
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    staff_name: Mapped[str] = mapped_column(Text)
    #: Of the session, in China: its year is the year of the hours.
    day: Mapped[date]
    state: Mapped[PlaceState] = mapped_column(TextEnum(PlaceState), default=PlaceState.SIGNED_UP)
    version: Mapped[int] = mapped_column(default=1)
    signed_up_at: Mapped[datetime] = mapped_column(default=clock.now)
    signer_name: Mapped[str] = mapped_column(Text)
    attended_at: Mapped[datetime | None]
    attendance: Mapped[Attendance | None] = mapped_column(TextEnum(Attendance))
    #: 学时 credited: the session's, unless the organiser said less.
    hours: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    result: Mapped[Result | None] = mapped_column(TextEnum(Result))
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))
    place: Mapped[list[UUID]]
