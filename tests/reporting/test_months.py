"""The month at a glance: who stands where, who is called, and that telephone numbers stay behind their mask."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from kit import clock, crypto
from kit.db.session import Database
from kit.errors import Forbidden, NotFound, PreconditionRequired, Stale
from kit.models import AuditEntry
from reporting.months import contacts, views
from reporting.months.errors import PhoneImpossible
from reporting.months.models import UnitContact
from reporting.months.schemas import ContactIn, ContactOut, MonthOut, MonthRow
from tenancy.models import Account, AdminKind, Role
from tests.reporting.steps import approve, hand_in, send_back
from tests.world import World, make_county_with_people, make_world, open_form

pytestmark = pytest.mark.anyio
NUMBER = "13905331234"


@pytest.fixture(autouse=True)
def october() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 10, 15, tzinfo=UTC)):
        yield


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def month(
    database: Database, world: World, code: str, *, of: str | None = None, everything: bool = False
) -> MonthOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await views.month_view(
            session,
            actor,
            period="2026-10",
            parent_id=None if of is None else world.units[of],
            everything=everything,
        )


def row(page: MonthOut, code: str) -> MonthRow:
    return next(row for row in page.rows if row.unit.code == code)


async def write_down(
    database: Database, world: World, by: str, of: str, version: int | None, *roles: Role, **given: str | None
) -> ContactOut:
    actor = world.actor(by, *roles)
    async with database.transaction(actor.identity) as session:
        return await contacts.edit(
            session,
            actor=actor,
            unit_id=world.units[of],
            version=version,
            given=ContactIn.model_validate({"name": "", **given}),
        )


async def test_each_unit_by_everything_that_is_due(database: Database, world: World) -> None:
    await hand_in(database, world, "A1", {"pc": "1", "rc": "1"})
    await approve(database, world, "A1", "A")
    await hand_in(database, world, "A2", {"pc": "1", "rc": "1"})
    await send_back(database, world, "A2", "A")
    page = await month(database, world, "A")
    assert [(r.unit.code, r.cells[0].state) for r in page.rows] == [("A1", "approved"), ("A2", "returned")]
    assert [column.form.code for column in page.columns] == ["tiny"]

    county = await month(database, world, "C")
    below = row(county, "A").cells[0].below
    assert below is not None
    assert (below.total, below.approved, below.returned, below.submitted) == (2, 1, 1, 0)
    assert [r.unit.code for r in (await month(database, world, "C", of="A")).rows] == ["A1", "A2"]
    assert [r.unit.code for r in (await month(database, world, "C", everything=True)).rows] == ["A1", "A2", "B1", "B2"]
    assert [r.unit.code for r in (await month(database, world, "A", everything=True)).rows] == ["A1", "A2"]


async def test_late_is_who_has_not_handed_in_in_time(database: Database, world: World) -> None:
    await hand_in(database, world, "A1", {"pc": "1", "rc": "1"})
    with clock.frozen_at(datetime(2026, 11, 20, tzinfo=UTC)):
        await hand_in(database, world, "B1", {"pc": "1", "rc": "1"})
        page = await month(database, world, "C", everything=True)
        assert {r.unit.code: r.cells[0].late for r in page.rows} == {"A1": False, "A2": True, "B1": True, "B2": True}
        below = row(await month(database, world, "C"), "A").cells[0].below
        assert below is not None
        assert below.late == 1


async def test_another_township_is_not_there(database: Database, world: World) -> None:
    for code in ("A", "A1"):
        with pytest.raises(NotFound):
            await month(database, world, code, of="B")


async def test_a_unit_writes_down_whom_to_call_and_it_is_masked(database: Database, world: World) -> None:
    made = await write_down(database, world, "A1", "A1", 0, Role.REPORTER, name="张三", phone=NUMBER)
    assert (made.name, made.phone, made.version) == ("张三", "139****1234", 1)
    async with database.transaction(world.identity) as session:
        stored = (await session.scalars(select(UnitContact.phone_cipher))).all()
    assert all(cipher is not None and NUMBER not in cipher for cipher in stored)
    page = await month(database, world, "A")
    assert row(page, "A1").contact.phone == "139****1234"
    assert NUMBER not in page.model_dump_json()
    # Left out, the number stays; empty, it goes.
    assert (await write_down(database, world, "A", "A1", 1, name="李四", officer="王五")).phone == "139****1234"
    assert row(await month(database, world, "A"), "A1").contact.officer == "王五"
    assert (await write_down(database, world, "A1", "A1", 2, name="李四", phone="")).phone is None
    assert row(await month(database, world, "A"), "A1").contact.officer == "王五"


async def test_who_may_write_and_what(database: Database, world: World) -> None:
    with pytest.raises(NotFound):
        await write_down(database, world, "A2", "A1", 0, name="张三")
    with pytest.raises(Forbidden):
        await write_down(database, world, "A", "A1", 0, Role.REPORTER, name="张三")
    with pytest.raises(Forbidden):
        await write_down(database, world, "A1", "A1", 0, name="张三", officer="自己")
    with pytest.raises(PreconditionRequired):
        await write_down(database, world, "A1", "A1", None, name="张三")
    await write_down(database, world, "A1", "A1", 0, name="张三")
    with pytest.raises(Stale):
        await write_down(database, world, "A", "A1", 0, name="李四")
    for number in ("1", "电话", "1" * 30):
        with pytest.raises((PhoneImpossible, ValueError)):
            await write_down(database, world, "A1", "A1", 1, name="张三", phone=number)


async def test_revealing_is_a_permission_and_goes_on_record(database: Database, world: World) -> None:
    await write_down(database, world, "A1", "A1", 0, name="张三", phone=NUMBER)
    for actor in (world.actor("A", Role.REVIEWER), world.actor("C", Role.LEADER), world.actor("A1", Role.REPORTER)):
        async with database.transaction(actor.identity) as session:
            assert (await contacts.reveal(session, actor=actor, unit_id=world.units["A1"])).phone == NUMBER
    for refused in (world.actor("A", Role.REPORTER), world.admin(AdminKind.SYSTEM)):
        async with database.transaction(refused.identity) as session:
            with pytest.raises(Forbidden):
                await contacts.reveal(session, actor=refused, unit_id=world.units["A1"])
    async with database.transaction(world.identity) as session:
        entries = (
            await session.scalars(
                select(AuditEntry).where(AuditEntry.county_id == world.county.id, AuditEntry.action == "contact.reveal")
            )
        ).all()
    assert [entry.subject_id for entry in entries] == [world.units["A1"]] * 3
    assert all(NUMBER not in str(entry.detail) for entry in entries)


async def test_a_name_is_never_put_beside_anothers_number(database: Database, world: World) -> None:
    """Written down without a number, a contact has none: the account's belongs to somebody else."""
    person = world.accounts[world.units["A1"]]
    async with database.transaction(world.identity) as session:
        account = await session.get_one(Account, (world.county.id, person))
        account.phone_cipher = crypto.encrypt(NUMBER, context="account.phone")
    assert row(await month(database, world, "A"), "A1").contact.phone == "139****1234"
    assert (await write_down(database, world, "A1", "A1", 0, name="张三")).phone is None
    assert (await write_down(database, world, "A1", "A1", 1, name="A1")).phone == "139****1234"


async def test_the_nations_largest_county_in_one_read(database: Database) -> None:
    """1,534 villages: as many statements as for four, and well under a second of its own work."""
    world = await open_form(database, await make_county_with_people(database, townships=26, villages=59))
    actor = world.actor("C")
    said: list[str] = []
    engine = database.engine.sync_engine

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        async with database.transaction(actor.identity) as session:
            began = time.process_time()
            page = await views.month_view(session, actor, period="2026-10", parent_id=None, everything=True)
            seconds = time.process_time() - began
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(page.rows) == 26 * 59
    assert sum("submission" in statement for statement in said) == 1, "submissions are read once"
    assert len(said) <= 8
    assert seconds < 1, seconds
