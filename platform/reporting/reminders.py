"""催报: remind units that have not reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import get_compiled
from kit import clock
from kit.db.batch import write_all
from kit.errors import NotFound
from kit.ids import new_id
from kit.jobs import ring_after_commit
from kit.models import Outbox
from kit.outbox import RELAY
from reporting import queries
from reporting.lifecycle import UNSENT
from reporting.models import Cycle, Submission
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from workflow.models import InboxItem


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
    await session.execute(insert(InboxItem).values(rows))
    await session.execute(
        insert(Outbox).values(
            county_id=actor.county_id,
            topic="inbox",
            payload={"subject_kind": "cycle", "subject_id": str(cycle.id), "reminder": True},
            recipients=[unit.unit_id for _, unit in late],
            place=[actor.county_unit_id],
        )
    )
    await write_all(
        session,
        [audited(actor, "cycle.remind", subject_kind="cycle", subject_id=cycle.id, detail={"units": len(late)})],
    )
    ring_after_commit(session, RELAY)
    return len(late)


def reminder_item(cycle: Cycle, form: CompiledForm, submission: Submission, unit: str, *, by: str) -> dict[str, Any]:
    """The inbox item of the fill itself, told again: it closes when the unit submits. `by` is empty for a rule."""
    return {
        "county_id": cycle.county_id,
        "id": new_id(),
        "recipient_unit_id": submission.unit_id,
        "role": Role.REPORTER.value,
        "topic": "fill",
        "subject_kind": "submission",
        "subject_id": submission.id,
        "subject_version": submission.version,
        "closed": False,
        "facts": {
            "form": form.definition.name.zh,
            "form_en": form.definition.name.en,
            "form_code": form.definition.code,
            "period": cycle.period_key,
            "unit": unit,
            "cycle_id": str(cycle.id),
            "zero_allowed": form.definition.zero_report is not None,
            "reminded_at": clock.now().isoformat(),
            "reminded_by": by,
            "returned": submission.return_reason != "",
            "reason": submission.return_reason,
        },
        "due_at": submission.due_at,
        "created_at": clock.now(),
        "place": [submission.unit_id],
    }
