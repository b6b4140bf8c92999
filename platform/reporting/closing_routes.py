"""Reporting over HTTP: what comes after approval."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting import closing, closing_views, cycle_views, granting
from reporting.archives import ReportedUp
from reporting.closing_schemas import (
    ArchiveMade,
    ArchiveOut,
    ArchivePage,
    ChangesPage,
    ExtendIn,
    ReasonPage,
    ReportUpIn,
)
from reporting.edit import Edit, provide_edit
from reporting.schemas import CycleBrief, ReasonIn, SubmissionOut
from tenancy.principal import Principal
from workflow.edit import tagged


class ClosingController(Controller):
    """封存、报出、说明."""

    path = "/api/cycles/{cycle_id:uuid}"
    tags = ("cycles",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/close", summary="封存: store what is reported; nothing is typed or reviewed any more", status_code=200)
    async def close(self, edit: NamedDependency[Edit], cycle_id: FromPath[UUID]) -> Response[CycleBrief]:
        await edit.carry_out(closing.close, cycle_id=cycle_id)
        return await _cycle(edit, cycle_id)

    @post("/unclose", summary="Open a closed cycle again, with a reason", status_code=200)
    async def unclose(
        self, edit: NamedDependency[Edit], cycle_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[CycleBrief]:
        await edit.carry_out(closing.unclose, cycle_id=cycle_id, reason=data.reason)
        return await _cycle(edit, cycle_id)

    @post("/archives", summary="报出: keep a frozen copy of what the county reported up")
    async def report_up(
        self, edit: NamedDependency[Edit], cycle_id: FromPath[UUID], data: JSONBody[ReportUpIn]
    ) -> ArchiveMade:
        said = ReportedUp(
            document_no=data.document_no,
            destination=data.destination,
            reported_on=data.reported_on,
            signers=[(signer.post, signer.name) for signer in data.signers],
            note=data.note,
        )
        return ArchiveMade(archive_id=await edit.carry_out(closing.report_up, cycle_id=cycle_id, said=said))

    @get("/archives", summary="The archives of a cycle, newest first")
    async def list_archives(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], cycle_id: FromPath[UUID]
    ) -> ArchivePage:
        return await closing_views.archive_page(session, principal, cycle_id)

    @get("/reasons", summary="What units said to 须说明, at or below a unit")
    async def list_reasons(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        locale: NamedDependency[str],
        unit_id: FromQuery[UUID | None] = None,
    ) -> ReasonPage:
        return await closing_views.reason_page(session, principal, cycle_id, unit_id, locale=locale)


async def _cycle(edit: Edit, cycle_id: UUID) -> Response[CycleBrief]:
    view = await cycle_views.cycle_view(edit.session, edit.principal, cycle_id)
    return tagged(view, view.version)


class ArchiveController(Controller):
    """One archive."""

    path = "/api/archives/{archive_id:uuid}"
    tags = ("cycles",)

    @get("/", summary="An archive beside what is reported today (与已报数差异)")
    async def get_archive(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], archive_id: FromPath[UUID]
    ) -> ArchiveOut:
        return await closing_views.archive_view(session, principal, archive_id)


class GrantController(Controller):
    """延期、免报、启封, and the revisions that came of them."""

    path = "/api/submissions/{submission_id:uuid}"
    tags = ("submissions",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012

    @post("/extend", summary="延期: a later due time for one unit", status_code=200)
    async def extend(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ExtendIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, granting.extend, until=clock.end_of_day(data.until), reason=data.reason)
        return await edit.view(submission_id)

    @post("/exempt", summary="免报: the unit owes nothing in this cycle", status_code=200)
    async def exempt(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, granting.exempt, reason=data.reason)
        return await edit.view(submission_id)

    @post("/require", summary="Withdraw an exemption", status_code=200)
    async def require(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, granting.require)
        return await edit.view(submission_id)

    @post("/reopen", summary="启封: let one unit act in a closed cycle", status_code=200)
    async def reopen(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, granting.reopen, reason=data.reason)
        return await edit.view(submission_id)

    @post("/reclose", summary="End a reopening", status_code=200)
    async def reclose(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, granting.reclose)
        return await edit.view(submission_id)

    @get("/changes", summary="The revisions with who, when, why, and what each changed")
    async def list_changes(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
    ) -> ChangesPage:
        return await closing_views.changes_page(session, principal, submission_id)
