"""The demonstration's tasks, through the platform's own commands: one under way in every village, one overdue, one that
waits for the leader, one of a township's own, one that is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID

from demo import users
from demo.stage import People, Stage
from demo.surveys import play_survey
from kit import clock
from kit.db.session import Database
from kit.models import County
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.petitions import service as petitions
from plans.petitions.models import Manner, PetitionClass
from plans.petitions.schemas import PetitionActIn, PetitionAction, PetitionIn
from plans.tasks import answering, changing, issuing, judging, queries
from plans.tasks.issuing import Given
from plans.tasks.models import Assignment, Priority, TaskKind
from plans.tasks.rules import working_days_after
from reporting.queries import load_calendar
from tenancy import sections
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import TreeNode
from tenancy.tiers import Tier

_VILLAGES = ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.VILLAGE)
_TOWNSHIPS = ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.TOWNSHIP)
_NOTES = (
    "已入户 8 户，其余本周走访完",
    "正在与民政台账比对",
    "外出务工 3 户，已电话联系",
    "材料已收齐，正在整理照片",
)


@dataclass
class _Works(Stage):
    """What units do with tasks."""

    async def issue(self, actor: Principal, given: Given) -> UUID:
        async with self.database.transaction(actor.identity) as session:
            return (await issuing.issue(session, actor=actor, given=given)).task_id

    async def shares(self, task_id: UUID, tier: Tier) -> list[Assignment]:
        actor = self.actor(self.county.unit_id)
        async with self.database.transaction(actor.identity) as session:
            found = await queries.list_shares(session, county_id=self.county.id, task_id=task_id)
        order = {node.id: at for at, node in enumerate(self.nodes)}
        return sorted((share for share in found if share.tier is tier), key=lambda share: order[share.unit_id])

    async def work(self, share: Assignment, luck: float) -> None:
        """A unit signs, reports how far it is, hands in, and has it accepted, as far as its luck goes."""
        actor = self.actor(share.unit_id)
        async with self.database.transaction(actor.identity) as session:
            version = await answering.acknowledge(session, actor=actor, version=share.version, assignment_id=share.id)
            if luck > 0.3:
                version = await answering.report_progress(
                    session,
                    actor=actor,
                    version=version,
                    percent=self.rng.choice((25, 50, 75)),
                    note=self.rng.choice(_NOTES),
                    assignment_id=share.id,
                )
        if luck <= 0.55:
            return
        async with self.database.transaction(actor.identity) as session:
            result = "已逐户核对，台账与系统一致，变化 2 人已更正。"
            version = await answering.hand_in(
                session, actor=actor, version=version, result=result, assignment_id=share.id
            )
        if luck <= 0.75:
            return
        judge = self.actor(share.assigner_unit_id)
        async with self.database.transaction(judge.identity) as session:
            if luck < 0.8:
                await judging.send_back(
                    session, actor=judge, version=version, reason="缺入户照片，请补齐后再报结", assignment_id=share.id
                )
            else:
                await judging.accept(session, actor=judge, version=version, assignment_id=share.id)


async def play_tasks(
    database: Database, county: County, nodes: Sequence[TreeNode], people: People, rng: Random
) -> None:
    """Issue the tasks and let the units work on them."""
    stage = _Works(database, county, nodes, people, rng)
    hand = stage.actor(county.unit_id)
    async with database.transaction(hand.identity) as session:
        days = await load_calendar(session, county_id=county.id)
    now = clock.now()
    checked = Given(
        title="优抚对象年度确认入户核对",
        text="对本村（社区）享受抚恤补助的对象逐户走访，核对身份、银行账号和生存状况，有变化的当场更正并登记。",
        kind=TaskKind.KEY_WORK,
        priority=Priority.NORMAL,
        due_at=working_days_after(now, 10, days),
        evidence="入户照片、核对登记表",
        to=[_VILLAGES],
    )
    await _everywhere(stage, await stage.issue(hand, checked))
    mended = replace(
        checked,
        title="退役军人服务站规范化建设问题整改",
        text="对照上次检查反馈的问题清单逐项整改，报整改情况和前后对比照片。",
        kind=TaskKind.RECTIFICATION,
        priority=Priority.URGENT,
        due_at=clock.end_of_day(clock.today() - timedelta(days=3)),
        evidence="整改前后对比照片",
        to=[_TOWNSHIPS],
    )
    await _overdue(stage, hand, mended)
    short = replace(
        checked,
        title="报送困难退役军人冬季帮扶需求",
        text="各镇街汇总取暖、医疗帮扶需求，市局会议使用。",
        kind=TaskKind.DATA,
        priority=Priority.CRITICAL,
        due_at=working_days_after(now, 1, days),
        evidence="",
        to=[_TOWNSHIPS],
    )
    await stage.issue(stage.actor(county.unit_id, Role.REVIEWER), short)
    township = next(node for node in nodes if node.code == users.TOWNSHIP_CODE)
    own = replace(
        checked,
        title="光荣牌悬挂情况补登",
        text="核对新搬迁、新退役家庭的光荣牌悬挂情况，漏挂的登记地址。",
        due_at=working_days_after(now, 7, days),
        evidence="登记表",
        to=[_VILLAGES],
    )
    for share in (await stage.shares(await stage.issue(stage.actor(township.id), own), Tier.VILLAGE))[::3]:
        await stage.work(share, 0.5)
    survey = replace(checked, due_at=working_days_after(now, 6, days))
    await play_survey(stage, hand, survey, stage.issue, stage.shares)
    await _petition(stage, hand, township)
    await _done(stage, await stage.issue(hand, replace(own, title="烈士陵园秋季清扫保护", to=[_TOWNSHIPS])))


async def _everywhere(stage: _Works, task_id: UUID) -> None:
    """The listed village has it before it, others are anywhere between signing and done."""
    listed = next(node for node in stage.nodes if node.code == users.VILLAGE_CODE)
    for at, share in enumerate(await stage.shares(task_id, Tier.VILLAGE)):
        luck = stage.rng.random()
        if share.unit_id == listed.id or (at % 4 and listed.parent_id not in share.place):
            continue
        if luck > 0.1:
            await stage.work(share, luck)


async def _overdue(stage: _Works, hand: Principal, given: Given) -> None:
    """Issued twelve days ago and due three days ago; all but two have handed in, one is supervised."""
    with clock.frozen_at(clock.now() - timedelta(days=12)):
        task_id = await stage.issue(hand, given)
    shares = await stage.shares(task_id, Tier.TOWNSHIP)
    with clock.frozen_at(clock.now() - timedelta(days=5)):
        for share in shares[2:]:
            await stage.work(share, 0.9)
    leader = stage.actor(stage.county.unit_id, Role.LEADER)
    async with stage.database.transaction(leader.identity) as session:
        await judging.supervise(
            session, actor=leader, assignment_id=shares[0].id, version=1, reason="整改拖延，分管领导跟进"
        )


async def _petition(stage: _Works, hand: Principal, township: TreeNode) -> None:
    """A petition that was handed to the county's section for rights and accepted by the township nearly sixty days ago:
    two days are left to conclude it."""
    keeper = stage.actor(hand.unit_id, Role.ADMINISTRATOR)
    async with stage.database.transaction(keeper.identity) as session:
        rights = await sections.add_section(session, actor=keeper, unit_id=hand.unit_id, name="权益保障股")
        await sections.add_section(session, actor=keeper, unit_id=hand.unit_id, name="就业创业股")
    given = Given(
        title="退役士兵反映自主就业补助未到账",
        text="来信人反映 2023 年退役后自主就业一次性经济补助未足额到账，请核实发放记录，依规答复。",
        kind=TaskKind.PETITION,
        priority=Priority.NORMAL,
        due_at=clock.end_of_day(clock.today() + timedelta(days=10)),
        evidence="处理意见书、送达回证",
        to=[ChoiceIn(kind=ChoiceKind.UNIT, unit_id=township.id)],
        section_id=rights,
    )
    handler = stage.actor(township.id)
    with clock.frozen_at(clock.now() - timedelta(days=58)):
        facts = PetitionIn(
            manner=Manner.ASSIGN, petition_class=PetitionClass.APPEAL, received_on=clock.today() - timedelta(days=3)
        )
        task_id = await stage.issue(hand, replace(given, petition=facts))
        for version, action in enumerate((PetitionAction.ACCEPT, PetitionAction.INFORM), start=1):
            async with stage.database.transaction(handler.identity) as session:
                done = PetitionActIn(action=action)
                await petitions.act(session, actor=handler, task_id=task_id, version=version, given=done)


async def _done(stage: _Works, task_id: UUID) -> None:
    for share in await stage.shares(task_id, Tier.TOWNSHIP):
        await stage.work(share, 1)
    hand = stage.actor(stage.county.unit_id)
    async with stage.database.transaction(hand.identity) as session:
        task = await queries.get_task(session, county_id=stage.county.id, task_id=task_id)
        await changing.close(session, actor=hand, task_id=task_id, version=task.version)
