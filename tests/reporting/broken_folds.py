"""Two folds that look better and are wrong. The property test must catch them: if it passes with one of these, it
tests nothing."""

from __future__ import annotations

import dataclasses
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit.db.session import county_scope
from reporting import fold as real
from reporting import rollup_queries as queries
from reporting.models import Revision, Rollup, RollupMark
from reporting.rollup_queries import Contribution


async def skip_locked(
    session: AsyncSession, *, county_unit_id: UUID, county_id: UUID, cycle_id: UUID, unit_id: UUID, form: CompiledForm
) -> list[Contribution]:
    """Don't wait for a colleague who folds already: serves what he has not written yet."""
    family: list[Contribution] = []
    async with county_scope(session, county_unit_id):
        for lvl in await queries.levels_at_or_below(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit_id):
            marked = select(RollupMark.unit_id).where(RollupMark.cycle_id == cycle_id, RollupMark.lvl == lvl)
            locked = list(
                await session.scalars(
                    select(Rollup.unit_id)
                    .where(Rollup.cycle_id == cycle_id, Rollup.lvl == lvl, Rollup.unit_id.in_(marked))
                    .order_by(Rollup.unit_id)
                    .with_for_update(skip_locked=True)
                )
            )
            deleted = await session.scalars(
                delete(RollupMark)
                .where(RollupMark.cycle_id == cycle_id, RollupMark.unit_id.in_(locked))
                .returning(RollupMark.unit_id)
            )
            gone = set(deleted.all())
            family = await queries.list_families(
                session, county_id=county_id, cycle_id=cycle_id, unit_ids=[*locked, unit_id]
            )
            for one in gone:
                unit = next(c for c in family if c.unit_id == one)
                children = [c for c in family if c.parent_id == one]
                await real._write(session, form, unit, children, cycle_id, county_id)
    return family


#: The pause between snapshot and lock only widens a window that is there without it.
_ONE_STATEMENT = text("""
WITH locked AS (
  SELECT unit_id FROM rollup WHERE county_id = :county AND cycle_id = :cycle AND lvl = :lvl
    AND (SELECT pg_sleep(CAST(:sleep_for AS double precision))) IS NOT NULL
    AND unit_id IN (SELECT unit_id FROM rollup_mark WHERE county_id = :county AND cycle_id = :cycle AND lvl = :lvl)
  ORDER BY unit_id FOR UPDATE),
gone AS (
  DELETE FROM rollup_mark WHERE county_id = :county AND cycle_id = :cycle AND unit_id IN (SELECT unit_id FROM locked))
SELECT g.unit_id, c.unit_id AS child, s.live_revision_id FROM locked g
  JOIN cycle_unit c ON c.county_id = :county AND c.cycle_id = :cycle
    AND (c.parent_id = g.unit_id OR c.unit_id = g.unit_id)
  LEFT JOIN submission s ON s.county_id = :county AND s.cycle_id = :cycle AND s.unit_id = c.unit_id
""")


async def one_statement(
    session: AsyncSession,
    *,
    county_unit_id: UUID,
    county_id: UUID,
    cycle_id: UUID,
    unit_id: UUID,
    form: CompiledForm,
    pause: float = 0.0,
) -> list[Contribution]:
    """Lock, delete and read the children in one statement: its snapshot is older than the lock it waited for."""
    family: list[Contribution] = []
    async with county_scope(session, county_unit_id):
        for lvl in await queries.levels_at_or_below(session, county_id=county_id, cycle_id=cycle_id, unit_id=unit_id):
            rows = (
                await session.execute(
                    _ONE_STATEMENT,
                    {"county": county_id, "cycle": cycle_id, "lvl": lvl, "sleep_for": pause},
                )
            ).all()
            read: dict[UUID, dict[UUID, UUID | None]] = {}
            for parent, child, live in rows:
                read.setdefault(parent, {})[child] = live
            family = await queries.list_families(
                session, county_id=county_id, cycle_id=cycle_id, unit_ids=[*read, unit_id]
            )
            for one, seen in read.items():
                unit = next(c for c in family if c.unit_id == one)
                children = [c for c in family if c.parent_id == one]
                as_seen = [await _as_seen(session, county_id, c, seen) for c in children]
                own = await _as_seen(session, county_id, unit, seen)
                await real._write(session, form, own, as_seen, cycle_id, county_id)
    return family


async def _as_seen(
    session: AsyncSession, county_id: UUID, unit: Contribution, seen: dict[UUID, UUID | None]
) -> Contribution:
    """A child with the revision that the one statement saw, not the one that counts by now."""

    live = seen.get(unit.unit_id)
    partials: Any = None
    if live is not None:
        partials = await session.scalar(
            select(Revision.partials).where(Revision.county_id == county_id, Revision.id == live)
        )
    return dataclasses.replace(unit, own_live=partials)
