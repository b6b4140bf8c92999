"""Whom the demonstration's hand acts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from kit.db.session import Database
from kit.models import County
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import TreeNode

#: Unit → the account and name of its reporter.
People = Mapping[UUID, tuple[UUID, str]]


@dataclass
class Stage:
    """The district, its people, and the luck that things have there."""

    database: Database
    county: County
    nodes: Sequence[TreeNode]
    people: People
    rng: Random

    def actor(self, unit_id: UUID, *roles: Role) -> Principal:
        node = next(node for node in self.nodes if node.id == unit_id)
        account_id, name = self.people[unit_id]
        return Principal(
            county_id=self.county.id,
            county_unit_id=self.county.unit_id,
            account_id=account_id,
            display_name=name,
            session_id=None,
            membership_id=account_id,
            unit_id=unit_id,
            tier=node.tier,
            roles=frozenset(roles or (Role.REPORTER, Role.REVIEWER)),
            admin_kind=None,
            unit_ids=(unit_id,),
        )

    def unit_of(self, code: str) -> UUID:
        return next(node.id for node in self.nodes if node.code == code)
