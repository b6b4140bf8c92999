"""Rollups computed from scratch, for `jiceng check` and the property tests: from submissions, by another road.

Live figures from the cells of what counts now, not from stored partial states; reported figures from the revisions
that the approved hand-ins list. Nothing here reads a rollup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from reporting import personal, queries
from reporting.models import CycleUnit, Revision, Submission
from reporting.rollup_queries import StoredFigures


@dataclass(frozen=True, slots=True)
class Figures:
    """What a unit with subordinates ought to show."""

    live: Partials
    reported: Partials


class Evidence:
    """Everything that rollups of one cycle are made of, read once in the county's scope."""

    def __init__(
        self,
        form: CompiledForm,
        units: Sequence[CycleUnit],
        submissions: Mapping[UUID, Submission],
        revisions: Mapping[UUID, Revision],
    ) -> None:
        self.form = form
        self.units = units
        self.submissions = submissions
        self.revisions = revisions

    def own(self, revision_id: UUID | None) -> Partials:
        """A revision's own figures, from its cells and rows."""
        revision = None if revision_id is None else self.revisions.get(revision_id)
        if revision is None:
            return aggregate.empty()
        rows = personal.from_store(self.form.definition, revision.rows)
        return aggregate.leaf(self.form, revision.cells, rows, personal.person_hash)

    def frozen(self, revision_id: UUID | None) -> Partials:
        """What an approved hand-in holds: its own figures and those of the revisions it lists."""
        revision = None if revision_id is None else self.revisions.get(revision_id)
        if revision is None:
            return aggregate.empty()
        if revision.sources is None:
            return self.own(revision_id)
        parts = [self.own(revision_id)]
        for source in revision.sources:
            if source["revision_id"] is not None:
                parts.append(self.frozen(UUID(source["revision_id"])))
        return aggregate.merge(parts)

    def archived(self, sources: Sequence[Mapping[str, str]], county_unit_id: UUID) -> dict[str, Partials]:
        """What an archive that lists these revisions ought to hold, by unit."""
        states = {source["unit_id"]: self.frozen(UUID(source["revision_id"])) for source in sources}
        states[str(county_unit_id)] = aggregate.merge(list(states.values()))
        return states

    def expected(self) -> dict[UUID, Figures]:
        """unit → what its rollup ought to be, for every unit with subordinates."""
        live: dict[UUID, Partials] = {}
        children: dict[UUID, list[CycleUnit]] = {}
        for unit in self.units:
            if unit.parent_id is not None:
                children.setdefault(unit.parent_id, []).append(unit)
        out: dict[UUID, Figures] = {}
        for unit in sorted(self.units, key=lambda u: -u.lvl):
            submission = self.submissions.get(unit.unit_id)
            own = self.own(submission.live_revision_id if submission else None)
            below = children.get(unit.unit_id, [])
            live[unit.unit_id] = aggregate.merge([own, *(live[c.unit_id] for c in below)])
            if unit.has_children:
                out[unit.unit_id] = Figures(live[unit.unit_id], self._reported(unit, below))
        return out

    def _reported(self, unit: CycleUnit, below: Sequence[CycleUnit]) -> Partials:
        submission = self.submissions.get(unit.unit_id)
        approved = submission.approved_revision_id if submission else None
        if unit.parent_id is not None:
            return self.frozen(approved)
        parts = [self.own(approved)]
        for child in below:
            one = self.submissions.get(child.unit_id)
            parts.append(self.frozen(one.approved_revision_id if one else None))
        return aggregate.merge(parts)


async def gather(session: AsyncSession, *, county_id: UUID, cycle_id: UUID, form: CompiledForm) -> Evidence:
    """Read the evidence of a cycle. The session acts as the county."""
    return Evidence(
        form,
        await queries.list_cycle_units(session, county_id=county_id, cycle_id=cycle_id),
        await queries.list_all_submissions(session, county_id=county_id, cycle_id=cycle_id),
        await queries.list_all_revisions(session, county_id=county_id, cycle_id=cycle_id),
    )


def differences(evidence: Evidence, stored: Mapping[UUID, StoredFigures]) -> list[str]:
    """The units whose stored rollup is not what it ought to be, by code, with the figure that is wrong."""
    names = {unit.unit_id: unit.code for unit in evidence.units}
    wrong: list[str] = []
    for unit_id, expected in evidence.expected().items():
        found = stored.get(unit_id)
        if found is None:
            wrong.append(f"{names[unit_id]}: no rollup")
            continue
        # Merged once more, so that what was stored and what was computed have one shape.
        if aggregate.merge([found.live]) != expected.live:
            wrong.append(f"{names[unit_id]}: live")
        if aggregate.merge([found.reported]) != expected.reported:
            wrong.append(f"{names[unit_id]}: reported")
    return wrong
