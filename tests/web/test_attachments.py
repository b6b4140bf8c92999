"""Files attached to a submission: what is taken, who sees it, and what a weak network or a hostile hand may do."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from sqlalchemy import select, update

from cli import check
from kit import clock, files
from kit.db.session import Database, Identity
from kit.jobs import runner as job_runner
from kit.models import Job
from kit.settings import Settings
from tenancy.models import Role
from tests.reporting.steps import approve, hand_in, recall
from tests.web import people
from tests.web.people import Person
from tests.world import World, make_world
from workflow.attachments.errors import FileKindRefused
from workflow.attachments.media import DOCX, JPEG, PDF, PPTX, TEXT, XLS, XLSX, kept_name, media_of
from workflow.attachments.service import FORGET
from workflow.models import Attachment

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"x" * 2000
SCAN = b"%PDF-1.7\n" + b"y" * 3000


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


@pytest.fixture
async def village(database: Database, world: World) -> Person:
    return await people.person(database, world, "A1")


@pytest.fixture
async def township(database: Database, world: World) -> Person:
    return await people.person(database, world, "A")


async def attach(
    client: Client, world: World, who: Person, content: Any = JPG, *, name: str = "盖章.jpg", key: str = "", **more: Any
) -> Any:
    headers = {**who.headers, **more.pop("headers", {})}
    if key:
        headers["idempotency-key"] = key
    query = {"subject_kind": "submission", "subject_id": str(world.submission("A1")), "kind": "stamped_scan"}
    return await client.post(
        "/api/attachments", params={**query, "name": name, **more}, content=content, headers=headers
    )


async def listed(client: Client, world: World, who: Person) -> Any:
    query = {"subject_kind": "submission", "subject_id": str(world.submission("A1"))}
    answer = await client.get("/api/attachments", params=query, headers=who.headers)
    return answer.json()["items"] if answer.status_code == 200 else answer.status_code


async def act(client: Client, who: Person, attachment_id: str, action: str) -> Any:
    return await client.post(f"/api/attachments/{attachment_id}/{action}", headers=who.headers)


async def read(client: Client, who: Person, attachment_id: str) -> Any:
    return await client.get(f"/api/attachments/{attachment_id}", headers=who.headers)


def office(part: str, *more: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as book:
        for name in ("[Content_Types].xml", part, *more):
            book.writestr(name, "<x/>")
    return stream.getvalue()


class TestWhoSees:
    async def test_a_draft_keeps_its_scan_until_it_goes_up(
        self, client: Client, database: Database, world: World, village: Person, township: Person
    ) -> None:
        made = await attach(client, world, village)
        assert (made.status_code, made.json()["number"]) == (201, None)
        assert await listed(client, world, township) == []
        assert (await read(client, township, made.json()["id"])).status_code == 404
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        [seen] = await listed(client, world, township)
        assert (seen["number"], seen["may_withdraw"]) == (1, False)
        answer = await read(client, township, seen["id"])
        assert answer.content == JPG

    async def test_a_later_revision_shows_that_the_scan_is_of_an_earlier_one(
        self, client: Client, database: Database, world: World, village: Person, township: Person
    ) -> None:
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        await attach(client, world, village)
        await recall(database, world, "A1")
        pending = await attach(client, world, village, SCAN, name="再盖.pdf")
        assert pending.json()["number"] is None
        await hand_in(database, world, "A1", {"pc": "4", "rc": "5"})
        assert [one["number"] for one in await listed(client, world, township)] == [1, 2]

    async def test_only_the_unit_and_who_filled_for_it_add(
        self, client: Client, database: Database, world: World, village: Person, township: Person
    ) -> None:
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        assert (await attach(client, world, township)).status_code == 403
        assert (await attach(client, world, township, subject_id=str(world.submission("A")))).status_code == 201
        sibling = await people.person(database, world, "A2")
        assert (await attach(client, world, sibling)).status_code == 404
        manager = await people.person(database, world, "A1", [Role.ADMINISTRATOR])
        assert (await attach(client, world, manager)).status_code == 403
        unknown = await attach(client, world, village, subject_kind="unit")
        assert unknown.status_code == 404
        assert (await attach(client, world, village, kind="anything")).status_code == 403


class TestWithdrawing:
    async def test_what_others_saw_stays_on_record(
        self, client: Client, database: Database, world: World, village: Person, township: Person
    ) -> None:
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        made = (await attach(client, world, village)).json()
        assert (await act(client, township, made["id"], "withdraw")).status_code == 403
        await approve(database, world, "A1", "A")
        assert (await act(client, village, made["id"], "withdraw")).status_code == 200
        [seen] = await listed(client, world, township)
        assert seen["withdrawn_by"].startswith("A1")
        assert (await read(client, township, made["id"])).status_code == 404
        assert (await act(client, village, made["id"], "restore")).json()["withdrawn_at"] is None
        assert (await read(client, township, made["id"])).status_code == 200

    async def test_what_nobody_saw_is_gone_after_a_day(
        self, client: Client, database: Database, world: World, village: Person, settings: Settings
    ) -> None:
        made = (await attach(client, world, village)).json()
        again = (await attach(client, world, village, SCAN)).json()
        for one in (made, again):
            await act(client, village, one["id"], "withdraw")
        assert await listed(client, world, village) == []
        await act(client, village, again["id"], "restore")
        path = files.path_in(settings.files_dir, world.county.id, UUID(made["id"]))
        assert path.is_file()
        async with database.transaction(world.identity) as session:
            due = await session.scalars(
                update(Job).where(Job.kind == FORGET).values(run_after=clock.now()).returning(Job.id)
            )
            assert len(due.all()) == 2
        async with database.transaction(Identity.of_unit(world.county.id, world.units["A1"])) as session:
            await session.execute(
                update(Attachment)
                .where(Attachment.withdrawn_at.is_not(None))
                .values(withdrawn_at=clock.now() - timedelta(days=2))
            )
        while await job_runner.run_one(database, world.county.id):
            pass
        assert not path.exists()
        assert [one["id"] for one in await listed(client, world, village)] == [again["id"]]
        assert (await act(client, village, made["id"], "restore")).status_code == 404


class TestWhatIsTaken:
    @pytest.mark.parametrize(
        ("content", "code", "words"),
        [
            (b"", "file_empty", "空"),
            (b"\x00\x00\x00\x18ftypheic\x00\x00", "file_kind", "HEIC"),
            (
                office("a.txt")[:0] + office("x").replace(b"[Content_Types].xml", b"[Content-Types].xml"),
                "file_kind",
                "解压",
            ),
            (office("word/document.xml", "word/vbaProject.bin"), "file_kind", "宏"),
            (b"Rar!\x1a\x07\x00", "file_kind", "解压"),
            (b"MZ\x90\x00" + b"\x00" * 60, "file_kind", "不支持"),
            (b"PK\x03\x04 not an archive", "file_kind", "不支持"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x01" * 600, "file_kind", "不支持"),
        ],
    )
    async def test_refusals_say_what_to_do(
        self, client: Client, world: World, village: Person, content: bytes, code: str, words: str
    ) -> None:
        answer = await attach(client, world, village, content, name="盖章.jpg")
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert words in answer.json()["detail"]
        assert await listed(client, world, village) == []

    async def test_a_file_that_is_too_large_is_413(
        self, client: Client, world: World, village: Person, settings: Settings
    ) -> None:
        large = JPG + b"\x00" * (20 * 1024 * 1024)
        answer = await attach(client, world, village, large)
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        assert "20 MB" in answer.json()["detail"]

        async def dripping() -> AsyncIterator[bytes]:
            for start in range(0, len(large), 1 << 20):
                yield large[start : start + (1 << 20)]

        with pytest.raises(files.TooLong):
            async with files.receiving(dripping(), files_dir=settings.files_dir, limit=len(large) - 1):
                raise AssertionError("more came than is taken")
        assert list((settings.files_dir / "incoming").iterdir()) == []

    async def test_ten_are_too_many(self, client: Client, world: World, village: Person) -> None:
        answers = [await attach(client, world, village, JPG + bytes([n])) for n in range(10)]
        assert [answer.status_code for answer in answers] == [201] * 9 + [409]
        await act(client, village, answers[0].json()["id"], "withdraw")
        assert (await attach(client, world, village, JPG + b"more")).status_code == 201
        assert (await act(client, village, answers[0].json()["id"], "restore")).status_code == 409

    async def test_headers_let_nothing_run(self, client: Client, world: World, village: Person) -> None:
        for content, name, shown in (
            (JPG, '莫𡐓村"盖章\r\nX: 1.jpg', True),
            (b"<script>alert(1)</script>", "a.html", False),
        ):
            made = (await attach(client, world, village, content, name=name)).json()
            answer = await read(client, village, made["id"])
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "private, no-store"
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.headers["content-disposition"].startswith("inline" if shown else "attachment")
            assert "x" not in answer.headers
            assert unquote(answer.headers["content-disposition"].split("''")[-1]).endswith(made["name"]) or not shown
        assert made["name"] == "a.html.txt"
        assert answer.headers["content-type"].startswith("text/plain")


class TestWeakNetworks:
    async def test_the_same_upload_twice_makes_one(self, client: Client, world: World, village: Person) -> None:
        answers = await asyncio.gather(*(attach(client, world, village, key="key-12345678") for _ in range(4)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        other = await attach(client, world, village, SCAN, key="key-12345678")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
        assert len(await listed(client, world, village)) == 1

    async def test_a_connection_lost_midway_leaves_nothing(
        self, client: Client, world: World, village: Person, settings: Settings
    ) -> None:
        answer = await attach(client, world, village, JPG, headers={"content-length": str(len(JPG) + 500)})
        assert (answer.status_code, answer.json()["code"]) == (422, "upload_broken")
        assert await listed(client, world, village) == []
        assert list((settings.files_dir / "incoming").iterdir()) == []


class TestKeeping:
    async def test_check_finds_missing_and_changed_bytes(
        self, client: Client, database: Database, world: World, village: Person, settings: Settings
    ) -> None:
        draft = (await attach(client, world, village)).json()
        other = (await attach(client, world, village, SCAN)).json()
        report = await check.run(database, world.county.code)
        assert report.ok and report.looked_at["files"] == 2
        lost, changed = (files.path_in(settings.files_dir, world.county.id, UUID(one["id"])) for one in (draft, other))
        lost.unlink()
        await asyncio.to_thread(changed.write_bytes, SCAN[:-1] + b"z")
        found = (await check.run(database, world.county.code)).breaches["files"]
        assert len(found) == 2 and any("not on disk" in one for one in found) and any("SHA-256" in one for one in found)

    async def test_the_row_says_whose_it_is(
        self, client: Client, database: Database, world: World, village: Person
    ) -> None:
        await attach(client, world, village)
        async with database.transaction(Identity.of_unit(world.county.id, world.units["A1"])) as session:
            row = (await session.scalars(select(Attachment).where(Attachment.county_id == world.county.id))).one()
        assert (row.unit_id, row.place) == (world.units["A1"], [world.units["A1"]])


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (JPG, JPEG),
        (SCAN, PDF),
        (office("word/document.xml"), DOCX),
        (office("xl/workbook.xml"), XLSX),
        (office("ppt/presentation.xml"), PPTX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * (1 << 20) + "Workbook".encode("utf-16-le"), XLS),
        ("莫𡐓村，一切正常。\r\n".encode(), TEXT),
        ("退役军人服务站".encode("gb18030"), TEXT),
    ],
)
def test_a_kind_is_told_by_the_content(tmp_path: Path, content: bytes, media: Any) -> None:
    path = tmp_path / "photo.exe"
    path.write_bytes(content)
    assert media_of(path) is media


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    content=st.binary(max_size=300), head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-", b"RIFF"])
)
def test_any_bytes_are_a_kind_or_a_refusal(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(head + content)
    try:
        media_of(path)
    except FileKindRefused as refused:
        assert refused.message("zh-CN")


@given(st.text(max_size=400))
def test_any_name_is_kept_as_one_that_can_be_stored(name: str) -> None:
    kept = kept_name(name, JPEG)
    assert kept.lower().endswith((".jpg", ".jpeg")) and len(kept.encode()) <= 220
    assert not set(kept) & set("/\\\x00\r\n")
    kept.encode()


def test_names_stay_as_people_wrote_them() -> None:
    assert kept_name("C:\\照片\\莫𡐓村 10月.JPG", JPEG) == "莫𡐓村 10月.JPG"
    assert kept_name("=cmd|'/c calc'!A1.exe", PDF) == "c calc'!A1.exe.pdf"
    assert kept_name("..", JPEG) == "附件.jpg"
