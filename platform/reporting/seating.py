"""The frozen tree of a cycle that opens: who stands where, who owes what, and what their inboxes are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit import clock
from kit.db.batch import put_many
from kit.ids import new_id
from kit.jobs import CountyRef, ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from reporting.filing import fill_facts
from reporting.models import Cycle, CycleUnit, Rollup, RollupMark, Submission
from tenancy.models import Role
from tenancy.rules import TreeNode
from workflow.models import InboxItem


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit's place in a frozen tree."""

    node: TreeNode
    #: The unit and those above it in the frozen tree, the unit first.
    line: tuple[UUID, ...]
    has_children: bool
    #: Whether the form asks it for figures of its own.
    asked: bool
    #: None where it makes no submission.
    submission_id: UUID | None
    due_at: datetime
    #: prev(x).
    previous_revision_id: UUID | None = None
    #: Units that see its figures though they stand above it only in the county's tree.
    also_seen_by: tuple[UUID, ...] = ()


async def seat(
    session: AsyncSession, county: CountyRef, cycle: Cycle, form: CompiledForm, seats: Sequence[Seat], *, tell: bool
) -> None:
    """Freeze a tree under a cycle: its units, their submissions, their rollups; with `tell`, who owes has it in the
    inbox. As many statements whatever the number of units."""
    units: list[dict[str, Any]] = []
    submissions: list[dict[str, Any]] = []
    rollups: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    key = {"county_id": county.id, "cycle_id": cycle.id}
    for one in seats:
        unit_id, place, lvl = one.node.id, [*one.line, *one.also_seen_by], len(one.line) - 1
        parent_id = one.line[1] if lvl else None
        cycle_unit_id = new_id()
        units.append(
            {
                **key,
                "id": cycle_unit_id,
                "unit_id": unit_id,
                "parent_id": parent_id,
                "tier": one.node.tier,
                "code": one.node.code,
                "name": one.node.name,
                "short_name": one.node.short_name,
                "lvl": lvl,
                "has_children": one.has_children,
                "asked": one.asked,
            }
        )
        if one.has_children:
            rollups.append({**key, "id": cycle_unit_id, "unit_id": unit_id, "lvl": lvl, "place": place})
        if one.submission_id is not None:
            submissions.append(
                {
                    **key,
                    "id": one.submission_id,
                    "unit_id": unit_id,
                    "reviewer_unit_id": parent_id or unit_id,
                    "due_at": one.due_at,
                    "previous_revision_id": one.previous_revision_id,
                    "place": place,
                }
            )
            items.append(
                fill_item(cycle, form, unit_id, one.node.name, one.submission_id, version=1, due_at=one.due_at)
            )
    await session.execute(insert(CycleUnit), units)
    await session.execute(insert(Submission), submissions)
    await session.execute(insert(Rollup), rollups)
    # Sent upward: no RETURNING, so the ids are made here.
    marks = [
        {name: rollup[name] for name in ("county_id", "cycle_id", "unit_id", "lvl", "place")} for rollup in rollups
    ]
    await put_many(session, RollupMark, [{**mark, "id": new_id()} for mark in marks])
    if tell:
        await deliver(session, county, cycle.id, items, tell=[one.node.id for one in seats])


def fill_item(
    cycle: Cycle,
    form: CompiledForm,
    unit_id: UUID,
    unit: str,
    submission_id: UUID,
    *,
    version: int,
    due_at: datetime | None,
    closed: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """The inbox row that says a unit owes its report, or no longer does. `unit` is its name, `more` further facts."""
    return {
        "county_id": cycle.county_id,
        "id": new_id(),
        "recipient_unit_id": unit_id,
        "role": Role.REPORTER.value,
        "topic": "fill",
        "subject_kind": "submission",
        "subject_id": submission_id,
        "subject_version": version,
        "closed": closed,
        "facts": fill_facts(cycle, unit, form, **more),
        "due_at": due_at,
        "created_at": clock.now(),
        "place": [unit_id],
    }


async def deliver(
    session: AsyncSession,
    county: CountyRef,
    cycle_id: UUID,
    items: Sequence[dict[str, Any]],
    *,
    tell: Sequence[UUID] | None = None,
) -> None:
    """Put rows of one cycle into inboxes; one message tells the browsers of their recipients, or of `tell`."""
    if not items:
        return
    await put_many(session, InboxItem, items)
    await session.execute(
        insert(Outbox).values(
            county_id=county.id,
            topic="inbox",
            payload={"subject_kind": "cycle", "subject_id": str(cycle_id)},
            recipients=list(dict.fromkeys(tell or [item["recipient_unit_id"] for item in items])),
            place=[county.unit_id],
        )
    )
    ring_after_commit(session, RELAY)
