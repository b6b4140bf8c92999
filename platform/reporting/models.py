"""Tables of reporting. See docs/architecture.md for how they hang together."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit import clock
from kit.db.base import Base, Policy, TenantRow, TextEnum, rls, shown, shown_with, stays
from tenancy.tiers import Tier


class SubmissionState(enum.StrEnum):
    """未填报、草稿、签批中、待审、已审、退回."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SIGNING = "signing"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


class CycleState(enum.StrEnum):
    """进行中、已封存."""

    OPEN = "open"
    CLOSED = "closed"


class ArchiveKind(enum.StrEnum):
    """封存时的已审数、报出存档."""

    CLOSING = "closing"
    REPORTED_UP = "reported_up"


class BehalfKind(enum.StrEnum):
    """代报、代改."""

    FILLED = "filled"
    MENDED = "mended"


class Cycle(TenantRow, Base):
    """期次: one form version for one period, with the tree and the due times it was opened with."""

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("county_id", "form_id", "period_key"),
        UniqueConstraint("county_id", "task_id"),
        ForeignKeyConstraint(["county_id", "form_id"], ["form.county_id", "form.id"]),
        ForeignKeyConstraint(["county_id", "form_version_id"], ["form_version.county_id", "form_version.id"]),
        CheckConstraint("state IN ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    form_id: Mapped[UUID]
    form_version_id: Mapped[UUID]
    #: `2026-11`, `2026-Q4`, `2026`: sorts in time within one kind.
    period_key: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_village: Mapped[datetime]
    due_township: Mapped[datetime]
    due_county: Mapped[datetime]
    #: 暂定: a due time was reckoned with a year whose holidays are not known yet.
    provisional: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    state: Mapped[CycleState] = mapped_column(TextEnum(CycleState), default=CycleState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None]
    #: An imported year: nobody was asked, and it is closed from the start (`reporting.past`).
    historic: Mapped[bool] = mapped_column(default=False)
    #: The task that carries it (`reporting.carried`); None for a period of the catalogue's form.
    task_id: Mapped[UUID | None]

    def due(self, tier: Tier) -> datetime:
        """The due time of a tier's units."""
        return {Tier.VILLAGE: self.due_village, Tier.TOWNSHIP: self.due_township, Tier.COUNTY: self.due_county}[tier]


class CycleUnit(TenantRow, Base):
    """A unit of the frozen tree: who owes, under whom, by what name. Later edits of the tree don't touch it."""

    __tablename__ = "cycle_unit"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        Index("ix_cycle_unit_parent", "county_id", "cycle_id", "parent_id"),
        {"info": rls(Policy.DOWNWARD_DOCUMENT)},
    )

    cycle_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    tier: Mapped[Tier] = mapped_column(TextEnum(Tier))
    #: Depth in the frozen tree: 0 at its top, the county unless a township asks.
    lvl: Mapped[int]
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    short_name: Mapped[str] = mapped_column(Text)
    has_children: Mapped[bool]
    #: Whether the form asks this unit for figures of its own.
    asked: Mapped[bool]
    exempt_reason: Mapped[str | None] = mapped_column(Text)


