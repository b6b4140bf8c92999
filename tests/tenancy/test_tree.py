"""Changes of the tree: each with its day, history intact."""

from __future__ import annotations

from datetime import date

import pytest

from kit.db.session import Database
from kit.errors import Forbidden
from tenancy import tree, tree_import
from tenancy.errors import UnitCodeTaken, UnitImpossible
from tenancy.models import AdminKind
from tenancy.queries import list_unit_changes, list_unit_versions, load_tree
from tenancy.rules import Tree
from tenancy.tiers import Tier
from tenancy.tree import NewUnit
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
BEFORE, DAY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database)


async def tree_on(database: Database, world: World, day: date) -> Tree:
    async with database.transaction(world.identity) as session:
        return await load_tree(session, county_id=world.county.id, day=day)


def village(world: World, code: str, parent: str = "A") -> NewUnit:
    return NewUnit(Tier.VILLAGE, code, f"{code}村", f"{code}村", world.units[parent])


class TestAdd:
    async def test_exists_from_its_day_on(self, database: Database, world: World) -> None:
        async with database.transaction(world.identity) as session:
            made = await tree.add_units(
                session, actor=world.admin(AdminKind.SYSTEM), units=[village(world, "N")], on=DAY
            )
        assert made[0] not in (await tree_on(database, world, BEFORE)).nodes
        assert made[0] in (await tree_on(database, world, DAY)).nodes

    async def test_a_code_is_used_once(self, database: Database, world: World) -> None:
        with pytest.raises(UnitCodeTaken):
            async with database.transaction(world.identity) as session:
                await tree.add_units(session, actor=world.admin(AdminKind.SYSTEM), units=[village(world, "A1")], on=DAY)

    async def test_a_village_does_not_stand_under_a_village(self, database: Database, world: World) -> None:
        with pytest.raises(UnitImpossible):
            async with database.transaction(world.identity) as session:
                await tree.add_units(
                    session, actor=world.admin(AdminKind.SYSTEM), units=[village(world, "N", "A1")], on=DAY
                )

    @pytest.mark.parametrize("kind", [AdminKind.SECURITY, AdminKind.AUDIT])
    async def test_only_the_system_administrator(self, database: Database, world: World, kind: AdminKind) -> None:
        with pytest.raises(Forbidden):
            async with database.transaction(world.identity) as session:
                await tree.add_units(session, actor=world.admin(kind), units=[village(world, "N")], on=DAY)

    async def test_a_rare_name_of_thirty_three_characters(self, database: Database, world: World) -> None:
        name = "莫𡐓村" + "长" * 30
        unit = NewUnit(Tier.VILLAGE, "R", name, name, world.units["A"])
        async with database.transaction(world.identity) as session:
            made = await tree.add_units(session, actor=world.admin(AdminKind.SYSTEM), units=[unit], on=DAY)
        assert (await tree_on(database, world, DAY)).nodes[made[0]].name == name


class TestRename:
    async def test_the_past_keeps_the_old_name(self, database: Database, world: World) -> None:
        unit_id = world.units["A1"]
        async with database.transaction(world.identity) as session:
            await tree.rename_unit(
                session,
                actor=world.admin(AdminKind.SYSTEM),
                unit_id=unit_id,
                name="新名村",
                short_name="新名",
                on=DAY,
                reason="村改居",
            )
        assert (await tree_on(database, world, BEFORE)).nodes[unit_id].name == "A1村"
        assert (await tree_on(database, world, DAY)).nodes[unit_id].name == "新名村"
        async with database.transaction(world.identity) as session:
            changes = await list_unit_changes(session, county_id=world.county.id, unit_id=unit_id)
        assert [(c.kind, c.reason) for c in changes] == [("import", ""), ("rename", "村改居")]


class TestMove:
    async def test_the_past_keeps_the_old_parent(self, database: Database, world: World) -> None:
        unit_id = world.units["A1"]
        async with database.transaction(world.identity) as session:
            await tree.move_unit(
                session,
                actor=world.admin(AdminKind.SYSTEM),
                unit_id=unit_id,
                parent_id=world.units["B"],
                on=DAY,
                reason="划转",
            )
        assert (await tree_on(database, world, BEFORE)).nodes[unit_id].parent_id == world.units["A"]
        assert (await tree_on(database, world, DAY)).nodes[unit_id].parent_id == world.units["B"]

    async def test_not_under_itself(self, database: Database, world: World) -> None:
        with pytest.raises(UnitImpossible):
            async with database.transaction(world.identity) as session:
                await tree.move_unit(
                    session,
                    actor=world.admin(AdminKind.SYSTEM),
                    unit_id=world.units["A"],
                    parent_id=world.units["A1"],
                    on=DAY,
                    reason="",
                )


