"""The demonstration's plans of the year, through the platform's own commands: the county's emphases, the plans of its
townships and of one township's villages, some that wait, came back or are late, and summaries of a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from demo import users
from demo.stage import Stage
from kit import clock
from plans.planning import progress, queries, service, summaries, writing
from plans.planning.models import PlanItem, SummaryPeriod
from plans.planning.rules import PlanLine, read_line
from plans.planning.writing import Given
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier

#: 板块, 事项, 完成标准, the months from and to.
_COUNTY = (
    ("服务体系", "镇街、村（社区）服务站规范化建设达标", "13个镇街站全部达标，村站达标率90%以上", 1, 12),
    ("结对帮扶", "困难退役军人“一对一”结对帮扶", "在册困难对象结对率100%，每季度走访一次", 2, 12),
    ("优抚弘扬", "优抚对象年度确认和烈士纪念设施巡查", "年度确认完成率100%，设施巡查每月一次", 3, 6),
    ("拥军优属", "“八一”、春节走访慰问", "走访面100%，台账齐全", 1, 8),
    ("就业创业", "退役军人专场招聘会和技能培训", "举办招聘会4场，培训200人次", 3, 11),
    ("志愿服务", "“戎耀”志愿服务队建设", "每个镇街成立1支队伍，每季度活动不少于1次", 4, 10),
    ("权益保障", "矛盾问题源头排查化解", "每月排查一次，受理事项按期办结率100%", 1, 12),
)
_VILLAGE = (
    ("拥军优属", "春节、“八一”入户慰问", "全部走访到位", 1, 8),
    ("结对帮扶", "困难退役军人结对走访", "每季度走访一次", 2, 12),
    ("优抚弘扬", "光荣牌悬挂核查", "应挂尽挂", 3, 5),
    ("志愿服务", "组织老兵志愿服务活动", "全年不少于2次", 4, 11),
)
#: How many villages of each of the other townships have a plan.
_ELSEWHERE = 6
_NOTES = (
    "已完成过半，台账同步更新",
    "按月推进，材料已归档",
    "已走访12户，剩余本月完成",
    "与民政、人社对接完毕，正在组织实施",
)


def _line(year: int, template: tuple[str, str, str, int, int], owner: str, serves: UUID | None = None) -> Given:
    section, what, measure, first, last = template
    end = date(year, 12, 31) if last == 12 else date(year, last + 1, 1) - timedelta(days=1)
    return Given(None, section, what, owner, None, date(year, first, 1), end, measure, serves)


def _again(line: PlanLine, owner: str) -> Given:
    return Given(
        line.id, line.section, line.what, owner, None, line.start_on, line.end_on, line.measure, line.serves_id
    )


@dataclass
class _Plans(Stage):
    """What units do with plans of one year."""

    year: int = 0

    async def begin(self, unit_id: UUID, at: datetime) -> UUID:
        actor = self.actor(unit_id)
        with clock.frozen_at(at):
            async with self.database.transaction(actor.identity) as session:
                return await writing.begin(session, actor=actor, year=self.year, start="emphases")

    async def write(self, unit_id: UUID, plan_id: UUID, items: Sequence[Given], at: datetime) -> int:
        actor = self.actor(unit_id)
        with clock.frozen_at(at):
            async with self.database.transaction(actor.identity) as session:
                return await writing.save(session, actor=actor, plan_id=plan_id, version=None, items=items)

    async def act(self, actor: Principal, plan_id: UUID, action: str, at: datetime, text: str = "") -> None:
        with clock.frozen_at(at):
            async with self.database.transaction(actor.identity) as session:
                await service.act(session, actor=actor, plan_id=plan_id, version=None, action=action, text=text)

    async def work(self, unit_id: UUID, plan_id: UUID, *, behind: bool) -> None:
        """The unit records its items: what has ended is done but one if it is behind, the rest is under way."""
        actor, today = self.actor(unit_id), clock.today()
        async with self.database.transaction(actor.identity) as session:
            items = await queries.list_items(session, county_id=self.county.id, plan_ids=[plan_id])
        for item in items:
            if item.start_on >= today or (behind and item.end_on < today):
                behind = behind and item.end_on >= today
                continue
            await self._record(actor, item, today)

    async def _record(self, actor: Principal, item: PlanItem, today: date) -> None:
        over = item.end_on < today
        day = item.end_on - timedelta(days=self.rng.randint(1, 20)) if over else today - timedelta(days=5)
        passed = (today - item.start_on).days / max((item.end_on - item.start_on).days, 1)
        at = clock.start_of_day(max(day, item.start_on)) + timedelta(hours=10)
        with clock.frozen_at(at):
            async with self.database.transaction(actor.identity) as session:
                await progress.act_on_item(
                    session,
                    actor=actor,
                    item_id=item.id,
                    version=None,
                    action="finish" if over else "progress",
                    text="已按标准完成" if over else self.rng.choice(_NOTES),
                    percent=None if over else min(95, max(5, int(passed * 20) * 5)),
                )


async def play_plans(stage: Stage) -> None:
    """This year's plans, as they would stand today."""
    year = clock.today().year
    plans = _Plans(stage.database, stage.county, stage.nodes, stage.people, stage.rng, year)
    # Made in the first weeks of the year; early in January as far as the year has come.
    began = min(clock.start_of_day(date(year, 1, 4)) + timedelta(hours=2), clock.now() - timedelta(hours=3))
    county = stage.county.unit_id
    top = await plans.begin(county, began)
    owners = ("李建国", "王海燕", "赵志强", "孙丽", "周涛", "吴敏", "郑宏")
    lines = [_line(year, one, owner) for one, owner in zip(_COUNTY, owners, strict=True)]
    await plans.write(county, top, lines, began)
    await plans.act(stage.actor(county), top, "submit", began)
    await plans.act(stage.actor(county, Role.LEADER, Role.REVIEWER), top, "approve", began)
    await plans.work(county, top, behind=False)
    townships = [node for node in stage.nodes if node.tier is Tier.TOWNSHIP]
    listed = stage.unit_of(users.TOWNSHIP_CODE)
    for at, node in enumerate(townships):
        if node.id != listed and at == len(townships) - 1:
            continue
        await _township(plans, node.id, at, began + timedelta(minutes=30), listed=node.id == listed)
    villages = [node for node in stage.nodes if node.parent_id == listed]
    for at, node in enumerate(villages):
        if node.code != users.VILLAGE_CODE and at % 7 == 6:
            continue
        await _village(plans, node.id, listed, at, began + timedelta(hours=1), listed=node.code == users.VILLAGE_CODE)
    await _summed_up(plans, listed, [node.id for node in villages])
    # Villages of the next two townships whose plans stand.
    for township in [node.id for at, node in enumerate(townships) if node.id != listed and at % 6 < 4][:2]:
        for at, node in enumerate([one for one in stage.nodes if one.parent_id == township][:_ELSEWHERE]):
            await _village(plans, node.id, township, at, began + timedelta(hours=1), listed=False)
    # What is late is in the inboxes from the first look on, not from the scheduler's first beat.
    judge = stage.actor(county)
    async with stage.database.transaction(judge.identity) as session:
        await progress.tell_late(session, judge.county)


