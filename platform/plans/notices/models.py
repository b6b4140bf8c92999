"""通知公告、招聘信息: what is told to many units, and who has read it."""

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


class NoticeKind(enum.StrEnum):
    """通知、公告、政策、招聘信息."""

    NOTICE = "notice"
    ANNOUNCEMENT = "announcement"
    POLICY = "policy"
    JOB_POST = "job_post"


class NoticeState(enum.StrEnum):
    """待发布、已发布、已撤回."""

    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Notice(TenantRow, Base):
    """通知. A downward document: reached through the issuer or a receipt (`plans.notices.access`)."""

    __tablename__ = "notice"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "issuer_unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(["county_id", "section_id"], ["section.county_id", "section.id"]),
        CheckConstraint("state IN ('scheduled', 'published', 'withdrawn')", name="state"),
        CheckConstraint("job IS NULL OR kind = 'job_post'", name="job"),
        Index("ix_notice_issuer", "county_id", "issuer_unit_id", "publish_at"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    issuer_unit_id: Mapped[UUID]
    issuer_name: Mapped[str] = mapped_column(Text)
    section_id: Mapped[UUID | None]
    kind: Mapped[NoticeKind] = mapped_column(TextEnum(NoticeKind))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    #: Of a job post: `plans.notices.job_posts.JobPost`.
    job: Mapped[dict[str, Any] | None]
    #: The choice of addressees (`plans.addressing.schemas.ChoiceIn`), resolved when it is published.
    addressees: Mapped[list[Any]]
    #: 要求回执: a unit says that it has read it; otherwise opening it is reading it.
    receipt: Mapped[bool] = mapped_column(default=False)
    #: 置顶 until then.
    pinned_until: Mapped[datetime | None]
    #: When it is, or was, published.
    publish_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(TextEnum(NoticeState))
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[UUID]
    creator_name: Mapped[str] = mapped_column(Text)


class NoticeReceipt(TenantRow, Base):
    """An addressee, and when somebody there read it first."""

    __tablename__ = "notice_receipt"
    __table_args__ = (
        UniqueConstraint("county_id", "notice_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "notice_id"], ["notice.county_id", "notice.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_notice_receipt_unit", "county_id", "unit_id", "read_at"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    notice_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    read_at: Mapped[datetime | None]
    reader_id: Mapped[UUID | None]
    reader_name: Mapped[str] = mapped_column(Text, default="")
    reminded_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]
