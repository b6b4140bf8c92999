"""招聘信息: what a job post says beside its text (township items 55–57; village 47)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, computed_field

from kit import clock
from reporting.comparing.schemas import PRINTED

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120, pattern=PRINTED)]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=PRINTED)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=PRINTED)]
MOST_OPENINGS = 30


class Opening(BaseModel):
    """岗位: what it is called, how many are wanted (None: 若干), what it pays, what it asks."""

    post: Named
    number: Annotated[int | None, Field(ge=1, le=100_000)] = None
    pay: Short = ""
    asks: Long = ""


class JobPost(BaseModel):
    """Who hires for what, where, until when, and whom to ask: the recruiter's public contact, no private person's."""

    employer: Named
    place: Short = ""
    openings: Annotated[list[Opening], Field(min_length=1, max_length=MOST_OPENINGS)]
    contact: Named
    #: 报名截止, a day in China.
    until: date


class JobPostOut(JobPost):
    @computed_field  # type: ignore[prop-decorator] # pydantic's own way
    @property
    def over(self) -> bool:
        """The last day has passed."""
        return self.until < clock.today()
