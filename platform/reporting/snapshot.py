"""A cycle as one REPEATABLE READ snapshot saw it: what every export is added up from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.queries import get_compiled
from reporting import queries
from reporting.models import Cycle, CycleUnit, Revision, Submission

LIVE, REPORTED = "live", "reported"
STATUS = {LIVE: "含待审", REPORTED: "已审"}


@dataclass(slots=True)
class Snapshot:
    """A cycle as one snapshot saw it."""

    form: CompiledForm
    cycle: Cycle
    basis: str
    submissions: Mapping[UUID, Submission]
    revisions: Mapping[UUID, Revision]
    children: dict[UUID, list[CycleUnit]] = field(default_factory=dict)

    def counted(self, unit: CycleUnit) -> Revision | None:
        """The revision of a unit that the sheet shows."""
        submission = self.submissions.get(unit.unit_id)
        if submission is None:
            return None
        wanted = submission.live_revision_id if self.basis == LIVE else submission.approved_revision_id
        return None if wanted is None else self.revisions.get(wanted)

    def below(self, unit: CycleUnit) -> list[tuple[CycleUnit, Revision | None]]:
        """Direct subordinates with what is shown of them. Of a unit that handed in, 已审 shows what it listed then."""
        children = self.children.get(unit.unit_id, [])
        if self.basis == LIVE or unit.parent_id is None:
            return [(child, self.counted(child)) for child in children]
        handed_in = self.counted(unit)
        listed = {UUID(s["unit_id"]): s["revision_id"] for s in (handed_in.sources or [])} if handed_in else {}
        return [
            (child, self.revisions.get(UUID(revision_id)) if (revision_id := listed.get(child.unit_id)) else None)
            for child in children
        ]

    def state(self, unit: CycleUnit) -> Partials:
        """A unit's rollup."""
        own = self.counted(unit)
        if self.basis == REPORTED and unit.parent_id is not None:
            return aggregate.empty() if own is None or own.frozen is None else aggregate.merge([_partials(own.frozen)])
        parts = [] if own is None else [_partials(own.partials)]
        for child, revision in self.below(unit):
            if child.has_children:
                parts.append(self.state(child))
            elif revision is not None:
                parts.append(_partials(revision.partials))
        return aggregate.merge(parts)


def _partials(stored: Any) -> Partials:
    state: Partials = stored
    return state


async def load_snapshot(
    session: AsyncSession, *, county_id: UUID, cycle_id: UUID, unit_id: UUID, basis: str
) -> tuple[Snapshot, CycleUnit]:
    """A cycle and a unit of it, as one REPEATABLE READ snapshot sees them. The session has not begun."""
    await begin_snapshot(session)
    cycle = await queries.get_cycle(session, county_id=county_id, cycle_id=cycle_id)
    snapshot, units = await snapshot_of(session, cycle, basis)
    return snapshot, next(unit for unit in units if unit.unit_id == unit_id)


async def begin_snapshot(session: AsyncSession) -> None:
    """Everything that the session reads from now on is of one moment. It has not begun."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def snapshot_of(session: AsyncSession, cycle: Cycle, basis: str) -> tuple[Snapshot, Sequence[CycleUnit]]:
    """A cycle and its frozen tree, parents first, in a session that `begin_snapshot` began."""
    county_id, cycle_id = cycle.county_id, cycle.id
    form = await get_compiled(session, county_id=county_id, version_id=cycle.form_version_id)
    units = await queries.list_cycle_units(session, county_id=county_id, cycle_id=cycle_id)
    snapshot = Snapshot(
        form,
        cycle,
        basis,
        await queries.list_all_submissions(session, county_id=county_id, cycle_id=cycle_id),
        await queries.list_all_revisions(session, county_id=county_id, cycle_id=cycle_id),
    )
    for unit in units:
        if unit.parent_id is not None:
            snapshot.children.setdefault(unit.parent_id, []).append(unit)
    return snapshot, units


def in_order(units: Sequence[CycleUnit]) -> list[CycleUnit]:
    """Parents before their children, each township with its villages."""
    children: dict[UUID | None, list[CycleUnit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)

    def walk(unit: CycleUnit) -> list[CycleUnit]:
        return [unit, *(one for child in children.get(unit.unit_id, []) for one in walk(child))]

    return [one for root in children.get(None, []) for one in walk(root)]
