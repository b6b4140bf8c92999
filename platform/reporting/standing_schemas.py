"""How a report stands beside the ordinary: extended, done on behalf, objected to, a draft put aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from reporting.models import SignOffSteps
from tenancy.models import Role


class Extension(BaseModel):
    """延期: until when, who granted it, why."""

    until: datetime
    by_name: str
    reason: str


class BehalfOut(BaseModel):
    """代报、代改: what is shown was handed in by a superior."""

    kind: str
    unit_name: str
    by_name: str
    basis: str
    at: datetime


class ObjectionOut(BaseModel):
    """异议, and its answer when there is one."""

    reason: str
    by_name: str
    at: datetime
    answer: str | None
    answered_by: str


class AsideOut(BaseModel):
    """What the unit was typing when figures were handed in on its behalf."""

    saved_at: datetime
    cells: dict[str, str | None]


class SignatureOut(BaseModel):
    """制表、审核、签批: one signature inside the unit. `sole`: its only person, who signed before."""

    step: str
    name: str
    at: datetime
    sole: bool


class SignChoiceIn(BaseModel):
    """In which steps units sign a form before it goes up."""

    model_config = ConfigDict(extra="forbid")

    unit_ids: list[UUID] = Field(min_length=1, max_length=2000)
    steps: SignOffSteps


class SignChoice(BaseModel):
    unit_id: UUID
    name: str
    tier: str
    steps: SignOffSteps
    people: int
    #: Roles that the steps wait for and nobody of the unit holds: those steps are passed over.
    lacking: list[Role]


class SignChoices(BaseModel):
    items: list[SignChoice]
