"""汇总上报: what a unit with subordinates freezes when it hands in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.aggregate import Partials
from forms.compiled import CompiledForm
from forms.definition import At
from forms.outcome import Context, Evaluation, Problem
from reporting import personal, rollup_queries
from reporting.errors import SubordinatesMissing
from reporting.queries import Filed
from tenancy.principal import Principal


@dataclass(frozen=True, slots=True)
class Frozen:
    partials: Partials | None
    sources: list[Any] | None
    #: What the checks that are made for rollups say of it.
    problems: tuple[Problem, ...] = ()


async def freeze(
    session: AsyncSession,
    actor: Principal,
    filed: Filed,
    form: CompiledForm,
    evaluation: Evaluation,
    missing_reason: str,
) -> Frozen:
    """The hand-in's rollup: what is approved below now, and the unit's own. Lists what it was made from."""
    if not filed.unit.has_children or filed.unit.parent_id is None:
        return Frozen(None, None)
    children = await rollup_queries.list_contributions(
        session, county_id=actor.county_id, cycle_id=filed.cycle.id, unit_id=filed.unit.unit_id
    )
    missing = [c for c in children if c.owes and c.approved is None]
    if missing and not missing_reason.strip():
        raise SubordinatesMissing(
            count=len(missing),
            missing=[{"unit_id": str(c.unit_id), "name": c.name, "state": str(c.state)} for c in missing],
        )
    own = aggregate.leaf(form, evaluation.cells, evaluation.rows, personal.person_hash)
    partials = aggregate.merge([own, *(c.approved for c in children if c.approved is not None)])
    sources = [
        {
            "unit_id": str(c.unit_id),
            "submission_id": str(c.submission_id) if c.submission_id else None,
            "revision_id": str(c.approved_revision_id) if c.approved_revision_id else None,
        }
        for c in children
    ]
    return Frozen(partials, sources, rollup_problems(form, filed, partials))


def rollup_problems(form: CompiledForm, filed: Filed, partials: Partials) -> tuple[Problem, ...]:
    """The checks made for rollups only (`at: [rollup]`) on what is handed in. Checks that units answer too are answered
    by them; on a rollup they are shown and not asked again. Pure."""
    place = Context(
        tier=filed.unit.tier, period_start=filed.cycle.starts_on, period_end=filed.cycle.ends_on, on_rollup=True
    )
    own_to_rollups = {c.key for c in form.plan.checks if c.check.at == (At.ROLLUP,)}
    if not own_to_rollups:
        return ()
    evaluation = form.evaluate(aggregate.finalise(form, partials, place), {}, place)
    return tuple(replace(p, key=f"rollup:{p.key}") for p in evaluation.problems if p.key in own_to_rollups)
