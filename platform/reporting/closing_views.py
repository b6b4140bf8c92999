"""What the pages show after approval: archives beside today's figures, revisions with their changes, reasons given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.queries import get_compiled
from reporting import archives, changes, closing_queries, cycle_views, queries, rollup_queries, rollup_views
from reporting.briefs import unit_brief
from reporting.closing_schemas import (
    ArchiveBrief,
    ArchiveOut,
    ArchivePage,
    CellChangeOut,
    ChangesPage,
    DifferenceOut,
    ReasonLine,
    ReasonPage,
    RevisionChanges,
    Signer,
)
from reporting.lifecycle import SUBMISSION
from reporting.models import Archive, Cycle, CycleUnit
from reporting.rollup_views import finalised
from tenancy.principal import Principal
from workflow.queries import list_history

Cells = dict[str, str | None]


def archive_brief(archive: Archive) -> ArchiveBrief:
    return ArchiveBrief(
        id=archive.id,
        no=archive.no,
        kind=archive.kind,
        document_no=archive.document_no,
        destination=archive.destination,
        reported_on=archive.reported_on,
        signers=[Signer(**signer) for signer in archive.signers],
        note=archive.note,
        made_at=archive.made_at,
        by_name=archive.maker_name,
    )


def _cells(
    form: CompiledForm, cycle: Cycle, units: Mapping[UUID, CycleUnit], states: Mapping[str, Any]
) -> dict[UUID, Cells]:
    """unit → finalised figures of stored partial states; units without figures are left out."""
    found: dict[UUID, Cells] = {}
    for key, state in states.items():
        unit = units[UUID(key)]
        partials: Partials | None = state
        cells = finalised(form, cycle, unit.tier, partials)
        if cells is not None:
            found[unit.unit_id] = cells
    return found


async def archive_page(session: AsyncSession, principal: Principal, cycle_id: UUID) -> ArchivePage:
    """The archives of a cycle, newest first: none to those who may not see them."""
    await queries.get_cycle_in_scope(session, principal.scope, cycle_id)
    found = await closing_queries.list_archives(session, county_id=principal.county_id, cycle_id=cycle_id)
    return ArchivePage(items=[archive_brief(archive) for archive in found])


async def archive_view(session: AsyncSession, principal: Principal, archive_id: UUID) -> ArchiveOut:
    """An archive beside what is reported today (与已报数差异), field by field. Raises NotFound."""
    archive = await closing_queries.get_archive(session, county_id=principal.county_id, archive_id=archive_id)
    cycle, _, _ = await queries.get_cycle_in_scope(session, principal.scope, archive.cycle_id)
    form = await get_compiled(session, county_id=principal.county_id, version_id=cycle.form_version_id)
    found = await queries.list_cycle_units(session, county_id=principal.county_id, cycle_id=cycle.id)
    units = {unit.unit_id: unit for unit in found}
    approved = await closing_queries.approved_revisions_of(session, county_id=principal.county_id, cycle_id=cycle.id)
    then = _cells(form, cycle, units, archive.figures)
    now = _cells(form, cycle, units, archives.fold_reported(approved, principal.county_unit_id))
    return ArchiveOut(
        **archive_brief(archive).model_dump(),
        cycle=await cycle_views.cycle_view(session, principal, cycle.id),
        unit=unit_brief(units[principal.county_unit_id]),
        then=then.get(principal.county_unit_id, {}),
        now=now.get(principal.county_unit_id, {}),
        differences=[
            DifferenceOut(unit=unit_brief(units[d.unit_id]), code=d.code, then=d.then, now=d.now)
            for d in archives.differences(then, now)
        ],
    )


async def changes_page(session: AsyncSession, principal: Principal, submission_id: UUID) -> ChangesPage:
    """The revisions of a submission, newest first, with who made each, when, why, and what it changed."""
    filed = await queries.get_filed(session, county_id=principal.county_id, submission_id=submission_id)
    form = await get_compiled(session, county_id=principal.county_id, version_id=filed.cycle.form_version_id)
    revisions = await queries.list_revisions(session, county_id=principal.county_id, submission_id=submission_id)
    why = changes.causes(
        await list_history(session, county_id=principal.county_id, kind=SUBMISSION.kind, subject_id=submission_id)
    )
    by_no = {revision.no: revision for revision in revisions}
    return ChangesPage(
        items=[
            RevisionChanges(
                id=r.id,
                no=r.no,
                submitted_at=r.submitted_at,
                by_name=r.submitter_name,
                reason=r.behalf_basis or why.get(r.no, ""),
                behalf_kind=r.behalf_kind,
                behalf_unit_name=r.behalf_unit_name,
                after_closing=r.after_closing,
                zero_report=r.zero_report,
                live=r.id == filed.submission.live_revision_id,
                approved=r.id == filed.submission.approved_revision_id,
                changes=[
                    CellChangeOut(code=c.code, before=c.before, after=c.after, table=c.table, row=c.row)
                    for c in changes.changes(form.definition, by_no.get(r.no - 1), r)
                ],
            )
            for r in revisions
        ]
    )


async def reason_page(
    session: AsyncSession, principal: Principal, cycle_id: UUID, unit_id: UUID | None, *, locale: str
) -> ReasonPage:
    """Reasons given for 须说明 by every unit at or below one, by unit. Raises NotFound."""
    await rollup_views.require_rollup(session, principal, cycle_id, unit_id)
    wanted = unit_id or principal.unit_id
    found = await rollup_queries.list_live_rows(
        session, county_id=principal.county_id, cycle_id=cycle_id, unit_id=wanted
    )
    return ReasonPage(
        items=[
            ReasonLine(
                unit=unit_brief(unit),
                through=_through(unit, wanted),
                submission_id=submission.id,
                revision_no=revision.no,
                key=one["key"],
                cells=one["cells"],
                table=one["table"],
                message=one["en"] if locale == "en" else one["zh"],
                said=one["said"],
            )
            for submission, unit, revision in found
            for one in revision.explained
        ]
    )


def _through(unit: CycleUnit, page_unit_id: UUID) -> UUID:
    """Under which row of a unit's page another one stands: there are three levels."""
    below = unit.unit_id == page_unit_id or unit.parent_id in (page_unit_id, None)
    return unit.unit_id if below or unit.parent_id is None else unit.parent_id
