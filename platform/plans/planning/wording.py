"""A period's summary in words, drafted by rules from what was recorded. Pure; a person edits it before it goes up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from plans.planning.models import SummaryPeriod
from plans.planning.rules import ItemStanding
from reporting.comparing.wording import Section

#: Characters of what was recorded of an item.
MOST_OF_A_NOTE = 200

PERIODS = {
    SummaryPeriod.Q1: "第一季度",
    SummaryPeriod.Q2: "第二季度",
    SummaryPeriod.Q3: "第三季度",
    SummaryPeriod.Q4: "第四季度",
    SummaryPeriod.YEAR: "年度",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """An item as it stood at the period's end, with the last words recorded of it within the period."""

    section: str
    what: str
    standing: ItemStanding
    percent: int
    note: str
    done_on: date | None
    end_on: date


@dataclass(frozen=True, slots=True)
class SummaryFacts:
    unit: str
    year: int
    period: SummaryPeriod
    #: The day up to which it tells, in China.
    until: date
    items: Sequence[Recorded]
    #: 交办任务: received in the period, accepted of them, overdue of them now.
    tasks: int
    tasks_accepted: int
    tasks_overdue: int
    #: 培训: sessions attended, people who did, and their hours.
    sessions: int
    people: int
    hours: Decimal
    #: 报表: owed, handed in, of them on time.
    reports: int
    reports_in: int
    reports_on_time: int
    #: 组织培训: sessions held for other units, and how many of their people came.
    held: int
    came: int


def draft(facts: SummaryFacts) -> tuple[str, list[Section]]:
    """A title and sections, in plain official words."""
    named = f"{facts.year}年{PERIODS[facts.period]}" if facts.period is not SummaryPeriod.YEAR else f"{facts.year}年度"
    kind = "工作总结" if facts.period is SummaryPeriod.YEAR else "工作小结"
    of = {how: [one for one in facts.items if one.standing is how] for how in ItemStanding}
    done, late, under_way, waiting = (
        of[how] for how in (ItemStanding.DONE, ItemStanding.LATE, ItemStanding.UNDER_WAY, ItemStanding.WAITING)
    )
    overall = (
        f"截至{facts.until.month}月{facts.until.day}日，{named}计划涉及事项{len(facts.items)}项，"
        f"已完成{len(done)}项，正在推进{len(under_way)}项"
        + (f"，逾期未完成{len(late)}项" if late else "")
        + (f"，尚未开始{len(waiting)}项" if waiting else "")
        + "。"
    )
    parts = [("总体情况", overall)]
    if done:
        parts.append(("已完成事项", _listed(done, lambda one: _day("完成", one.done_on))))
    if under_way:
        parts.append(("正在推进事项", _listed(under_way, lambda one: f"进度{one.percent}%")))
    if late:
        parts.append(("逾期未完成事项", _listed(late, lambda one: f"{_day('应完成', one.end_on)}，进度{one.percent}%")))
    parts.append(("日常工作", _daily(facts)))
    parts.append(("存在问题和下步打算", ""))
    ordinals = "一二三四五六七八九十"
    return (
        f"{facts.unit}{named}{kind}",
        [Section(f"{ordinals[at]}、{heading}", text) for at, (heading, text) in enumerate(parts)],
    )


def _day(word: str, day: date | None) -> str:
    return "" if day is None else f"{day.month}月{day.day}日{word}"


def _listed(items: Sequence[Recorded], fact: Callable[[Recorded], str]) -> str:
    lines = []
    for number, one in enumerate(items, 1):
        note = f"：{one.note[:MOST_OF_A_NOTE].rstrip('。')}" if one.note else ""
        lines.append(f"{number}.〔{one.section}〕{one.what}（{fact(one)}）{note}。")
    return "\n".join(lines)


def _daily(facts: SummaryFacts) -> str:
    said = []
    if facts.tasks:
        overdue = f"，逾期{facts.tasks_overdue}项" if facts.tasks_overdue else ""
        said.append(f"承办上级交办任务{facts.tasks}项，办结{facts.tasks_accepted}项{overdue}")
    if facts.reports:
        said.append(f"应报报表{facts.reports}期，已报{facts.reports_in}期，其中按时{facts.reports_on_time}期")
    if facts.sessions:
        said.append(f"参加业务培训{facts.sessions}场次、{facts.people}人，累计{facts.hours.normalize():f}学时")
    if facts.held:
        said.append(f"组织下级工作人员培训{facts.held}场，参训{facts.came}人次")
    return "；".join(said) + "。" if said else ""
