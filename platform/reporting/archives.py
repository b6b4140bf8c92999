"""Frozen copies of a county's reported figures (封存、报出存档), and what differs from them today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from kit.db.batch import Write, put
from kit.ids import new_id
from reporting import closing_queries
from reporting.models import Archive, ArchiveKind, CycleUnit, Revision
from tenancy.principal import Principal


@dataclass(frozen=True, slots=True)
class ReportedUp:
    """What is said of figures that the county sent up."""

    document_no: str
    destination: str
    reported_on: date
    signers: Sequence[tuple[str, str]]
    note: str = ""


def fold_reported(found: Sequence[tuple[CycleUnit, Revision]], county_unit_id: UUID) -> dict[str, Partials]:
    """unit → the partial states of what it reported; the county's is the fold of its own and of all below. Pure."""
    states: dict[str, Partials] = {}
    for unit, revision in found:
        state: Any = revision.frozen or revision.partials
        states[str(unit.unit_id)] = state
    states[str(county_unit_id)] = aggregate.merge(list(states.values()))
    return states


async def freeze(
    session: AsyncSession,
    *,
    actor: Principal,
    cycle_id: UUID,
    kind: ArchiveKind,
    said: ReportedUp | None = None,
) -> tuple[UUID, Write]:
    """A further archive of what is reported now. The caller holds the cycle's lock and writes it."""
    found = await closing_queries.approved_revisions_of(session, county_id=actor.county_id, cycle_id=cycle_id)
    before = await closing_queries.list_archives(session, county_id=actor.county_id, cycle_id=cycle_id)
    archive_id = new_id()
    return archive_id, put(
        Archive,
        county_id=actor.county_id,
        id=archive_id,
        cycle_id=cycle_id,
        no=len(before) + 1,
        kind=kind.value,
        figures=fold_reported(found, actor.county_unit_id),
        sources=[
            {
                "unit_id": str(unit.unit_id),
                "submission_id": str(revision.submission_id),
                "revision_id": str(revision.id),
            }
            for unit, revision in found
        ],
        document_no=said.document_no if said else "",
        destination=said.destination if said else "",
        reported_on=said.reported_on if said else None,
        signers=[{"post": post, "name": name} for post, name in said.signers] if said else [],
        note=said.note if said else "",
        made_by=actor.account_id,
        maker_name=actor.display_name,
        place=[actor.county_unit_id],
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what the archive says."""

    unit_id: UUID
    code: str
    then: str | None
    now: str | None


def differences(
    then: Mapping[UUID, Mapping[str, str | None]], now: Mapping[UUID, Mapping[str, str | None]]
) -> list[Difference]:
    """与已报数差异, unit by unit and field by field. A unit that had or has no figures differs by all of them. Pure."""
    found: list[Difference] = []
    for unit_id in dict.fromkeys((*then, *now)):
        was, is_now = then.get(unit_id, {}), now.get(unit_id, {})
        for code in dict.fromkeys((*was, *is_now)):
            if was.get(code) != is_now.get(code):
                found.append(Difference(unit_id, code, was.get(code), is_now.get(code)))
    return found
