"""What became of a decision or finding, at the edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.follow_up.rules import FollowState

LineText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
UnitIds = Annotated[list[UUID], Field(max_length=3_000)]


class FollowIn(BaseModel):
    """转任务: what is left out stays as it was written down."""

    due_on: date | None = None
    unit_ids: UnitIds | None = None


class FollowOut(BaseModel):
    """The task and how far it has come, counted over the shares that the acting unit may see. `share_id` is its own,
    or the only one that it sees."""

    task_id: UUID
    number: str
    state: FollowState
    due_at: datetime
    share_id: UUID | None
    #: Shares in all, and those accepted.
    shares: int
    accepted: int
    overdue: bool
