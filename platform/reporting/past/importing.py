"""Importing past years: cycles that are closed from the start, with approved revisions whose submitter is the import.

What is there already and the same is left alone, so that a file imported twice, or again after a crash, changes
nothing the second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.outcome import Context
from forms.queries import get_compiled
from kit import clock, files
from kit.db.batch import put
from kit.ids import new_id
from kit.jobs import JobContext, job
from kit.settings import settings
from reporting import cycles, fold, personal, queries
from reporting.filing import mark_target, subject_of
from reporting.lifecycle import PAST
from reporting.models import Cycle, CycleUnit, Revision, Submission
from reporting.past.errors import NothingToImport, PastFileFaulty
from reporting.past.reading import PastBook, PastSheet, past_tree, past_versions, read_past, typed_by, version_of
from reporting.queries import Filed
from reporting.workbook.units import ReadUnit
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import get_county
from tenancy.tiers import Tier
from workflow.lifecycle import perform

JOB = "reporting.import_past"
#: Kept with each revision as its submitter's name.
IMPORTED = "往年数据导入"
#: Why a unit without figures owes none.
NO_FIGURES = "往年数据中没有"


def require_importable(book: PastBook, *, partial: bool) -> list[PastSheet]:
    """The sheets to import. Raises PastFileFaulty and NothingToImport."""
    count = len(book.troubles) + sum(len(sheet.read.unmatched) for sheet in book.sheets)
    if count and not partial:
        raise PastFileFaulty(count=count)
    sheets = [sheet for sheet in book.sheets if sheet.importable]
    if not sheets:
        raise NothingToImport
    return sheets


@dataclass(slots=True)
class Done:
    """What an import came to."""

    periods: int = 0
    units: int = 0
    unchanged: int = 0


@job(JOB, seconds=1800)
async def import_past(context: JobContext, payload: dict[str, Any]) -> None:
    """Read the file again and import it period by period, each in a transaction of its own."""
    county_id, identity = context.county.id, context.county_identity
    async with context.reading(identity) as session:
        stored = await files.get_file(session, county_id=county_id, file_id=UUID(payload["file_id"]))
        content = await asyncio.to_thread(files.path_of(settings().files_dir, stored).read_bytes)
        book = await read_past(
            session,
            county_id=county_id,
            county_unit_id=context.county.unit_id,
            form_id=UUID(payload["form_id"]),
            content=content,
            name=stored.name,
            period=payload["period"],
            mapping=payload["mapping"],
        )
    sheets = require_importable(book, partial=payload["partial"])
    actor = _importer(context, payload)
    done = Done()
    for number, sheet in enumerate(sheets):
        await context.progress(number / len(sheets), sheet.label)
        async with context.transaction(identity) as session:
            await _import_sheet(session, actor, UUID(payload["form_id"]), sheet, done)
    async with context.transaction(identity) as session:
        await context.complete(session, {"periods": done.periods, "units": done.units, "unchanged": done.unchanged})


def _importer(context: JobContext, payload: Mapping[str, Any]) -> Principal:
    """The county, acting by whoever asked."""
    return Principal(
        county_id=context.county.id,
        county_unit_id=context.county.unit_id,
        account_id=UUID(payload["account_id"]),
        display_name=f"{IMPORTED}（{payload['name']}）",
        session_id=None,
        membership_id=UUID(payload["membership_id"]),
        unit_id=context.county.unit_id,
        tier=Tier.COUNTY,
        roles=frozenset({Role.REVIEWER}),
        admin_kind=None,
        unit_ids=(context.county.unit_id,),
    )


async def _import_sheet(session: AsyncSession, actor: Principal, form_id: UUID, sheet: PastSheet, done: Done) -> None:
    assert sheet.period is not None
    cycle = await _past_cycle(session, actor, form_id, sheet.period)
    if cycle is None or not cycle.historic:
        return
    form = await get_compiled(session, county_id=actor.county_id, version_id=cycle.form_version_id)
    run = _Run(session, actor, form, cycle, done)
    await run.load()
    await run.take([unit for unit in sheet.read.units if not unit.faulty])
    await fold.fold(
        session,
        county_unit_id=actor.county_unit_id,
        county_id=actor.county_id,
        cycle_id=cycle.id,
        unit_id=actor.county_unit_id,
        form=form,
    )
    done.periods += 1


async def _past_cycle(session: AsyncSession, actor: Principal, form_id: UUID, period_key: str) -> Cycle | None:
    """The period's cycle, opened as a past one when there is none."""
    found = await queries.find_cycle(session, county_id=actor.county_id, form_id=form_id, period_key=period_key)
    if found is not None:
        return found
    version, span = version_of(await past_versions(session, county_id=actor.county_id, form_id=form_id), period_key)
    county = await get_county(session, actor.county_id)
    days = await queries.load_calendar(session, county_id=county.id)
    tree = await past_tree(session, county_id=county.id, county_unit_id=county.unit_id, day=span.ends_on)
    await cycles.open_cycle(session, county, version, span, days, historic=tree)
    return await queries.find_cycle(session, county_id=county.id, form_id=form_id, period_key=period_key)


