"""提请协调: a difficulty or an opinion sent up; a task in reverse."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown
from tenancy.tiers import Tier


class RequestKind(enum.StrEnum):
    """困难问题、意见建议、政策咨询、其他."""

    DIFFICULTY = "difficulty"
    OPINION = "opinion"
    POLICY = "policy"
    OTHER = "other"


class RequestState(enum.StrEnum):
    """待受理、办理中、已答复、已办结、已撤回."""

    RAISED = "raised"
    TAKEN = "taken"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class CoordinationRequest(TenantRow, Base):
    """提请协调 (镇 3、18、25、38; 村 1): what a unit can't settle itself, and who has it in hand."""

    __tablename__ = "coordination_request"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "handler_unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "submission_id"], ["submission.county_id", "submission.id"]),
        CheckConstraint("state IN ('raised', 'taken', 'answered', 'settled', 'withdrawn')", name="state"),
        UniqueConstraint("county_id", "submission_id", "field"),
        Index("ix_coordination_request_unit", "county_id", "unit_id", "raised_at"),
        Index("ix_coordination_request_handler", "county_id", "handler_unit_id", "raised_at"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    kind: Mapped[RequestKind] = mapped_column(TextEnum(RequestKind))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(TextEnum(RequestState), default=RequestState.RAISED)
    version: Mapped[int] = mapped_column(default=1)
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    raiser_id: Mapped[UUID]
    raiser_name: Mapped[str] = mapped_column(Text)
    #: The unit that has it to handle: the one above, until that passes it further up.
    handler_unit_id: Mapped[UUID]
    handler_name: Mapped[str] = mapped_column(Text)
    #: 答复.
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    #: The report and the field whose text it was, if it came out of one; and what they are called.
    submission_id: Mapped[UUID | None]
    field: Mapped[str | None] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)
    place: Mapped[list[UUID]]
