"""保密承诺书 (township item 28): the county's text, and who signed it in which year."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls, shown, shown_with

#: Bytes of a signature's picture at most.
MOST_BYTES = 100_000


class PledgeText(TenantRow, Base):
    """What is pledged in a year. The first of a year opens it; a later one is signed by those who have not signed."""

    __tablename__ = "pledge_text"
    __table_args__ = (
        UniqueConstraint("county_id", "year", "no"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT, append_only=True)},
    )

    year: Mapped[int]
    no: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    maker_name: Mapped[str] = mapped_column(Text)


class Pledge(TenantRow, Base):
    """A staff member's pledge for a year, with the signature drawn. Never changed: one that is void is signed anew."""

    __tablename__ = "pledge"
    __table_args__ = (
        UniqueConstraint("county_id", "staff_id", "year", "no"),
        ForeignKeyConstraint(["county_id", "text_id"], ["pledge_text.county_id", "pledge_text.id"]),
        ForeignKeyConstraint(["county_id", "staff_id"], ["staff_member.county_id", "staff_member.id"]),
        CheckConstraint(f"octet_length(signature) <= {MOST_BYTES}", name="signature"),
        Index("ix_pledge_unit", "county_id", "unit_id", "year"),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=shown())},
    )

    text_id: Mapped[UUID]
    year: Mapped[int]
    staff_id: Mapped[UUID]
    #: 1, and one more for each that is void before it.
    no: Mapped[int] = mapped_column(default=1)
    staff_name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    unit_name: Mapped[str] = mapped_column(Text)
    #: A PNG.
    signature: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    signed_at: Mapped[datetime] = mapped_column(default=clock.now)
    account_id: Mapped[UUID]
    place: Mapped[list[UUID]]


class PledgeVoid(TenantRow, Base):
    """作废: a pledge that somebody else signed, or nobody legibly. It stays to be seen, with the reason."""

    __tablename__ = "pledge_void"
    __table_args__ = (
        UniqueConstraint("county_id", "pledge_id"),
        ForeignKeyConstraint(["county_id", "pledge_id"], ["pledge.county_id", "pledge.id"]),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=shown_with("pledge_id", "pledge"))},
    )

    pledge_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    voided_at: Mapped[datetime] = mapped_column(default=clock.now)
    voider_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]
