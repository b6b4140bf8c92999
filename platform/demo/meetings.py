"""The demonstration's meetings and visits: one that is called, one whose decisions are tasks, visits with findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from demo import users
from demo.stage import Stage
from kit import clock
from kit.ids import new_id
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.guidance import queries as visit_queries
from plans.guidance import service as guidance
from plans.guidance.models import VisitKind
from plans.meetings import calling, keeping, queries
from plans.meetings.models import MeetingKind
from tenancy.tiers import Tier

_AGENDA = "一、通报前三季度工作进展\n二、学习优抚政策新口径\n三、研究部署年底前重点工作"
_MINUTES = (
    "会议通报了前三季度服务保障工作进展，传达了上级有关文件要求，研究部署了年底前重点工作。\n"
    "会议强调，各村（社区）要把台账补录和走访慰问抓实抓细，遇有问题及时上报。"
)


async def play_meetings(stage: Stage) -> None:
    """A township's monthly meeting of its stations, the county's that is to come, and who visited whom."""
    today = clock.today()
    county, town = stage.county.unit_id, stage.unit_of(users.TOWNSHIP_CODE)
    village = stage.unit_of(users.VILLAGE_CODE)
    ours = [node for node in stage.nodes if node.parent_id == town]
    organiser = stage.actor(town)
    held_at = clock.start_of_day(today - timedelta(days=9)) + timedelta(hours=9)
    with clock.frozen_at(held_at - timedelta(days=4)):
        given = calling.Given(
            MeetingKind.REGULAR,
            "村（社区）退役军人服务站站长例会",
            calling.Arranged(held_at, held_at + timedelta(hours=2), _AGENDA, "镇政府二楼会议室"),
            [ChoiceIn(kind=ChoiceKind.BELOW, unit_id=town)],
        )
        async with stage.database.transaction(organiser.identity) as session:
            meeting = await calling.call(session, actor=organiser, given=given)
    there = []
    with clock.frozen_at(held_at - timedelta(days=3)):
        for node in ours:
            actor = stage.actor(node.id)
            async with stage.database.transaction(actor.identity) as session:
                leave = "参加区里防汛会议" if stage.rng.random() < 0.1 and node.id != village else ""
                there += [] if leave else [node.id]
                await keeping.reply(
                    session, actor=actor, meeting_id=meeting, names=actor.display_name, leave_reason=leave
                )
    with clock.frozen_at(held_at + timedelta(hours=3)):
        due = today + timedelta(days=12)
        decided = [
            keeping.Decided("补录退役军人基本信息台账，做到一人一档", [node.id for node in ours], due),
            keeping.Decided("研究设立老兵调解室的选址，下次例会再议"),
        ]
        async with stage.database.transaction(organiser.identity) as session:
            await calling.act(session, actor=organiser, meeting_id=meeting, version=1, action="hold")
            session.expire_all()
            await keeping.mark(session, actor=organiser, meeting_id=meeting, version=2, unit_ids=there)
            session.expire_all()
            await keeping.write_minutes(
                session, actor=organiser, meeting_id=meeting, version=3, text=_MINUTES, decisions=decided
            )
            session.expire_all()
            await calling.act(session, actor=organiser, meeting_id=meeting, version=4, action="issue_minutes")
            (first, _) = await queries.list_decisions(session, county_id=stage.county.id, meeting_ids=[meeting])
            await keeping.to_task(session, actor=organiser, decision_id=first.id, made=new_id())
    coming = clock.start_of_day(today + timedelta(days=6)) + timedelta(hours=14)
    county_organiser = stage.actor(county)
    async with stage.database.transaction(county_organiser.identity) as session:
        joint = calling.Given(
            MeetingKind.JOINT,
            "退役军人服务保障工作联席会议",
            calling.Arranged(coming, coming + timedelta(hours=2), _AGENDA, "区政务服务中心三楼会议室"),
            [ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.TOWNSHIP)],
        )
        meeting = await calling.call(session, actor=county_organiser, given=joint)
    others = [node for node in stage.nodes if node.tier is Tier.TOWNSHIP and node.id != town]
    for at, node in enumerate(others[:7]):
        actor = stage.actor(node.id)
        async with stage.database.transaction(actor.identity) as session:
            leave = "参加区里防汛会议" if at == 3 else ""
            await keeping.reply(session, actor=actor, meeting_id=meeting, names=actor.display_name, leave_reason=leave)
    await _visits(stage)
    await _county_visits(stage, [node.id for node in others[:4]])


async def _county_visits(stage: Stage, unit_ids: Sequence[UUID]) -> None:
    """Whom the county has been to, and when."""
    actor, today = stage.actor(stage.county.unit_id), clock.today()
    guide = [guidance.Visitor(actor.display_name, "区退役军人事务局")]
    for unit_id, days in zip(unit_ids, (12, 40, 75, 160), strict=False):
        given = guidance.Given(
            VisitKind.GUIDANCE, unit_id, today - timedelta(days=days), guide, "查看大厅、台账和值班记录。"
        )
        with clock.frozen_at(clock.start_of_day(given.visited_on) + timedelta(hours=16)):
            async with stage.database.transaction(actor.identity) as session:
                await guidance.record(session, actor=actor, given=given)


async def _visits(stage: Stage) -> None:
    today = clock.today()
    town, village = stage.unit_of(users.TOWNSHIP_CODE), stage.unit_of(users.VILLAGE_CODE)
    actor = stage.actor(town)
    others = [node.id for node in stage.nodes if node.parent_id == town and node.id != village]
    guide = [guidance.Visitor(actor.display_name, "退役军人服务站站长")]
    found = [
        guidance.Found("优抚对象台账有 3 户信息未更新", today + timedelta(days=20)),
        guidance.Found("值班制度没有上墙", today + timedelta(days=20)),
    ]
    asks = "台账要做到底数清、情况明，月底前补齐。"
    visits = [
        guidance.Given(
            VisitKind.LEADER,
            town,
            today - timedelta(days=25),
            [guidance.Visitor("赵志强", "镇党委书记"), guidance.Visitor("孙丽华", "副镇长")],
            "实地查看服务大厅和老兵之家，听取工作汇报。",
            "年底前走访一遍困难退役军人，问题逐一建账。",
        ),
        guidance.Given(
            VisitKind.GUIDANCE, village, today - timedelta(days=5), guide, "查看台账、询问帮扶情况。", asks, found
        ),
        *(
            guidance.Given(VisitKind.GUIDANCE, unit_id, today - timedelta(days=days), guide, "查看台账和值班记录。")
            for unit_id, days in zip(others, (18, 47, 130), strict=False)
        ),
    ]
    for given in visits:
        with clock.frozen_at(clock.start_of_day(given.visited_on) + timedelta(hours=16)):
            async with stage.database.transaction(actor.identity) as session:
                made = await guidance.record(session, actor=actor, given=given)
                if given.findings:
                    (first, _) = await visit_queries.list_findings(session, county_id=stage.county.id, visit_ids=[made])
                    await guidance.to_task(session, actor=actor, finding_id=first.id, made=new_id())
