"""工作人员: kept by the unit or by those above it, seen by nobody beside; one person an account; numbers masked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from kit import clock
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, Stale
from kit.jobs import CountyRef
from plans.staff import service, views
from plans.staff.errors import AccountElsewhere, AccountTaken, DatesReversed, StartsLater
from plans.staff.models import StaffKind, StaffState
from plans.staff.schemas import StaffPage
from plans.staff.service import Given
from reporting.months.errors import PhoneImpossible
from tenancy import tree
from tenancy.models import AdminKind, Role
from tenancy.moves import follow_moves
from tests.world import World, make_county_with_people
from workflow.errors import ActionNotAllowed

pytestmark = pytest.mark.anyio
SINCE = date(2025, 3, 1)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


def given(name: str = "李秀兰", **more: Any) -> Given:
    return Given(**{"name": name, "post": "专干", "kind": StaffKind.PART_TIME, "started_on": SINCE, **more})


async def add(database: Database, world: World, code: str, *, by: str = "", roles: Any = (), **more: Any) -> UUID:
    actor = world.actor(by or code, *roles)
    async with database.transaction(actor.identity) as session:
        return await service.add(session, actor=actor, unit_id=world.units[code], given=given(**more))


async def act(database: Database, world: World, command: Any, staff_id: UUID, by: str, **more: Any) -> int:
    actor = world.actor(by, *more.pop("roles", ()))
    async with database.transaction(actor.identity) as session:
        done: int = await command(session, actor=actor, staff_id=staff_id, **more)
        return done


async def look(database: Database, world: World, staff_id: UUID, by: str) -> StaffPage:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        return await views.member_page(session, actor, staff_id)


async def test_the_unit_and_those_above_keep_it(database: Database, world: World) -> None:
    own = await add(database, world, "A1", name="莫𡐓")
    above = await add(database, world, "A1", by="A", name="赵敏")
    for by in ("A1", "A", "C"):
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            found = await views.roster(session, actor, world.units["A1"])
        assert {member.name for member in found.items} == {"莫𡐓", "赵敏"}
    for by in ("A2", "B"):
        with pytest.raises(NotFound):
            await look(database, world, own, by)
        with pytest.raises(NotFound):
            await act(database, world, service.change, own, by, version=1, given=given())
        with pytest.raises(NotFound):
            await add(database, world, "A1", by=by)
        actor = world.actor(by)
        async with database.transaction(actor.identity) as session:
            assert (await views.found(session, actor, "")).items == []
    with pytest.raises(Forbidden):
        await add(database, world, "A1", roles=(Role.LEADER,))
    with pytest.raises(Forbidden):
        await act(database, world, service.change, above, "A1", version=1, given=given(), roles=(Role.LEADER,))


async def test_changes_leaving_and_coming_back_are_in_the_history(database: Database, world: World) -> None:
    staff_id = await add(database, world, "A1")
    await act(database, world, service.change, staff_id, "A", version=1, given=given(post="站长", phone="13812345678"))
    with pytest.raises(Stale):
        await act(database, world, service.change, staff_id, "A1", version=1, given=given())
    today = clock.today()
    for impossible in (SINCE - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(DatesReversed):
            await act(database, world, service.leave, staff_id, "A1", version=2, on=impossible)
    await act(database, world, service.leave, staff_id, "A1", version=2, on=today)
    with pytest.raises(ActionNotAllowed):
        await act(database, world, service.change, staff_id, "A1", version=3, given=given())
    page = await look(database, world, staff_id, "A1")
    assert (page.member.state, page.member.left_on, page.member.actions) == (StaffState.LEFT, today, ["come_back"])
    await act(database, world, service.come_back, staff_id, "A1", version=3)
    page = await look(database, world, staff_id, "A1")
    assert page.member.left_on is None
    assert [(one.action, one.by) for one in page.history] == [("change", "A"), ("leave", "A1"), ("come_back", "A1")]
    assert page.history[0].changed == ["post", "phone"]


async def test_a_number_is_masked_and_revealed_on_the_record(database: Database, world: World) -> None:
    with pytest.raises(PhoneImpossible):
        await add(database, world, "A1", phone="=cmd|' /C calc'!A0")
    staff_id = await add(database, world, "A1", phone="13812345678")
    assert (await look(database, world, staff_id, "C")).member.phone == "138****5678"
    actor = world.actor("A1", Role.REPORTER)
    async with database.transaction(actor.identity) as session:
        assert await service.reveal(session, actor=actor, staff_id=staff_id) == "13812345678"
    for forbidden in (world.actor("A", Role.REPORTER), world.admin(AdminKind.AUDIT)):
        with pytest.raises(Forbidden):
            async with database.transaction(forbidden.identity) as session:
                await service.reveal(session, actor=forbidden, staff_id=staff_id)
    async with database.transaction(world.identity) as session:
        stored = await session.scalar(text("SELECT string_agg(phone_cipher, '') FROM staff_member"))
        told = await session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'staff_member.reveal'"))
    assert "138" not in stored
    assert told == 1
    await act(database, world, service.change, staff_id, "A1", version=1, given=given(name="李", phone=None))
    assert (await look(database, world, staff_id, "A1")).member.phone == "138****5678"
    await act(database, world, service.change, staff_id, "A1", version=2, given=given(phone=""))
    assert (await look(database, world, staff_id, "A1")).member.phone is None


async def test_an_account_stands_for_one_person_of_its_own_unit(database: Database, world: World) -> None:
    account = world.accounts[world.units["A1"]]
    first = await add(database, world, "A1", account_id=account)
    with pytest.raises(AccountTaken):
        await add(database, world, "A1", account_id=account)
    with pytest.raises(AccountElsewhere):
        await add(database, world, "A1", account_id=world.accounts[world.units["A2"]])
    await act(database, world, service.leave, first, "A1", version=1, on=clock.today())
    await add(database, world, "A1", account_id=account)
    with pytest.raises(AccountTaken):
        await act(database, world, service.come_back, first, "A1", version=2)
    with pytest.raises(StartsLater):
        await add(database, world, "A1", started_on=clock.today() + timedelta(days=1))


async def test_a_unit_that_moves_takes_its_roster_along(database: Database, world: World) -> None:
    staff_id = await add(database, world, "A1")
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        await tree.move_unit(
            session,
            actor=system,
            unit_id=world.units["A1"],
            parent_id=world.units["B"],
            on=clock.today(),
            reason="调整",
        )
    async with database.transaction(world.identity) as session:
        await follow_moves(session, CountyRef(world.county.id, world.county.unit_id))
    assert (await look(database, world, staff_id, "B")).member.id == staff_id
    with pytest.raises(NotFound):
        await look(database, world, staff_id, "A")
