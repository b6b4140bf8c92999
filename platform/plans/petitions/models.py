"""信访交办: the facts of a petition that a task carries, and where it stands in its statutory course."""

from __future__ import annotations

import enum
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown


class Manner(enum.StrEnum):
    """转送、交办、督办 (《信访工作条例》第二十二条、第二十七条)."""

    FORWARD = "forward"
    ASSIGN = "assign"
    SUPERVISE = "supervise"


class PetitionClass(enum.StrEnum):
    """建议意见、检举控告、申诉求决 (第十七条)."""

    SUGGESTION = "suggestion"
    ACCUSATION = "accusation"
    APPEAL = "appeal"


class PetitionState(enum.StrEnum):
    """待受理、有异议、办理中、已办结."""

    ROUTED = "routed"
    OBJECTED = "objected"
    ACCEPTED = "accepted"
    CONCLUDED = "concluded"


class Outcome(enum.StrEnum):
    """支持、解释说明、不予支持 (第三十二条)."""

    SUPPORTED = "supported"
    EXPLAINED = "explained"
    REJECTED = "rejected"


class Petition(TenantRow, Base):
    """A petition; `id` is its task's. Seen by the unit that handles it and those above, of them by the sections
    concerned alone (`plans.tasks.access`). All dates are days in China."""

    __tablename__ = "petition"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["task.county_id", "task.id"]),
        ForeignKeyConstraint(["county_id", "handler_unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('routed', 'objected', 'accepted', 'concluded')", name="state"),
        # One extension of at most thirty days (第三十四条).
        CheckConstraint("extended_days BETWEEN 1 AND 30", name="extended_days"),
        Index("ix_petition_state", "county_id", "state"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown("handler_unit_id"))},
    )

    #: 首办责任单位.
    handler_unit_id: Mapped[UUID]
    manner: Mapped[Manner] = mapped_column(TextEnum(Manner))
    petition_class: Mapped[PetitionClass] = mapped_column(TextEnum(PetitionClass))
    #: 收到日期.
    received_on: Mapped[date]
    state: Mapped[PetitionState] = mapped_column(TextEnum(PetitionState), default=PetitionState.ROUTED)
    version: Mapped[int] = mapped_column(default=1)
    objected_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    #: 书面告知受理.
    informed_on: Mapped[date | None]
    #: 延长办理期限: by how many days, why, who approved it, and whether the petitioner was told the reason.
    extended_days: Mapped[int | None]
    extended_reason: Mapped[str] = mapped_column(Text, default="")
    extended_by: Mapped[str] = mapped_column(Text, default="")
    extended_told: Mapped[bool | None]
    concluded_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(TextEnum(Outcome))
    #: 处理意见.
    opinion: Mapped[str] = mapped_column(Text, default="")
    #: 处理意见送达信访人.
    told_on: Mapped[date | None]
    review_asked_on: Mapped[date | None]
    review_answered_on: Mapped[date | None]
    reexamination_asked_on: Mapped[date | None]
    reexamination_answered_on: Mapped[date | None]
    #: Which reminders were sent: limit, its day, and how many days before (`rules.due_reminders`).
    reminded: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    place: Mapped[list[UUID]]
