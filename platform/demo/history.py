"""Closed months of the demonstration, written in bulk as approved: what the platform would hold had they been lived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from demo import figures
from forms import aggregate
from forms.compiled import CompiledForm
from forms.fields import Tier
from forms.outcome import Context, Row
from forms.queries import get_compiled
from kit import clock
from kit.db.session import Database, Identity
from kit.ids import new_id
from kit.models import County
from reporting import fold, personal, queries
from reporting.explaining import explained, reason_key
from reporting.models import Cycle, CycleUnit, Revision, RollupMark, Submission, SubmissionState
from tenancy.principal import UnitScope
from tenancy.queries import load_tree
from workflow.models import InboxItem

People = Mapping[UUID, tuple[UUID, str]]
#: unit → the approved revision of the period before, as its cells and rows.
Past = dict[UUID, tuple[dict[str, str | None], Mapping[str, tuple[Row, ...]]]]


async def write_history(database: Database, county: County, reporters: People, rng: Random) -> None:
    """Fill and approve every cycle that is open, oldest first, the county's own included."""
    async with database.transaction(await _identity(database, county)) as session:
        found = await queries.list_cycles(session, UnitScope(county.id, county.unit_id))
    cycles = sorted((cycle for cycle, _, _ in found), key=lambda c: c.ends_on)
    identity = await _identity(database, county)
    past: dict[UUID, Past] = {}
    for cycle in cycles:
        async with database.transaction(identity) as session:
            await _write_cycle(session, county, cycle, reporters, past.setdefault(cycle.form_id, {}), rng)


async def _identity(database: Database, county: County) -> Identity:
    """The county, able to take every unit's mail away: lived months left nothing open."""
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        nodes = (await load_tree(session, county_id=county.id, day=clock.today())).nodes
    return Identity(county.id, county.unit_id, tuple(nodes))


async def _write_cycle(
    session: AsyncSession, county: County, cycle: Cycle, reporters: People, past: Past, rng: Random
) -> None:
    form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
    units = await queries.list_cycle_units(session, county_id=county.id, cycle_id=cycle.id)
    own = await queries.list_all_submissions(session, county_id=county.id, cycle_id=cycle.id)
    revisions: list[dict[str, Any]] = []
    approvals: list[dict[str, Any]] = []
    made: dict[UUID, tuple[CycleUnit, dict[str, Any]]] = {}
    # Villages first, so that a township can freeze what they had approved.
    for unit in sorted(units, key=lambda u: -u.lvl):
        submission = own.get(unit.unit_id)
        if submission is None:
            continue
        cells, rows = invent(rng, form, cycle, unit, past.get(unit.unit_id))
        context = context_of(form, cycle, unit, past.get(unit.unit_id), zero_report=_is_zero(form, rows))
        evaluation = form.evaluate(cells, rows, context)
        blocking = [p for p in evaluation.problems if p.blocking]
        if blocking:
            raise ValueError(f"invented figures do not pass: {[(p.code, p.cells, p.message.zh) for p in blocking][:5]}")
        revision = _revision(county, cycle, form, submission, evaluation, reporters[unit.unit_id], rng)
        _freeze(revision, unit, made)
        made[unit.unit_id] = (unit, revision)
        revisions.append(revision)
        approvals.append(
            {
                "b_id": submission.id,
                "revision_id": revision["id"],
                "at": revision["submitted_at"],
                "is_late": revision["submitted_at"] > submission.due_at,
            }
        )
        past[unit.unit_id] = (evaluation.cells, evaluation.rows)
    await _store(session, county, cycle, form, units, revisions, approvals)


def invent(
    rng: Random, form: CompiledForm, cycle: Cycle, unit: CycleUnit, before: Any
) -> tuple[dict[str, str | None], dict[str, list[Row]]]:
    """One unit's figures for one period of one of the shipped forms."""
    match form.definition.code:
        case "f1":
            return figures.monthly(rng, unit.tier, cycle.ends_on.month), {}
        case "f2":
            return figures.quarterly(rng, unit.tier, before[0] if before else None), {}
        case _:
            carried = form.carry_forward(before[1])["cases"] if before else ()
            rows = [figures.going_on(rng, row, cycle.ends_on) for row in carried]
            if rng.random() < (0.06 if unit.tier is Tier.VILLAGE else 0.4):
                rows.append(figures.case(rng, str(new_id()), cycle.ends_on))
            return {}, {"cases": rows}


