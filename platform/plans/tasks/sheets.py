"""交办台账, 承办台账 and a task's 承办情况表 as official sheets."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.ledgers import SIGNED, Sheet, make_ledger, moment
from plans.tasks import access, ledger_queries, queries
from plans.tasks.models import Assignment, AssignmentState, Priority, TaskKind, TaskState
from plans.tasks.queries import Counted
from plans.tasks.rules import is_overdue, merged, progress_of
from plans.tasks.views import progress_out
from reporting.workbook.roll import Roll, RollColumn, make_roll
from tenancy.principal import Principal
from tenancy.section_queries import list_sections

KINDS = {
    TaskKind.KEY_WORK: "重点工作",
    TaskKind.PETITION: "信访交办",
    TaskKind.DATA: "数据采集",
    TaskKind.RECTIFICATION: "整改",
    TaskKind.DECISION: "会议决定",
    TaskKind.OTHER: "其他",
}
_PRIORITIES = {Priority.NORMAL: "一般", Priority.URGENT: "紧急", Priority.CRITICAL: "特急"}
_TASKS = {
    TaskState.AWAITING: "待领导确认",
    TaskState.ISSUED: "办理中",
    TaskState.DECLINED: "未下达",
    TaskState.RECALLED: "已收回",
    TaskState.CLOSED: "已归档",
}
_SHARES = {
    AssignmentState.ISSUED: "待签收",
    AssignmentState.ACKNOWLEDGED: "已签收",
    AssignmentState.IN_PROGRESS: "办理中",
    AssignmentState.HANDED_IN: "待确认",
    AssignmentState.RETURNED: "退回重办",
    AssignmentState.ACCEPTED: "已办结",
    AssignmentState.RECALLED: "已收回",
}


#: What stands in place of the title of a 检举控告 that is not its reader's.
_WITHHELD = "信访交办（限知悉）"


def _late(share: Assignment) -> str:
    now = clock.now()
    return "逾期" if share.late or is_overdue(share.state, share.due_at, share.handed_in_at, now) else ""


async def issued_ledger(session: AsyncSession, principal: Principal, *, year: int) -> Sheet:
    """交办台账: what the acting unit sent in a year; without the confidential that is not this person's."""
    found = await ledger_queries.list_issued_in(
        session, county_id=principal.county_id, issuer_unit_id=principal.unit_id, year=year
    )
    tasks = [task for task in found if access.may_see(principal, task, None)]
    counted = await queries.count_by_task(session, county_id=principal.county_id, task_ids=[task.id for task in tasks])
    sections = await list_sections(session, county_id=principal.county_id, unit_id=principal.unit_id)
    named = {one.id: one.name for one in sections}
    rows = []
    for task in tasks:
        progress = progress_out(counted.get(task.id, []))
        rows.append(
            [
                task.number,
                _WITHHELD if access.withheld(principal, task, None) else task.title,
                KINDS[task.kind],
                _PRIORITIES[task.priority],
                moment(task.issued_at),
                moment(task.due_at),
                str(task.notice_days),
                "不足" if task.short_notice else "",
                str(progress.total),
                str(progress.by_state[AssignmentState.ACCEPTED]),
                str(progress.overdue),
                str(progress.supervised),
                _TASKS[task.state],
                named.get(task.section_id, "") if task.section_id else "",
                task.creator_name,
            ]
        )
    columns = [
        RollColumn("交办单号", 20),
        RollColumn("任务标题", 26),
        RollColumn("类别", 9),
        RollColumn("缓急", 6),
        RollColumn("交办时间", 11),
        RollColumn("办结时限", 11),
        RollColumn("留时（工作日）", 8, True),
        RollColumn("最短时限", 6),
        RollColumn("承办单位数", 7, True),
        RollColumn("已办结", 7, True),
        RollColumn("逾期", 6, True),
        RollColumn("督办", 6, True),
        RollColumn("状态", 8),
        RollColumn("经办科室", 11),
        RollColumn("经办人", 9),
    ]
    return await make_ledger(session, principal, title=f"{year}年度交办台账", columns=columns, rows=rows)


