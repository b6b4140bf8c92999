"""年度工作计划: a unit's plan of a year, its items, and the summaries of its periods (standards: 镇 2、22; 村 14)."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown, stays
from tenancy.tiers import Tier


class PlanState(enum.StrEnum):
    """起草中、待审核、已批准、已退回."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class ItemState(enum.StrEnum):
    """推进中、已完成、已调出 (an approved change took it out of the plan)."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class SummaryPeriod(enum.StrEnum):
    """一至四季度小结、全年总结."""

    Q1 = "q1"
    Q2 = "q2"
    Q3 = "q3"
    Q4 = "q4"
    YEAR = "year"


class SummaryState(enum.StrEnum):
    """草稿、已报送、已退回、已收下."""

    DRAFT = "draft"
    SENT = "sent"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Plan(TenantRow, Base):
    """年度工作计划 of one unit; the row is what commands on the plan and its items lock."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("county_id", "unit_id", "year"),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'returned')", name="state"),
        CheckConstraint("state <> 'approved' OR approved_no IS NOT NULL", name="approved_no"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    #: Who reviews it: the unit above; the county itself for the county's own.
    reviewer_unit_id: Mapped[UUID]
    #: A year in China.
    year: Mapped[int]
    state: Mapped[PlanState] = mapped_column(TextEnum(PlanState), default=PlanState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    #: The newest edition that was handed in, and the one in force.
    edition_no: Mapped[int] = mapped_column(default=0)
    approved_no: Mapped[int | None]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    #: Why what was approved is being changed; empty while nothing is.
    change_reason: Mapped[str] = mapped_column(Text, default="")
    #: When its unit was told of late items; None when none of them is open in its inbox.
    late_told_at: Mapped[datetime | None]
    #: Counts what its unit was told of late items: an order that does not depend on the plan's version.
    late_no: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    creator_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]

    @property
    def in_force(self) -> bool:
        """An edition was approved and stands, whatever is being changed meanwhile."""
        return self.approved_no is not None


class PlanDraft(TenantRow, Base):
    """What a unit is writing, under its plan's id: seen by that unit alone. `items` as `rules.PlanLine`."""

    __tablename__ = "plan_draft"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["plan.county_id", "plan.id"], ondelete="CASCADE"),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit alone"))},
    )

    items: Mapped[list[Any]]
    place: Mapped[list[UUID]]


class PlanEdition(TenantRow, Base):
    """One handed-in state of a plan: its items, and what it changes of those in force. Nothing of that is ever
    altered; its approval is written down."""

    __tablename__ = "plan_edition"
    __table_args__ = (
        UniqueConstraint("county_id", "plan_id", "no"),
        ForeignKeyConstraint(["county_id", "plan_id"], ["plan.county_id", "plan.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    plan_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    no: Mapped[int]
    items: Mapped[list[Any]]
    #: `rules.Change` of each item that differs from the one in force; empty for a first edition.
    changes: Mapped[list[Any]]
    #: Why it changes what is in force.
    reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitter_name: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime | None]
    approver_name: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]


class PlanItem(TenantRow, Base):
    """事项 in force: what a unit does, until when, and how far it is. Its progress is the history of the item."""

    __tablename__ = "plan_item"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "plan_id"], ["plan.county_id", "plan.id"]),
        ForeignKeyConstraint(["county_id", "serves_id"], ["plan_emphasis.county_id", "plan_emphasis.id"]),
        ForeignKeyConstraint(["county_id", "staff_id"], ["staff_member.county_id", "staff_member.id"]),
        CheckConstraint("state IN ('open', 'done', 'dropped')", name="state"),
        CheckConstraint("state = 'dropped' OR (state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("start_on <= end_on", name="span"),
        Index("ix_plan_item_plan", "county_id", "plan_id"),
        Index("ix_plan_item_serves", "county_id", "serves_id"),
        # What may become late: looked through by the scheduler.
        Index(
            "ix_plan_item_due",
            "county_id",
            "end_on",
            postgresql_where=text("state = 'open' AND late_told_at IS NULL"),
        ),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    plan_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    year: Mapped[int]
    #: Its place in the plan.
    position: Mapped[int]
    #: 板块.
    section: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    #: 责任人: a name, and the staff member if it is one.
    owner: Mapped[str] = mapped_column(Text, default="")
    staff_id: Mapped[UUID | None]
    #: Days in China, within the plan's year.
    start_on: Mapped[date]
    end_on: Mapped[date]
    #: 完成标准.
    measure: Mapped[str] = mapped_column(Text, default="")
    #: The emphasis of a plan above that it serves.
    serves_id: Mapped[UUID | None]
    state: Mapped[ItemState] = mapped_column(TextEnum(ItemState), default=ItemState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    percent: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    progressed_at: Mapped[datetime | None]
    done_on: Mapped[date | None]
    late_told_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]


class PlanEmphasis(TenantRow, Base):
    """工作重点: an item in force of a unit that has units below, published to them under the item's id. A downward
    document: reached through the line above the reader (`queries.list_emphases`)."""

    __tablename__ = "plan_emphasis"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_plan_emphasis_unit", "county_id", "unit_id", "year"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    plan_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    position: Mapped[int]
    section: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    start_on: Mapped[date]
    end_on: Mapped[date]
    measure: Mapped[str] = mapped_column(Text)
    #: An approved change took it out: nothing new serves it, what served it still names it.
    dropped: Mapped[bool] = mapped_column(default=False)


class PlanSummary(TenantRow, Base):
    """小结、总结: one version of the words on a period. Sent up it is never altered; what is written after it is the
    next version. Until it is sent, `place` is its unit alone."""

    __tablename__ = "plan_summary"
    __table_args__ = (
        UniqueConstraint("county_id", "plan_id", "period", "no"),
        ForeignKeyConstraint(["county_id", "plan_id"], ["plan.county_id", "plan.id"]),
        CheckConstraint("period IN ('q1', 'q2', 'q3', 'q4', 'year')", name="period"),
        CheckConstraint("state IN ('draft', 'sent', 'returned', 'accepted')", name="state"),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent_at"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    plan_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[SummaryPeriod] = mapped_column(TextEnum(SummaryPeriod))
    no: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    #: `{heading, text}` in order.
    sections: Mapped[list[Any]]
    state: Mapped[SummaryState] = mapped_column(TextEnum(SummaryState), default=SummaryState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    writer_name: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    #: The unit above on the day it was sent, which accepts or returns it; None until then, and of the county's.
    reviewer_unit_id: Mapped[UUID | None]
    return_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    place: Mapped[list[UUID]]
