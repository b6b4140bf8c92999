"""年度工作计划表 as an official sheet, and a summary as a document."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.planning import views
from plans.planning.models import PlanState
from plans.planning.rules import ItemStanding
from plans.planning.schemas import PlanItemOut, PlanLineOut
from reporting.comparing.document import make_document
from reporting.comparing.wording import Section
from reporting.workbook.roll import Roll, RollColumn, make_roll
from tenancy.principal import Principal

_STANDINGS = {
    ItemStanding.DONE: "已完成",
    ItemStanding.LATE: "逾期",
    ItemStanding.UNDER_WAY: "推进中",
    ItemStanding.WAITING: "未开始",
}
_STATES = {
    PlanState.DRAFT: "起草中",
    PlanState.SUBMITTED: "待审核",
    PlanState.APPROVED: "已批准",
    PlanState.RETURNED: "已退回",
}


def _span(line: PlanLineOut) -> str:
    return f"{_day(line.start_on)}—{_day(line.end_on)}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _row(line: PlanLineOut) -> list[str]:
    how, said = "", ""
    if isinstance(line, PlanItemOut):
        how = _STANDINGS[line.standing]
        if line.standing is ItemStanding.UNDER_WAY and line.percent:
            how = f"{how} {line.percent}%"
        said = line.note
    return [line.section, line.what, line.measure, line.owner, _span(line), line.serves, how, said]


async def plan_sheet(session: AsyncSession, principal: Principal, plan_id: UUID) -> tuple[str, bytes]:
    """The items in force with how they stand; of a plan never approved what waits, or to its unit what is written.

    Raises NotFound.
    """
    plan = await views.plan_view(session, principal, plan_id)
    lines: list[PlanLineOut] = list(plan.items)
    if not plan.in_force:
        lines = plan.waiting.items if plan.waiting is not None else (plan.draft or [])
    columns = [
        RollColumn("板块", 11),
        RollColumn("工作事项", 34),
        RollColumn("完成标准", 26),
        RollColumn("责任人", 10),
        RollColumn("起止时间", 17),
        RollColumn("对应上级重点", 20),
        RollColumn("进展", 11),
        RollColumn("进展说明", 22),
    ]
    title = f"{plan.year}年度工作计划"
    state = "已批准" if plan.in_force else _STATES[plan.state]
    facts = [f"填报单位：{plan.unit}", f"状态：{state}", f"制表日期：{clock.today():%Y年%m月%d日}"]
    signed = (("制表人", ""), ("审核人", ""), ("负责人", ""))
    content = await make_roll(Roll(title, facts, columns, [_row(line) for line in lines], signed))
    return f"{plan.unit}{title}.xlsx", content


async def summary_document(session: AsyncSession, principal: Principal, summary_id: UUID) -> tuple[str, bytes]:
    """A version of a summary as an official paper. Raises NotFound."""
    summary = await views.summary_view(session, principal, summary_id)
    at = (summary.sent_at or summary.written_at).astimezone(clock.SHANGHAI)
    content = make_document(
        title=summary.title,
        sections=[Section(one.heading, one.text) for one in summary.sections],
        unit=summary.unit,
        dated=f"{at.year}年{at.month}月{at.day}日",
    )
    return f"{summary.title}.docx", content
