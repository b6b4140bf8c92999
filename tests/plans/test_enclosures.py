"""Files that go down with a notice or a task: seen by whoever reads the document, replaced by an amendment."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from kit import clock, files
from kit.db.session import Database
from kit.errors import NotFound
from kit.idempotency import Attempt
from kit.ids import new_id
from kit.jobs import CountyRef
from kit.settings import Settings
from plans.notices import service as notices
from plans.notices.models import NoticeKind
from plans.tasks import changing
from plans.tasks.changing import Changes
from plans.tasks.errors import NothingAmended
from plans.tasks.models import TaskKind
from plans.training import announcing
from tenancy.models import Role, Section
from tenancy.principal import Principal
from tests.plans import steps
from tests.plans.steps import on_task, unit
from tests.plans.training_steps import announce, on_training
from tests.world import World, make_county_with_people
from workflow.attachments import service as attachments
from workflow.attachments.subjects import Slot
from workflow.enclosures import documents, queries
from workflow.enclosures.errors import FileGone
from workflow.enclosures.service import ENCLOSURE, OUTGOING, WAITING, forget_waiting

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=2, villages=2)


def is_there(path: Path) -> bool:
    return path.exists()


async def gather(database: Database, settings: Settings, actor: Principal, name: str = "附件.pdf") -> UUID:
    content = f"%PDF-1.4 {new_id()}".encode()
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    waiting = settings.files_dir / f"waiting-{new_id()}"
    waiting.write_bytes(content)
    attempt = Attempt.of(
        county_id=actor.county_id, account_id=actor.account_id, membership_id=actor.membership_id, key=None, parts=[]
    )
    async with database.transaction(actor.identity) as session:
        made = await attachments.add(
            session,
            actor=actor,
            slot=Slot(OUTGOING, actor.account_id, ENCLOSURE),
            name=name,
            received=files.Received(waiting, len(content), hashlib.sha256(content).hexdigest()),
            attempt=attempt,
        )
        return made.id


async def names(database: Database, actor: Principal, kind: str, document_id: UUID) -> list[str]:
    async with database.transaction(actor.identity) as session:
        await documents.require_readable(session, actor, kind, document_id)
        found = await queries.list_enclosed(session, county_id=actor.county_id, document_id=document_id, kind=kind)
        return [one.name for one in found]


async def publish(database: Database, world: World, *file_ids: UUID, by: str = "C") -> UUID:
    actor = world.actor(by)
    given = notices.Given(NoticeKind.NOTICE, "通知", "见附件。", [unit(world, "A1")], file_ids=file_ids)
    async with database.transaction(actor.identity) as session:
        return await notices.issue(session, actor=actor, given=given)


class TestNotices:
    async def test_they_go_with_the_notice_to_whoever_may_read_it(
        self, database: Database, world: World, settings: Settings
    ) -> None:
        county = world.actor("C")
        file_id = await gather(database, settings, county)
        notice_id = await publish(database, world, file_id)
        assert await names(database, world.actor("A1"), "notice", notice_id) == ["附件.pdf"]
        for code in ("A2", "B"):
            with pytest.raises(NotFound):
                await names(database, world.actor(code), "notice", notice_id)
        with pytest.raises(FileGone):
            await publish(database, world, file_id)
        async with database.transaction(county.identity) as session:
            await notices.withdraw(session, actor=county, notice_id=notice_id, version=1, reason="有误")
        with pytest.raises(NotFound):
            await names(database, world.actor("A1"), "notice", notice_id)

    async def test_what_somebody_else_gathered_is_not_ones_own(
        self, database: Database, world: World, settings: Settings
    ) -> None:
        colleague = replace(world.actor("C"), account_id=world.accounts[world.units["A"]])
        for other in (world.actor("A"), colleague):
            file_id = await gather(database, settings, other)
            with pytest.raises(FileGone):
                await publish(database, world, file_id)
            actor = world.actor("C")
            async with database.transaction(actor.identity) as session:
                with pytest.raises(NotFound):
                    await attachments.get_readable(session, actor=actor, attachment_id=file_id)
        theirs = await gather(database, settings, world.actor("A1"))
        with pytest.raises(FileGone):
            await publish(database, world, theirs)

    async def test_what_no_document_took_goes_with_its_bytes(
        self, database: Database, world: World, settings: Settings
    ) -> None:
        file_id = await gather(database, settings, world.actor("A"))
        path: Path = files.path_in(settings.files_dir, world.county.id, file_id)
        county = CountyRef(world.county.id, world.county.unit_id)
        for later, there in ((timedelta(), True), (WAITING + timedelta(minutes=1), False)):
            with clock.frozen_at(clock.now() + later):
                async with database.transaction(world.identity) as session:
                    await forget_waiting(session, county)
            assert is_there(path) is there


class TestTrainings:
    async def test_slides_come_when_it_is_over(self, database: Database, world: World, settings: Settings) -> None:
        county = world.actor("C")
        training_id = await announce(database, world, to=[unit(world, "A1")])
        await on_training(database, world, announcing.hold, training_id)
        await on_training(database, world, announcing.conclude, training_id)
        slides, wrong = [await gather(database, settings, county, name) for name in ("课件.pdf", "错发.pdf")]
        await on_training(database, world, announcing.enclose_materials, training_id, file_ids=[wrong])
        await on_training(database, world, announcing.enclose_materials, training_id, file_ids=[slides])
        assert await names(database, world.actor("A1"), "training", training_id) == ["课件.pdf"]
        with pytest.raises(NotFound):
            await names(database, world.actor("A2"), "training", training_id)


class TestTasks:
    async def test_an_amendment_takes_a_file_away_and_brings_another(
        self, database: Database, world: World, settings: Settings
    ) -> None:
        county = world.actor("C")
        plan, wrong, right = [
            await gather(database, settings, county, name) for name in ("方案.pdf", "错.pdf", "莫𡐓村=cmd|.pdf")
        ]
        task_id = (await steps.issue(database, world, unit(world, "A1"), file_ids=[plan, wrong])).task_id
        assert [one.name for one in (await steps.share_page(database, world, task_id, "A1")).files] == [
            "方案.pdf",
            "错.pdf",
        ]
        with pytest.raises(NothingAmended):
            await on_task(database, world, changing.amend, task_id, changes=Changes(file_ids=[plan, wrong]), reason="x")
        with pytest.raises(FileGone):
            changes = Changes(file_ids=[plan, new_id()])
            await on_task(database, world, changing.amend, task_id, changes=changes, reason="x")
        changes = Changes(file_ids=[right, plan])
        await on_task(database, world, changing.amend, task_id, changes=changes, reason="附件有误")
        shown = await steps.share_page(database, world, task_id, "A1")
        assert [one.name for one in shown.files] == ["莫𡐓村=cmd|.pdf", "方案.pdf"]
        (told,) = shown.amendments
        assert (told.before, told.after) == ({"files": "方案.pdf\n错.pdf"}, {"files": "莫𡐓村=cmd|.pdf\n方案.pdf"})
        async with database.transaction(county.identity) as session:
            with pytest.raises(NotFound):
                await queries.get(session, county_id=county.county_id, enclosure_id=wrong)
        with pytest.raises(FileGone):
            changes = Changes(file_ids=[wrong])
            await on_task(database, world, changing.amend, task_id, changes=changes, reason="x")

    async def test_a_petitions_files_are_for_the_sections_concerned(
        self, database: Database, world: World, settings: Settings
    ) -> None:
        sections = [new_id(), new_id()]
        async with database.transaction(world.identity) as session:
            session.add_all(
                Section(county_id=world.county.id, id=one, unit_id=world.county.unit_id, name=f"股{n}")
                for n, one in enumerate(sections)
            )
        ours, others = [replace(world.actor("C", Role.REVIEWER), section_id=one) for one in sections]
        file_id = await gather(database, settings, ours, "来信.pdf")
        more = {"kind": TaskKind.PETITION, "file_ids": [file_id]}
        task_id = (await steps.issue(database, world, unit(world, "A1"), by=ours, **more)).task_id
        for one in (ours, world.actor("C", Role.LEADER), world.actor("A"), world.actor("A1")):
            assert await names(database, one, "task", task_id) == ["来信.pdf"]
        for one in (others, world.actor("B"), world.actor("A2")):
            with pytest.raises(NotFound):
                await names(database, one, "task", task_id)