class _Run:
    """One period's units, children before their parents: a hand-in lists the revisions it is made from."""

    def __init__(self, session: AsyncSession, actor: Principal, form: CompiledForm, cycle: Cycle, done: Done) -> None:
        self._session = session
        self._actor = actor
        self._form = form
        self._cycle = cycle
        self._done = done
        self._units: Sequence[CycleUnit] = ()
        self._submissions: dict[UUID, Submission] = {}
        #: Submission → its approved revision, as it comes to be: id and what it adds above.
        self._approved: dict[UUID, tuple[UUID, Partials]] = {}
        self._revisions: dict[UUID, Revision] = {}

    async def load(self) -> None:
        key = {"county_id": self._cycle.county_id, "cycle_id": self._cycle.id}
        self._units = await queries.list_cycle_units(self._session, **key)
        self._submissions = await queries.list_all_submissions(self._session, **key)
        self._revisions = await queries.list_all_revisions(self._session, **key)

    async def take(self, lines: Sequence[ReadUnit]) -> None:
        given = {line.code: line.cells for line in lines}
        without: list[UUID] = []
        for unit in sorted(self._units, key=lambda one: (-one.lvl, one.code)):
            submission = self._submissions.get(unit.unit_id)
            if submission is None:
                continue
            if not await self._unit(unit, submission, given.get(unit.code)):
                without.append(unit.unit_id)
        await self._say_who_owed(without)

    async def _unit(self, unit: CycleUnit, submission: Submission, cells: Mapping[str, str | None] | None) -> bool:
        """Bring one unit to what the file says; whether it has figures now."""
        now = self._revisions.get(submission.approved_revision_id) if submission.approved_revision_id else None
        below = self._below(unit)
        hands_in = unit.has_children and unit.parent_id is not None
        if cells is None and now is None and not (hands_in and any(revision for _, revision in below)):
            return False
        kept = {} if now is None else {c.code: now.cells.get(c.code) for c in typed_by(self._form, Tier(unit.tier))}
        outcome = self._form.evaluate({**kept, **(cells or {})}, {}, self._context(unit))
        own = aggregate.leaf(self._form, outcome.cells, outcome.rows, personal.person_hash)
        frozen = aggregate.merge([own, *(part for _, part in below if part)]) if hands_in else None
        if now is not None and dict(now.cells) == outcome.cells and _same(now.frozen, frozen):
            self._approved[submission.id] = (now.id, frozen or own)
            self._done.unchanged += 1
            return True
        sources = [self._source(child) for child, _ in below] if hands_in else None
        revision_id = await self._approve(unit, submission, outcome.cells, own, frozen, sources)
        self._approved[submission.id] = (revision_id, frozen or own)
        self._done.units += 1
        return True

    async def _approve(
        self,
        unit: CycleUnit,
        submission: Submission,
        cells: Mapping[str, str | None],
        own: Partials,
        frozen: Partials | None,
        sources: list[dict[str, str | None]] | None,
    ) -> UUID:
        revision_id, number, now = new_id(), submission.revision_no + 1, clock.now()
        filed = Filed(submission, self._cycle, unit, None, None)
        await perform(
            self._session,
            PAST,
            "import",
            subject_of(filed),
            actor=self._actor,
            values={
                "live_revision_id": revision_id,
                "approved_revision_id": revision_id,
                "revision_no": number,
                "first_submitted_at": submission.first_submitted_at or now,
                "submitted_at": now,
                "late": False,
            },
            also=[
                put(
                    Revision,
                    county_id=submission.county_id,
                    id=revision_id,
                    submission_id=submission.id,
                    no=number,
                    cells=dict(cells),
                    partials=own,
                    frozen=frozen,
                    sources=sources,
                    missing_reason=NO_FIGURES if any(s["revision_id"] is None for s in sources or ()) else "",
                    submitted_at=now,
                    submitted_by=self._actor.account_id,
                    submitter_name=self._actor.display_name,
                    place=list(submission.place),
                )
            ],
            context={"mark": mark_target(filed)},
            detail={"revision": number, "late": False},
        )
        return revision_id

    def _below(self, unit: CycleUnit) -> list[tuple[CycleUnit, Partials | None]]:
        """The direct subordinates with what each adds; None where nothing is known of it."""
        found = []
        for child in self._units:
            if child.parent_id == unit.unit_id:
                submission = self._submissions.get(child.unit_id)
                approved = None if submission is None else self._approved.get(submission.id)
                found.append((child, None if approved is None else approved[1]))
        return found

    def _source(self, child: CycleUnit) -> dict[str, str | None]:
        submission = self._submissions.get(child.unit_id)
        approved = None if submission is None else self._approved.get(submission.id)
        return {
            "unit_id": str(child.unit_id),
            "submission_id": None if submission is None else str(submission.id),
            "revision_id": None if approved is None else str(approved[0]),
        }

    def _context(self, unit: CycleUnit) -> Context:
        return Context(
            tier=Tier(unit.tier), period_start=self._cycle.starts_on, period_end=self._cycle.ends_on, first_period=True
        )

    async def _say_who_owed(self, without: Sequence[UUID]) -> None:
        """Of a past year nobody is late: a unit without figures owed none."""
        of_cycle = (CycleUnit.county_id == self._cycle.county_id, CycleUnit.cycle_id == self._cycle.id)
        await self._session.execute(
            update(CycleUnit)
            .where(*of_cycle, CycleUnit.unit_id.not_in(without), CycleUnit.exempt_reason == NO_FIGURES)
            .values(exempt_reason=None)
        )
        await self._session.execute(
            update(CycleUnit).where(*of_cycle, CycleUnit.unit_id.in_(without)).values(exempt_reason=NO_FIGURES)
        )


def _same(stored: object, made: Partials | None) -> bool:
    if stored is None or made is None:
        return stored is None and made is None
    return aggregate.same(stored, made)