def _is_zero(form: CompiledForm, rows: Mapping[str, list[Row]]) -> bool:
    return form.definition.zero_report is not None and not any(rows.values())


def context_of(form: CompiledForm, cycle: Cycle, unit: CycleUnit, before: Any, *, zero_report: bool) -> Context:
    return Context(
        tier=unit.tier,
        period_start=cycle.starts_on,
        period_end=cycle.ends_on,
        first_period=before is None,
        zero_report=zero_report,
        prev_cells=before[0] if before else None,
        prev_rows=before[1] if before else None,
    )


def _revision(
    county: County,
    cycle: Cycle,
    form: CompiledForm,
    submission: Submission,
    evaluation: Any,
    reporter: tuple[UUID, str],
    rng: Random,
) -> dict[str, Any]:
    warned = {reason_key(p): "情况属实，已核对" for p in evaluation.problems}
    late = rng.random() < 0.04
    before_due = timedelta(hours=-rng.randint(2, 90)) if not late else timedelta(hours=rng.randint(1, 30))
    return {
        "county_id": county.id,
        "id": new_id(),
        "submission_id": submission.id,
        "no": 1,
        "cells": evaluation.cells,
        "rows": personal.to_store(form.definition, evaluation.rows),
        "reasons": warned,
        "explained": explained(evaluation.problems, warned),
        "zeroed": [],
        "zero_report": _is_zero(form, {t: list(r) for t, r in evaluation.rows.items()}),
        "partials": aggregate.leaf(form, evaluation.cells, evaluation.rows, personal.person_hash),
        "frozen": None,
        "sources": None,
        "missing_reason": "",
        "submitted_at": submission.due_at + before_due,
        "submitted_by": reporter[0],
        "submitter_name": reporter[1],
        "place": list(submission.place),
    }


def _freeze(revision: dict[str, Any], unit: CycleUnit, made: Mapping[UUID, tuple[CycleUnit, dict[str, Any]]]) -> None:
    if not unit.has_children or unit.parent_id is None:
        return
    below = [line for line in made.values() if line[0].parent_id == unit.unit_id]
    parts = [r["frozen"] or r["partials"] for _, r in below]
    revision["frozen"] = aggregate.merge([revision["partials"], *parts])
    revision["sources"] = [
        {"unit_id": str(u.unit_id), "submission_id": str(r["submission_id"]), "revision_id": str(r["id"])}
        for u, r in below
    ]


async def _store(
    session: AsyncSession,
    county: County,
    cycle: Cycle,
    form: CompiledForm,
    units: Any,
    revisions: list[dict[str, Any]],
    approvals: list[dict[str, Any]],
) -> None:
    await session.execute(insert(Revision), revisions)
    table: Any = Submission.__table__
    connection = await session.connection()
    await connection.execute(
        update(table)
        .where(table.c.county_id == county.id, table.c.id == bindparam("b_id"))
        .values(
            state=SubmissionState.APPROVED,
            version=3,
            revision_no=1,
            live_revision_id=bindparam("revision_id"),
            approved_revision_id=bindparam("revision_id"),
            first_submitted_at=bindparam("at"),
            submitted_at=bindparam("at"),
            late=bindparam("is_late"),
        ),
        approvals,
    )
    await session.execute(
        delete(InboxItem).where(
            InboxItem.county_id == county.id, InboxItem.subject_id.in_([line["b_id"] for line in approvals])
        )
    )
    for unit in units:
        if unit.has_children:
            place = [u.unit_id for u in _line(units, unit)]
            await session.execute(
                insert(RollupMark).values(
                    county_id=county.id, cycle_id=cycle.id, unit_id=unit.unit_id, lvl=unit.lvl, place=place
                )
            )
    await fold.fold(
        session,
        county_unit_id=county.unit_id,
        county_id=county.id,
        cycle_id=cycle.id,
        unit_id=county.unit_id,
        form=form,
    )


def _line(units: Any, unit: CycleUnit) -> list[CycleUnit]:
    by_id = {u.unit_id: u for u in units}
    line = [unit]
    while line[-1].parent_id is not None:
        line.append(by_id[line[-1].parent_id])
    return line
