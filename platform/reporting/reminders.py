"""催报: remind units that have not reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock
from kit.db.batch import write_all
from kit.errors import NotFound
from reporting import queries
from reporting.lifecycle import UNSENT
from reporting.models import Cycle, Submission
from reporting.seating import deliver, fill_item
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal


async def remind(session: AsyncSession, *, actor: Principal, cycle_id: UUID, unit_ids: Sequence[UUID] | None) -> int:
    """Remind direct subordinates that have not handed in: all of them, or those named. Returns how many.

    A reminder replaces the one before it. Raises Forbidden, and NotFound for a unit that is no direct subordinate.
    """
    actor.require(Role.REVIEWER)
    cycle, _, _ = await queries.get_cycle_in_scope(session, actor.scope, cycle_id)
    lines = await queries.list_subordinates(
        session, county_id=actor.county_id, cycle_id=cycle.id, parent_id=actor.unit_id
    )
    known = {unit.unit_id for _, unit in lines}
    if unit_ids is not None and not set(unit_ids) <= known:
        raise NotFound
    wanted = known if unit_ids is None else set(unit_ids)
    late = [
        (submission, unit)
        for submission, unit in lines
        if unit.unit_id in wanted and submission.state in UNSENT and unit.exempt_reason is None
    ]
    if not late:
        return 0
    form = await get_compiled(session, county_id=actor.county_id, version_id=cycle.form_version_id)
    rows = [reminder_item(cycle, form, submission, unit.name, by=actor.display_name) for submission, unit in late]
    await deliver(session, actor.county, cycle.id, rows)
    await write_all(
        session,
        [audited(actor, "cycle.remind", subject_kind="cycle", subject_id=cycle.id, detail={"units": len(late)})],
    )
    return len(late)


def reminder_item(cycle: Cycle, form: CompiledForm, submission: Submission, unit: str, *, by: str) -> dict[str, Any]:
    """The inbox item of the fill itself, told again: it closes when the unit submits. `by` is empty for a rule."""
    return told_again(cycle, form, submission, unit, reminded_at=clock.now().isoformat(), reminded_by=by)


def told_again(cycle: Cycle, form: CompiledForm, submission: Submission, unit: str, **more: Any) -> dict[str, Any]:
    """The item of a report that a unit owes, with further facts in place of those it was told with."""
    return fill_item(
        cycle,
        form,
        submission.unit_id,
        unit,
        submission.id,
        version=submission.version,
        due_at=submission.due_at,
        returned=submission.return_reason != "",
        **{"reason": submission.return_reason, **more},
    )
