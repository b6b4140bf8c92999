"""Reporting over HTTP: what a superior does on a unit's behalf, and what the unit does about it."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody

from reporting import asides, behalf, submission_views
from reporting.closing_schemas import BehalfSheetIn, FillForIn, MendIn
from reporting.edit import Edit, provide_edit
from reporting.schemas import ReasonIn, SubmissionOut
from reporting.submission_routes import rows_of
from reporting.submissions import CellEdit, HandedIn


class BehalfController(Controller):
    """代报、代改、异议."""

    path = "/api/submissions/{submission_id:uuid}"
    tags = ("submissions",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/behalf-sheet", summary="The sheet to type on behalf, in the clear, on the record", status_code=200)
    async def sheet(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[BehalfSheetIn]
    ) -> SubmissionOut:
        filed = await behalf.begin(edit.session, actor=edit.principal, submission_id=submission_id, action=data.action)
        return await submission_views.behalf_view(edit.session, edit.principal, filed, locale=edit.locale)

    @post("/fill-for", summary="代报: hand in for a unit that reported by other means", status_code=200)
    async def fill_for(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[FillForIn]
    ) -> Response[SubmissionOut]:
        given = None if data.zero else HandedIn(data.cells or {}, rows_of(data.rows) or {}, data.reasons or {})
        await edit.perform(submission_id, behalf.fill, basis=data.basis, given=given, zero=data.zero)
        return await edit.view(submission_id)

    @post("/mend", summary="代改: mend an obvious slip; makes a revision that is reviewed again", status_code=200)
    async def mend(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[MendIn]
    ) -> Response[SubmissionOut]:
        edits = [CellEdit(one.code, one.before, one.after) for one in data.edits]
        await edit.perform(submission_id, behalf.mend, basis=data.basis, edits=edits, reasons=data.reasons)
        return await edit.view(submission_id)

    @post("/object", summary="异议: disagree with what was done on one's behalf", status_code=200)
    async def object_to(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, behalf.object_to, reason=data.reason)
        return await edit.view(submission_id)

    @post("/answer", summary="Answer an objection", status_code=200)
    async def answer(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, behalf.answer, reason=data.reason)
        return await edit.view(submission_id)

    @post("/aside/take-up", summary="Go on with the figures that were put aside", status_code=200)
    async def take_up(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await asides.take_up(edit.session, actor=edit.principal, submission_id=submission_id)
        return await edit.view(submission_id)

    @post("/aside/discard", summary="Throw away the figures that were put aside", status_code=200)
    async def discard(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await asides.discard(edit.session, actor=edit.principal, submission_id=submission_id)
        return await edit.view(submission_id)