class TestMerge:
    async def test_one_goes_on_with_all_subordinates(self, database: Database, world: World) -> None:
        async with database.transaction(world.identity) as session:
            await tree.merge_units(
                session,
                actor=world.admin(AdminKind.SYSTEM),
                unit_ids=[world.units["A"], world.units["B"]],
                into=world.units["A"],
                on=DAY,
                reason="撤并",
            )
        after = await tree_on(database, world, DAY)
        assert world.units["B"] not in after.nodes
        assert {n.code for n in after.children(world.units["A"])} == {"A1", "A2", "B1", "B2"}
        assert len((await tree_on(database, world, BEFORE)).children(world.units["B"])) == 2


class TestSplit:
    async def test_new_units_take_over_their_share(self, database: Database, world: World) -> None:
        part = NewUnit(Tier.TOWNSHIP, "D", "D镇", "D镇", world.county.unit_id)
        async with database.transaction(world.identity) as session:
            made = await tree.split_unit(
                session,
                actor=world.admin(AdminKind.SYSTEM),
                unit_id=world.units["A"],
                parts=[(part, [world.units["A2"]])],
                on=DAY,
                reason="析置",
            )
        after = await tree_on(database, world, DAY)
        assert [n.code for n in after.children(made[0])] == ["A2"]
        assert [n.code for n in after.children(world.units["A"])] == ["A1"]


class TestDeactivate:
    async def test_ends_with_its_day(self, database: Database, world: World) -> None:
        async with database.transaction(world.identity) as session:
            await tree.deactivate_unit(
                session, actor=world.admin(AdminKind.SYSTEM), unit_id=world.units["A1"], on=DAY, reason="撤村"
            )
            versions = await list_unit_versions(session, county_id=world.county.id, unit_id=world.units["A1"])
        assert versions[-1].valid_to == DAY
        assert world.units["A1"] in (await tree_on(database, world, BEFORE)).nodes
        assert world.units["A1"] not in (await tree_on(database, world, DAY)).nodes

    async def test_not_while_units_stand_under_it(self, database: Database, world: World) -> None:
        with pytest.raises(UnitImpossible):
            async with database.transaction(world.identity) as session:
                await tree.deactivate_unit(
                    session,
                    actor=world.admin(AdminKind.SYSTEM),
                    unit_id=world.units["A"],
                    on=DAY,
                    reason="撤镇",
                )


class TestImport:
    async def test_twice_adds_once(self, database: Database, world: World) -> None:
        lines = tree_import.read_import(
            [["层级", "代码", "名称", "上级代码"], ["镇街", "Z", "丁镇", ""], ["村", "Z1", "丁一村", "Z"]]
        )
        system = world.admin(AdminKind.SYSTEM)
        async with database.transaction(world.identity) as session:
            assert await tree_import.import_units(session, actor=system, lines=lines) == 2
        async with database.transaction(world.identity) as session:
            assert await tree_import.import_units(session, actor=system, lines=lines) == 0

    def test_faults_are_listed_with_their_lines(self) -> None:
        with pytest.raises(UnitImpossible) as refusal:
            tree_import.read_import([["层级", "代码", "名称"], ["乡", "1", "甲"], ["村", "", "乙"]])
        assert "第 2 行" in refusal.value.message("zh-CN")
        assert "第 3 行" in refusal.value.message("zh-CN")

    async def test_nothing_is_saved_from_a_file_with_faults(self, database: Database, world: World) -> None:
        lines = tree_import.read_import(
            [["tier", "code", "name", "parent_code"], ["village", "Y1", "甲村", "A"], ["village", "Y2", "乙村", "none"]]
        )
        with pytest.raises(UnitImpossible):
            async with database.transaction(world.identity) as session:
                await tree_import.import_units(session, actor=world.admin(AdminKind.SYSTEM), lines=lines)
        assert not any(n.code == "Y1" for n in (await tree_on(database, world, DAY)).nodes.values())
