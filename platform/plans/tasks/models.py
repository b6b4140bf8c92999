"""任务: what is sent down, and each unit's share of it."""

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


class TaskKind(enum.StrEnum):
    """重点工作、信访交办、数据采集、整改、会议决定、其他."""

    KEY_WORK = "key_work"
    PETITION = "petition"
    DATA = "data"
    RECTIFICATION = "rectification"
    DECISION = "decision"
    OTHER = "other"


class Priority(enum.StrEnum):
    """一般、紧急、特急."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class TaskState(enum.StrEnum):
    """待领导确认、已交办、不同意、已收回、已归档."""

    AWAITING = "awaiting"
    ISSUED = "issued"
    DECLINED = "declined"
    RECALLED = "recalled"
    CLOSED = "closed"


class AssignmentState(enum.StrEnum):
    """待签收、已签收、办理中、待确认、已办结、退回重办、已收回."""

    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    RECALLED = "recalled"


class Task(TenantRow, Base):
    """任务. A downward document: reached through the issuer's scope or an assignment (`plans.tasks.access`)."""

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("county_id", "issuer_unit_id", "year", "serial"),
        ForeignKeyConstraint(["county_id", "issuer_unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        ForeignKeyConstraint(["county_id", "form_version_id"], ["form_version.county_id", "form_version.id"]),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        CheckConstraint("state IN ('awaiting', 'issued', 'declined', 'recalled', 'closed')", name="state"),
        Index("ix_task_issuer", "county_id", "issuer_unit_id", "issued_at"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    issuer_unit_id: Mapped[UUID]
    issuer_name: Mapped[str] = mapped_column(Text)
    section_id: Mapped[UUID | None]
    #: 检举控告: what it says is read by the named sections alone (《信访工作条例》第三十条).
    guarded: Mapped[bool] = mapped_column(default=False)
    #: 交办单号: the issuer's own count within a year.
    year: Mapped[int]
    serial: Mapped[int]
    kind: Mapped[TaskKind] = mapped_column(TextEnum(TaskKind))
    priority: Mapped[Priority] = mapped_column(TextEnum(Priority), default=Priority.NORMAL)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    #: What is to be handed in with it (照片、名单、情况说明), in words; empty when nothing is wanted.
    evidence: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime]
    #: The choice of addressees as it was made (`plans.addressing.schemas.ChoiceIn`), resolved when it is issued; and
    #: whether those further down get it through the units between.
    addressees: Mapped[list[Any]]
    through: Mapped[bool] = mapped_column(default=True)
    state: Mapped[TaskState] = mapped_column(TextEnum(TaskState))
    version: Mapped[int] = mapped_column(default=1)
    #: How often it was amended; whoever signed an older text signs again.
    amendment: Mapped[int] = mapped_column(default=0)
    #: Working days between issuing and deadline, and whether that is under the county's minimum.
    notice_days: Mapped[int]
    short_notice: Mapped[bool] = mapped_column(default=False)
    #: Who confirmed a short notice.
    confirmed_by: Mapped[str] = mapped_column(Text, default="")
    #: 附表: the form that is to be filled, and once it was sent the cycle that its answers stand in. A share of it has
    #: the id of its unit's submission there.
    form_version_id: Mapped[UUID | None]
    cycle_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[UUID]
    creator_name: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """交办单号, as it is spoken of."""
        return f"{self.issuer_name}〔{self.year}〕{self.serial}号"


class TaskAmendment(TenantRow, Base):
    """What an issued task said before and after a change; read by whoever may read the task."""

    __tablename__ = "task_amendment"
    __table_args__ = (
        UniqueConstraint("county_id", "task_id", "no"),
        ForeignKeyConstraint(["county_id", "task_id"], ["task.county_id", "task.id"]),
        {"info": rls(Policy.DOWNWARD_DOCUMENT, append_only=True)},
    )

    task_id: Mapped[UUID]
    no: Mapped[int]
    #: field → its text before and after, of the fields that changed.
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_name: Mapped[str] = mapped_column(Text)


class Assignment(TenantRow, Base):
    """承办事项: one unit's share of a task. The row is what commands lock."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("county_id", "task_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "task_id"], ["task.county_id", "task.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "parent_id"], ["assignment.county_id", "assignment.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        CheckConstraint(
            "state IN ('issued', 'acknowledged', 'in_progress', 'handed_in', 'accepted', 'returned', 'recalled')",
            name="state",
        ),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        Index("ix_assignment_unit", "county_id", "unit_id", "state"),
        Index("ix_assignment_parent", "county_id", "parent_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    task_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    #: The assignment that it is a share of; None when it comes from the issuer directly.
    parent_id: Mapped[UUID | None]
    #: Who accepts it: the unit of the assignment above, or the issuer.
    assigner_unit_id: Mapped[UUID]
    #: To which section of the unit it was given.
    section_id: Mapped[UUID | None]
    #: What the unit that passed it on added.
    instruction: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[AssignmentState] = mapped_column(TextEnum(AssignmentState))
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_amendment: Mapped[int] = mapped_column(default=0)
    #: Percent, as the unit says; of one that was passed on it is computed when read.
    progress: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    handed_in_at: Mapped[datetime | None]
    #: 办理结果, in words; files are attachments.
    result: Mapped[str] = mapped_column(Text, default="")
    #: Why it was handed in with shares below still open.
    open_reason: Mapped[str] = mapped_column(Text, default="")
    accepted_at: Mapped[datetime | None]
    #: First handed in after its due time.
    late: Mapped[bool] = mapped_column(default=False)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    #: 申请延期 that nobody has answered yet.
    asked_until: Mapped[datetime | None]
    asked_reason: Mapped[str] = mapped_column(Text, default="")
    urged: Mapped[int] = mapped_column(default=0)
    urged_at: Mapped[datetime | None]
    #: 督办: by whom, and why; empty when it is not supervised.
    supervised_by: Mapped[str] = mapped_column(Text, default="")
    supervised_reason: Mapped[str] = mapped_column(Text, default="")
    #: When the scheduler told that it is overdue.
    overdue_told_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]
