"""Trainings at the edge."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from plans.addressing.schemas import Choices
from plans.training.models import Attendance, PlaceState, Result, TrainingKind, TrainingState
from reporting.comparing.schemas import PRINTED
from tenancy.tiers import Tier
from workflow.enclosures.schemas import FileIds

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTED)]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=PRINTED)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=PRINTED)]
#: Of a meeting on line: shown as an address to open, so nothing that a browser would run.
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://\S+)?$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Hours = Annotated[Decimal, Field(ge=0, le=100, max_digits=4, decimal_places=1)]
Score = Annotated[Decimal, Field(ge=0, le=1000, max_digits=5, decimal_places=1)]
Places = Annotated[int, Field(ge=1, le=20_000)]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=500)]


class SessionIn(BaseModel):
    """场次. `hours` are 学时; `quota` and `per_unit` places, without limit when left out."""

    #: Of one that stands already, when a training is amended.
    id: UUID | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: Words = ""
    link: Link = ""
    hours: Hours
    quota: Places | None = None
    per_unit: Places | None = None


class AnnounceIn(BaseModel):
    kind: TrainingKind = TrainingKind.PROFESSIONAL
    title: Title
    text: Text = ""
    to: Choices
    sign_up_until: AwareDatetime
    sessions: Annotated[list[SessionIn], Field(min_length=1, max_length=20)]
    file_ids: FileIds = []


class StudiedIn(BaseModel):
    """What a unit's own people studied, when, and which of them."""

    kind: TrainingKind = TrainingKind.POLICY
    title: Title
    text: Text = ""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    venue: Words = ""
    hours: Hours
    staff_ids: Ids
    file_ids: FileIds = []


class MaterialsIn(BaseModel):
    """All the files that it goes with from now on."""

    file_ids: FileIds


class AmendTrainingIn(BaseModel):
    text: Text
    sign_up_until: AwareDatetime
    sessions: Annotated[list[SessionIn], Field(min_length=1, max_length=20)]
    reason: Reason


class TrainingReasonIn(BaseModel):
    reason: Reason


class StaffIds(BaseModel):
    staff_ids: Ids


class MarkIn(BaseModel):
    """Who is there, or is not."""

    place_ids: Ids
    present: bool


class MovePlaceIn(BaseModel):
    session_id: UUID


class RecordIn(BaseModel):
    """`hours` left out credits the session's. A `reason` is asked for once the training is concluded."""

    present: bool
    result: Result | None = None
    score: Score | None = None
    hours: Hours | None = None
    reason: Reason = ""


class CheckInIn(BaseModel):
    session_id: UUID
    code: Annotated[str, Field(max_length=60)]
    staff_id: UUID | None = None


class CheckInChoice(BaseModel):
    id: UUID
    name: str
    post: str


class CheckInOut(BaseModel):
    """`done`, `again` (had been there before), or `choose` whom of these one is."""

    state: str
    title: str
    starts_at: datetime
    name: str
    at: datetime | None
    choices: list[CheckInChoice]


class CheckInCodeOut(BaseModel):
    """The part of the address that the screen shows, for how many seconds more; how many have come of how many."""

    code: str
    seconds: int
    attended: int
    taken: int


class TrainingSessionOut(BaseModel):
    id: UUID
    no: int
    starts_at: datetime
    ends_at: datetime
    venue: str
    link: str
    hours: Decimal
    quota: int | None
    per_unit: int | None
    taken: int


class TrainingBrief(BaseModel):
    """A training in a list. Counts are of units at or below the acting one."""

    id: UUID
    kind: TrainingKind
    title: str
    issuer: str
    state: TrainingState
    starts_at: datetime
    sign_up_until: datetime
    #: Sign-up is open now.
    open: bool
    #: First to last session, of them all.
    sessions: int
    hours: Decimal
    told: int
    answered: int
    places: int
    attended: int
    #: The acting unit was told: it has answered, or said that nobody comes. Null where it was not told.
    ours: str | None


class TrainingPage(BaseModel):
    items: list[TrainingBrief]
    next: str | None


class TrainingOut(BaseModel):
    """A training's page. `organiser`: the acting unit announced it; `may_sign_up`: its people can take places now."""

    id: UUID
    version: int
    kind: TrainingKind
    title: str
    text: str
    issuer: str
    creator: str
    announced_at: datetime
    sign_up_until: datetime
    open: bool
    state: TrainingState
    cancelled_reason: str
    sessions: list[TrainingSessionOut]
    told: int
    answered: int
    declined: int
    organiser: bool
    may_sign_up: bool
    answered_at: datetime | None
    declined_reason: str
    told_us: bool
    actions: list[str]


class PlaceOut(BaseModel):
    id: UUID
    version: int
    session_id: UUID
    staff_id: UUID
    unit_id: UUID
    unit: str
    name: str
    state: PlaceState
    signed_up_at: datetime
    signer: str
    attended_at: datetime | None
    attendance: Attendance | None
    hours: Decimal | None
    result: Result | None
    score: Decimal | None
    actions: list[str]


class PlacesOut(BaseModel):
    """By unit and name."""

    items: list[PlaceOut]


class InvitationOut(BaseModel):
    unit_id: UUID
    unit: str
    tier: Tier
    answered_at: datetime | None
    answerer: str
    declined_reason: str
    places: int
    reminded_at: datetime | None


class InvitationsOut(BaseModel):
    """Of units at or below the acting one, the silent first."""

    items: list[InvitationOut]


class PersonHoursOut(BaseModel):
    """A staff member's year. A record: by unit and name, never by hours."""

    staff_id: UUID
    name: str
    post: str
    unit_id: UUID
    unit: str
    serving: bool
    hours: Decimal
    sessions: int
    pre_service_on: date | None
    pledged_on: date | None


class HoursOut(BaseModel):
    """`total` is of the persons listed."""

    year: int
    items: list[PersonHoursOut]
    total: Decimal


class UnitHoursOut(BaseModel):
    unit_id: UUID
    unit: str
    tier: Tier
    parent: str
    serving: int
    hours: Decimal
    sessions: int
    without_pre_service: int
    without_pledge: int


class UnitsHoursOut(BaseModel):
    """In the order of the tree."""

    year: int
    items: list[UnitHoursOut]
    total: Decimal


class AttendedOut(BaseModel):
    training_id: UUID
    title: str
    kind: TrainingKind
    issuer: str
    starts_at: datetime
    state: PlaceState
    hours: Decimal | None
    result: Result | None
    score: Decimal | None


class PersonOut(BaseModel):
    """A person's record: what they signed up for, newest first, and the sum of each year."""

    staff_id: UUID
    name: str
    unit: str
    pre_service_on: date | None
    years: dict[int, Decimal]
    items: list[AttendedOut]
