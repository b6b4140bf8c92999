"""Every SELECT of rollups: the direct children of a unit with what each contributes, and the marks below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Subquery, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from forms.aggregate import Partials, empty
from reporting.models import CycleUnit, Revision, Rollup, RollupMark, Submission, SubmissionState
from tenancy.tiers import Tier

_live = aliased(Revision, name="live_revision")
_approved = aliased(Revision, name="approved_revision")


@dataclass(frozen=True, slots=True)
class Contribution:
    """A unit of the frozen tree with what it adds to the unit above: its own figures, or its rollup."""

    unit_id: UUID
    parent_id: UUID | None
    lvl: int
    tier: Tier
    code: str
    name: str
    short_name: str
    has_children: bool
    asked: bool
    exempt_reason: str | None
    submission_id: UUID | None
    state: SubmissionState | None
    version: int | None
    revision_no: int | None
    late: bool
    due_at: datetime | None
    submitted_at: datetime | None
    first_submitted_at: datetime | None
    live_revision_id: UUID | None
    approved_revision_id: UUID | None
    #: The unit's own figures (本级), of the revision that counts and of the approved one.
    own_live: Partials | None
    own_approved: Partials | None
    #: What it handed in last, and what of it is approved (units with subordinates).
    handed_in: Partials | None
    frozen: Partials | None
    rollup_live: Partials | None
    rollup_reported: Partials | None
    counts: dict[str, dict[str, int]]
    differs: bool
    #: What counts now was handed in after the cycle was closed.
    after_closing: bool

    @property
    def owes(self) -> bool:
        return self.submission_id is not None and self.exempt_reason is None

    @property
    def live(self) -> Partials | None:
        """What it adds to 含待审 above."""
        return self.rollup_live if self.has_children else self.own_live

    @property
    def approved(self) -> Partials | None:
        """What it adds to 已审 above."""
        return self.frozen if self.has_children else self.own_approved


def _contributions(county_id: UUID, cycle_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CycleUnit.unit_id,
            CycleUnit.parent_id,
            CycleUnit.lvl,
            CycleUnit.tier,
            CycleUnit.code,
            CycleUnit.name,
            CycleUnit.short_name,
            CycleUnit.has_children,
            CycleUnit.asked,
            CycleUnit.exempt_reason,
            Submission.id.label("submission_id"),
            Submission.state,
            Submission.version,
            Submission.revision_no,
            Submission.late,
            Submission.due_at,
            Submission.submitted_at,
            Submission.first_submitted_at,
            Submission.live_revision_id,
            Submission.approved_revision_id,
            _live.partials.label("own_live"),
            _approved.partials.label("own_approved"),
            _live.frozen.label("handed_in"),
            _approved.frozen.label("frozen"),
            Rollup.live.label("rollup_live"),
            Rollup.reported.label("rollup_reported"),
            Rollup.counts,
            Rollup.differs,
            _live.after_closing,
        )
        .outerjoin(
            Submission,
            and_(
                Submission.county_id == CycleUnit.county_id,
                Submission.cycle_id == CycleUnit.cycle_id,
                Submission.unit_id == CycleUnit.unit_id,
            ),
        )
        .outerjoin(_live, and_(_live.county_id == Submission.county_id, _live.id == Submission.live_revision_id))
        .outerjoin(
            _approved,
            and_(_approved.county_id == Submission.county_id, _approved.id == Submission.approved_revision_id),
        )
        .outerjoin(Rollup, and_(Rollup.county_id == CycleUnit.county_id, Rollup.id == CycleUnit.id))
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle_id)
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )


def _as_contribution(row: Any) -> Contribution:
    values = dict(row._mapping)
    values.pop("marks", None)
    values["tier"] = Tier(values["tier"])
    values["late"] = bool(values["late"])
    values["counts"] = values["counts"] or {}
    values["differs"] = bool(values["differs"])
    values["after_closing"] = bool(values["after_closing"])
    return Contribution(**values)


async def list_contributions(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID
) -> list[Contribution]:
    """The direct children of a unit, by code."""
    statement = _contributions(county_id, cycle_id).where(CycleUnit.parent_id == unit_id)
    return [_as_contribution(row) for row in await session.execute(statement)]


async def list_families(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_ids: Sequence[UUID]
) -> list[Contribution]:
    """Some units and the direct children of each, in one read."""
    statement = _contributions(county_id, cycle_id).where(
        or_(CycleUnit.unit_id.in_(unit_ids), CycleUnit.parent_id.in_(unit_ids))
    )
    return [_as_contribution(row) for row in await session.execute(statement)]


async def read_page(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID
) -> tuple[list[Contribution], int]:
    """The fast path: a unit, its direct children, and how many marks stand at or below it, in ONE statement.

    One statement has one snapshot: with no marks in it, its rows are right.
    """
    marks = (
        select(func.count())
        .select_from(RollupMark)
        .where(RollupMark.county_id == county_id, RollupMark.cycle_id == cycle_id, RollupMark.place.contains([unit_id]))
        .scalar_subquery()
    )
    statement = (
        _contributions(county_id, cycle_id)
        .add_columns(marks.label("marks"))
        .where(or_(CycleUnit.unit_id == unit_id, CycleUnit.parent_id == unit_id))
    )
    rows = (await session.execute(statement)).all()
    return [_as_contribution(row) for row in rows], rows[0].marks if rows else 0


async def levels_at_or_below(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID) -> list[int]:
    """The levels that have rollups at or below a unit, deepest first. Fixed when the cycle opened."""
    statement = (
        select(Rollup.lvl)
        .distinct()
        .where(Rollup.county_id == county_id, Rollup.cycle_id == cycle_id, Rollup.place.contains([unit_id]))
        .order_by(Rollup.lvl.desc())
    )
    return list((await session.scalars(statement)).all())


async def lock_marked(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, lvl: int, page_unit_id: UUID
) -> list[UUID]:
    """Lock the marked rollups of one level at or below the page's unit, and the page's own; in the order of their
    ids, so that two folds wait for one another and never deadlock. Lists the marks anew at each call."""
    marked = select(RollupMark.unit_id).where(
        RollupMark.county_id == county_id, RollupMark.cycle_id == cycle_id, RollupMark.lvl == lvl
    )
    statement = (
        select(Rollup.unit_id)
        .where(
            Rollup.county_id == county_id,
            Rollup.cycle_id == cycle_id,
            Rollup.lvl == lvl,
            Rollup.place.contains([page_unit_id]),
            or_(Rollup.unit_id == page_unit_id, Rollup.unit_id.in_(marked)),
        )
        .order_by(Rollup.unit_id)
        .with_for_update()
    )
    return list((await session.scalars(statement)).all())


async def cycles_with_marks(session: AsyncSession, *, county_id: UUID) -> list[UUID]:
    """The cycles that the worker should fold. Reads as the county."""
    statement = select(RollupMark.cycle_id).distinct().where(RollupMark.county_id == county_id)
    return list((await session.scalars(statement)).all())


async def count_marks(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> int:
    statement = (
        select(func.count(literal(1)))
        .select_from(RollupMark)
        .where(RollupMark.county_id == county_id, RollupMark.cycle_id == cycle_id)
    )
    return (await session.scalar(statement)) or 0


async def place_of(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID) -> list[UUID]:
    """Who sees a unit's rollup."""
    statement = select(Rollup.place).where(
        Rollup.county_id == county_id, Rollup.cycle_id == cycle_id, Rollup.unit_id == unit_id
    )
    return (await session.scalars(statement)).one()


