"""保密承诺书: the county's text of a year, signed once by each person, with a real picture, in person."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from plans.pledges import queries, service, views
from plans.pledges.errors import (
    PledgeNotOpen,
    PledgeYearImpossible,
    SignatureImpossible,
    SignedAlready,
    SomebodyElse,
    VoidAlready,
)
from plans.pledges.schemas import PledgePage
from plans.pledges.service import Given
from plans.pledges.signatures import read_signature
from plans.staff import queries as staff_queries
from plans.staff import service as staff
from tenancy.models import Role
from tests.plans.signatures import SIGNED, chunk, encoded, png
from tests.plans.steps import topics
from tests.plans.training_steps import member
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=2)


async def issue(database: Database, world: World, *, by: str = "C", text: str = "严守国家秘密。", **more: Any) -> UUID:
    actor = world.actor(by, *more.pop("roles", ()))
    today = clock.today()
    values = {"year": today.year, "title": "保密承诺书", "due_on": today + timedelta(days=30), **more}
    async with database.transaction(actor.identity) as session:
        return await service.issue(session, actor=actor, given=Given(text=text, **values))


async def sign(database: Database, world: World, by: str, staff_id: UUID, signature: str = SIGNED) -> UUID:
    actor = world.actor(by, Role.LEADER)
    async with database.transaction(actor.identity) as session:
        return await service.sign(session, actor=actor, staff_id=staff_id, year=clock.today().year, signature=signature)


async def page(database: Database, world: World, by: str, *, below: bool = False) -> PledgePage:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await views.year_page(session, actor, year=clock.today().year, unit_id=None, below=below)


async def test_a_year(database: Database, world: World) -> None:
    li, wang = [await member(database, world, "A1", name) for name in ("李", "王")]
    with pytest.raises(PledgeNotOpen):
        await sign(database, world, "A1", li)
    with pytest.raises(Forbidden):
        await issue(database, world, by="A")
    with pytest.raises(Forbidden):
        await issue(database, world, roles=(Role.REPORTER,))
    for impossible in ({"year": clock.today().year - 1}, {"due_on": clock.today() - timedelta(days=1)}):
        with pytest.raises(PledgeYearImpossible):
            await issue(database, world, **impossible)
    await issue(database, world)
    for code in ("A", "A1", "A2", "C"):
        assert "pledge" in await topics(database, world, code)
    pledge_id = await sign(database, world, "A1", li)
    assert "pledge" in await topics(database, world, "A1")
    # A newer text is signed by those who come after; what was signed stays what was signed.
    await issue(database, world, text="新的内容。")
    other = await sign(database, world, "A1", wang)
    assert "pledge" not in await topics(database, world, "A1")
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        assert (await views.pledge_view(session, actor, pledge_id)).text == "严守国家秘密。"
        assert (await views.pledge_view(session, actor, other)).text == "新的内容。"
        kept = await queries.get_pledge(session, county_id=world.county.id, pledge_id=pledge_id)
        assert kept.signature == png()
    found = await page(database, world, "A", below=True)
    assert (found.total, found.signed) == (2, 2)
    with pytest.raises(SignedAlready):
        await sign(database, world, "A1", li)
    beside = world.actor("A2")
    with pytest.raises(NotFound):
        async with database.transaction(beside.identity) as session:
            await views.pledge_view(session, beside, pledge_id)


async def test_it_is_signed_in_person_and_once(database: Database, world: World) -> None:
    await issue(database, world)
    own = world.accounts[world.units["A1"]]
    li, wang = await member(database, world, "A1", "李", account_id=own), await member(database, world, "A1", "王")
    beside = await member(database, world, "A2", "张", account_id=world.accounts[world.units["A2"]])
    assert {one.name: one.may_sign for one in (await page(database, world, "A1")).items} == {"李": True, "王": True}
    assert [one.may_sign for one in (await page(database, world, "C", below=True)).items] == [False] * 3
    with pytest.raises(NotFound):
        await sign(database, world, "A1", beside)
    for staff_id in (li, wang):
        with pytest.raises(Forbidden):
            await sign(database, world, "A", staff_id)
    ended = await asyncio.gather(*(sign(database, world, "A1", li) for _ in range(3)), return_exceptions=True)
    assert sum(1 for one in ended if isinstance(one, UUID)) == 1
    assert sum(1 for one in ended if isinstance(one, SignedAlready)) == 2


async def test_somebody_elses_account_signs_for_nobody(database: Database, world: World) -> None:
    await issue(database, world)
    staff_id = await member(database, world, "A1", "李", account_id=world.accounts[world.units["A1"]])
    actor = world.actor("A1")
    colleague = replace(actor, account_id=world.accounts[world.units["A2"]])
    with pytest.raises(SomebodyElse):
        async with database.transaction(colleague.identity) as session:
            await service.sign(session, actor=colleague, staff_id=staff_id, year=clock.today().year, signature=SIGNED)


async def test_one_that_is_void_is_signed_anew(database: Database, world: World) -> None:
    async def make_void(by: str, pledge_id: UUID, role: Role = Role.REVIEWER) -> None:
        actor = world.actor(by, role)
        async with database.transaction(actor.identity) as session:
            await service.make_void(session, actor=actor, pledge_id=pledge_id, reason="代签")

    await issue(database, world)
    li = await member(database, world, "A1", "李")
    wrong = await sign(database, world, "A1", li)
    assert "pledge" not in await topics(database, world, "A1")
    with pytest.raises(Forbidden):
        await make_void("A1", wrong, Role.REPORTER)
    with pytest.raises(NotFound):
        await make_void("A2", wrong)
    ended = await asyncio.gather(*(make_void("A", wrong) for _ in range(3)), return_exceptions=True)
    assert sum(1 for one in ended if one is None) == 1
    assert sum(1 for one in ended if isinstance(one, VoidAlready)) == 2
    assert "pledge" in await topics(database, world, "A1")
    found = await page(database, world, "A", below=True)
    assert (found.signed, found.items[0].void_ids) == (0, [wrong])
    again = await asyncio.gather(*(sign(database, world, "A1", li) for _ in range(3)), return_exceptions=True)
    assert sum(1 for one in again if isinstance(one, UUID)) == 1
    assert "pledge" not in await topics(database, world, "A1")
    found = await page(database, world, "A", below=True)
    assert (found.signed, found.items[0].void_ids) == (1, [wrong])
    actor = world.actor("A1")
    async with database.transaction(actor.identity) as session:
        kept = await views.pledge_view(session, actor, wrong)
    assert kept.void is not None and kept.void.reason == "代签" and not kept.may_void


async def test_who_comes_later_is_asked_and_who_leaves_is_not_waited_for(database: Database, world: World) -> None:
    await issue(database, world)
    li = await member(database, world, "A1", "李")
    await sign(database, world, "A1", li)
    assert "pledge" not in await topics(database, world, "A1")
    new = await member(database, world, "A1", "新人")
    assert "pledge" in await topics(database, world, "A1")
    for waits in (False, True, False):
        await serve(database, world, new, serves=waits)
        assert ("pledge" in await topics(database, world, "A1")) is waits
    # Somebody who signed and left opens nothing when they are back.
    for serves in (False, True):
        await serve(database, world, li, serves=serves)
        assert "pledge" not in await topics(database, world, "A1")


async def serve(database: Database, world: World, staff_id: UUID, *, serves: bool) -> None:
    """Somebody of A1's leaves, or comes back."""
    keeper = world.actor("A1")
    async with database.transaction(keeper.identity) as session:
        version = (await staff_queries.get_member(session, county_id=world.county.id, staff_id=staff_id)).version
        if serves:
            await staff.come_back(session, actor=keeper, staff_id=staff_id, version=version)
        else:
            await staff.leave(session, actor=keeper, staff_id=staff_id, version=version, on=clock.today())


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"not a picture",
        b"\xff\xd8\xff\xe0 a JPEG",
        b"\x89PNG\r\n\x1a\n",
        png()[:-5],
        png() + b"x",
        png(empty=True),
        png(1601, 10),
        png(10, 801),
        png(lines=5),
        png(more=chunk(b"tEXt", b"Comment\0<script>")),
        png().replace(b"IDAT", b"IDAX"),
        png()[:40] + b"\0" + png()[41:],
        png(1600, 800, more=chunk(b"IDAT", zlib.compress(bytes(50_000_000), 9))),
    ],
    ids=lambda picture: f"{zlib.crc32(picture):08x}",
)
def test_what_is_no_signature(picture: bytes) -> None:
    with pytest.raises(SignatureImpossible):
        read_signature(encoded(picture))


def test_what_is_one() -> None:
    assert read_signature(SIGNED) == png()
    assert read_signature(SIGNED.removeprefix("data:image/png;base64,")) == png()
    for broken in ("=cmd|' /C calc'!A0", "莫𡐓", SIGNED[:-3], f"data:image/svg+xml;base64,{SIGNED[22:]}"):
        with pytest.raises(SignatureImpossible):
            read_signature(broken)
