"""The export job: consistent with itself, for whoever asked, neutral to formulas."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

import reporting.exports  # - declares the job
import reporting.workbook.page
from kit import files
from kit.db.session import Database
from kit.jobs import enqueue
from kit.jobs.runner import run_one
from kit.models import Job, Outbox
from kit.settings import Settings
from reporting import cycles, printed
from reporting.workbook.listing import Column, Listing, write_csv
from reporting.workbook.mark import Code
from tests.reporting.test_submissions import approved, submitted
from tests.world import World, make_world


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def exported(database: Database, settings: Settings, world: World, code: str, basis: str) -> Any:
    """The official sheet that somebody at a unit gets."""
    return load_workbook(BytesIO((await made(database, settings, world, code, basis, "official"))[1]))


async def made(
    database: Database, settings: Settings, world: World, code: str, basis: str, kind: str, *, address: str = ""
) -> tuple[str, bytes]:
    """The file of a kind that somebody at a unit gets: its name and its bytes."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        job_id = await enqueue(
            session,
            kind="reporting.export",
            payload={
                "cycle_id": str(world.opened.id),
                "unit_id": str(actor.unit_id),
                "acting_unit_id": str(actor.unit_id),
                "basis": basis,
                "kind": kind,
                "address": address,
            },
            requested_by=actor.account_id,
        )
    assert await run_one(database, world.county.id)
    async with database.transaction(actor.identity) as session:
        job = (await session.scalars(select(Job).where(Job.id == job_id))).one()
        assert (job.state, job.message) == ("done", "")
        assert job.result is not None
        found = await files.get_file(session, county_id=world.county.id, file_id=UUID(job.result["file_id"]))
        return found.name, files.path_of(settings.files_dir, found).read_bytes()


