"""What was decided or found, and the task that it became."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.base import TenantRow


class Followed(TenantRow):
    """Columns of a line that may become a task: what it says, by when, and the task once it is one. A line that became
    a task stays as it is."""

    no: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    task_id: Mapped[UUID | None]
