"""Whom a superior may hand in for in a cycle, and what it may see of each: never a unit's draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.outcome import Context, Row
from forms.program import Program
from kit.errors import JicengError
from reporting import figures, personal, queries
from reporting.behalf_books.errors import NobodyBelow, UnitExempt, UnitHandedIn
from reporting.filing import is_open, standing_refusal, subject_of
from reporting.lifecycle import SUBMISSION
from reporting.models import Cycle, Revision, SubmissionState
from reporting.queries import Filed
from tenancy.models import Role
from tenancy.principal import Principal

ACTION = "fill_for"
_SEEN = frozenset({SubmissionState.SUBMITTED, SubmissionState.APPROVED, SubmissionState.RETURNED})


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit's report as its superior may fill it. `standing` is what was handed in last, unless it was recalled;
    `refusal` is why nothing may be handed in now."""

    filed: Filed
    form: CompiledForm
    baseline: figures.Baseline
    standing: Revision | None
    refusal: JicengError | None

    @property
    def program(self) -> Program:
        return self.form.program(self.context())

    @property
    def typed(self) -> frozenset[str]:
        return frozenset(cell.code for cell in self.program.typed)

    def context(self, *, zero: bool = False) -> Context:
        return figures.context_of(self.filed, self.form, self.baseline, zero_report=zero)

    def rows(self) -> dict[str, tuple[Row, ...]]:
        """The rows that go along: what was handed in last, else those carried over."""
        return rows_along(self.form, self.standing, self.baseline)


def rows_along(form: CompiledForm, standing: Revision | None, baseline: figures.Baseline) -> dict[str, tuple[Row, ...]]:
    """Row tables are not in the workbook: a unit's rows stay as they were handed in, or as the period opened. Pure."""
    rows = figures.opening_content(form, baseline).rows if standing is None else standing.rows
    return personal.from_store(form.definition, rows)


def standing_of(filed: Filed) -> Revision | None:
    """The revision that a superior may see: what was handed in and not recalled. Pure."""
    newest, s = filed.newest, filed.submission
    seen = newest is not None and (s.state in _SEEN or newest.id == s.live_revision_id)
    return newest if seen else None


async def list_desks(
    session: AsyncSession, *, actor: Principal, cycle_id: UUID
) -> tuple[Cycle, CompiledForm, list[Desk]]:
    """The cycle, its form, and the actor's direct subordinates that hand in figures of their own, by unit code.

    Raises NotFound (out of scope), Forbidden (not a reviewer), NobodyBelow.
    """
    cycle, _, _ = await queries.get_cycle_in_scope(session, actor.scope, cycle_id)
    actor.require(Role.REVIEWER)
    below = await queries.list_subordinates(
        session, county_id=actor.county_id, cycle_id=cycle_id, parent_id=actor.unit_id
    )
    wanted = [submission.id for submission, unit in below if not unit.has_children]
    desks = [await _desk(session, actor, submission_id) for submission_id in wanted]
    if not desks:
        raise NobodyBelow
    return cycle, desks[0].form, desks


async def _desk(session: AsyncSession, actor: Principal, submission_id: UUID) -> Desk:
    filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission_id)
    form = await figures.form_of(session, filed)
    baseline = await figures.load_baseline(session, filed, form)
    opened = await is_open(session, filed)
    return Desk(filed, form, baseline, standing_of(filed), refusal_of(filed, actor, opened=opened))


def refusal_of(filed: Filed, actor: Principal, *, opened: bool) -> JicengError | None:
    """Why nothing may be handed in for a unit now, in the words of its superior. Pure."""
    if filed.unit.exempt_reason is not None:
        return UnitExempt()
    refusal = standing_refusal(filed, ACTION, opened=opened)
    if refusal is not None:
        return refusal()
    return UnitHandedIn() if SUBMISSION.refusal(ACTION, subject_of(filed), actor) is not None else None


def row_tables(form: CompiledForm, desks: Sequence[Desk]) -> list[str]:
    """Tables that can't be in the workbook, because a unit has any number of rows in them. Pure."""
    asked = {table.code for desk in desks for table in desk.program.tables}
    return [table.code for table in form.definition.row_tables if table.code in asked]
