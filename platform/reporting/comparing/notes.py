"""What happened to units, for whoever wonders at their past figures: moved, merged, split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting.comparing.schemas import UnitNote
from tenancy import tree_queries
from tenancy.models import UnitChange, UnitVersion


async def notes_since(
    session: AsyncSession, *, county_id: UUID, since: date, units: Iterable[UUID]
) -> dict[UUID, list[UnitNote]]:
    """unit → what happened to it after a day, oldest first. Empty in a county whose tree never changed."""
    today = clock.today()
    versions = await tree_queries.list_versions(session, county_id=county_id, until=today)
    changes = await tree_queries.list_changes(session, county_id=county_id, until=today)
    return find_notes(versions, changes, since=since, units=units)


def find_notes(
    versions: Sequence[UnitVersion], changes: Sequence[UnitChange], *, since: date, units: Iterable[UUID]
) -> dict[UUID, list[UnitNote]]:
    """From versions (oldest first) and changes. Pure."""
    names = {version.unit_id: version.short_name for version in versions}
    wanted = set(units)
    notes: dict[UUID, list[UnitNote]] = {}
    before: dict[UUID, UnitVersion] = {}
    for version in versions:
        last = before.get(version.unit_id)
        before[version.unit_id] = version
        moved = last is not None and last.parent_id != version.parent_id
        if last is not None and moved and version.unit_id in wanted and version.valid_from > since:
            parents = [[names[one.parent_id]] if one.parent_id in names else [] for one in (last, version)]
            note = UnitNote(kind="move", on=version.valid_from, units_before=parents[0], units_after=parents[1])
            notes.setdefault(version.unit_id, []).append(note)
    for change in changes:
        if change.effective_on <= since:
            continue
        told = UnitNote(
            kind=change.kind,
            on=change.effective_on,
            units_before=[names[unit] for unit in change.before_ids if unit in names],
            units_after=[names[unit] for unit in change.after_ids if unit in names],
        )
        for unit in wanted.intersection((*change.before_ids, *change.after_ids)):
            notes.setdefault(unit, []).append(told)
    for found in notes.values():
        found.sort(key=lambda note: note.on)
    return notes
