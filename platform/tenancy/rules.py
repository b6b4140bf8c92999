"""Pure decisions: passwords, lock-out, the tree's dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenancy.models import AdminKind, Role
from tenancy.tiers import Tier

#: GB/T 22239 names no numbers; these are the convention.
PASSWORD_LENGTH = 8
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)

_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^A-Za-z0-9]"))


def password_fault(password: str, sign_name: str) -> str | None:
    """Why a password can't be used (`too_short`, `too_simple`, `has_name`), or None.

    At least 8 characters of 3 of 4 classes, and not the sign-in name inside.
    """
    if len(password) < PASSWORD_LENGTH:
        return "too_short"
    if len(password) > 200:
        return "too_long"
    if sum(1 for c in _CLASSES if c.search(password)) < 3:
        return "too_simple"
    if sign_name and sign_name.lower() in password.lower():
        return "has_name"
    return None


def lock_after(failures: int) -> timedelta | None:
    """How long the failures so far lock an account: none below five, then 10 minutes, doubling to a day."""
    if failures < FAILURES_BEFORE_LOCK:
        return None
    doublings = failures - FAILURES_BEFORE_LOCK
    return min(FIRST_LOCK * (1 << min(doublings, 10)), LONGEST_LOCK)


def parent_tier(tier: Tier) -> frozenset[Tier]:
    """Under which tiers a unit may stand. A village may belong to the county directly (some development zones do)."""
    return {
        Tier.COUNTY: frozenset[Tier](),
        Tier.TOWNSHIP: frozenset({Tier.COUNTY}),
        Tier.VILLAGE: frozenset({Tier.TOWNSHIP, Tier.COUNTY}),
    }[tier]


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit as it is on one day."""

    id: UUID
    tier: Tier
    code: str
    name: str
    short_name: str
    parent_id: UUID | None


class Tree:
    """A county's tree on one day."""

    def __init__(self, nodes: Iterable[TreeNode]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self._children: dict[UUID | None, list[TreeNode]] = {}
        for node in self.nodes.values():
            self._children.setdefault(node.parent_id, []).append(node)
        for children in self._children.values():
            children.sort(key=lambda n: n.code)

    def children(self, unit_id: UUID) -> Sequence[TreeNode]:
        return self._children.get(unit_id, [])

    def ancestors(self, unit_id: UUID) -> list[UUID]:
        """The unit itself, then its parent, up to the county."""
        path: list[UUID] = []
        at: UUID | None = unit_id
        while at is not None and at in self.nodes and at not in path:
            path.append(at)
            at = self.nodes[at].parent_id
        return path

    def is_below(self, unit_id: UUID, above: UUID) -> bool:
        """Whether a unit is `above` or stands under it."""
        return above in self.ancestors(unit_id)

    def walk(self, unit_id: UUID) -> list[TreeNode]:
        """The unit and everything below, parents first."""
        if unit_id not in self.nodes:
            return []
        out = [self.nodes[unit_id]]
        for child in self.children(unit_id):
            out += self.walk(child.id)
        return out


def may_administer(*, roles: frozenset[Role], admin_kind: AdminKind | None, own_unit: bool) -> bool:
    """Who makes accounts and reset codes for a unit in scope: an administrator of a unit above, or the county's system
    administrator for any. Nobody's own unit, except the system administrator's: the level above answers for it."""
    if admin_kind is AdminKind.SYSTEM:
        return True
    return Role.ADMINISTRATOR in roles and not own_unit


def session_ends(*, seen_at: datetime, expires_at: datetime, idle_minutes: int, now: datetime) -> bool:
    """Whether a session has ended by age or idleness."""
    return now >= expires_at or now - seen_at > timedelta(minutes=idle_minutes)
