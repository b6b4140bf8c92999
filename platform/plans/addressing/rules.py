"""Who is meant: a choice of units resolved against the tree of a day, and the rows that say so. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kit.ids import new_id
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier


class ChoiceKind(enum.StrEnum):
    """一个单位、某单位的下级、某一层级、带某标签的、常用分组."""

    UNIT = "unit"
    BELOW = "below"
    TIER = "tier"
    TAG = "tag"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a choice. `unit_id` of a unit or of whose subordinates are meant, `tier` of which tier (below: only
    those of it), `tag` or `group_id` by name."""

    kind: ChoiceKind
    unit_id: UUID | None = None
    tier: Tier | None = None
    tag: str = ""
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What choices by name stand for."""

    tags: Mapping[str, Collection[UUID]]
    groups: Mapping[UUID, Collection[UUID]]


def resolve(tree: Tree, root_id: UUID, choices: Sequence[Choice], known: Known) -> list[TreeNode]:
    """The units that are meant, each once, in the order of the tree; those not below `root_id`, and `root_id` itself,
    are never among them."""
    below = [node for node in tree.walk(root_id) if node.id != root_id]
    wanted: set[UUID] = set()
    for choice in choices:
        wanted |= _meant(tree, below, choice, known)
    return [node for node in below if node.id in wanted]


def _meant(tree: Tree, below: Sequence[TreeNode], choice: Choice, known: Known) -> set[UUID]:
    match choice.kind:
        case ChoiceKind.UNIT if choice.unit_id is not None:
            return {choice.unit_id}
        case ChoiceKind.BELOW if choice.unit_id is not None:
            return {
                node.id
                for node in tree.walk(choice.unit_id)
                if node.id != choice.unit_id and choice.tier in (None, node.tier)
            }
        case ChoiceKind.TIER:
            return {node.id for node in below if node.tier is choice.tier}
        case ChoiceKind.TAG:
            return set(known.tags.get(choice.tag, ()))
        case ChoiceKind.GROUP if choice.group_id is not None:
            return set(known.groups.get(choice.group_id, ()))
        case _:
            return set()


def addressee_rows(tree: Tree, addressed: Sequence[TreeNode], **common: Any) -> list[dict[str, Any]]:
    """One row for each addressee of a document, seen by the unit and those above it; `common` are columns of all."""
    return [
        {
            **common,
            "id": new_id(),
            "unit_id": node.id,
            "unit_name": node.name,
            "tier": node.tier,
            "place": tree.ancestors(node.id),
        }
        for node in addressed
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's share of what is sent down, and under whose."""

    node: TreeNode
    #: The unit whose share it is a part of; None when it comes from the sender directly.
    under: UUID | None
    #: Whether the unit was chosen, or only stands between.
    chosen: bool


def shares(tree: Tree, sender_id: UUID, addressed: Sequence[TreeNode], *, through: bool) -> list[Share]:
    """Shares, those above first. With `through`, a unit that doesn't stand directly below the sender gets its share
    under the unit in between, which gets one too; otherwise everybody's comes from the sender."""
    if not through:
        return [Share(node, None, True) for node in addressed]
    found: dict[UUID, Share] = {}
    chosen = {node.id for node in addressed}
    for node in addressed:
        line = tree.ancestors(node.id)
        if sender_id not in line:
            continue
        between = line[: line.index(sender_id)]
        for unit_id in reversed(between):
            above = tree.nodes[unit_id].parent_id
            under = None if above == sender_id else above
            found.setdefault(unit_id, Share(tree.nodes[unit_id], under, unit_id in chosen))
    return sorted(found.values(), key=lambda share: len(tree.ancestors(share.node.id)))
