"""调研指导: visits of leaders to the own station (镇 4), and of units above to stations below (镇 23)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown, shown_with
from plans.follow_up.models import Followed
from tenancy.tiers import Tier


class VisitKind(enum.StrEnum):
    """领导到站调研, written down by the station; 调研指导, written down by the unit above that came."""

    LEADER = "leader"
    GUIDANCE = "guidance"


class VisitState(enum.StrEnum):
    """已登记、已作废. Whether what was found is rectified is read from the tasks."""

    RECORDED = "recorded"
    VOID = "void"


class Visit(TenantRow, Base):
    """One visit to a station; the station and those above it see it."""

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "visitor_unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('recorded', 'void')", name="state"),
        CheckConstraint("(kind = 'leader') = (visitor_unit_id = unit_id)", name="visitor"),
        Index("ix_visit_unit", "county_id", "unit_id", "visited_on"),
        Index("ix_visit_visitor", "county_id", "visitor_unit_id", "visited_on"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    kind: Mapped[VisitKind] = mapped_column(TextEnum(VisitKind))
    #: The station that was visited.
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    #: Who wrote it down: the unit that came, or of a leader's visit the station itself.
    visitor_unit_id: Mapped[UUID]
    visitor_name: Mapped[str] = mapped_column(Text)
    #: Who came: `{name, post}` each.
    people: Mapped[list[Any]]
    visited_on: Mapped[date]
    #: 调研指导情况; and 工作要求.
    text: Mapped[str] = mapped_column(Text, default="")
    requirements: Mapped[str] = mapped_column(Text, default="")
    #: What the station says to it.
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    state: Mapped[VisitState] = mapped_column(TextEnum(VisitState), default=VisitState.RECORDED)
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorder_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]


class VisitFinding(Followed, Base):
    """发现问题."""

    __tablename__ = "visit_finding"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "visit_id"], ["visit.county_id", "visit.id"]),
        ForeignKeyConstraint(["county_id", "task_id"], ["task.county_id", "task.id"]),
        Index("ix_visit_finding_visit", "county_id", "visit_id"),
        Index("ix_visit_finding_task", "county_id", "task_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown_with("visit_id", "visit"))},
    )

    visit_id: Mapped[UUID]
    place: Mapped[list[UUID]]
