"""紧急事项: what can't wait, for the unit and those above it."""

from __future__ import annotations

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown
from tenancy.tiers import Tier


class UrgentKind(enum.StrEnum):
    """群体聚集、个人极端苗头、重大变故、灾害事故、其他."""

    GATHERING = "gathering"
    EXTREME = "extreme"
    MISFORTUNE = "misfortune"
    DISASTER = "disaster"
    OTHER = "other"


class UrgentState(enum.StrEnum):
    """待签收、处置中、已办结."""

    REPORTED = "reported"
    HANDLING = "handling"
    CONCLUDED = "concluded"


class UrgentMatter(TenantRow, Base):
    """紧急事项 (镇 22、67、80; 村 51). Seen by the line concerned alone: the unit and those above it."""

    __tablename__ = "urgent_matter"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('reported', 'handling', 'concluded')", name="state"),
        Index("ix_urgent_matter_state", "county_id", "state", "escalate_at"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    kind: Mapped[UrgentKind] = mapped_column(TextEnum(UrgentKind))
    #: What happens, in a line.
    title: Mapped[str] = mapped_column(Text)
    #: What is known: 时间、地点、人员、诉求、已采取措施.
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[UrgentState] = mapped_column(TextEnum(UrgentState), default=UrgentState.REPORTED)
    version: Mapped[int] = mapped_column(default=1)
    reported_at: Mapped[datetime] = mapped_column(default=clock.now)
    reporter_id: Mapped[UUID]
    reporter_name: Mapped[str] = mapped_column(Text)
    #: Unless somebody above has acknowledged it by then, it is told again, and to leaders.
    escalate_at: Mapped[datetime]
    #: How often it was escalated.
    level: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[datetime | None]
    #: The unit and person that acknowledged it first.
    acknowledged_by: Mapped[str] = mapped_column(Text, default="")
    #: 处置结果, when it was concluded.
    report: Mapped[str] = mapped_column(Text, default="")
    concluded_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]
