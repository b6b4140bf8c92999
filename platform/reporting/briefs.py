"""What several pages show of a cycle and a submission, in one way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from kit import clock
from reporting import rollup_queries
from reporting.lifecycle import UNSENT
from reporting.models import Cycle, CycleUnit, Submission, SubmissionState
from reporting.schemas import (
    ClaimOut,
    FormBrief,
    PeriodOut,
    UnitBrief,
)
from tenancy.principal import Principal
from tenancy.queries import list_names


def unit_brief(unit: CycleUnit | rollup_queries.Contribution) -> UnitBrief:
    return UnitBrief(id=unit.unit_id, tier=unit.tier, code=unit.code, name=unit.name, short_name=unit.short_name)


def form_brief(cycle: Cycle, form: CompiledForm) -> FormBrief:
    name = form.definition.name
    return FormBrief(
        id=cycle.form_id,
        code=form.definition.code,
        name=name.zh,
        name_en=name.en,
        version_id=cycle.form_version_id,
        zero_allowed=form.definition.zero_report is not None,
    )


def period_out(cycle: Cycle, form: CompiledForm) -> PeriodOut:
    return PeriodOut(
        kind=form.definition.period.kind.value,
        key=cycle.period_key,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
    )


class Lateness(Protocol):
    """What lateness is judged by."""

    @property
    def state(self) -> SubmissionState: ...
    @property
    def late(self) -> bool: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def first_submitted_at(self) -> datetime | None: ...


def is_late(submission: Submission | rollup_queries.Contribution | Lateness, now: datetime) -> bool:
    """Late is late: handed in after the due time, or not handed in and the due time has passed."""
    if submission.first_submitted_at is not None:
        return submission.late
    return submission.state in UNSENT and submission.due_at is not None and submission.due_at < now


def typed_count(form: CompiledForm, unit: CycleUnit, cells: dict[str, str | None]) -> tuple[int, int]:
    """How many of the cells that the unit must type are filled: (filled, all)."""
    codes = [
        code
        for code, planned in form.plan.fields.items()
        if unit.tier in planned.tiers and planned.formula is None and planned.field.required
    ]
    return sum(1 for code in codes if cells.get(code) is not None), len(codes)


def label_of(period_kind: str, key: str) -> str:
    """A period for a person: 2026年11月, 2026年第4季度."""
    year, _, rest = key.partition("-")
    match period_kind:
        case "month":
            return f"{year}年{int(rest)}月"
        case "quarter":
            return f"{year}年第{rest[1:]}季度"
        case "half_year":
            return f"{year}年{'上' if rest == 'H1' else '下'}半年"
        case "ten_days":
            month, _, part = rest.partition("-T")
            return f"{year}年{int(month)}月{'上中下'[int(part) - 1]}旬"
        case "once":
            month, _, day = rest.partition("-")
            return f"{year}年{int(month)}月{int(day)}日"
        case _:
            return f"{year}年"


def _is_claimed(submission: Submission) -> bool:
    return submission.claimed_until is not None and submission.claimed_until > clock.now()


async def claimants_of(session: AsyncSession, county_id: UUID, submissions: Sequence[Submission]) -> Mapping[UUID, str]:
    """The names of those who hold a claim now."""
    holders = {s.claimed_by for s in submissions if s.claimed_by is not None and _is_claimed(s)}
    return await list_names(session, county_id=county_id, account_ids=holders) if holders else {}


def claim_out(submission: Submission, principal: Principal, names: Mapping[UUID, str]) -> ClaimOut | None:
    if submission.claimed_until is None or not _is_claimed(submission):
        return None
    holder = names.get(submission.claimed_by, "") if submission.claimed_by is not None else ""
    return ClaimOut(by_name=holder, mine=submission.claimed_by == principal.account_id, until=submission.claimed_until)
