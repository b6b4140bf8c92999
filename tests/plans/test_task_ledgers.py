"""交办台账、承办台账、承办情况表: every line that its reader may see, and nothing that a program would carry out."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from kit.errors import NotFound
from plans.ledgers import Sheet
from plans.petitions.models import PetitionClass
from plans.tasks import answering, changing, judging, sheets
from plans.tasks.models import TaskKind
from tenancy.models import Role
from tests.plans.steps import ALL_VILLAGES, act, finish, in_days, issue, on_task, petition, unit
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
YEAR = clock.today().year


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2, names={"A1": "莫𡐓村"})


def all_text(sheet: Sheet) -> str:
    book = load_workbook(io.BytesIO(sheet.content))
    return "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)


def lines(sheet: Sheet) -> list[list[Any]]:
    """What stands in the table: the lines that begin with a number."""
    book = load_workbook(io.BytesIO(sheet.content))
    found = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert not any(cell.data_type == "f" for row in book.worksheets[0].iter_rows() for cell in row)
    return [row[1:] for row in found if str(row[0]).isdigit()]


async def made(database: Database, world: World, code: str, make: Any, **more: Any) -> Sheet:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        sheet: Sheet = await make(session, actor, **more)
        return sheet


async def test_what_was_sent_with_its_counters(database: Database, world: World) -> None:
    first = await issue(database, world, ALL_VILLAGES, title="=cmd|' /C calc'!A0")
    second = await issue(database, world, unit(world, "A1"), through=False, kind=TaskKind.OTHER)
    await on_task(database, world, changing.recall, second.task_id, reason="不再需要")
    await act(database, world, answering.acknowledge, first.task_id, "A1")
    await act(database, world, answering.hand_in, first.task_id, "A1", result="=1+1")
    await act(database, world, judging.accept, first.task_id, "A1", by=world.actor("A"))
    ledger = await made(database, world, "C", sheets.issued_ledger, year=YEAR)
    assert ledger.name.endswith(f"{YEAR}年度交办台账.xlsx")
    one, two = lines(ledger)
    assert one[1] == "=cmd|' /C calc'!A0"
    assert [int(cell) for cell in one[8:12]] == [6, 1, 0, 0]
    assert (one[12], two[12]) == ("办理中", "已收回")
    assert int(one[6]) > 3 and not one[7]
    assert lines(await made(database, world, "C", sheets.issued_ledger, year=YEAR - 1)) == []

    (own,) = [
        row for row in lines(await made(database, world, "A1", sheets.received_ledger, year=YEAR)) if row[8] != "已收回"
    ]
    assert (own[8], own[10]) == ("已办结", "=1+1")


async def test_a_task_s_shares_of_those_at_or_below(database: Database, world: World) -> None:
    issued = await issue(database, world, ALL_VILLAGES, due_at=in_days(20))
    whole = lines(await made(database, world, "C", sheets.task_sheet, task_id=issued.task_id))
    assert len(whole) == 6
    # A township, then its villages.
    assert [not row[0] for row in whole] == [True, False, False, True, False, False]
    part = lines(await made(database, world, "A", sheets.task_sheet, task_id=issued.task_id))
    assert len(part) == 3
    with pytest.raises(NotFound):
        other = await issue(database, world, unit(world, "A1"), through=False)
        await made(database, world, "B1", sheets.task_sheet, task_id=other.task_id)


async def test_a_short_notice_stands_in_the_ledger(database: Database, world: World) -> None:
    await issue(database, world, ALL_VILLAGES, due_at=in_days(0.1))
    (line,) = lines(await made(database, world, "C", sheets.issued_ledger, year=YEAR))
    assert (int(line[6]), line[7]) == (0, "不足")


async def test_a_township_is_as_far_as_its_villages(database: Database, world: World) -> None:
    task_id = (await issue(database, world, ALL_VILLAGES)).task_id
    await finish(database, world, task_id, "A1")
    await act(database, world, judging.accept, task_id, "A1", by=world.actor("A"))
    whole = lines(await made(database, world, "C", sheets.task_sheet, task_id=task_id))
    assert {row[1]: int(row[4]) for row in whole if not row[0]} == {"A镇": 50, "B镇": 0}


async def test_an_accusation_is_in_no_sheet_of_who_may_not_read_it(database: Database, world: World) -> None:
    accused = petition(PetitionClass.ACCUSATION)
    to = unit(world, "A")
    task_id = (await issue(database, world, to, kind=TaskKind.PETITION, title="检举某站长", petition=accused)).task_id
    await act(database, world, answering.acknowledge, task_id, "A")
    await act(database, world, answering.hand_in, task_id, "A", result="查无实据", open_reason="另行立案")
    for make, more in (
        (sheets.task_sheet, {"task_id": task_id}),
        (sheets.received_ledger, {"year": YEAR}),
        (sheets.issued_ledger, {"year": YEAR}),
    ):
        code = "C" if make is sheets.issued_ledger else "A"
        for roles, reads in (((Role.LEADER,), True), ((Role.REPORTER, Role.REVIEWER), False)):
            # Somebody else than who wrote it down.
            actor = replace(world.actor(code, *roles), account_id=world.accounts[world.units["B"]])
            async with database.transaction(actor.identity) as session:
                sheet = await make(session, actor, **more)
            text = all_text(sheet)
            assert ("检举某站长" in text) is reads, (make.__name__, roles)
            assert reads or "查无实据" not in text
            assert "检举" not in sheet.name or reads
