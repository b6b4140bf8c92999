"""Every SELECT of visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.queries import get_row
from kit.paging import Mark, beyond
from plans.guidance.models import Visit, VisitFinding, VisitKind, VisitState


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for; `made` by the acting unit alone, `unit_id` of one station."""

    kind: VisitKind | None = None
    made: bool = False
    unit_id: UUID | None = None
    words: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    standing: bool = False


async def get_visit(session: AsyncSession, *, county_id: UUID, visit_id: UUID, lock: bool = False) -> Visit:
    """A visit to the acting unit or one below it. Raises NotFound."""
    return await get_row(session, Visit, county_id=county_id, id=visit_id, lock=lock)


async def get_finding(session: AsyncSession, *, county_id: UUID, finding_id: UUID, lock: bool = False) -> VisitFinding:
    """A finding at the acting unit or one below it. Raises NotFound."""
    return await get_row(session, VisitFinding, county_id=county_id, id=finding_id, lock=lock)


async def list_findings(
    session: AsyncSession, *, county_id: UUID, visit_ids: Sequence[UUID], lock: bool = False
) -> Sequence[VisitFinding]:
    """What visits found, in their order."""
    statement = (
        select(VisitFinding)
        .where(VisitFinding.county_id == county_id, VisitFinding.visit_id.in_(visit_ids))
        .order_by(VisitFinding.visit_id, VisitFinding.no)
    )
    if lock:
        statement = statement.with_for_update()
    return (await session.scalars(statement)).all()


async def list_visits(
    session: AsyncSession, *, county_id: UUID, unit_id: UUID, wanted: Wanted, after: Mark | None, limit: int
) -> Sequence[Visit]:
    """Visits to the acting unit and those below it, the latest written down first."""
    conditions: list[ColumnElement[bool]] = [
        Visit.county_id == county_id,
        *(
            or_(
                Visit.unit_name.contains(word, autoescape=True),
                Visit.text.contains(word, autoescape=True),
                Visit.requirements.contains(word, autoescape=True),
            )
            for word in wanted.words
        ),
        *beyond(after, Visit.recorded_at, Visit.id, newest_first=True),
    ]
    if wanted.kind is not None:
        conditions.append(Visit.kind == wanted.kind)
    if wanted.made:
        conditions.append(Visit.visitor_unit_id == unit_id)
    if wanted.unit_id is not None:
        conditions.append(Visit.unit_id == wanted.unit_id)
    if wanted.since is not None:
        conditions.append(Visit.visited_on >= wanted.since)
    if wanted.until is not None:
        conditions.append(Visit.visited_on < wanted.until)
    if wanted.standing:
        conditions.append(Visit.state == VisitState.RECORDED)
    statement = select(Visit).where(*conditions).order_by(Visit.recorded_at.desc(), Visit.id.desc()).limit(limit)
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class Visited:
    """How a station was visited: leaders' visits and guidance visits of a span, and the last guidance visit ever."""

    leaders: int = 0
    guided: int = 0
    last_on: date | None = None


async def count_by_unit(
    session: AsyncSession, *, county_id: UUID, visitor_unit_id: UUID | None, since: date, until: date
) -> dict[UUID, Visited]:
    """Unit → its visits, of the acting unit and those below it; guidance of one visitor or of any."""
    leader, guided = Visit.kind == VisitKind.LEADER, Visit.kind == VisitKind.GUIDANCE
    if visitor_unit_id is not None:
        guided = guided & (Visit.visitor_unit_id == visitor_unit_id)
    within = (Visit.visited_on >= since) & (Visit.visited_on < until)
    statement = (
        select(
            Visit.unit_id,
            func.count().filter(leader, within),
            func.count().filter(guided, within),
            func.max(Visit.visited_on).filter(guided),
        )
        .where(Visit.county_id == county_id, Visit.state == VisitState.RECORDED)
        .group_by(Visit.unit_id)
    )
    return {row[0]: Visited(row[1], row[2], row[3]) for row in await session.execute(statement)}
