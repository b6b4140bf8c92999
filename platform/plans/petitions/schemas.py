"""Petitions at the edge."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from plans.petitions.models import Manner, Outcome, PetitionClass, PetitionState

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000)]


class PetitionIn(BaseModel):
    """What is known of a petition when it is sent."""

    manner: Manner
    petition_class: PetitionClass
    received_on: date


class PetitionAction(enum.StrEnum):
    """受理、提出异议、不予采纳异议、书面告知、延长期限、办结、送达、复查与复核."""

    ACCEPT = "accept"
    OBJECT = "object"
    OVERRULE = "overrule"
    INFORM = "inform"
    EXTEND = "extend"
    CONCLUDE = "conclude"
    TELL = "tell"
    ASK_REVIEW = "ask_review"
    ANSWER_REVIEW = "answer_review"
    ASK_REEXAMINATION = "ask_reexamination"
    ANSWER_REEXAMINATION = "answer_reexamination"


class PetitionActIn(BaseModel):
    """What is done, when it was done (today unless said), and what is said with it."""

    action: PetitionAction
    text: Words = ""
    on: date | None = None
    #: Of an extension: how many days, and whether the petitioner was told why.
    days: Annotated[int | None, Field(ge=-1000, le=1000)] = None
    told: bool = False
    #: Of a conclusion.
    outcome: Outcome | None = None


class LimitOut(BaseModel):
    """A limit: the article it stands in, its last day, when it was met; `days_left` below zero once overdue."""

    code: str
    article: int
    due_on: date
    done_on: date | None
    days_left: int
    state: str


class PetitionEvent(BaseModel):
    action: str
    by: str
    at: datetime
    text: str


class PetitionOut(BaseModel):
    """A petition's course and clock. `provisional`: a year whose holidays are not known yet is in it."""

    task_id: UUID
    version: int
    handler_unit_id: UUID
    handler: str
    manner: Manner
    petition_class: PetitionClass
    received_on: date
    state: PetitionState
    accepted_on: date | None
    informed_on: date | None
    extended_days: int | None
    extended_reason: str
    extended_by: str
    extended_told: bool | None
    concluded_on: date | None
    outcome: Outcome | None
    opinion: str
    told_on: date | None
    withheld: bool
    limits: list[LimitOut]
    provisional: bool
    log: list[PetitionEvent]
    actions: list[str]
