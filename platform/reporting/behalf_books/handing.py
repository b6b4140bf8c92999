"""代报 of several units: each through the one command, each on its own savepoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFound
from reporting import behalf, figures, queries
from reporting.behalf_books.desks import rows_along, standing_of
from reporting.models import BehalfKind, SubmissionState
from reporting.queries import Filed
from reporting.submissions import HandedIn
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.bulk import Outcome, each


@dataclass(frozen=True, slots=True)
class GivenLine:
    """What is handed in for one unit, on which version of its report, on what grounds."""

    submission_id: UUID
    version: int
    basis: str
    zero: bool
    cells: Mapping[str, str | None]
    reasons: Mapping[str, str]


async def fill_many(
    session: AsyncSession, *, actor: Principal, cycle_id: UUID, lines: Sequence[GivenLine]
) -> list[Outcome]:
    """Hand in for each unit by `behalf.fill`: one that can't be says why and holds up no other.

    What an earlier try of the same request handed in counts as done. Raises Forbidden, and NotFound
    for a report of nobody below the actor in this cycle.
    """
    await queries.get_cycle_in_scope(session, actor.scope, cycle_id)
    actor.require(Role.REVIEWER)
    below = await queries.list_subordinates(
        session, county_id=actor.county_id, cycle_id=cycle_id, parent_id=actor.unit_id
    )
    if not {line.submission_id for line in lines} <= {submission.id for submission, _ in below}:
        raise NotFound
    by_id = {line.submission_id: line for line in lines}
    return await each(session, by_id, lambda _, line: _fill(session, actor, line))


async def _fill(session: AsyncSession, actor: Principal, line: GivenLine) -> None:
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=line.submission_id)
    if _done(actor, filed, line):
        return
    given = None
    if not line.zero:
        form = await figures.form_of(session, filed)
        rows = rows_along(form, standing_of(filed), await figures.load_baseline(session, filed, form))
        given = HandedIn(line.cells, rows, line.reasons)
    await behalf.fill(
        session,
        actor=actor,
        submission_id=line.submission_id,
        version=line.version,
        basis=line.basis,
        given=given,
        zero=line.zero,
    )


def _done(actor: Principal, filed: Filed, line: GivenLine) -> bool:
    """Whether what stands is this very line, handed in a moment ago: the answer was lost on its way. Pure."""
    newest = filed.newest
    return (
        newest is not None
        and filed.submission.state == SubmissionState.SUBMITTED
        and filed.submission.version == line.version + 1
        and newest.behalf_kind is BehalfKind.FILLED
        and newest.behalf_unit_id == actor.unit_id
        and newest.behalf_basis == line.basis.strip()
        and newest.zero_report == line.zero
        and all((newest.cells.get(code) or None) == (value or None) for code, value in line.cells.items())
    )