class Submission(TenantRow, Base):
    """报表（某单位某期）. Made when the cycle opens; the row is what commands lock."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        ForeignKeyConstraint(
            ["county_id", "live_revision_id"],
            ["revision.county_id", "revision.id"],
            name="fk_submission_live",
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["county_id", "approved_revision_id"],
            ["revision.county_id", "revision.id"],
            name="fk_submission_approved",
            use_alter=True,
        ),
        CheckConstraint(
            "state IN ('not_started', 'draft', 'signing', 'submitted', 'approved', 'returned')", name="state"
        ),
        CheckConstraint("state <> 'approved' OR approved_revision_id = live_revision_id", name="approved_counts"),
        Index("ix_submission_unit", "county_id", "unit_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=shown())},
    )

    cycle_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: The reviewer's unit in the frozen tree; the county's own submission is reviewed by the county.
    reviewer_unit_id: Mapped[UUID]
    state: Mapped[SubmissionState] = mapped_column(TextEnum(SubmissionState), default=SubmissionState.NOT_STARTED)
    version: Mapped[int] = mapped_column(default=1)
    revision_no: Mapped[int] = mapped_column(default=0)
    #: What counts now (含待审): the newest submitted or approved revision.
    live_revision_id: Mapped[UUID | None]
    #: What was approved last.
    approved_revision_id: Mapped[UUID | None]
    #: prev(x): the revision of the period before that was approved when this cycle opened.
    previous_revision_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    #: 延期: what a superior granted. The due time that counts is `due_at`.
    extended_to: Mapped[datetime | None]
    #: 启封: this unit, and those above it, may act although the cycle is closed.
    reopened_at: Mapped[datetime | None]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[int] = mapped_column(default=0)
    outliers: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(Text, default="")
    marked_cells: Mapped[list[Any]] = mapped_column(default=list)
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    #: 异议: the unit disagrees with what was done on its behalf, and nobody has answered yet.
    objection: Mapped[bool] = mapped_column(default=False)
    #: The unit and its superiors in the frozen tree, then those that it moved to later (`tenancy.moves`).
    place: Mapped[list[UUID]]


class Draft(TenantRow, Base):
    """What a unit is writing. Seen by the unit alone; submitting takes it away. `id` is the submission's."""

    __tablename__ = "draft"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["submission.county_id", "submission.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit alone"))},
    )

    cells: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Codes that 其余填0 filled.
    zeroed: Mapped[list[Any]] = mapped_column(default=list)
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)
    saved_by: Mapped[UUID | None]
    #: The submission's `revision_no` when it was begun: with another one it was overtaken (`reporting.asides`).
    begun_from: Mapped[int] = mapped_column(default=0)
    place: Mapped[list[UUID]]


class DraftAside(TenantRow, Base):
    """What a unit was typing when figures were handed in on its behalf. Seen by the unit alone."""

    __tablename__ = "draft_aside"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "submission_id"], ["submission.county_id", "submission.id"]),
        Index("ix_draft_aside_submission", "county_id", "submission_id"),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit alone"))},
    )

    submission_id: Mapped[UUID]
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    zeroed: Mapped[list[Any]] = mapped_column(default=list)
    saved_at: Mapped[datetime]
    place: Mapped[list[UUID]]


class Revision(TenantRow, Base):
    """A handed-in state, kept for good.

    `partials` is the unit's own contribution to a fold. A unit with subordinates also freezes at hand-in: `frozen`,
    the partial states of approved subordinates plus its own, and `sources`, the `(unit, submission, revision)` they
    were made from.
    """

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("county_id", "submission_id", "no"),
        ForeignKeyConstraint(["county_id", "submission_id"], ["submission.county_id", "submission.id"]),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=shown_with("submission_id", "submission"))},
    )

    submission_id: Mapped[UUID]
    no: Mapped[int]
    cells: Mapped[dict[str, Any]]
    rows: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)
    zeroed: Mapped[list[Any]] = mapped_column(default=list)
    zero_report: Mapped[bool] = mapped_column(default=False)
    partials: Mapped[dict[str, Any]]
    frozen: Mapped[dict[str, Any] | None]
    sources: Mapped[list[Any] | None]
    #: What was asked and what was said, of each 须说明 that was answered: key, cells, table, row, zh, en, said.
    explained: Mapped[list[Any]] = mapped_column(default=list)
    #: 封存后更正: handed in after the cycle was closed.
    after_closing: Mapped[bool] = mapped_column(default=False)
    #: 代报、代改: which superior handed it in for the unit, and on what grounds.
    behalf_kind: Mapped[BehalfKind | None] = mapped_column(TextEnum(BehalfKind))
    behalf_unit_id: Mapped[UUID | None]
    behalf_unit_name: Mapped[str] = mapped_column(Text, default="")
    behalf_basis: Mapped[str] = mapped_column(Text, default="")
    #: 制表、审核、签批 inside the unit (`reporting.signing`): step, name, account_id, at, sole; empty without sign-off.
    signatures: Mapped[list[Any]] = mapped_column(default=list)
    #: Why it was handed in with subordinates missing.
    missing_reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(default=clock.now)
    submitted_by: Mapped[UUID]
    submitter_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]


class SignOffSteps(enum.StrEnum):
    """不签批、制表→签批、制表→审核→签批."""

    NONE = "none"
    SIGN = "sign"
    CHECK_AND_SIGN = "check_and_sign"


