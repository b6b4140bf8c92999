"""Reporting over HTTP: one submission."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from forms.outcome import Cells, Row
from forms.queries import get_compiled
from kit import clock
from kit.db.batch import write_all
from reporting import figures, personal, queries, review, rollup_views, submission_views, submissions
from reporting.draft_schemas import ConflictOut, DraftIn, RowConflictOut, SavedOut
from reporting.edit import Edit, provide_edit
from reporting.filing import require_reason
from reporting.lifecycle import SUBMISSION
from reporting.models import Revision, SubmissionState
from reporting.row_edits import RowEdit
from reporting.schemas import (
    HistoryLine,
    HistoryPage,
    ReasonIn,
    Receipt,
    ReturnIn,
    RevisionBrief,
    RevisionOut,
    RevisionPage,
    RowIn,
    SubmissionOut,
    SubmitIn,
    SubmittedOut,
)
from reporting.standing_schemas import SignatureOut
from reporting.submissions import CellEdit, HandedIn
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import list_unit_names
from workflow.edit import tagged
from workflow.queries import list_history


def rows_of(rows: dict[str, list[RowIn]] | None) -> dict[str, list[Row]] | None:
    if rows is None:
        return None
    return {table: [Row(row.id, row.cells) for row in lines] for table, lines in rows.items()}


def _cells(cells: Cells | None) -> dict[str, str | None] | None:
    return None if cells is None else dict(cells)


class SubmissionController(Controller):
    """报表（某单位某期）."""

    path = "/api/submissions/{submission_id:uuid}"
    tags = ("submissions",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="One submission as its unit or its superiors see it")
    async def get_submission(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
        locale: NamedDependency[str],
    ) -> Response[SubmissionOut]:
        view = await submission_views.submission_view(session, principal, submission_id, locale=locale)
        return tagged(view, view.version)

    @post("/unmask", summary="Show personal values, with a reason, on the record")
    async def unmask(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
        data: JSONBody[ReasonIn],
        locale: NamedDependency[str],
    ) -> SubmissionOut:
        await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
        principal.require(Role.REVIEWER, Role.REPORTER)
        require_reason(data.reason)
        await write_all(
            session,
            [
                audited(
                    principal,
                    "submission.unmask",
                    subject_kind="submission",
                    subject_id=submission_id,
                    detail={"reason": data.reason},
                )
            ],
        )
        return await submission_views.submission_view(session, principal, submission_id, locale=locale, unmask=True)

    @patch("/draft", summary="Save cells and rows as typed; one conflicts only where the server's is not the base")
    async def save(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
        data: JSONBody[DraftIn],
    ) -> SavedOut:
        saved = await submissions.save_draft(
            session,
            actor=principal,
            submission_id=submission_id,
            edits=[CellEdit(e.code, e.base, e.new) for e in data.cells],
            rows=[RowEdit(e.table, e.id, e.base, e.new) for e in data.rows],
            reasons=data.reasons,
            zeroed=data.zeroed,
        )
        return SavedOut(
            version=saved.version,
            saved_at=clock.now(),
            cells=saved.cells,
            conflicts=[
                ConflictOut(code=c.code, base=c.base, mine=c.mine, theirs=c.theirs, by_name=c.by_name, at=c.at)
                for c in saved.conflicts
            ],
            rows=None
            if saved.rows is None
            else {table: [{"id": row.id, "cells": row.cells} for row in lines] for table, lines in saved.rows.items()},
            row_conflicts=[
                RowConflictOut(
                    table=c.table,
                    row=c.id,
                    base=_cells(c.base),
                    mine=_cells(c.mine),
                    theirs=_cells(c.theirs),
                    by_name=c.by_name,
                    at=c.at,
                )
                for c in saved.row_conflicts
            ],
        )

    @post("/submit", summary="上报: the draft, figures sent along, or the zero report", status_code=200)
    async def submit(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[SubmitIn]
    ) -> Response[SubmittedOut]:
        given = None
        if data.cells is not None or data.rows is not None:
            given = HandedIn(data.cells or {}, rows_of(data.rows) or {}, data.reasons or {})
        done = await edit.perform(
            submission_id,
            submissions.submit,
            given=given,
            reasons=data.reasons,
            zero=data.zero,
            missing_reason=data.missing_reason,
        )
        if done is None:
            return await _answer_again(edit.session, edit.principal, submission_id)
        receipt = Receipt(
            unit=done.unit,
            form=done.form,
            period=done.period,
            revision_no=done.revision_no,
            submitted_at=done.submitted_at,
            by_name=edit.principal.display_name,
            late=done.late,
        )
        out = SubmittedOut(
            id=submission_id,
            state=SubmissionState.SUBMITTED,
            version=done.version,
            revision_no=done.revision_no,
            late=done.late,
            receipt=receipt,
        )
        return tagged(out, done.version)

    @post("/recall", summary="撤回, while nobody has begun reviewing", status_code=200)
    async def recall(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, submissions.recall)
        return await edit.view(submission_id)

    @post("/correct", summary="更正: open approved figures for a new revision", status_code=200)
    async def correct(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, submissions.correct, reason=data.reason)
        return await edit.view(submission_id)

    @post("/abandon", summary="Give up a correction", status_code=200)
    async def abandon(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, submissions.abandon)
        return await edit.view(submission_id)

    @post("/claim", summary="Begin reviewing: 30 minutes to oneself", status_code=200)
    async def claim(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, review.claim)
        return await edit.view(submission_id)

    @post("/release", summary="Stop reviewing without a decision", status_code=200)
    async def release(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, review.release)
        return await edit.view(submission_id)

    @post("/approve", summary="审核通过", status_code=200)
    async def approve(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, review.approve)
        return await edit.view(submission_id)

    @post("/return", summary="退回修改, with a reason and marked cells", status_code=200)
    async def send_back(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReturnIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, review.send_back, reason=data.reason, marked=data.marked)
        return await edit.view(submission_id)

    @post("/return-through", summary="退回下级的报表: the unit between and its village, in one act", status_code=200)
    async def return_through(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReturnIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, review.return_through, reason=data.reason, marked=data.marked)
        return await edit.view(submission_id)

    @get("/revisions", summary="The kept revisions, newest first")
    async def list_revisions(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
    ) -> RevisionPage:
        filed = await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
        found = await queries.list_revisions(session, county_id=principal.county_id, submission_id=submission_id)
        return RevisionPage(items=[_revision(filed, revision) for revision in found])

    @get("/history", summary="Who did what, when and why")
    async def get_history(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
    ) -> HistoryPage:
        await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
        entries = await list_history(
            session, county_id=principal.county_id, kind=SUBMISSION.kind, subject_id=submission_id
        )
        names = await list_unit_names(
            session, county_id=principal.county_id, unit_ids={entry.unit_id for entry in entries}
        )
        return HistoryPage(
            items=[
                HistoryLine(
                    action=e.action,
                    from_state=e.from_state,
                    to_state=e.to_state,
                    by_name=e.actor_name,
                    unit_id=e.unit_id,
                    unit_name=names.get(e.unit_id, ""),
                    at=e.at,
                    reason=e.reason,
                )
                for e in entries
            ]
        )


class RevisionController(Controller):
    """One kept revision."""

    path = "/api/revisions/{revision_id:uuid}"
    tags = ("submissions",)

    @get("/", summary="A revision as it was handed in, personal values masked")
    async def get_revision(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], revision_id: FromPath[UUID]
    ) -> RevisionOut:
        revision = await queries.get_revision(session, county_id=principal.county_id, revision_id=revision_id)
        filed = await queries.get_filed(session, county_id=principal.county_id, submission_id=revision.submission_id)
        form = await get_compiled(session, county_id=principal.county_id, version_id=filed.cycle.form_version_id)
        frozen: Any = revision.frozen
        return RevisionOut(
            **_revision(filed, revision).model_dump(),
            submission_id=revision.submission_id,
            cells=revision.cells,
            rows=personal.masked(form.definition, revision.rows),
            reasons=revision.reasons,
            rollup=rollup_views.finalised(form, filed.cycle, filed.unit.tier, frozen),
            sources=revision.sources,
            missing_reason=revision.missing_reason,
            signatures=[SignatureOut.model_validate(one) for one in revision.signatures],
        )


def _revision(filed: queries.Filed, revision: Revision) -> RevisionBrief:
    return RevisionBrief(
        id=revision.id,
        no=revision.no,
        submitted_at=revision.submitted_at,
        by_name=revision.submitter_name,
        zero_report=revision.zero_report,
        handed_in=revision.frozen is not None,
        live=revision.id == filed.submission.live_revision_id,
        approved=revision.id == filed.submission.approved_revision_id,
    )


async def _answer_again(session: AsyncSession, principal: Principal, submission_id: UUID) -> Response[SubmittedOut]:
    """The answer to a submit that was carried out before: the submission and its receipt as they are now."""
    filed = await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
    form = await figures.form_of(session, filed)
    s = filed.submission
    out = SubmittedOut(
        id=s.id,
        state=s.state,
        version=s.version,
        revision_no=s.revision_no,
        late=s.late,
        receipt=submission_views.receipt_of(filed, form, filed.newest),
    )
    return tagged(out, s.version)