async def received_ledger(session: AsyncSession, principal: Principal, *, year: int) -> Sheet:
    """承办台账: the acting unit's own shares of a year's tasks."""
    found = await ledger_queries.list_received_in(
        session, county_id=principal.county_id, unit_id=principal.unit_id, year=year
    )
    rows = [
        [
            task.number,
            _WITHHELD if access.withheld(principal, task, share) else task.title,
            KINDS[task.kind],
            task.issuer_name,
            moment(share.due_at),
            moment(share.acknowledged_at),
            moment(share.handed_in_at),
            moment(share.accepted_at),
            _SHARES[share.state],
            _late(share),
            "" if access.withheld(principal, task, share) else share.result,
        ]
        for share, task in found
        if access.may_see(principal, task, share)
    ]
    columns = [
        RollColumn("交办单号", 24),
        RollColumn("任务标题", 26),
        RollColumn("类别", 10),
        RollColumn("交办单位", 20),
        RollColumn("办结时限", 16),
        RollColumn("签收时间", 16),
        RollColumn("报结时间", 16),
        RollColumn("确认办结", 16),
        RollColumn("状态", 9),
        RollColumn("逾期", 7),
        RollColumn("办理结果", 30),
    ]
    return await make_ledger(session, principal, title=f"{year}年度承办台账", columns=columns, rows=rows)


async def task_sheet(session: AsyncSession, principal: Principal, task_id: UUID) -> Sheet:
    """承办情况表: every share of a task at or below the acting unit. Raises NotFound."""
    task, own = await access.get_task(session, principal, task_id)
    kept = access.withheld(principal, task, own)
    shares = await queries.list_shares(session, county_id=principal.county_id, task_id=task_id)
    names = {share.id: share.unit_name for share in shares}
    below = await queries.count_below(session, county_id=principal.county_id, parent_ids=list(names))
    rows = [
        [
            names.get(share.parent_id, "") if share.parent_id else "",
            share.unit_name,
            moment(share.due_at),
            moment(share.acknowledged_at),
            str(_percent(share, below.get(share.id, []))),
            moment(share.handed_in_at),
            moment(share.accepted_at),
            _SHARES[share.state],
            _late(share),
            str(share.urged),
            "督办" if share.supervised_by else "",
            "" if kept else share.result,
        ]
        for share in sorted(shares, key=lambda one: _place(one, names))
    ]
    columns = [
        RollColumn("交办上级", 18),
        RollColumn("承办单位", 20),
        RollColumn("办结时限", 16),
        RollColumn("签收时间", 16),
        RollColumn("进度%", 7, True),
        RollColumn("报结时间", 16),
        RollColumn("确认办结", 16),
        RollColumn("状态", 9),
        RollColumn("逾期", 7),
        RollColumn("催办次数", 8, True),
        RollColumn("督办", 7),
        RollColumn("办理结果", 28),
    ]
    about = [f"任务：{_WITHHELD if kept else task.title}", f"交办单号：{task.number}", f"交办单位：{task.issuer_name}"]
    title = "任务承办情况表"
    name = f"{_file_name(_WITHHELD if kept else task.title)}承办情况表.xlsx"
    return Sheet(name, await make_roll(Roll(title, about, columns, rows, SIGNED)))


def _place(share: Assignment, names: dict[UUID, str]) -> tuple[str, bool, str]:
    """A share stands under the one that it was passed on from."""
    return names.get(share.parent_id or share.id, ""), share.parent_id is not None, share.unit_name


def _percent(share: Assignment, below: Sequence[Counted]) -> int:
    return progress_of(share.progress, share.state, merged((line.state, line.number) for line in below))


def _file_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in '\\/:*?"<>|')
