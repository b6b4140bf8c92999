"""What the routes of hand-overs take and answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tenancy.models import Role


class NewSuccessorIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sign_name: str = Field(min_length=1, max_length=60)
    display_name: str = Field(min_length=1, max_length=60)
    phone: str | None = Field(default=None, max_length=30)


class HandOverIn(BaseModel):
    """Either somebody who has an account, or somebody new."""

    model_config = ConfigDict(extra="forbid")

    successor_id: UUID | None = None
    successor: NewSuccessorIn | None = None
    handed_on: date
    remark: str = Field(default="", max_length=500)


class DutyOut(BaseModel):
    kind: str
    unit: str
    form: str
    form_en: str
    period: str
    due_at: datetime | None
    number: int


class CandidateOut(BaseModel):
    account_id: UUID
    name: str
    unit_name: str


class PostOut(BaseModel):
    """A post as it would be handed over now."""

    membership_id: UUID
    unit_id: UUID
    unit_name: str
    name: str
    roles: list[Role]
    duties: list[DutyOut]
    #: Signed in so many times; so many devices remember the person.
    sessions: int
    devices: int
    #: So many other posts stay with the person; with none the account is switched off.
    other_posts: int
    candidates: list[CandidateOut]


class HandOverOut(BaseModel):
    """交接清单."""

    id: UUID
    unit_id: UUID
    unit_name: str
    leaver_name: str
    successor_name: str
    roles: list[Role]
    duties: list[DutyOut]
    last_post: bool
    handed_on: date
    remark: str
    made_at: datetime
    maker_name: str


class HandedOverOut(BaseModel):
    id: UUID
    #: Of a new account, shown once: sign-in name and initial password.
    sign_name: str | None
    initial_password: str | None
