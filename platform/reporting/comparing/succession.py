"""Where a unit of a past tree stands today: it moved, was merged, was split, or ended. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from tenancy.rules import Tree


class Changed(Protocol):
    """One change of the tree (`tenancy.models.UnitChange`)."""

    kind: str
    effective_on: date
    before_ids: list[UUID]
    after_ids: list[UUID]


class Frozen(Protocol):
    """A unit of a frozen tree (`reporting.models.CycleUnit`)."""

    unit_id: UUID
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Settled:
    """The unit of today's tree that a past unit's figures belong under. `ended`: it has no successor, and is shown by
    its old name under its superior's."""

    unit_id: UUID
    ended: bool = False


def heirs_of(changes: Iterable[Changed]) -> dict[UUID, UUID]:
    """Units that ended → the one that goes on: of merged units the one merged into, of a split unit its first part."""
    heirs: dict[UUID, UUID] = {}
    for change in sorted(changes, key=lambda one: one.effective_on):
        if change.kind in ("merge", "split") and change.after_ids:
            heirs |= {unit: change.after_ids[0] for unit in change.before_ids if unit not in change.after_ids}
    return heirs


def today_of(unit_id: UUID, tree: Tree, heirs: Mapping[UUID, UUID]) -> UUID | None:
    """The unit itself while it lasts, else its successor's successor's …; None when it ended without one."""
    passed: set[UUID] = set()
    at = unit_id
    while at not in tree.nodes:
        if at in passed or at not in heirs:
            return None
        passed.add(at)
        at = heirs[at]
    return at


def settle(frozen: Sequence[Frozen], tree: Tree, heirs: Mapping[UUID, UUID]) -> dict[UUID, Settled]:
    """unit of a frozen tree (parents first) → where its figures belong today."""
    found: dict[UUID, Settled] = {}
    for unit in frozen:
        today = today_of(unit.unit_id, tree, heirs)
        if today is not None:
            found[unit.unit_id] = Settled(today)
        elif unit.parent_id is not None and unit.parent_id in found:
            found[unit.unit_id] = Settled(found[unit.parent_id].unit_id, ended=True)
    return found


def unchanged(frozen: Sequence[Frozen], tree: Tree) -> bool:
    """Every unit of a frozen tree still stands where it stood: its rollups are those of today's tree."""
    return all(unit.unit_id in tree.nodes and tree.nodes[unit.unit_id].parent_id == unit.parent_id for unit in frozen)


def row_of(settled: Settled, past_unit: UUID, page_unit: UUID, tree: Tree) -> tuple[UUID, bool] | None:
    """Under which row of a unit's page of today a past unit's own figures fall: (unit, whether 本级), None if under
    none."""
    if settled.unit_id == page_unit:
        return (past_unit, False) if settled.ended else (page_unit, True)
    path = tree.ancestors(settled.unit_id)
    if page_unit not in path:
        return None
    return path[path.index(page_unit) - 1], False
