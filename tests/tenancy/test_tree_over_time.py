"""Changes of the tree that meet one another in time: no unit ever stands under one that has ended."""

from __future__ import annotations

import asyncio
from datetime import date
from uuid import UUID

import pytest

from kit.db.session import Database
from tenancy import tree, tree_import
from tenancy.errors import UnitImpossible
from tenancy.models import AdminKind
from tenancy.queries import load_tree
from tenancy.tiers import Tier
from tenancy.tree import NewUnit
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
MARCH, JULY, DECEMBER = date(2026, 3, 1), date(2026, 7, 1), date(2026, 12, 1)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database)


async def move(database: Database, world: World, code: str, parent: str, on: date) -> None:
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.move_unit(
            session, actor=system, unit_id=world.units[code], parent_id=world.units[parent], on=on, reason="划转"
        )


async def end(database: Database, world: World, code: str, on: date) -> None:
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.deactivate_unit(session, actor=system, unit_id=world.units[code], on=on, reason="撤销")


async def add(database: Database, world: World, code: str, tier: Tier, parent: UUID, on: date) -> UUID:
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        unit = NewUnit(tier, code, f"{code}单位", code, parent)
        return (await tree.add_units(session, actor=system, units=[unit], on=on))[0]


async def import_rows(database: Database, world: World, *rows: list[str]) -> int:
    system = world.admin(AdminKind.SYSTEM)
    lines = tree_import.read_import([["层级", "代码", "名称", "上级代码", "简称"], *rows])
    async with database.transaction(system.identity) as session:
        return await tree_import.import_units(session, actor=system, lines=lines, on=date(2026, 1, 1))


async def empty_township(database: Database, world: World) -> None:
    world.units["D"] = await add(database, world, "D", Tier.TOWNSHIP, world.county.unit_id, date(2026, 1, 1))


async def orphans(database: Database, world: World, day: date) -> set[str]:
    """Units that exist on a day and can't be reached from the county."""
    async with database.transaction(world.identity) as session:
        found = await load_tree(session, county_id=world.county.id, day=day)
    reached = {node.id for node in found.walk(world.county.unit_id)}
    return {node.code for node in found.nodes.values() if node.id not in reached}


class TestEnds:
    async def test_not_before_units_that_will_come_under_it(self, database: Database, world: World) -> None:
        await empty_township(database, world)
        await move(database, world, "A1", "D", JULY)
        with pytest.raises(UnitImpossible):
            await end(database, world, "D", MARCH)
        assert await orphans(database, world, JULY) == set()

    async def test_nothing_comes_under_a_unit_that_will_end(self, database: Database, world: World) -> None:
        await empty_township(database, world)
        await end(database, world, "D", JULY)
        with pytest.raises(UnitImpossible):
            await move(database, world, "A1", "D", MARCH)
        with pytest.raises(UnitImpossible):
            await add(database, world, "N", Tier.VILLAGE, world.units["D"], MARCH)
        assert await orphans(database, world, DECEMBER) == set()

    async def test_nothing_is_merged_into_a_unit_that_will_end(self, database: Database, world: World) -> None:
        await end(database, world, "A2", JULY)
        system = world.admin(AdminKind.SYSTEM)
        with pytest.raises(UnitImpossible):
            async with database.transaction(system.identity) as session:
                await tree.merge_units(
                    session,
                    actor=system,
                    unit_ids=[world.units["A1"], world.units["A2"]],
                    into=world.units["A2"],
                    on=MARCH,
                    reason="合并",
                )

    @pytest.mark.parametrize("attempt", range(4))
    async def test_two_administrators_at_once(self, database: Database, world: World, attempt: int) -> None:
        await empty_township(database, world)
        outcomes = await asyncio.gather(
            move(database, world, "A1", "D", JULY), end(database, world, "D", JULY), return_exceptions=True
        )
        assert [type(o) for o in outcomes if o is not None] == [UnitImpossible]
        assert await orphans(database, world, JULY) == set()


class TestImport:
    async def test_units_added_meanwhile_are_known(self, database: Database, world: World) -> None:
        """A township of March, and a file that lists it with a village: only the village is new."""
        await add(database, world, "D", Tier.TOWNSHIP, world.county.unit_id, MARCH)
        assert await import_rows(database, world, ["镇街", "D", "D镇", "", ""], ["村", "D1", "D1村", "D", ""]) == 1
        assert await orphans(database, world, date(2026, 2, 1)) == set()
        assert await orphans(database, world, JULY) == set()

    async def test_an_ended_unit_s_code_is_not_used_again(self, database: Database, world: World) -> None:
        await end(database, world, "A1", date(2025, 7, 1))
        assert await import_rows(database, world, ["村", "A1", "A1村", "A", ""]) == 0

    async def test_nothing_comes_under_an_ended_unit(self, database: Database, world: World) -> None:
        await empty_township(database, world)
        await end(database, world, "D", JULY)
        with pytest.raises(UnitImpossible) as refusal:
            await import_rows(database, world, ["村", "D1", "D1村", "D", ""])
        assert "第 2 行" in refusal.value.message("zh-CN")

    @pytest.mark.parametrize("row", [["村", "N1", "名", "A", "长" * 61], ["村", "N" * 31, "名", "A", ""]])
    async def test_what_is_too_long_is_told_with_its_line(
        self, database: Database, world: World, row: list[str]
    ) -> None:
        with pytest.raises(UnitImpossible) as refusal:
            await import_rows(database, world, row)
        assert "第 2 行" in refusal.value.message("zh-CN")

    async def test_a_code_listed_twice_is_told(self, database: Database, world: World) -> None:
        with pytest.raises(UnitImpossible) as refusal:
            await import_rows(database, world, ["村", "N1", "甲村", "A", ""], ["村", "N1", "乙村", "A", ""])
        assert "第 3 行" in refusal.value.message("zh-CN")
