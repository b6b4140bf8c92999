"""交办台账、承办台账、承办情况表: every line that its reader may see, and nothing that a program would carry out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from kit import clock
from kit.db.session import Database
from kit.errors import NotFound
from plans.ledgers import Sheet
from plans.tasks import answering, changing, judging, sheets
from plans.tasks.models import TaskKind
from tests.plans.steps import ALL_VILLAGES, act, in_days, issue, on_task, unit
from tests.world import World, make_county_with_people

pytestmark = pytest.mark.anyio
YEAR = clock.today().year


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2, names={"A1": "莫𡐓村"})


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
    assert [int(cell) for cell in one[6:10]] == [6, 1, 0, 0]
    assert (one[10], two[10]) == ("办理中", "已收回")
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