async def _township(plans: _Plans, unit_id: UUID, at: int, began: datetime, *, listed: bool) -> None:
    plan_id = await plans.begin(unit_id, began)
    own = await _drafted(plans, unit_id, plan_id)
    kept = [_again(line, plans.people[unit_id][1]) for line in (own if listed else own[: 4 + at % 4])]
    await plans.write(unit_id, plan_id, kept, began)
    await plans.act(plans.actor(unit_id), plan_id, "submit", began)
    judge = plans.actor(plans.county.unit_id)
    if not listed and at % 6 == 5:
        await plans.act(judge, plan_id, "return", began, "缺少就业创业方面的具体措施，请补充后再报")
    elif listed or at % 6 != 4:
        await plans.act(judge, plan_id, "approve", began)
        await plans.work(unit_id, plan_id, behind=listed or at % 3 == 1)


async def _drafted(plans: _Plans, unit_id: UUID, plan_id: UUID) -> list[PlanLine]:
    async with plans.database.transaction(plans.actor(unit_id).identity) as session:
        draft = await queries.find_draft(session, county_id=plans.county.id, plan_id=plan_id)
    return [] if draft is None else [read_line(one) for one in draft.items]


async def _village(plans: _Plans, unit_id: UUID, above: UUID, at: int, began: datetime, *, listed: bool) -> None:
    plan_id = await plans.begin(unit_id, began)
    serves = {line.section: line.serves_id for line in await _drafted(plans, unit_id, plan_id)}
    name = plans.people[unit_id][1]
    items = [_line(plans.year, one, name, serves.get(one[0])) for one in _VILLAGE[: len(_VILLAGE) - at % 2]]
    await plans.write(unit_id, plan_id, items, began)
    await plans.act(plans.actor(unit_id), plan_id, "submit", began)
    if listed or at % 7 != 5:
        await plans.act(plans.actor(above), plan_id, "approve", began)
        await plans.work(unit_id, plan_id, behind=listed or at % 5 == 2)


async def _summed_up(plans: _Plans, township: UUID, units: Sequence[UUID]) -> None:
    """The quarter that ended last: sent up by every second village that had a plan then; the township has accepted the
    first of them and returned the second."""
    quarter = (clock.today().month - 1) // 3
    if quarter == 0:
        return
    judged = iter([("accept", ""), ("return", "请补充下一季度打算")])
    for unit_id in units[::2]:
        actor = plans.actor(unit_id)
        async with plans.database.transaction(actor.identity) as session:
            plan = await queries.find_of_year(session, county_id=plans.county.id, unit_id=unit_id, year=plans.year)
            if plan is None or not plan.in_force:
                continue
            made = await summaries.begin(session, actor=actor, plan_id=plan.id, period=SummaryPeriod(f"q{quarter}"))
            await summaries.act(session, actor=actor, summary_id=made, version=None, action="send")
        said = next(judged, None)
        judge = plans.actor(township)
        if said is not None:
            async with plans.database.transaction(judge.identity) as session:
                action, text = said
                await summaries.act(session, actor=judge, summary_id=made, version=None, action=action, text=text)
