"""导出 beside the official sheet: detail by unit, completeness, several periods side by side, as lists to work with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import aggregate
from forms.compiled import CompiledForm
from forms.definition import MoneyUnit
from forms.fields import FormField
from forms.queries import get_compiled
from kit import clock
from kit.errors import NotFound
from reporting import fold, personal, queries
from reporting.briefs import is_late, label_of
from reporting.models import Cycle, CycleUnit, Revision, Submission, SubmissionState
from reporting.rollup_queries import Contribution
from reporting.rollup_views import finalised
from reporting.snapshot import LIVE, STATUS, Snapshot
from reporting.workbook.groups import unit_of
from reporting.workbook.listing import Column, Listing
from reporting.workbook.sheet import figure_format

MOST_PERIODS = 12
#: How far back cycles are looked through for the periods before one.
_LOOKED_AT = 120
STATES = {
    SubmissionState.NOT_STARTED: "未填报",
    SubmissionState.DRAFT: "填报中",
    SubmissionState.SIGNING: "内部签批中",
    SubmissionState.SUBMITTED: "待审核",
    SubmissionState.APPROVED: "已审核",
    SubmissionState.RETURNED: "已退回",
}
_EXEMPT = "免报"
_COUNTED = ("应报", "已审", "待审", "退回", "未报", "免报", "逾期")
_MOMENTS = ("截止时间", "首次上报", "最近上报")
_LISTED = ("上级单位", "单位代码", "单位名称", "状态", *_MOMENTS, "是否逾期", "稿次", "免报原因")
_HANDED_IN = (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
_TEXT_WIDTH, _FIGURE_WIDTH = 18.0, 12.0


def _figure_columns(fields: Sequence[FormField]) -> list[Column]:
    columns = []
    for one in fields:
        unit = unit_of(one, MoneyUnit.YUAN)
        heading = one.name().zh + (f"（{unit}）" if unit and one.numeric else "")
        columns.append(
            Column(heading, _FIGURE_WIDTH, figure_format(one)) if one.numeric else Column(heading, _TEXT_WIDTH)
        )
    return columns


def _told(snapshot: Snapshot, top: CycleUnit, *, basis: bool = True) -> str:
    period = label_of(snapshot.form.definition.period.kind.value, snapshot.cycle.period_key)
    status = f"　　{STATUS[snapshot.basis]}" if basis else ""
    return f"填报单位：{top.name}　　报告期：{period}{status}"


def _units_below(
    snapshot: Snapshot, unit: CycleUnit, above: str
) -> Iterator[tuple[CycleUnit, Revision | None, str, bool]]:
    """Everybody with figures of their own at or below a unit: (unit, revision, whose, whether 本级)."""
    if unit.asked:
        yield unit, snapshot.counted(unit), above, True
    for child, revision in snapshot.below(unit):
        if child.has_children:
            yield from _units_below(snapshot, child, unit.short_name)
        else:
            yield child, revision, unit.short_name, False


def detail(snapshot: Snapshot, top: CycleUnit) -> list[Listing]:
    """A line for every unit that fills the form, a column for every field, money in 元."""
    fields = [planned.field for planned in snapshot.form.plan.fields.values()]
    columns = [Column("上级单位", 16), Column("单位代码", 15), Column("单位名称", 24), Column("状态", 9)]
    columns += [Column("上报时间", 17), *_figure_columns(fields)]
    rows = []
    for unit, revision, above, own in _units_below(snapshot, top, ""):
        submission = snapshot.submissions.get(unit.unit_id)
        name = f"{unit.short_name}本级" if own and unit.has_children else unit.name
        submitted = None if revision is None else revision.submitted_at
        cells = {} if revision is None else revision.cells
        shown = [_shown(one, cells.get(one.code)) for one in fields]
        rows.append([above, unit.code, name, _state(unit, submission), _stamp(submitted), *shown])
    return [Listing("分单位明细", _told(snapshot, top), columns, rows)]


def _shown(one: FormField, text: str | None) -> str | None:
    return personal.mask(one.personal, text) if one.personal is not None and text else text


def _state(unit: CycleUnit, submission: Submission | None) -> str:
    if unit.exempt_reason is not None:
        return _EXEMPT
    return "" if submission is None else STATES[SubmissionState(submission.state)]


def _stamp(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


@dataclass(slots=True)
class _Tally:
    owed: int = 0
    approved: int = 0
    submitted: int = 0
    returned: int = 0
    unsent: int = 0
    exempt: int = 0
    on_time: int = 0
    late: int = 0

    def count(self, unit: CycleUnit, submission: Submission, now: datetime) -> None:
        if unit.exempt_reason is not None:
            self.exempt += 1
            return
        self.owed += 1
        state = SubmissionState(submission.state)
        self.approved += state is SubmissionState.APPROVED
        self.submitted += state is SubmissionState.SUBMITTED
        self.returned += state is SubmissionState.RETURNED
        self.unsent += state in (SubmissionState.NOT_STARTED, SubmissionState.DRAFT, SubmissionState.SIGNING)
        late = is_late(submission, now)
        self.late += late
        self.on_time += submission.first_submitted_at is not None and not late

    def add(self, other: _Tally) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def line(self, name: str) -> list[str | None]:
        numbers = (self.owed, self.approved, self.submitted, self.returned, self.unsent, self.exempt, self.late)
        done = _share(self.approved + self.submitted, self.owed)
        return [name, *(str(number) for number in numbers), done, _share(self.on_time, self.owed)]


def _share(part: int, whole: int) -> str | None:
    """A percentage with one decimal; of nothing there is none."""
    return None if whole == 0 else f"{(part * 1000 + whole // 2) // whole / 10:.1f}"


def completeness(snapshot: Snapshot, top: CycleUnit) -> list[Listing]:
    """Who reported and when: a line for each direct subordinate with those below it, then every unit."""
    now = clock.now()
    lines: list[list[str | None]] = []
    whole = _Tally()
    units: list[tuple[CycleUnit, Submission, str]] = []
    for child in snapshot.children.get(top.unit_id, []):
        tally = _Tally()
        for unit, above in _walk(snapshot, child, top.short_name):
            submission = snapshot.submissions.get(unit.unit_id)
            if submission is not None:
                tally.count(unit, submission, now)
                units.append((unit, submission, above))
        whole.add(tally)
        lines.append(tally.line(child.name))
    summary = [
        Column("单位", 24),
        *(Column(head, 10, "#,##0") for head in _COUNTED),
    ]
    summary += [Column("完成率（%）", 11, "0.0"), Column("按时率（%）", 11, "0.0")]
    every = [
        [
            above,
            unit.code,
            unit.name,
            _state(unit, submission),
            _stamp(submission.due_at),
            _stamp(submission.first_submitted_at),
            _stamp(submission.submitted_at),
            "逾期" if unit.exempt_reason is None and is_late(submission, now) else "",
            str(submission.revision_no),
            unit.exempt_reason or "",
        ]
        for unit, submission, above in units
    ]
    told = _told(snapshot, top, basis=False)
    return [
        Listing("完成情况", told, summary, [whole.line("合计"), *lines]),
        Listing("单位清单", told, [Column(head, 17 if head in _MOMENTS else 14) for head in _LISTED], every),
    ]


def _walk(snapshot: Snapshot, unit: CycleUnit, above: str) -> Iterator[tuple[CycleUnit, str]]:
    yield unit, above
    for child in snapshot.children.get(unit.unit_id, []):
        yield from _walk(snapshot, child, unit.short_name)


async def several_periods(
    session: AsyncSession, *, county_id: UUID, county_unit_id: UUID, cycle: Cycle, unit_id: UUID, basis: str
) -> Listing:
    """The last twelve periods side by side: the unit's total and its direct subordinates, a line a field."""
    found = await queries.list_cycles_of_form(session, county_id=county_id, form_id=cycle.form_id, limit=_LOOKED_AT)
    wanted = [one for one in found if one.ends_on <= cycle.ends_on][-MOST_PERIODS:]
    form = await get_compiled(session, county_id=county_id, version_id=cycle.form_version_id)
    figures: dict[UUID, list[Mapping[str, str | None] | None]] = {}
    names: dict[UUID, str] = {}
    for place, one in enumerate(wanted):
        for unit, cells in await _figures_of(session, county_id, county_unit_id, one, unit_id, basis):
            names[unit.unit_id] = "合计" if unit.unit_id == unit_id else unit.name
            figures.setdefault(unit.unit_id, [None] * len(wanted))[place] = cells
    top = await queries.get_cycle_unit(session, county_id=county_id, cycle_id=cycle.id, unit_id=unit_id)
    fields = [planned.field for planned in form.plan.fields.values() if planned.field.numeric]
    rows = []
    for key, periods in sorted(figures.items(), key=lambda item: item[0] != unit_id):
        over = aggregate.year_to_date(form, periods).cells
        for asked in fields:
            code = asked.code
            values = [None if cells is None else cells.get(code) for cells in periods]
            if any(value is not None for value in values):
                rows.append([names[key], asked.name().zh, unit_of(asked, MoneyUnit.YUAN), *values, over.get(code)])
    kind = form.definition.period.kind.value
    labels = [label_of(kind, one.period_key) for one in wanted]
    columns = [Column("单位", 24), Column("填报项", 34), Column("计量单位", 9)]
    columns += [Column(label, 13, "#,##0.##") for label in (*labels, "各期累计")]
    told = f"填报单位：{top.name}　　{labels[0]}至{labels[-1]}　　{STATUS[basis]}"
    return Listing("各期对比", told, columns, rows)


async def _figures_of(
    session: AsyncSession, county_id: UUID, county_unit_id: UUID, cycle: Cycle, unit_id: UUID, basis: str
) -> list[tuple[Contribution, Mapping[str, str | None] | None]]:
    """A unit's total and its direct subordinates' figures in one period; nothing where it was not there."""
    form: CompiledForm = await get_compiled(session, county_id=county_id, version_id=cycle.form_version_id)
    try:
        there = await queries.get_cycle_unit(session, county_id=county_id, cycle_id=cycle.id, unit_id=unit_id)
    except NotFound:
        return []
    if not there.has_children:
        return []
    page = await fold.read(
        session,
        county_unit_id=county_unit_id,
        county_id=county_id,
        cycle_id=cycle.id,
        unit_id=unit_id,
        form=form,
    )
    live = basis == LIVE
    total = finalised(form, cycle, page.unit.tier, page.live if live else page.reported)
    below = [
        (child, finalised(form, cycle, child.tier, child.live if live else child.approved)) for child in page.children
    ]
    return [(page.unit, total), *below]
