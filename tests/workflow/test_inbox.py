"""待办: what a person owes, whatever else waits at their unit."""

from __future__ import annotations

import pytest

from kit.db.session import Database
from tenancy.models import Role
from tests.reporting.test_submissions import submitted
from tests.world import World, make_world
from workflow.queries import list_inbox

pytestmark = pytest.mark.anyio


async def topics(database: Database, world: World, *roles: Role, limit: int = 200) -> list[str]:
    actor = world.actor("A", *roles)
    async with database.transaction(actor.identity) as session:
        items = await list_inbox(
            session,
            principal=actor,
            roles_by_unit={actor.unit_id: frozenset(role.value for role in roles)},
            limit=limit,
        )
    return [item.topic for item in items]


class TestInbox:
    @pytest.fixture
    async def world(self, database: Database) -> World:
        """Three villages wait for A's reviewer; A itself has to fill."""
        world = await make_world(database, townships=1, villages=3)
        for code in ("A1", "A2", "A3"):
            await submitted(database, world, code)
        return world

    async def test_shows_what_is_for_one_s_roles(self, database: Database, world: World) -> None:
        assert await topics(database, world, Role.REPORTER) == ["fill"]
        assert await topics(database, world, Role.REVIEWER) == ["review"] * 3
        assert await topics(database, world, Role.LEADER) == []

    async def test_what_waits_for_others_crowds_nothing_out(self, database: Database, world: World) -> None:
        for role in (Role.REPORTER, Role.REVIEWER):
            assert len(await topics(database, world, role, limit=1)) == 1

    async def test_who_belongs_nowhere_owes_nothing(self, database: Database, world: World) -> None:
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            assert await list_inbox(session, principal=actor, roles_by_unit={}) == []
