"""History, inbox, attachments, hand-overs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls, shown, shown_with
from kit.models import FileFacts


class TransitionEntry(TenantRow, Base):
    """One transition of one subject: who did what, from which state to which, and why."""

    __tablename__ = "transition_entry"
    __table_args__ = (
        Index("ix_transition_entry_subject", "county_id", "subject_id"),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=shown_with("subject_id"))},
    )

    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    #: Of the subject after the transition.
    version: Mapped[int]
    action: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account_id: Mapped[UUID]
    actor_name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[list[UUID]]


class InboxItem(TenantRow, Base):
    """待办: something a unit owes, for those of its people who hold `role`.

    Senders may not read a recipient's box, so an item is never updated: it is open when it is the newest row
    (`subject_version`) of its recipient, subject and topic, and that row is not `closed`.
    """

    __tablename__ = "inbox_item"
    __table_args__ = (
        Index("ix_inbox_item_recipient", "county_id", "recipient_unit_id", "subject_id", "topic", "subject_version"),
        # 已办结, newest first.
        Index(
            "ix_inbox_item_settled",
            "county_id",
            "recipient_unit_id",
            "created_at",
            "id",
            postgresql_where=text("closed"),
        ),
        {"info": rls(Policy.SENT_UPWARD)},
    )

    recipient_unit_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    subject_version: Mapped[int]
    closed: Mapped[bool] = mapped_column(default=False)
    #: Facts that the page words in the reader's language: form, period, unit, counts. Never personal values.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[list[UUID]]


class Attachment(FileFacts, TenantRow, Base):
    """附件: a file that goes upward with a subject. Its bytes are named by its id.

    Until the subject is handed in it is seen by the unit that added it alone: `number` is empty and `place` is that
    unit. What was handed in is withdrawn, never deleted.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_subject", "county_id", "subject_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown_with("subject_id"))},
    )

    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    #: What it is to its subject: `stamped_scan`.
    kind: Mapped[str] = mapped_column(Text)
    #: Which handed-in state of the subject it belongs to: a submission's revision.
    number: Mapped[int | None]
    unit_id: Mapped[UUID]
    added_by: Mapped[UUID]
    adder_name: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    withdrawer_name: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]


class Enclosure(FileFacts, TenantRow, Base):
    """A file that goes down with a document; read by whoever may read the document. Its bytes are named by its id."""

    __tablename__ = "enclosure"
    __table_args__ = (
        Index("ix_enclosure_subject", "county_id", "subject_id"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    position: Mapped[int]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: An amended document goes without it from then on: nobody opens it any more, its bytes stay on record.
    withdrawn_at: Mapped[datetime | None]


class HandOver(TenantRow, Base):
    """交接: who handed a post to whom, and what was open then. The sheet that both sign."""

    __tablename__ = "hand_over"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "membership_id"], ["membership.county_id", "membership.id"]),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=shown())},
    )

    membership_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    leaver_id: Mapped[UUID]
    leaver_name: Mapped[str] = mapped_column(Text)
    successor_id: Mapped[UUID]
    successor_name: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[Any]]
    #: As `workflow.handover.duties.Duty`, when it was confirmed.
    duties: Mapped[list[Any]]
    #: The account had no other post: it was switched off, its sessions and devices ended.
    last_post: Mapped[bool]
    handed_on: Mapped[date]
    remark: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by: Mapped[UUID]
    maker_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]
