"""The address on a printed sheet tells whether that very revision stands, and nothing else."""

from __future__ import annotations

import pytest

from kit import crypto
from kit.db.session import Database
from kit.ids import new_id
from reporting import submission_views
from reporting.printed import Standing, standing_of, token_of
from reporting.schemas import SubmissionOut
from tests.reporting.steps import approve, correct, hand_in, recall
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
FIVE = {"pc": "5", "rc": "6"}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database, townships=1, villages=1)


async def view(database: Database, world: World, code: str = "A1") -> SubmissionOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await submission_views.submission_view(session, actor, world.submission("A1"), locale="zh-CN")


async def token(database: Database, world: World, code: str = "A1") -> str:
    found = (await view(database, world, code)).printed_token
    assert found is not None
    return found


async def test_it_stands_until_another_takes_its_place(database: Database, world: World) -> None:
    assert (await view(database, world)).printed_token is None
    await hand_in(database, world, "A1", FIVE)
    first = await token(database, world)
    assert first == await token(database, world, "A"), "the same sheet, whoever prints it"
    assert await standing_of(database, first) is Standing.CURRENT
    await approve(database, world, "A1", by="A")
    await correct(database, world, "A1")
    assert (await view(database, world)).printed_token is None, "a draft bears no address"
    assert await standing_of(database, first) is Standing.CURRENT, "what was approved counts while it is corrected"
    await hand_in(database, world, "A1", {"pc": "4", "rc": "6"})
    assert await standing_of(database, first) is Standing.REPLACED
    assert await standing_of(database, await token(database, world)) is Standing.CURRENT


async def test_what_was_recalled_does_not_stand(database: Database, world: World) -> None:
    await hand_in(database, world, "A1", FIVE)
    printed = await token(database, world)
    await recall(database, world, "A1")
    assert await standing_of(database, printed) is Standing.REPLACED


async def test_forged_addresses_are_unknown(database: Database, world: World) -> None:
    await hand_in(database, world, "A1", FIVE)
    printed = await token(database, world)
    forged = [
        token_of(world.county.id, new_id()),
        token_of(new_id(), new_id()),
        crypto.seal_token(world.county.id.bytes, context="reporting.printed"),
        crypto.seal_token(world.county.id.bytes * 2, context="another"),
        ("A" if printed[0] != "A" else "B") + printed[1:],
        printed[:-2],
        printed + "AA",
        "x",
        "村" * 64,
        "=" * 64,
        "A" * 5000,
    ]
    assert {await standing_of(database, one) for one in forged} == {Standing.UNKNOWN}
    assert str(world.submission("A1")).replace("-", "") not in printed
