"""会议台账 as an official sheet."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from plans.ledgers import Sheet, make_ledger, span, year_of
from plans.meetings import queries
from plans.meetings.models import MeetingKind, MeetingState
from plans.meetings.queries import Replies
from reporting.workbook.roll import RollColumn
from tenancy.principal import Principal

KINDS = {
    MeetingKind.REGULAR: "工作例会",
    MeetingKind.JOINT: "联席会议",
    MeetingKind.REPORT: "工作汇报会",
    MeetingKind.FORUM: "代表座谈会",
    MeetingKind.EXCHANGE: "经验交流会",
    MeetingKind.OTHER: "其他",
}
_COLUMNS = (
    RollColumn("会议时间", 24),
    RollColumn("会议名称", 30),
    RollColumn("类别", 12),
    RollColumn("地点", 18),
    RollColumn("应到单位", 9, True),
    RollColumn("实到单位", 9, True),
    RollColumn("请假单位", 9, True),
    RollColumn("其他参会人员", 22),
    RollColumn("议定事项", 9, True),
    RollColumn("转任务", 8, True),
    RollColumn("纪要", 9),
    RollColumn("经办人", 10),
)


async def ledger(session: AsyncSession, principal: Principal, *, year: int) -> Sheet:
    """会议台账: every meeting that the acting unit held in a year."""
    since, until = year_of(year)
    county_id, unit_id = principal.county_id, principal.unit_id
    held = await queries.list_held(session, county_id=county_id, issuer_unit_id=unit_id, since=since, until=until)
    ids = [one.id for one in held]
    replies = await queries.count_replies(session, county_id=county_id, meeting_ids=ids, unit_id=unit_id)
    decided = await queries.list_decisions(session, county_id=county_id, meeting_ids=ids)
    rows = []
    for one in held:
        count, own = replies.get(one.id, Replies()), [line for line in decided if line.meeting_id == one.id]
        rows.append(
            [
                span(one.starts_at, one.ends_at),
                one.title,
                KINDS[one.kind],
                one.venue or ("线上" if one.link or one.room else ""),
                str(count.asked),
                # Not taken is not nobody.
                str(count.present) if count.marked else "",
                str(count.on_leave),
                one.guests,
                str(len(own)),
                str(sum(1 for line in own if line.task_id is not None)),
                "已印发" if one.state is MeetingState.CLOSED else "未印发",
                one.creator_name,
            ]
        )
    return await make_ledger(session, principal, title=f"{year}年度会议台账", columns=_COLUMNS, rows=rows)
