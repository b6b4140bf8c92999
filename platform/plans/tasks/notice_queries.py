"""Every SELECT of the notice that tasks gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks.ledger_queries import SENT
from plans.tasks.models import Task


@dataclass(frozen=True, slots=True)
class Sent:
    """Tasks that were sent: how many, how many under the minimum notice, the median of the working days they gave."""

    number: int
    short: int
    median: float | None


@dataclass(frozen=True, slots=True)
class SentBy(Sent):
    """Those of one unit."""

    unit_id: UUID


def _counted() -> tuple[ColumnElement[Any], ...]:
    return (
        func.count(),
        func.count().filter(Task.short_notice),
        func.percentile_cont(0.5).within_group(Task.notice_days),
    )


def _of_year(county_id: UUID, year: int, issuer_unit_id: UUID | None) -> list[ColumnElement[bool]]:
    found = [Task.county_id == county_id, Task.year == year, Task.state.in_(SENT)]
    return found if issuer_unit_id is None else [*found, Task.issuer_unit_id == issuer_unit_id]


async def count_all_sent(session: AsyncSession, *, county_id: UUID, year: int, issuer_unit_id: UUID | None) -> Sent:
    """A year's tasks of one unit, or of the whole county."""
    statement = select(*_counted()).where(*_of_year(county_id, year, issuer_unit_id))
    row = (await session.execute(statement)).one()
    return Sent(row[0], row[1], row[2])


async def count_sent(session: AsyncSession, *, county_id: UUID, year: int, issuer_unit_id: UUID | None) -> list[SentBy]:
    """A year's tasks by the unit that sent them."""
    statement = (
        select(Task.issuer_unit_id, *_counted())
        .where(*_of_year(county_id, year, issuer_unit_id))
        .group_by(Task.issuer_unit_id)
    )
    return [SentBy(row[1], row[2], row[3], row[0]) for row in await session.execute(statement)]
