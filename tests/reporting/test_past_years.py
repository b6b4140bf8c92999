"""Past years: the workbook out and back, what is told of it, and what an import makes."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

import reporting.past.importing  # noqa: F401 - declares the job
from kit import files
from kit.db.session import Database
from kit.errors import Forbidden
from kit.jobs import enqueue
from kit.jobs.runner import run_one
from kit.models import Job
from kit.settings import Settings
from reporting import checking, queries, rollup_views, submission_views
from reporting.checking import Findings
from reporting.past.errors import NothingToImport, PastFileFaulty
from reporting.past.importing import IMPORTED, JOB, require_importable
from reporting.past.reading import PastBook, make_past_template, read_past
from reporting.past.routes import _keep
from reporting.rollup_schemas import RollupOut
from reporting.workbook.errors import FileRefused
from tests.world import World, make_world

pytestmark = pytest.mark.anyio
LAST_YEAR = "2025-10"


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def template(database: Database, world: World, first: str = LAST_YEAR, last: str = LAST_YEAR) -> Workbook:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        _, content = await make_past_template(
            session, actor=actor, form_id=world.opened.form_id, first=first, last=last
        )
    return load_workbook(io.BytesIO(content))


def fill(book: Workbook, figures: dict[str, dict[str, Any]], sheet: int = 0) -> bytes:
    """Type figures by unit code and field code."""
    page = book.worksheets[sheet]
    head = next(row for row in range(1, 20) if str(page.cell(row, 1).value).startswith("@jiceng"))
    columns = {cell.value: cell.column for cell in page[head] if cell.value}
    rows = {page.cell(row, 1).value: row for row in range(head + 1, page.max_row + 1)}
    for unit, cells in figures.items():
        for code, value in cells.items():
            page.cell(rows[unit], columns[code]).value = value
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def plain(*rows: list[Any], title: str = "2025年10月") -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(row)
    return saved(book)


async def read(database: Database, world: World, content: bytes, **how: Any) -> PastBook:
    async with database.transaction(world.identity) as session:
        return await read_past(
            session,
            county_id=world.county.id,
            county_unit_id=world.county.unit_id,
            form_id=world.opened.form_id,
            content=content,
            name="往年.xlsx",
            period=how.get("period"),
            mapping=how.get("mapping", {}),
        )


async def run_import(database: Database, world: World, content: bytes, *, partial: bool = False) -> Any:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        file_id = await _keep(session, actor, content, "往年.xlsx")
        job_id = await enqueue(
            session,
            kind=JOB,
            payload={
                "form_id": str(world.opened.form_id),
                "file_id": str(file_id),
                "period": None,
                "mapping": {},
                "partial": partial,
                "account_id": str(actor.account_id),
                "membership_id": str(actor.membership_id),
                "name": "王主任",
            },
            requested_by=actor.account_id,
        )
    assert await run_one(database, world.county.id)
    async with database.transaction(actor.identity) as session:
        job = (await session.scalars(select(Job).where(Job.id == job_id))).one()
    assert job.state == "done", job.message
    return job.result


async def past_cycle(database: Database, world: World) -> UUID:
    async with database.transaction(world.identity) as session:
        found = await queries.find_cycle(
            session, county_id=world.county.id, form_id=world.opened.form_id, period_key=LAST_YEAR
        )
    assert found is not None
    assert found.historic
    return found.id


async def rollup_of(database: Database, world: World, code: str, cycle_id: UUID) -> RollupOut:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await rollup_views.rollup_view(session, actor, cycle_id, actor.unit_id, locale="zh-CN")


async def breaches(database: Database, world: World) -> list[str]:
    findings = Findings()
    for cycle, code in await checking.list_cycles(database, world.county):
        await checking.check_cycle(database, world.county, cycle, code, findings)
    await checking.check_drafts(database, world.county, findings)
    return [told for lines in findings.breaches.values() for told in lines]


FIGURES: dict[str, dict[str, Any]] = {
    "A1": {"pc": 5, "rc": "１２"},
    "A2": {"pc": 7, "rc": "1,009"},
    "B1": {"pc": 2, "rc": 2},
    "A": {"pc": 1, "rc": 1},
}


class TestImport:
    async def test_figures_become_approved_history_that_check_proves(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        content = fill(await template(database, world), FIGURES)
        result = await run_import(database, world, content)
        assert (result["periods"], result["unchanged"]) == (1, 0)
        cycle_id = await past_cycle(database, world)
        page = await rollup_of(database, world, "C", cycle_id)
        assert page.totals.reported["pc"] == page.totals.live["pc"] == "15"
        assert page.totals.reported["rc"] == "1024"
        assert not page.differs
        township = await rollup_of(database, world, "A", cycle_id)
        assert [row.reported["pc"] for row in township.rows if row.reported] == ["1", "5", "7"]
        assert await breaches(database, world) == []

    async def test_the_same_file_twice_changes_nothing(self, database: Database, world: World) -> None:
        content = fill(await template(database, world), FIGURES)
        first = await run_import(database, world, content)
        again = await run_import(database, world, content)
        assert again == {"periods": 1, "units": 0, "unchanged": first["units"]}
        changed = fill(await template(database, world), {**FIGURES, "A1": {"pc": 6, "rc": 12}})
        third = await run_import(database, world, changed)
        assert third["units"] == 2, "the village, and its township that lists it"
        assert await breaches(database, world) == []

    async def test_the_period_after_finds_its_past(self, database: Database, world: World) -> None:
        content = fill(await template(database, world, "2026-09", "2026-09"), {"A1": {"pc": 5, "rc": 12}})
        await run_import(database, world, content)
        actor = world.actor("A1")
        async with database.transaction(actor.identity) as session:
            view = await submission_views.submission_view(session, actor, world.submission("A1"), locale="zh-CN")
        assert view.previous is not None
        assert (view.previous.period_key, view.previous.cells["pc"]) == ("2026-09", "5")

    async def test_nobody_owes_a_past_year_and_nobody_is_told(self, database: Database, world: World) -> None:
        await run_import(database, world, fill(await template(database, world), {"A1": {"pc": 5, "rc": 12}}))
        page = await rollup_of(database, world, "C", await past_cycle(database, world))
        assert page.counts["village"] == {"approved": 1, "exempt": 3}
        async with database.transaction(world.identity) as session:
            revisions = await queries.list_all_revisions(
                session, county_id=world.county.id, cycle_id=await past_cycle(database, world)
            )
        assert {r.submitter_name for r in revisions.values()} == {f"{IMPORTED}（王主任）"}
        more = {"A1": {"pc": 5, "rc": 12}, "B2": {"pc": 1, "rc": 1}}
        await run_import(database, world, fill(await template(database, world), more))
        page = await rollup_of(database, world, "C", await past_cycle(database, world))
        assert page.counts["village"] == {"approved": 2, "exempt": 2}
        assert await breaches(database, world) == []

    async def test_several_periods_have_a_sheet_each(self, database: Database, world: World) -> None:
        book = await template(database, world, "2025-01", "2025-12")
        assert book.sheetnames[:2] == ["2025年1月", "2025年2月"]
        fill(book, {"A1": {"pc": 1, "rc": 1}}, sheet=0)
        content = fill(book, {"A1": {"pc": 2, "rc": 2}}, sheet=11)
        found = await read(database, world, content)
        assert [s.period for s in require_importable(found, partial=False)] == ["2025-01", "2025-12"]


class TestReading:
    async def test_a_summary_that_an_office_kept(self, database: Database, world: World) -> None:
        content = plain(
            ["全县来访情况"],
            ["序号", "单位名称", "批次（批）", "人次", "经办人"],
            [1, "A1村", 5, 6, "张"],
            [2, " A2村 ", "１,２００", 1300, "李"],
            [3, "无此村", 1, 1, ""],
            ["", "合计", 1206, 1307, ""],
        )
        sheet = (await read(database, world, content)).sheets[0]
        assert (sheet.period, sheet.label) == (LAST_YEAR, "2025年10月")
        assert {u.code: dict(u.cells) for u in sheet.read.units} == {
            "A1": {"pc": "5", "rc": "6"},
            "A2": {"pc": "1200", "rc": "1300"},
        }
        assert sheet.read.unmatched == [(5, "无此村")]
        assert sheet.read.unknown == ["经办人"]

    async def test_headings_are_matched_by_hand(self, database: Database, world: World) -> None:
        content = plain(["单位", "来了几批"], ["A1村", 5], title="去年")
        nothing = await read(database, world, content)
        assert nothing.sheets[0].period is None
        found = await read(database, world, content, period="2025-03", mapping={"来了几批": "pc"})
        assert (found.sheets[0].period, dict(found.sheets[0].read.units[0].cells)) == ("2025-03", {"pc": "5"})

    async def test_faults_are_told_with_their_cell_and_only_the_rest_is_taken_if_said(
        self, database: Database, world: World
    ) -> None:
        content = fill(await template(database, world), {"A1": {"pc": "五"}, "A2": {"pc": 7, "rc": 8}})
        book = await read(database, world, content)
        assert [(t.code, t.row) for t in book.troubles] == [("pc", "A1")]
        with pytest.raises(PastFileFaulty):
            require_importable(book, partial=False)
        await run_import(database, world, content, partial=True)
        page = await rollup_of(database, world, "C", await past_cycle(database, world))
        assert page.totals.reported["pc"] == "7"

    async def test_a_period_reported_here_is_left_alone(self, database: Database, world: World) -> None:
        book = await template(database, world, "2026-10", "2026-10")
        found = await read(database, world, fill(book, {"A1": {"pc": 5, "rc": 6}}))
        assert found.sheets[0].reported_here
        with pytest.raises(NothingToImport):
            require_importable(found, partial=True)

    async def test_another_countys_workbook_is_refused(self, database: Database, world: World) -> None:
        other = await make_world(database)
        with pytest.raises(FileRefused) as refused:
            await read(database, world, saved(await template(database, other)))
        assert refused.value.fields["why"] == "wrong_county"

    async def test_what_names_no_unit_is_refused(self, database: Database, world: World) -> None:
        with pytest.raises(FileRefused):
            await read(database, world, plain(["你好"]))


async def test_a_township_imports_nothing(database: Database, world: World) -> None:
    actor = world.actor("A")
    async with database.transaction(actor.identity) as session:
        with pytest.raises(Forbidden):
            await make_past_template(
                session, actor=actor, form_id=world.opened.form_id, first=LAST_YEAR, last=LAST_YEAR
            )


async def test_the_uploaded_file_is_the_countys_alone(database: Database, settings: Settings, world: World) -> None:
    actor = world.actor("C")
    async with database.transaction(actor.identity) as session:
        file_id = await _keep(session, actor, b"x", "往年.xlsx")
    async with database.transaction(world.actor("A").identity) as session:
        with pytest.raises(Exception, match="not_found"):
            await files.get_file(session, county_id=world.county.id, file_id=file_id)
