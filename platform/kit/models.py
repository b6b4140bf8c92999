"""Tables that no capability owns: the county, its calendar, the audit trail, jobs, outbox, files.

What every command appends to (audit, outbox, history, inbox, marks) has no foreign key to the county, a unit or a
cycle: each insert would lock that one hot row, and the policies already keep a row in its county.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, LargeBinary, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import REFERENCE, Base, Policy, TenantRow, rls, stays
from kit.ids import new_id


class County(Base):
    """A tenant. A small reference table: sign-in finds the county before it can act in it."""

    __tablename__ = "county"
    __table_args__ = ({"info": REFERENCE},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    #: The county's own unit: the root of its tree, and what "county scope" acts as.
    unit_id: Mapped[UUID] = mapped_column(default=new_id)
    #: Signed in but idle for longer than this, a session ends. Minutes.
    idle_minutes: Mapped[int] = mapped_column(default=60)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class CalendarDay(TenantRow, Base):
    """A day on which the county does not follow the weekday rule: a holiday, or a weekend worked in its place."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        UniqueConstraint("county_id", "day"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    day: Mapped[date]
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(Text, default="")


class CalendarYear(TenantRow, Base):
    """A year whose holidays have been loaded. A year without a row is provisional (暂定): weekdays only."""

    __tablename__ = "calendar_year"
    __table_args__ = (
        UniqueConstraint("county_id", "year"),
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    year: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime] = mapped_column(default=clock.now)


class AuditEntry(TenantRow, Base):
    """One thing that somebody did or was refused. Written unchained inside the command's transaction."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "county_id", "at"),
        {"info": rls(Policy.SENT_UPWARD, append_only=True)},
    )

    at: Mapped[datetime] = mapped_column(default=clock.now)
    account_id: Mapped[UUID | None]
    membership_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text, default="")
    subject_id: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(Text, default="ok")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]


class AuditSeal(TenantRow, Base):
    """A link of the county's hash chain over its audit entries, appended by the sealer within seconds."""

    __tablename__ = "audit_seal"
    __table_args__ = (
        UniqueConstraint("county_id", "seq"),
        UniqueConstraint("county_id", "audit_id"),
        ForeignKeyConstraint(["county_id", "audit_id"], ["audit_entry.county_id", "audit_entry.id"]),
        {"info": rls(Policy.SENT_UPWARD, append_only=True)},
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    audit_id: Mapped[UUID]
    #: Of the entry, so that the sealer finds the horizon without a join.
    audit_at: Mapped[datetime]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    place: Mapped[list[UUID]]


class Job(TenantRow, Base):
    """Work to be done after commit. The lease in this row is the truth; the broker only rings."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "county_id", "state", "run_after"),
        Index("ix_job_asked", "county_id", "requested_by", "created_at"),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("whoever asked for it, and the county"))},
    )

    kind: Mapped[str] = mapped_column(Text)
    #: What it makes, for whoever asked; of a file, its name without the ending.
    title: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: queued, running, done, failed
    state: Mapped[str] = mapped_column(Text, default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[datetime | None]
    #: Rises with every lease; a write that carries an older fence comes from a worker that lost its lease.
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    #: 0 to 1.
    progress: Mapped[Decimal] = mapped_column(Numeric(5, 4), default=Decimal(0))
    #: What it is at.
    message: Mapped[str] = mapped_column(Text, default="")
    #: Why it came to nothing: a sentence in each language.
    failure: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]


class Outbox(TenantRow, Base):
    """A message that leaves the transaction: delivered at least once, carrying its id."""

    __tablename__ = "outbox"
    __table_args__ = ({"info": rls(Policy.SENT_UPWARD)},)

    topic: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Units whose people are told.
    recipients: Mapped[list[UUID]]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[list[UUID]]


class IdempotencyKey(TenantRow, Base):
    """The outcome of a command that a weak network may repeat. Kept seven days."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("county_id", "account_id", "membership_id", "key"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    account_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text)
    #: Of method, path and body.
    request_hash: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    #: Ids only: the response is made afresh from them, so a key never keeps personal data.
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FileFacts:
    """What a row says of a file whose bytes lie under the files directory, named by the row's id.

    Backups carry, and `jiceng check` verifies, the files of every table that has these columns (`kit.files.TABLES`).
    """

    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    #: Bytes.
    size: Mapped[int] = mapped_column(BigInteger)
    #: Of the bytes, in hex.
    sha256: Mapped[str] = mapped_column(Text)


class StoredFile(FileFacts, TenantRow, Base):
    """A file the platform made, or was given to work on."""

    __tablename__ = "stored_file"
    __table_args__ = (
        ForeignKeyConstraint(["county_id"], ["county.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("whoever asked for it, and the county"))},
    )

    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    place: Mapped[list[UUID]]
