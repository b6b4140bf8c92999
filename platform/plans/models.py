"""What a county decides for everything that goes down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, rls

#: Working days between issuing a task and its deadline, below which a leader has to confirm.
DEFAULT_MINIMUM_NOTICE = 3
#: Minutes that an urgent matter may wait to be acknowledged.
DEFAULT_URGENT_MINUTES = 15
#: When the daily digest leaves, on the wall in China.
DEFAULT_DIGEST_AT = "08:30"


class DispatchRules(TenantRow, Base):
    """A county's rules of dispatch. `id` is the county's own unit; without a row the defaults hold."""

    __tablename__ = "dispatch_rules"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("minimum_notice BETWEEN 0 AND 30", name="minimum_notice"),
        CheckConstraint("urgent_minutes BETWEEN 1 AND 240", name="urgent_minutes"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    #: Working days (县区自定最短时限).
    minimum_notice: Mapped[int] = mapped_column(default=DEFAULT_MINIMUM_NOTICE)
    urgent_minutes: Mapped[int] = mapped_column(default=DEFAULT_URGENT_MINUTES)
    #: `HH:MM`; empty sends none.
    digest_at: Mapped[str] = mapped_column(Text, default=DEFAULT_DIGEST_AT)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    changed_by: Mapped[UUID | None]
