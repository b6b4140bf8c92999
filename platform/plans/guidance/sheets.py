"""调研指导台账 and 领导调研台账 as official sheets."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from plans.follow_up.rules import FollowState
from plans.follow_up.service import follow
from plans.guidance import queries
from plans.guidance.models import VisitKind
from plans.guidance.queries import Wanted
from plans.ledgers import Sheet, make_ledger
from reporting.workbook.roll import RollColumn
from tenancy.principal import Principal
from tenancy.tiers import Tier

_TITLES = {VisitKind.LEADER: "领导调研台账", VisitKind.GUIDANCE: "调研指导台账"}
#: More than any unit makes in a year.
_MOST = 20_000


async def ledger(session: AsyncSession, principal: Principal, *, kind: VisitKind, year: int) -> Sheet:
    """Guidance visits that the acting unit made in a year (a village's: those made to it), or leaders' visits to it."""
    wanted = Wanted(
        kind=kind,
        made=kind is VisitKind.GUIDANCE and principal.tier is not Tier.VILLAGE,
        unit_id=principal.unit_id if kind is VisitKind.LEADER or principal.tier is Tier.VILLAGE else None,
        since=date(year, 1, 1),
        until=date(year + 1, 1, 1),
        standing=True,
    )
    visits = await queries.list_visits(
        session, county_id=principal.county_id, unit_id=principal.unit_id, wanted=wanted, after=None, limit=_MOST
    )
    findings = await queries.list_findings(session, county_id=principal.county_id, visit_ids=[one.id for one in visits])
    tasks = await follow(session, principal, findings)
    rows = []
    for one in sorted(visits, key=lambda visit: (visit.visited_on, visit.recorded_at)):
        people = "、".join(f"{who['name']}（{who['post']}）" if who["post"] else who["name"] for who in one.people)
        line = [one.visited_on.isoformat(), one.unit_name, people, one.text, one.requirements]
        if kind is VisitKind.GUIDANCE:
            own = [found for found in findings if found.visit_id == one.id]
            done = [f for f in own if f.task_id in tasks and tasks[f.task_id].state is FollowState.DONE]
            words = "；".join(f"{found.no}.{found.text}" for found in own)
            line = [*line[:3], one.visitor_name, *line[3:], words, f"{len(done)}/{len(own)}" if own else "", one.answer]
        rows.append([*line, one.recorder_name])
    columns = [
        RollColumn("日期", 12),
        RollColumn("被调研单位", 24),
        RollColumn("调研人员", 22),
        *([RollColumn("调研单位", 14)] if kind is VisitKind.GUIDANCE else []),
        RollColumn("调研情况", 30),
        RollColumn("工作要求", 30),
        *(
            [RollColumn("发现问题", 30), RollColumn("已整改", 8), RollColumn("单位回复", 22)]
            if kind is VisitKind.GUIDANCE
            else []
        ),
        RollColumn("登记人", 10),
    ]
    return await make_ledger(session, principal, title=f"{year}年度{_TITLES[kind]}", columns=columns, rows=rows)
