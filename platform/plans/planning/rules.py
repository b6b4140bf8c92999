"""Pure decisions on plans: what a line is, what a change changes, where an item stands on a day."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from plans.planning.models import ItemState, SummaryPeriod

#: 板块 as they are in use; any other may be written.
SECTIONS = ("服务体系", "结对帮扶", "优抚弘扬", "拥军优属", "就业创业", "志愿服务", "权益保障")
MOST_ITEMS = 100


class ItemStanding(enum.StrEnum):
    """已完成、逾期、推进中、未开始: how an item stands on a day."""

    DONE = "done"
    LATE = "late"
    UNDER_WAY = "under_way"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One item as it is planned. Dates are days in China."""

    id: UUID
    section: str
    what: str
    owner: str
    staff_id: UUID | None
    start_on: date
    end_on: date
    measure: str
    serves_id: UUID | None


#: The parts of a line that a change may change.
PARTS = ("section", "what", "owner", "staff_id", "start_on", "end_on", "measure", "serves_id")


class Planned(Protocol):
    """Whatever carries the parts of a line."""

    @property
    def id(self) -> UUID: ...


def line_of(item: Planned) -> PlanLine:
    """The line of an item in force."""
    return PlanLine(id=item.id, **{part: getattr(item, part) for part in PARTS})


def write_line(line: PlanLine) -> dict[str, Any]:
    """As it is kept in a draft or an edition."""
    return {name: None if value is None else str(value) for name, value in asdict(line).items()}


def read_line(kept: Mapping[str, Any]) -> PlanLine:
    def maybe(name: str) -> UUID | None:
        return None if kept[name] is None else UUID(kept[name])

    return PlanLine(
        id=UUID(kept["id"]),
        section=kept["section"],
        what=kept["what"],
        owner=kept["owner"],
        staff_id=maybe("staff_id"),
        start_on=date.fromisoformat(kept["start_on"]),
        end_on=date.fromisoformat(kept["end_on"]),
        measure=kept["measure"],
        serves_id=maybe("serves_id"),
    )


def fault_of(line: PlanLine, year: int, *, serving: Iterable[UUID], staff: Iterable[UUID]) -> tuple[str, str] | None:
    """What is wrong with a line of a year's plan, in both languages, or None."""
    if line.start_on > line.end_on:
        return "开始日期晚于完成日期", "it begins after it ends"
    if line.start_on.year != year or line.end_on.year != year:
        return f"日期不在 {year} 年内", f"its dates are not in {year}"
    if line.serves_id is not None and line.serves_id not in serving:
        return "对应的上级重点已不在", "the emphasis that it serves is not there"
    if line.staff_id is not None and line.staff_id not in staff:
        return "责任人不是本单位工作人员", "its owner is not on the unit's roster"
    return None


class ChangeKind(enum.StrEnum):
    """新增、调整、调出."""

    ADDED = "added"
    ALTERED = "altered"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Change:
    """One item before and after a change."""

    kind: ChangeKind
    before: PlanLine | None
    after: PlanLine | None


def changes_of(before: Sequence[PlanLine], after: Sequence[PlanLine]) -> list[Change]:
    """What differs between the items in force and those proposed, in the order of the proposal; the dropped last. The
    order of the lines itself is no change."""
    old = {line.id: line for line in before}
    new = {line.id for line in after}
    found = [
        Change(ChangeKind.ALTERED if line.id in old else ChangeKind.ADDED, old.get(line.id), line)
        for line in after
        if old.get(line.id) != line
    ]
    return found + [Change(ChangeKind.DROPPED, line, None) for line in before if line.id not in new]


def write_change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "before": None if change.before is None else write_line(change.before),
        "after": None if change.after is None else write_line(change.after),
    }


def standing(
    *, state: ItemState, end_on: date, percent: int, reported: bool, start_on: date, today: date
) -> ItemStanding:
    """How an item stands on a day: done, late past its last day, else begun by its date or by a report."""
    if state is ItemState.DONE:
        return ItemStanding.DONE
    if end_on < today:
        return ItemStanding.LATE
    return ItemStanding.UNDER_WAY if percent > 0 or reported or start_on <= today else ItemStanding.WAITING


def quarter_of(start_on: date, end_on: date) -> int | None:
    """The quarter that a span of days lies in; None when it is longer than one."""
    first, last = (start_on.month - 1) // 3 + 1, (end_on.month - 1) // 3 + 1
    return last if first == last else None


def span_of(year: int, period: SummaryPeriod) -> tuple[date, date]:
    """The first and the last day in China of a period."""
    if period is SummaryPeriod.YEAR:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(period.value[1]) * 3 - 2
    following = date(year + month // 10, (month + 2) % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def in_next_year(line: PlanLine, year: int, made: UUID) -> PlanLine:
    """Last year's line as a starting point: the same days of another year (29 February becomes the 28th), serving
    nothing yet."""

    def moved(day: date) -> date:
        return (
            day.replace(year=year, day=min(day.day, 28)) if (day.month, day.day) == (2, 29) else day.replace(year=year)
        )

    return replace(line, id=made, start_on=moved(line.start_on), end_on=moved(line.end_on), serves_id=None)
