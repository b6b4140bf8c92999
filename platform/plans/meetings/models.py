"""会议: what is called, who is asked, what was decided (镇 3、21、24、38; 村 1)."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown
from plans.follow_up.models import Followed
from tenancy.tiers import Tier


class MeetingKind(enum.StrEnum):
    """工作例会、站长联席会、汇报会（听取工作汇报）、退役军人代表座谈会、经验交流会、其他."""

    REGULAR = "regular"
    JOINT = "joint"
    REPORT = "report"
    FORUM = "forum"
    EXCHANGE = "exchange"
    OTHER = "other"


class MeetingState(enum.StrEnum):
    """已通知、已召开、已印发纪要、已取消."""

    SCHEDULED = "scheduled"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReplyState(enum.StrEnum):
    """未回复、参会、请假."""

    INVITED = "invited"
    COMING = "coming"
    ON_LEAVE = "on_leave"


class Meeting(TenantRow, Base):
    """A meeting and its minutes. A downward document: reached through the line of the unit that called it (`place`) or
    an invitation (`access`)."""

    __tablename__ = "meeting"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "issuer_unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('scheduled', 'held', 'closed', 'cancelled')", name="state"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("room = '' OR link = ''", name="room"),
        Index("ix_meeting_issuer", "county_id", "issuer_unit_id", "starts_at"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT, moves=shown("issuer_unit_id"))},
    )

    issuer_unit_id: Mapped[UUID]
    issuer_name: Mapped[str] = mapped_column(Text)
    kind: Mapped[MeetingKind] = mapped_column(TextEnum(MeetingKind))
    title: Mapped[str] = mapped_column(Text)
    #: 议程.
    agenda: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Where it is held, in words; `link` of a meeting on line, or `room` on the county's own meeting server.
    venue: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(Text, default="")
    room: Mapped[str] = mapped_column(Text, default="")
    #: Who comes beside the units: leaders, departments, representatives of veterans.
    guests: Mapped[str] = mapped_column(Text, default="")
    #: The choice of units (`plans.addressing.schemas.ChoiceIn`), resolved when it was called; empty among one's own.
    addressees: Mapped[list[Any]]
    state: Mapped[MeetingState] = mapped_column(TextEnum(MeetingState), default=MeetingState.SCHEDULED)
    version: Mapped[int] = mapped_column(default=1)
    #: 会议纪要: the issuer's own until it is issued.
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(Text, default="")
    called_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by: Mapped[UUID]
    creator_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]


class MeetingInvitation(TenantRow, Base):
    """A unit that was asked to come: what it answered, and whether it was there."""

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        UniqueConstraint("county_id", "meeting_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("state IN ('invited', 'coming', 'on_leave')", name="state"),
        Index("ix_meeting_invitation_unit", "county_id", "unit_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    meeting_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    state: Mapped[ReplyState] = mapped_column(TextEnum(ReplyState), default=ReplyState.INVITED)
    version: Mapped[int] = mapped_column(default=1)
    #: 参会人员, as the unit gives them.
    names: Mapped[str] = mapped_column(Text, default="")
    #: Why it asks to be excused.
    leave_reason: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answerer_name: Mapped[str] = mapped_column(Text, default="")
    #: 签到, by the organiser's list; None until it is ticked.
    present: Mapped[bool | None]
    place: Mapped[list[UUID]]


class MeetingDecision(Followed, Base):
    """议定事项. Read by whoever may read the minutes."""

    __tablename__ = "meeting_decision"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"]),
        ForeignKeyConstraint(["county_id", "task_id"], ["task.county_id", "task.id"]),
        Index("ix_meeting_decision_meeting", "county_id", "meeting_id"),
        Index("ix_meeting_decision_task", "county_id", "task_id"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    meeting_id: Mapped[UUID]
    #: Who is to do it.
    unit_ids: Mapped[list[UUID]]
