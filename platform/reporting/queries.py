"""Every SELECT of cycles and submissions. Rollups have their own, in `rollup_queries`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from forms.models import Form, FormVersion
from kit import clock
from kit.db.direct import Direct, columns_of, reader_of
from kit.db.queries import get_row
from kit.errors import NotFound
from kit.models import CalendarDay, CalendarYear
from reporting.filed_queries import Filed as Filed
from reporting.filed_queries import get_filed as get_filed
from reporting.models import Cycle, CycleUnit, Draft, Revision, Submission, SubmissionState
from reporting.periods import WorkCalendar
from tenancy.principal import UnitScope


async def load_calendar(session: AsyncSession, *, county_id: UUID) -> WorkCalendar:
    """The county's working days."""
    days = await session.execute(select(CalendarDay.day, CalendarDay.working).where(CalendarDay.county_id == county_id))
    years = await session.scalars(select(CalendarYear.year).where(CalendarYear.county_id == county_id))
    return WorkCalendar({row[0]: row[1] for row in days}, frozenset(years.all()))


async def opened_keys(session: AsyncSession, *, county_id: UUID, form_id: UUID) -> set[str]:
    """The periods of a form that have a cycle."""
    statement = select(Cycle.period_key).where(Cycle.county_id == county_id, Cycle.form_id == form_id)
    return set((await session.scalars(statement)).all())


async def approved_revisions(
    session: AsyncSession, *, county_id: UUID, form_id: UUID, period_key: str
) -> dict[UUID, UUID]:
    """unit → its approved revision in one period of a form."""
    statement = (
        select(Submission.unit_id, Submission.approved_revision_id)
        .join(Cycle, and_(Cycle.county_id == Submission.county_id, Cycle.id == Submission.cycle_id))
        .where(
            Submission.county_id == county_id,
            Cycle.form_id == form_id,
            Cycle.period_key == period_key,
            Submission.approved_revision_id.is_not(None),
        )
    )
    return {unit: revision for unit, revision in await session.execute(statement) if revision is not None}


