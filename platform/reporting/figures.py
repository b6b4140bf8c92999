"""What a unit's figures are evaluated against, and where editing starts from."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.fields import NUMERIC, Tier
from forms.outcome import Context
from forms.queries import get_compiled
from reporting import personal, queries
from reporting.models import Revision
from reporting.periods import by_key, preceding
from reporting.queries import Filed, PastFigures


@dataclass(frozen=True, slots=True)
class Baseline:
    """The past of a unit's figures: the period before, as approved when this cycle opened, and 12-month medians."""

    previous_key: str | None
    previous: Revision | PastFigures | None
    #: The approved revision of the period before is not the one that prev(x) was taken from (期初已变).
    opening_changed: bool
    medians: Mapping[str, str]
    first_period: bool


@dataclass(frozen=True, slots=True)
class Content:
    """Cells, rows and reasons as the unit has them now. Rows are in the stored shape."""

    cells: dict[str, str | None]
    rows: dict[str, list[dict[str, Any]]]
    reasons: dict[str, str]
    zeroed: list[str]


async def form_of(session: AsyncSession, filed: Filed) -> CompiledForm:
    """The compiled form that a submission answers."""
    return await get_compiled(session, county_id=filed.cycle.county_id, version_id=filed.cycle.form_version_id)


async def load_baseline(session: AsyncSession, filed: Filed, form: CompiledForm) -> Baseline:
    """Prev and medians, from one read of the last twelve approved periods.

    `prev(x)` is the revision noted when the cycle opened; where none had been approved by then, the one approved now.
    """
    period = form.definition.period
    before = preceding(period, by_key(period, filed.cycle.period_key)).key
    history = await queries.list_past_figures(session, filed=filed, before=before)
    now_id = next((past.revision_id for past in history if past.period_key == before), None)
    noted_id = filed.submission.previous_revision_id
    taken_id = noted_id or now_id
    previous: Revision | PastFigures | None = next((past for past in history if past.revision_id == taken_id), None)
    if previous is None and taken_id is not None:
        # Corrected since: what was noted is not what is approved now.
        previous = await queries.get_revision(session, county_id=filed.submission.county_id, revision_id=taken_id)
    return Baseline(
        previous_key=before if previous is not None else None,
        previous=previous,
        opening_changed=noted_id is not None and now_id != noted_id,
        medians=Medians(form, [past.cells for past in history]),
        first_period=not history and previous is None,
    )


class Medians(Mapping[str, str]):
    """Each numeric field's median over the unit's own earlier periods; a field never filled has none. Reckoned when
    asked for: most forms look at few of them."""

    def __init__(self, form: CompiledForm, history: Sequence[Mapping[str, str | None]]) -> None:
        self._fields = form.plan.fields
        self._history = history

    def _values(self, code: str) -> list[Decimal]:
        planned = self._fields.get(code)
        if planned is None or planned.field.type not in NUMERIC:
            return []
        return [Decimal(value) for cells in self._history if (value := cells.get(code)) is not None]

    def __getitem__(self, code: str) -> str:
        values = self._values(code)
        if not values:
            raise KeyError(code)
        return str(statistics.median(values))

    def __iter__(self) -> Iterator[str]:
        return (code for code in self._fields if self._values(code))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def opening_content(form: CompiledForm, baseline: Baseline) -> Content:
    """What an untouched period begins with: blanks, and the rows that carry forward."""
    rows: dict[str, list[dict[str, Any]]] = {}
    if baseline.previous is not None:
        carried = form.carry_forward(personal.from_store(form.definition, baseline.previous.rows))
        rows = personal.to_store(form.definition, carried)
    return Content({}, rows, {}, [])


def content_of(filed: Filed, form: CompiledForm, baseline: Baseline) -> Content:
    """The working copy: the draft, else the newest revision, else the opening."""
    source = filed.working or filed.newest
    if source is None:
        return opening_content(form, baseline)
    return Content(dict(source.cells), dict(source.rows), dict(source.reasons), list(source.zeroed))


def context_of(filed: Filed, form: CompiledForm, baseline: Baseline, *, zero_report: bool = False) -> Context:
    """The evaluation context of a unit's own submission."""
    previous = baseline.previous
    return Context(
        tier=Tier(filed.unit.tier),
        period_start=filed.cycle.starts_on,
        period_end=filed.cycle.ends_on,
        first_period=baseline.first_period,
        zero_report=zero_report,
        prev_cells=None if previous is None else previous.cells,
        prev_rows=None if previous is None else personal.from_store(form.definition, previous.rows),
        medians=baseline.medians,
    )


async def handed_in(session: AsyncSession, filed: Filed) -> Revision | None:
    """What a superior sees: what counts now."""
    s = filed.submission
    if s.live_revision_id is None:
        return None
    if filed.newest is not None and filed.newest.id == s.live_revision_id:
        return filed.newest
    return await queries.get_revision(session, county_id=s.county_id, revision_id=s.live_revision_id)
