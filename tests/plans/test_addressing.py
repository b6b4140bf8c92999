"""Who is meant by a choice, and under whom each gets a share."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from kit.db.session import Database
from kit.errors import Forbidden, NotFound, PreconditionRequired, Stale
from plans.addressing import service
from plans.addressing.errors import GroupNameTaken, NobodyAddressed
from plans.addressing.rules import Choice, ChoiceKind, Known, resolve, shares
from tenancy.models import Role
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from tests.world import World, make_county_with_people

NAMES = {"C": None, "A": "C", "B": "C", "A1": "A", "A2": "A", "B1": "B", "D1": "C"}
IDS = {name: uuid4() for name in NAMES}
NOTHING = Known({}, {})


def tier_of(name: str) -> Tier:
    return Tier.COUNTY if name == "C" else Tier.TOWNSHIP if len(name) == 1 else Tier.VILLAGE


TREE = Tree(
    TreeNode(IDS[name], tier_of(name), name, name, name, IDS[parent] if parent else None)
    for name, parent in NAMES.items()
)


def meant(*choices: Choice, root: str = "C", known: Known = NOTHING) -> list[str]:
    return [node.name for node in resolve(TREE, IDS[root], choices, known)]


def one(name: str) -> Choice:
    return Choice(ChoiceKind.UNIT, unit_id=IDS[name])


class TestWhoIsMeant:
    def test_a_tier_is_every_unit_of_it(self) -> None:
        assert meant(Choice(ChoiceKind.TIER, tier=Tier.VILLAGE)) == ["A1", "A2", "B1", "D1"]
        assert meant(Choice(ChoiceKind.TIER, tier=Tier.TOWNSHIP)) == ["A", "B"]

    def test_below_a_unit_is_not_the_unit_itself(self) -> None:
        assert meant(Choice(ChoiceKind.BELOW, unit_id=IDS["A"])) == ["A1", "A2"]
        assert meant(Choice(ChoiceKind.BELOW, unit_id=IDS["C"], tier=Tier.TOWNSHIP)) == ["A", "B"]

    def test_each_unit_is_meant_once_however_often_it_is_chosen(self) -> None:
        assert meant(one("A1"), Choice(ChoiceKind.BELOW, unit_id=IDS["A"]), one("A1")) == ["A1", "A2"]

    def test_tags_and_groups_stand_for_their_units(self) -> None:
        group = uuid4()
        known = Known({"城市": {IDS["A1"]}}, {group: [IDS["B1"]]})
        chosen = (Choice(ChoiceKind.TAG, tag="城市"), Choice(ChoiceKind.GROUP, group_id=group))
        assert meant(*chosen, known=known) == ["A1", "B1"]

    def test_nobody_outside_the_senders_units_is_meant_nor_the_sender(self) -> None:
        assert meant(one("B1"), one("A"), root="A") == []
        assert meant(Choice(ChoiceKind.TAG, tag="x"), root="A", known=Known({"x": {IDS["B1"], IDS["A2"]}}, {})) == [
            "A2"
        ]


class TestShares:
    def found(self, *names: str, through: bool = True, sender: str = "C") -> list[tuple[str, str | None, bool]]:
        nodes = [TREE.nodes[IDS[name]] for name in names]
        by_id = {value: key for key, value in IDS.items()}
        made = shares(TREE, IDS[sender], nodes, through=through)
        return [(share.node.name, by_id[share.under] if share.under else None, share.chosen) for share in made]

    def test_a_village_gets_its_share_through_its_township(self) -> None:
        assert self.found("A1", "A2") == [("A", None, False), ("A1", "A", True), ("A2", "A", True)]

    def test_a_village_of_the_county_itself_gets_it_directly(self) -> None:
        assert self.found("D1", "A1") == [("D1", None, True), ("A", None, False), ("A1", "A", True)]

    def test_a_township_chosen_beside_its_village_has_one_share(self) -> None:
        assert self.found("A", "A1") == [("A", None, True), ("A1", "A", True)]

    def test_directly_everybody_answers_to_the_sender(self) -> None:
        assert self.found("A1", "B1", through=False) == [("A1", None, True), ("B1", None, True)]

    def test_a_township_sends_to_its_villages(self) -> None:
        assert self.found("A1", sender="A") == [("A1", None, True)]


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database)


@pytest.mark.anyio
class TestGroupsAndTags:
    async def save(self, database: Database, world: World, by: str, name: str, *codes: str) -> UUID:
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            return await service.make_group(
                session, actor=actor, name=name, unit_ids=[world.units[code] for code in codes]
            )

    async def meant(self, database: Database, world: World, by: str, choice: Choice) -> set[str]:
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            _, nodes = await service.addressed(session, actor, [choice])
            return {node.code for node in nodes}

    async def test_a_group_is_its_owners_own(self, database: Database, world: World) -> None:
        group_id = await self.save(database, world, "A", "两村", "A1", "A2")
        choice = Choice(ChoiceKind.GROUP, group_id=group_id)
        assert await self.meant(database, world, "A", choice) == {"A1", "A2"}
        for other in ("B", "C", "A1"):
            with pytest.raises(NotFound):
                await self.meant(database, world, other, choice)

    async def test_a_group_takes_no_unit_from_elsewhere(self, database: Database, world: World) -> None:
        for code in ("B1", "A", "C"):
            with pytest.raises(NotFound):
                await self.save(database, world, "A", "不行", "A1", code)

    async def test_two_groups_of_a_unit_do_not_share_a_name(self, database: Database, world: World) -> None:
        await self.save(database, world, "A", "两村", "A1")
        with pytest.raises(GroupNameTaken):
            await self.save(database, world, "A", "两村", "A2")
        await self.save(database, world, "B", "两村", "B1")

    async def test_changing_a_group_needs_its_version(self, database: Database, world: World) -> None:
        group_id = await self.save(database, world, "A", "两村", "A1")
        actor = world.actor("A")
        for version, refusal in ((None, PreconditionRequired), (7, Stale)):
            with pytest.raises(refusal):
                async with database.transaction(actor.identity) as session:
                    await service.change_group(
                        session,
                        actor=actor,
                        group_id=group_id,
                        version=version,
                        name="一村",
                        unit_ids=[world.units["A2"]],
                    )
        async with database.transaction(actor.identity) as session:
            await service.change_group(
                session, actor=actor, group_id=group_id, version=1, name="一村", unit_ids=[world.units["A2"]]
            )
        async with database.transaction(actor.identity) as session:
            book = await service.address_book(session, actor)
        assert [(group.name, group.unit_ids, group.version) for group in book.groups] == [
            ("一村", [world.units["A2"]], 2)
        ]

    async def test_tags_are_the_countys_to_give(self, database: Database, world: World) -> None:
        county, township = world.actor("C"), world.actor("A")
        with pytest.raises(Forbidden):
            async with database.transaction(township.identity) as session:
                await service.put_tag(session, actor=township, tag="示范", unit_ids=[world.units["A1"]])
        async with database.transaction(county.identity) as session:
            await service.put_tag(session, actor=county, tag="示范", unit_ids=[world.units["A1"], world.units["B1"]])
        choice = Choice(ChoiceKind.TAG, tag="示范")
        assert await self.meant(database, world, "C", choice) == {"A1", "B1"}
        assert await self.meant(database, world, "A", choice) == {"A1"}
        async with database.transaction(county.identity) as session:
            await service.put_tag(session, actor=county, tag="示范", unit_ids=[])
        with pytest.raises(NobodyAddressed):
            await self.meant(database, world, "C", choice)

    async def test_who_may_not_review_saves_no_group(self, database: Database, world: World) -> None:
        actor = world.actor("A", Role.REPORTER)
        with pytest.raises(Forbidden):
            async with database.transaction(actor.identity) as session:
                await service.make_group(session, actor=actor, name="x", unit_ids=[world.units["A1"]])
