"""What reporting takes and gives over HTTP. Figures are strings: exact decimals survive every browser."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from reporting.row_edits import MAX_ROWS
from reporting.standing_schemas import AsideOut, BehalfOut, Extension, ObjectionOut, SignatureOut
from tenancy.tiers import Tier
from workflow.bulk import Lines


class In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UnitBrief(BaseModel):
    id: UUID
    tier: Tier
    code: str
    name: str
    short_name: str


class PeriodOut(BaseModel):
    kind: str
    key: str
    starts_on: date
    ends_on: date


class FormBrief(BaseModel):
    id: UUID
    code: str
    name: str
    name_en: str
    version_id: UUID
    zero_allowed: bool


class Counts(BaseModel):
    """Direct subordinates by state. `late` have missed their due time or handed in after it."""

    total: int = 0
    not_started: int = 0
    draft: int = 0
    signing: int = 0
    submitted: int = 0
    approved: int = 0
    returned: int = 0
    exempt: int = 0
    late: int = 0


class OwnBrief(BaseModel):
    submission_id: UUID
    state: str
    version: int
    late: bool
    filled: int
    total: int
    exempt: bool


class CycleBrief(BaseModel):
    id: UUID
    version: int
    #: What the acting unit may do with the whole cycle: close, unclose, report_up.
    actions: list[str]
    form: FormBrief
    period: PeriodOut
    state: str
    due_at: datetime
    due: dict[str, datetime]
    provisional: bool
    counts: Counts
    own: OwnBrief | None
    #: The task that carries it.
    task_id: UUID | None


class CyclePage(BaseModel):
    items: list[CycleBrief]
    periods: list[str]


class Contact(BaseModel):
    name: str
    phone: str | None


class ClaimOut(BaseModel):
    by_name: str
    mine: bool
    until: datetime


class SubmissionBrief(BaseModel):
    id: UUID
    unit: UnitBrief
    state: str
    version: int
    late: bool
    due_at: datetime
    submitted_at: datetime | None
    revision_no: int
    warnings: int
    outliers: int
    claimed: ClaimOut | None
    contact: Contact | None
    exempt_reason: str | None
    correction: bool
    #: 异议 that nobody has answered.
    objection: bool


class SubmissionPage(BaseModel):
    items: list[SubmissionBrief]


class MissingPage(BaseModel):
    items: list[SubmissionBrief]
    #: For a chat group: the names, one line.
    text: str


class ProblemOut(BaseModel):
    code: str
    key: str
    #: Under which a reason for it is kept.
    reason_key: str
    severity: str
    message: str
    cells: list[str]
    table: str | None
    row: str | None


class Previous(BaseModel):
    period_key: str
    cells: dict[str, str | None]
    rows: dict[str, list[dict[str, Any]]]


class Returned(BaseModel):
    reason: str
    marked: list[str]
    by_name: str | None
    at: datetime | None


class Receipt(BaseModel):
    """回执: what a unit can forward as proof."""

    unit: str
    form: str
    period: str
    revision_no: int
    submitted_at: datetime
    by_name: str
    late: bool


class MissingChild(BaseModel):
    unit_id: UUID
    name: str
    state: str


class Children(BaseModel):
    total: int
    approved: int
    submitted: int
    missing: list[MissingChild]


class SubmissionOut(BaseModel):
    id: UUID
    cycle_id: UUID
    form: FormBrief
    period: PeriodOut
    unit: UnitBrief
    state: str
    version: int
    actions: list[str]
    editable: bool
    due_at: datetime
    late: bool
    first_period: bool
    opening_changed: bool
    cells: dict[str, str | None]
    rows: dict[str, list[dict[str, Any]]]
    masked: bool
    reasons: dict[str, str]
    zeroed: list[str]
    problems: list[ProblemOut]
    previous: Previous | None
    medians: dict[str, str]
    returned: Returned | None
    claimed: ClaimOut | None
    correction_reason: str
    revision_no: int
    saved_at: datetime | None
    saved_by_name: str
    submitted_at: datetime | None
    submitted_by_name: str | None
    zero_report: bool
    missing_reason: str
    receipt: Receipt | None
    children: Children | None
    cycle_state: str
    #: The task that carries it; its share has the submission's id.
    task_id: UUID | None
    #: In a closed cycle: leave to act was given to this unit.
    reopened: bool
    #: What is shown was handed in after the cycle was closed (封存后更正).
    after_closing: bool
    exempt_reason: str | None
    extended: Extension | None
    behalf: BehalfOut | None
    objection: ObjectionOut | None
    aside: AsideOut | None
    #: In which steps the unit signs this form before it goes up: none, sign, check_and_sign.
    sign_steps: str
    #: Of what is shown: of the revision, or while it is signed, those given so far.
    signatures: list[SignatureOut]
    #: To the unit, while it is signed: the signature that is awaited.
    awaited: str | None
    #: The end of the printed sheet's address (`reporting.printed`), when what is shown was handed in.
    printed_token: str | None


#: What a request may hold at most: far above any form, far below what would stop the server.
MAX_CELLS, MAX_TABLES = 2000, 40
CellText = Annotated[str, Field(max_length=4000)]
CellsIn = Annotated[dict[str, CellText | None], Field(max_length=MAX_CELLS)]
ReasonsIn = Annotated[dict[str, Annotated[str, Field(max_length=1000)]], Field(max_length=MAX_CELLS)]


class RowIn(In):
    id: str = Field(min_length=1, max_length=64)
    cells: CellsIn


RowsIn = Annotated[dict[str, Annotated[list[RowIn], Field(max_length=MAX_ROWS)]], Field(max_length=MAX_TABLES)]


class SubmitIn(In):
    """Submit the draft, or figures sent along (in its place), or the zero report."""

    zero: bool = False
    missing_reason: str = Field(default="", max_length=1000)
    cells: CellsIn | None = None
    rows: RowsIn | None = None
    reasons: ReasonsIn | None = None


class SubmittedOut(BaseModel):
    id: UUID
    state: str
    version: int
    revision_no: int
    late: bool
    receipt: Receipt | None


class ReasonIn(In):
    reason: str = Field(max_length=1000)


class ReturnIn(ReasonIn):
    marked: list[Annotated[str, Field(max_length=100)]] = Field(default=[], max_length=500)


class ApprovalsIn(In):
    submissions: Lines


class RevisionBrief(BaseModel):
    id: UUID
    no: int
    submitted_at: datetime
    by_name: str
    zero_report: bool
    handed_in: bool
    live: bool
    approved: bool


class RevisionPage(BaseModel):
    items: list[RevisionBrief]


class RevisionOut(RevisionBrief):
    submission_id: UUID
    cells: dict[str, str | None]
    rows: dict[str, list[dict[str, Any]]]
    reasons: dict[str, str]
    rollup: dict[str, str | None] | None
    sources: list[dict[str, Any]] | None
    missing_reason: str
    signatures: list[SignatureOut]


class HistoryLine(BaseModel):
    action: str
    from_state: str
    to_state: str
    by_name: str
    unit_id: UUID
    unit_name: str
    at: datetime
    reason: str


class HistoryPage(BaseModel):
    items: list[HistoryLine]


class RemindIn(In):
    unit_ids: list[UUID] | None = Field(default=None, max_length=2000)


class RemindOut(BaseModel):
    reminded: int


class ExportIn(In):
    kind: str = Field(default="official", pattern="^(official|detail|periods|completeness|csv)$")
    unit_id: UUID | None = None
    basis: str = Field(default="reported", pattern="^(live|reported)$")


class JobStarted(BaseModel):
    job_id: UUID


class OpenCycleIn(In):
    form_id: UUID
    period_key: str = Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-T[123])?|-Q[1-4]|-H[12])?$")


class CycleOpened(BaseModel):
    cycle_id: UUID