async def get_cycle(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> Cycle:
    return await get_row(session, Cycle, county_id=county_id, id=cycle_id)


async def get_cycle_in_scope(session: AsyncSession, scope: UnitScope, cycle_id: UUID) -> tuple[Cycle, Form, CycleUnit]:
    """A cycle in whose frozen tree the acting unit stands, with its form and that place."""
    statement = (
        select(Cycle, Form, CycleUnit)
        .join(Form, and_(Form.county_id == Cycle.county_id, Form.id == Cycle.form_id))
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(Cycle.county_id == scope.county_id, Cycle.id == cycle_id, CycleUnit.unit_id == scope.unit_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


async def list_cycles(session: AsyncSession, scope: UnitScope) -> Sequence[tuple[Cycle, Form, CycleUnit]]:
    """The cycles the acting unit takes part in, newest period first."""
    statement = (
        select(Cycle, Form, CycleUnit)
        .join(Form, and_(Form.county_id == Cycle.county_id, Form.id == Cycle.form_id))
        .join(CycleUnit, and_(CycleUnit.county_id == Cycle.county_id, CycleUnit.cycle_id == Cycle.id))
        .where(Cycle.county_id == scope.county_id, CycleUnit.unit_id == scope.unit_id)
        .order_by(Cycle.ends_on.desc(), Form.code)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(statement)]


async def list_cycles_of_form(
    session: AsyncSession, *, county_id: UUID, form_id: UUID, limit: int = 12
) -> Sequence[Cycle]:
    """The newest cycles of a form, oldest of them first."""
    statement = (
        select(Cycle)
        .where(Cycle.county_id == county_id, Cycle.form_id == form_id)
        .order_by(Cycle.ends_on.desc())
        .limit(limit)
    )
    return list(reversed((await session.scalars(statement)).all()))


@dataclass(frozen=True, slots=True)
class PastFigures:
    """Approved figures of one earlier period."""

    period_key: str
    revision_id: UUID
    cells: dict[str, str | None]
    #: Of the period before this one, and of the revision noted as its opening; else empty.
    rows: dict[str, list[dict[str, Any]]]


_PAST = Direct(
    select(
        Cycle.period_key,
        Revision.id,
        Revision.cells,
        case(
            (
                or_(
                    Revision.id == bindparam("noted", type_=Uuid()),
                    Cycle.period_key == bindparam("period", type_=Text()),
                ),
                Revision.rows,
            )
        ),
    )
    .join(Submission, and_(Submission.county_id == Cycle.county_id, Submission.cycle_id == Cycle.id))
    .join(
        Revision,
        and_(Revision.county_id == Submission.county_id, Revision.id == Submission.approved_revision_id),
    )
    .where(
        Cycle.county_id == bindparam("county", type_=Uuid()),
        Cycle.form_id == bindparam("form", type_=Uuid()),
        Cycle.ends_on < bindparam("before", type_=Date()),
        Submission.unit_id == bindparam("unit", type_=Uuid()),
    )
    .order_by(Cycle.ends_on.desc())
    .limit(12)
)


async def list_past_figures(session: AsyncSession, *, filed: Filed, before: str) -> list[PastFigures]:
    """The unit's last twelve approved periods of the same form, newest first. `before` is the period before this."""
    named = {
        "county": filed.submission.county_id,
        "form": filed.cycle.form_id,
        "before": filed.cycle.starts_on,
        "unit": filed.submission.unit_id,
        "noted": filed.submission.previous_revision_id,
        "period": before,
    }
    return [PastFigures(row[0], row[1], row[2], row[3] or {}) for row in await _PAST.rows(session, **named)]


_REVISION = Direct(
    select(*columns_of(Revision)).where(
        Revision.county_id == bindparam("county", type_=Uuid()), Revision.id == bindparam("id", type_=Uuid())
    )
)
_read_revision = reader_of(Revision)


async def get_revision(session: AsyncSession, *, county_id: UUID, revision_id: UUID) -> Revision:
    rows = await _REVISION.rows(session, county=county_id, id=revision_id)
    revision = _read_revision(rows[0]) if rows else None
    if revision is None:
        raise NotFound
    return revision


async def list_revisions(session: AsyncSession, *, county_id: UUID, submission_id: UUID) -> Sequence[Revision]:
    """The kept revisions of a submission, newest first."""
    statement = (
        select(Revision)
        .where(Revision.county_id == county_id, Revision.submission_id == submission_id)
        .order_by(Revision.no.desc())
    )
    return (await session.scalars(statement)).all()


async def list_subordinates(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, parent_id: UUID
) -> list[tuple[Submission, CycleUnit]]:
    """The direct subordinates' submissions in the frozen tree, by unit code."""
    statement = (
        select(Submission, CycleUnit)
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .where(Submission.county_id == county_id, Submission.cycle_id == cycle_id, CycleUnit.parent_id == parent_id)
        .order_by(CycleUnit.code)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


def late_now() -> ColumnElement[bool]:
    """Handed in late, or not at all with the due time past."""
    unsent = Submission.state.in_(
        [SubmissionState.NOT_STARTED, SubmissionState.DRAFT, SubmissionState.SIGNING, SubmissionState.RETURNED]
    ) & Submission.first_submitted_at.is_(None)
    owes = CycleUnit.exempt_reason.is_(None)
    return owes & (Submission.late | (unsent & (Submission.due_at < clock.now())))


async def count_states(
    session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID], parent_id: UUID
) -> dict[UUID, dict[str, int]]:
    """cycle → state → number of direct subordinates; with `late`, `exempt` and `total`."""
    statement = (
        select(
            Submission.cycle_id,
            Submission.state,
            func.count(),
            func.count(case((late_now(), 1))),
            CycleUnit.exempt_reason.is_not(None),
        )
        .join(
            CycleUnit,
            and_(
                CycleUnit.county_id == Submission.county_id,
                CycleUnit.cycle_id == Submission.cycle_id,
                CycleUnit.unit_id == Submission.unit_id,
            ),
        )
        .where(
            Submission.county_id == county_id,
            Submission.cycle_id.in_(cycle_ids),
            CycleUnit.parent_id == parent_id,
        )
        .group_by(Submission.cycle_id, Submission.state, CycleUnit.exempt_reason.is_not(None))
    )
    counts: dict[UUID, dict[str, int]] = {
        cycle_id: {**{s.value: 0 for s in SubmissionState}, "late": 0, "exempt": 0, "total": 0}
        for cycle_id in cycle_ids
    }
    for cycle_id, state, number, late, exempt in await session.execute(statement):
        line = counts[cycle_id]
        line["exempt" if exempt else state.value] += number
        line["late"] += late
        line["total"] += number
    return counts


async def list_own(
    session: AsyncSession, *, county_id: UUID, cycle_ids: Sequence[UUID], unit_id: UUID
) -> dict[UUID, tuple[Submission, Draft | None]]:
    """cycle → the unit's own submission and draft."""
    statement = (
        select(Submission, Draft)
        .outerjoin(Draft, and_(Draft.county_id == Submission.county_id, Draft.id == Submission.id))
        .where(Submission.county_id == county_id, Submission.cycle_id.in_(cycle_ids), Submission.unit_id == unit_id)
    )
    return {row[0].cycle_id: (row[0], row[1]) for row in await session.execute(statement)}


async def list_cycle_units(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> Sequence[CycleUnit]:
    """The whole frozen tree, parents first."""
    statement = (
        select(CycleUnit)
        .where(CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle_id)
        .order_by(CycleUnit.lvl, CycleUnit.code)
    )
    return (await session.scalars(statement)).all()


async def get_cycle_unit(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID) -> CycleUnit:
    statement = select(CycleUnit).where(
        CycleUnit.county_id == county_id, CycleUnit.cycle_id == cycle_id, CycleUnit.unit_id == unit_id
    )
    unit = (await session.scalars(statement)).one_or_none()
    if unit is None:
        raise NotFound
    return unit


async def find_submission_id(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID) -> UUID | None:
    """A unit's submission in a cycle."""
    statement = select(Submission.id).where(
        Submission.county_id == county_id, Submission.cycle_id == cycle_id, Submission.unit_id == unit_id
    )
    return (await session.scalars(statement)).one_or_none()


async def get_cycle_id(session: AsyncSession, *, county_id: UUID, form_id: UUID, period_key: str) -> UUID:
    """The cycle of a form for a period. Raises NotFound."""
    statement = select(Cycle.id).where(
        Cycle.county_id == county_id, Cycle.form_id == form_id, Cycle.period_key == period_key
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def find_cycle(session: AsyncSession, *, county_id: UUID, form_id: UUID, period_key: str) -> Cycle | None:
    """The cycle of a form for a period, if there is one."""
    statement = select(Cycle).where(
        Cycle.county_id == county_id, Cycle.form_id == form_id, Cycle.period_key == period_key
    )
    return (await session.scalars(statement)).one_or_none()


async def list_provisional(session: AsyncSession, *, county_id: UUID) -> list[tuple[Cycle, FormVersion]]:
    """Open cycles whose due times are 暂定, with their form versions."""
    statement = (
        select(Cycle, FormVersion)
        .join(
            FormVersion,
            and_(FormVersion.county_id == Cycle.county_id, FormVersion.id == Cycle.form_version_id),
        )
        .where(Cycle.county_id == county_id, Cycle.provisional, Cycle.closed_at.is_(None))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def list_all_submissions(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, Submission]:
    """unit → its submission, for every unit that the session's scope sees."""
    statement = select(Submission).where(Submission.county_id == county_id, Submission.cycle_id == cycle_id)
    return {s.unit_id: s for s in (await session.scalars(statement)).all()}


async def list_all_revisions(session: AsyncSession, *, county_id: UUID, cycle_id: UUID) -> dict[UUID, Revision]:
    """Every kept revision of a cycle by id, as far as the session's scope sees."""
    statement = (
        select(Revision)
        .join(
            Submission,
            and_(Submission.county_id == Revision.county_id, Submission.id == Revision.submission_id),
        )
        .where(Revision.county_id == county_id, Submission.cycle_id == cycle_id)
    )
    return {r.id: r for r in (await session.scalars(statement)).all()}