class SignStep(enum.StrEnum):
    """制表、审核、签批."""

    PREPARE = "prepare"
    CHECK = "check"
    SIGN = "sign"


class SignOff(TenantRow, Base):
    """Whether a unit signs a form inside before it goes up, and in which steps. No row: it does not."""

    __tablename__ = "sign_off"
    __table_args__ = (
        UniqueConstraint("county_id", "form_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "form_id"], ["form.county_id", "form.id"]),
        ForeignKeyConstraint(["county_id", "unit_id"], ["unit.county_id", "unit.id"]),
        CheckConstraint("steps IN ('none', 'sign', 'check_and_sign')", name="steps"),
        {"info": rls(Policy.COUNTY_WIDE)},
    )

    form_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    steps: Mapped[SignOffSteps] = mapped_column(TextEnum(SignOffSteps))


class Signing(TenantRow, Base):
    """Signatures under way, of a submission that is `signing`. `id` is the submission's; the figures are the draft."""

    __tablename__ = "signing"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "id"], ["submission.county_id", "submission.id"]),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("its unit alone"))},
    )

    #: What was asked for when it was prepared; a later choice concerns the next time.
    steps: Mapped[SignOffSteps] = mapped_column(TextEnum(SignOffSteps))
    #: As `Revision.signatures`.
    signatures: Mapped[list[Any]]
    zero: Mapped[bool] = mapped_column(default=False)
    missing_reason: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[list[UUID]]


class Archive(TenantRow, Base):
    """报出存档, and what was reported when a cycle was closed: frozen copies of the county's reported figures.

    `figures` has, by unit, the partial states of the county and of each unit directly below it; `sources` the approved
    revisions that they are the fold of.
    """

    __tablename__ = "archive"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "no"),
        ForeignKeyConstraint(["county_id", "cycle_id"], ["cycle.county_id", "cycle.id"]),
        CheckConstraint("kind IN ('closing', 'reported_up')", name="kind"),
        {"info": rls(Policy.OWN_RECORDS, append_only=True, moves=stays("the county's own"))},
    )

    cycle_id: Mapped[UUID]
    no: Mapped[int]
    kind: Mapped[ArchiveKind] = mapped_column(TextEnum(ArchiveKind))
    figures: Mapped[dict[str, Any]]
    sources: Mapped[list[Any]]
    #: 文号、报往何处、何日、签发人 (`{"post", "name"}`), of what was reported up.
    document_no: Mapped[str] = mapped_column(Text, default="")
    destination: Mapped[str] = mapped_column(Text, default="")
    reported_on: Mapped[date | None]
    signers: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by: Mapped[UUID]
    maker_name: Mapped[str] = mapped_column(Text)
    place: Mapped[list[UUID]]


class Rollup(TenantRow, Base):
    """汇总 of a unit with subordinates. `id` is the frozen tree's `cycle_unit`."""

    __tablename__ = "rollup"
    __table_args__ = (
        UniqueConstraint("county_id", "cycle_id", "unit_id"),
        ForeignKeyConstraint(["county_id", "id"], ["cycle_unit.county_id", "cycle_unit.id"]),
        Index("ix_rollup_level", "county_id", "cycle_id", "lvl"),
        {"info": rls(Policy.OWN_RECORDS, moves=stays("a cycle keeps the tree it froze"))},
    )

    cycle_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    lvl: Mapped[int]
    #: Partial states of 含待审.
    live: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Partial states of 已审; empty until something was approved.
    reported: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: tier → state → number of units below, and of late ones.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: 与上报数不一致 here, or at a unit below that handed in.
    differs: Mapped[bool] = mapped_column(default=False)
    folded_at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[list[UUID]]


class RollupMark(TenantRow, Base):
    """ "Fold this unit again." Appended by every transition; a fold takes them away."""

    __tablename__ = "rollup_mark"
    __table_args__ = (
        Index("ix_rollup_mark_unit", "county_id", "cycle_id", "lvl", "unit_id"),
        {"info": rls(Policy.SENT_UPWARD)},
    )

    cycle_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    lvl: Mapped[int]
    place: Mapped[list[UUID]]