async def listed(
    database: Database, settings: Settings, world: World, code: str, kind: str, basis: str = "live", sheet: int = 0
) -> list[dict[str, Any]]:
    """The lines of a list under their headings."""
    _, content = await made(database, settings, world, code, basis, kind)
    _, _, headings, *rows = load_workbook(BytesIO(content)).worksheets[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def figures_of(book: Any) -> dict[str, list[Any]]:
    """unit name → its figures, from the first sheet."""
    return {
        str(row[1]): [cell for cell in row[2:] if cell is not None]
        for row in book.worksheets[0].iter_rows(values_only=True)
        if row[1] is not None and any(isinstance(cell, int | float) for cell in row[2:])
    }


@pytest.mark.anyio
class TestOfficialSheet:
    async def test_totals_are_the_sums_of_their_lines(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await approved(database, world, "A2", "A", 7, 9)
        await submitted(database, world, "B1", 2, 2)
        live = figures_of(await exported(database, settings, world, "C", "live"))
        assert live["合计"][:2] == [14, 17]
        assert live["A镇"][:2] == [12, 15]
        assert live["B1村"][:2] == [2, 2]

    async def test_reported_figures_wait_for_the_township(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        assert "A镇" not in figures_of(await exported(database, settings, world, "C", "reported"))
        await approved(database, world, "A", "C", 1, 1)
        reported = figures_of(await exported(database, settings, world, "C", "reported"))
        assert (reported["合计"][:2], reported["A镇"][:2], reported["A镇本级"][:2]) == ([6, 7], [6, 7], [1, 1])

    async def test_missing_is_not_zero(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        assert "A2村" not in figures_of(await exported(database, settings, world, "A", "live"))

    async def test_the_page_is_told(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await exported(database, settings, world, "A", "live")
        async with database.transaction(world.identity) as session:
            told = (await session.scalars(select(Outbox).where(Outbox.topic == "job"))).all()
        assert told and world.units["A"] in told[-1].recipients


@pytest.mark.anyio
class TestLists:
    async def test_detail_has_a_line_for_every_unit(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await submitted(database, world, "B1", 2, 2)
        lines = {line["单位代码"]: line for line in await listed(database, settings, world, "C", "detail")}
        assert set(lines) > {"A", "A1", "A2", "B", "B1", "B2"}
        assert (lines["A1"]["上级单位"], lines["A1"]["状态"], lines["A1"]["来访·人次（人次）"]) == ("A镇", "已审核", 6)
        assert (lines["B1"]["状态"], lines["B1"]["来访·批次（批次）"]) == ("待审核", 2)
        assert (lines["A2"]["状态"], lines["A2"]["来访·批次（批次）"]) == ("未填报", None)
        assert lines["A"]["单位名称"] == "A镇本级"

    async def test_a_township_sees_its_own_villages_alone(
        self, database: Database, settings: Settings, world: World
    ) -> None:
        await submitted(database, world, "B1", 2, 2)
        lines = await listed(database, settings, world, "A", "detail")
        assert {line["单位代码"] for line in lines} == {"A", "A1", "A2"}

    async def test_csv_is_read_by_excel(self, database: Database, settings: Settings, world: World) -> None:
        await submitted(database, world, "A1", 5, 6)
        name, content = await made(database, settings, world, "C", "live", "csv")
        assert name.endswith("_分单位明细.csv")
        assert content.startswith(b"\xef\xbb\xbf")
        lines = content.decode("utf-8-sig").splitlines()
        assert "来访·批次（批次）" in lines[0]
        assert any(",A1,A1村,待审核," in line and ",5,6," in line for line in lines)

    async def test_completeness_counts_and_lists(self, database: Database, settings: Settings, world: World) -> None:
        await approved(database, world, "A1", "A", 5, 6)
        await submitted(database, world, "B1", 2, 2)
        lines = {line["单位"]: line for line in await listed(database, settings, world, "C", "completeness")}
        assert [lines["A镇"][head] for head in ("应报", "已审", "待审", "未报")] == [3, 1, 0, 2]
        assert [lines["合计"][head] for head in ("应报", "已审", "待审", "未报", "免报")] == [6, 1, 1, 4, 0]
        every = await listed(database, settings, world, "C", "completeness", sheet=1)
        assert {line["单位代码"]: line["状态"] for line in every}["B1"] == "待审核"

    async def test_periods_stand_side_by_side(self, database: Database, settings: Settings, world: World) -> None:
        await submitted(database, world, "A1", 5, 6)
        async with database.transaction(world.identity) as session:
            await cycles.open_by_hand(
                session,
                actor=world.actor("C"),
                county=world.county,
                form_id=world.opened.form_id,
                period_key="2026-09",
            )
        lines = await listed(database, settings, world, "C", "periods")
        found = {(line["单位"], line["填报项"]): line for line in lines}
        assert found[("合计", "来访·批次")]["2026年10月"] == 5
        assert found[("合计", "来访·批次")]["2026年9月"] is None
        assert found[("A镇", "来访·人次")]["各期累计"] == 6


def test_formulas_in_a_csv_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    texts = ["=cmd|'/c calc'!A0", "+1+1", "@x", "-5", "-5x", "甲,乙", "𠮷"]
    write_csv(path, Listing("表", "", [Column("=标题")], [[text] for text in texts]))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row[0] for row in csv.reader(stream)]
    assert rows == ["'=标题", "'=cmd|'/c calc'!A0", "'+1+1", "'@x", "-5", "'-5x", "甲,乙", "𠮷"]


@pytest.mark.anyio
class TestMark:
    """A township's 已审 sheet is one revision, and its code says whether that still counts."""

    async def address_on(self, database: Database, settings: Settings, world: World, code: str, basis: str) -> str:
        _, content = await made(database, settings, world, code, basis, "official", address="https://x.gov.cn")
        told = [str(c.value) for sheet in load_workbook(BytesIO(content)) for row in sheet.iter_rows() for c in row]
        with zipfile.ZipFile(BytesIO(content)) as archive:
            pictures = [name for name in archive.namelist() if name.startswith("xl/media/")]
        assert len(pictures) == sum("次上报" in text for text in told)
        return next((text for text in told if "次上报" in text), "")

    async def test_the_revision_that_was_approved_is_named(
        self, database: Database, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for code in ("A1", "A2"):
            await approved(database, world, code, "A")
        assert await self.address_on(database, settings, world, "A", "reported") == ""
        await approved(database, world, "A", "C")
        asked: list[str] = []
        monkeypatch.setattr(reporting.workbook.page, "Code", _noting(asked))
        assert (await self.address_on(database, settings, world, "A", "reported")).startswith("第 1 次上报")
        assert asked[0].startswith("https://x.gov.cn/v/")
        assert await printed.standing_of(database, asked[0].rsplit("/", 1)[1]) is printed.Standing.CURRENT
        assert await self.address_on(database, settings, world, "A", "live") == ""
        assert await self.address_on(database, settings, world, "C", "reported") == ""


def _noting(asked: list[str]) -> Callable[..., Code]:
    def code(address: str, anchor: str, *, zoom: float) -> Code:
        asked.append(address)
        return Code(address, anchor, zoom=zoom)

    return code