async def list_rollup_places(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID
) -> Sequence[Row[UUID, int, list[UUID]]]:
    """Every rollup of a cycle as a mark names it: unit, level, place."""
    statement = select(Rollup.unit_id, Rollup.lvl, Rollup.place).where(
        Rollup.county_id == county_id, Rollup.cycle_id == cycle_id
    )
    return (await session.execute(statement)).all()


async def list_live_rows(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID
) -> list[tuple[Submission, CycleUnit, Revision]]:
    """What counts now of every unit at or below one in the frozen tree, by unit code."""
    above = aliased(CycleUnit, name="above")
    statement = (
        select(Submission, CycleUnit, Revision)
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .join(
            Revision,
            and_(Revision.county_id == Submission.county_id, Revision.id == Submission.live_revision_id),
        )
        .outerjoin(
            above,
            and_(
                above.county_id == CycleUnit.county_id,
                above.cycle_id == CycleUnit.cycle_id,
                above.unit_id == CycleUnit.parent_id,
            ),
        )
        .where(
            Submission.county_id == county_id,
            Submission.cycle_id == cycle_id,
            or_(CycleUnit.unit_id == unit_id, CycleUnit.parent_id == unit_id, above.parent_id == unit_id),
        )
        .order_by(CycleUnit.code)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class StoredFigures:
    """A rollup's two states as they are stored."""

    live: Partials
    reported: Partials


async def list_rollups(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, StoredFigures]:
    """unit → its stored rollup. A rollup that was never folded is the fold of nothing."""
    statement = select(Rollup).where(Rollup.county_id == county_id, Rollup.cycle_id == cycle_id)
    found = (await session.scalars(statement)).all()
    return {r.unit_id: StoredFigures(_state(r.live), _state(r.reported)) for r in found}


def _state(stored: Any) -> Partials:
    state: Partials = stored or empty()
    return state


def marks_below(county_id: UUID, cycle_ids: Sequence[UUID], unit_id: UUID) -> Subquery:
    """By cycle, how many marks stand at or below a unit; a cycle without any has no row."""
    return (
        select(RollupMark.cycle_id, func.count().label("marks"))
        .where(
            RollupMark.county_id == county_id,
            RollupMark.cycle_id.in_(cycle_ids),
            RollupMark.place.contains([unit_id]),
        )
        .group_by(RollupMark.cycle_id)
        .subquery()
    )


@dataclass(frozen=True, slots=True)
class StoredRollup:
    """What is stored of a unit's rollup in one cycle, and how many marks stand at or below it: with none it is
    right."""

    cycle_id: UUID
    tier: Tier
    live: Partials
    reported: Partials
    place: list[UUID]
    marks: int


async def list_stored(
    session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID], unit_id: UUID
) -> dict[UUID, StoredRollup]:
    """A unit's stored rollups by cycle, in ONE statement: it has one snapshot, marks included."""
    marks = marks_below(county_id, cycle_ids, unit_id)
    statement = (
        select(
            CycleUnit.cycle_id,
            CycleUnit.tier,
            Rollup.live,
            Rollup.reported,
            Rollup.place,
            func.coalesce(marks.c.marks, 0),
        )
        .join(Rollup, and_(Rollup.county_id == CycleUnit.county_id, Rollup.id == CycleUnit.id))
        .outerjoin(marks, marks.c.cycle_id == CycleUnit.cycle_id)
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id.in_(cycle_ids), CycleUnit.unit_id == unit_id)
    )
    return {
        row[0]: StoredRollup(row[0], row[1], row[2] or empty(), row[3] or empty(), row[4], row[5])
        for row in await session.execute(statement)
    }
