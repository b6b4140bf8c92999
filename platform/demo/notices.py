"""The demonstration's notices and urgent matters, through the platform's own commands: a pinned notice that half the
villages have read, a policy, a job post, one of a township's own; a matter that is handled, one that is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

from demo import users
from demo.stage import Stage
from kit import clock
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.notices import service as notices
from plans.notices.job_posts import JobPost, Opening
from plans.notices.models import NoticeKind
from plans.urgent import service as urgent
from plans.urgent.models import UrgentKind
from tenancy.models import Role
from tenancy.tiers import Tier

_VILLAGES = [ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.VILLAGE)]
_TOWNSHIPS = [ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.TOWNSHIP)]

_MORNING = timedelta(hours=9, minutes=20)

_PLATES = """各村（社区）退役军人服务站：

春节前要把光荣牌悬挂核查做完，现将有关事项通知如下。
一、对新退役、新搬迁家庭逐户核对，应挂尽挂。
二、破损、褪色的登记后由镇街统一更换。
三、悬挂时要有简短仪式，不得让对象自行领取。

核查情况随本月报表一并上报，有困难的先与镇街联系。"""
_POLICY = """现将伤残抚恤标准调整的有关口径印发给你们，请组织工作人员学习，做好政策解释。

对标准有疑问的，由镇街汇总后统一向区局优抚股咨询，不要自行答复。"""
_JOBS = "区人才市场将举办退役军人专场招聘会，参会企业 46 家。请各村（社区）转告有就业意向的退役军人，并登记参会人数。"


def _posts() -> JobPost:
    return JobPost(
        employer="张店区人力资源市场（46 家参会企业）",
        place="区人力资源市场一楼大厅",
        openings=[
            Opening(post="数控车工、钳工", number=320, pay="5500—8000 元/月", asks="45 周岁以下，有操作证者优先"),
            Opening(post="安保、消防值守", number=260, pay="4200—5000 元/月", asks="退役军人优先"),
            Opening(post="物流调度与配送", number=240, pay="5000—7500 元/月，含社会保险"),
        ],
        contact="区人力资源市场招聘科 0533-0000000",
        until=clock.today() + timedelta(days=12),
    )


async def _publish(stage: Stage, unit_id: UUID, days: int, given: notices.Given) -> UUID:
    """Published so many days ago, in the morning."""
    actor = stage.actor(unit_id)
    with clock.frozen_at(clock.start_of_day(clock.today() - timedelta(days=days)) + _MORNING):
        async with stage.database.transaction(actor.identity) as session:
            return await notices.issue(session, actor=actor, given=given)


async def _read(stage: Stage, notice_id: UUID, unit_ids: Sequence[UUID], rng: Random) -> None:
    for unit_id in unit_ids:
        actor = stage.actor(unit_id)
        with clock.frozen_at(clock.now() - timedelta(minutes=rng.randint(10, 1500))):
            async with stage.database.transaction(actor.identity) as session:
                await notices.read(session, actor=actor, notice_id=notice_id)


async def play_notices(stage: Stage) -> None:
    """Publish the notices, and let some units read them."""
    # Luck of its own: what the tasks are like does not hang on it.
    rng = Random(45)
    county = stage.county.unit_id
    villages = [node.id for node in stage.nodes if node.tier is Tier.VILLAGE]
    townships = [node.id for node in stage.nodes if node.tier is Tier.TOWNSHIP]
    village, township = stage.unit_of(users.VILLAGE_CODE), stage.unit_of(users.TOWNSHIP_CODE)
    jobs = await _publish(
        stage,
        county,
        9,
        notices.Given(NoticeKind.JOB_POST, "退役军人专场招聘会（第四场）岗位信息", _JOBS, _VILLAGES, job=_posts()),
    )
    await _read(stage, jobs, [village, *rng.sample([one for one in villages if one != village], 40)], rng)
    policy = notices.Given(
        NoticeKind.POLICY, "关于调整部分优抚对象抚恤补助标准的政策口径", _POLICY, _TOWNSHIPS, receipt=True
    )
    await _read(stage, await _publish(stage, county, 5, policy), [one for one in townships if one != township], rng)
    plates = notices.Given(
        NoticeKind.NOTICE,
        "关于做好春节前光荣牌悬挂核查工作的通知",
        _PLATES,
        _VILLAGES,
        receipt=True,
        pinned_until=clock.end_of_day(clock.today() + timedelta(days=10)),
    )
    unread = [one for one in villages if one != village]
    await _read(stage, await _publish(stage, county, 2, plates), rng.sample(unread, len(unread) // 3), rng)
    below = [node.id for node in stage.nodes if node.parent_id == township]
    own = notices.Given(
        NoticeKind.NOTICE, "本周五下午召开退役军人服务站例会", "下午三点，镇政府二楼会议室，请带走访台账。", _VILLAGES
    )
    await _read(stage, await _publish(stage, township, 3, own), below, rng)


async def play_urgent(stage: Stage) -> None:
    """A matter that was handled and concluded last week, and one that the township has in hand."""
    township = stage.unit_of(users.TOWNSHIP_CODE)
    below = [node.id for node in stage.nodes if node.parent_id == township]
    over = urgent.Given(UrgentKind.MISFORTUNE, "一名优抚对象家中失火，人员已转移")
    for given, unit_id, ago, concluded in (
        (over, below[-1], timedelta(days=6), True),
        (urgent.Given(UrgentKind.GATHERING, "村委会门口约十人反映安置待遇问题"), below[-2], timedelta(hours=3), False),
    ):
        reporter, judge = stage.actor(unit_id), stage.actor(township)
        began = clock.now() - ago
        with clock.frozen_at(began):
            async with stage.database.transaction(reporter.identity) as session:
                matter_id = await urgent.report(session, actor=reporter, given=given)
        with clock.frozen_at(began + timedelta(minutes=4)):
            async with stage.database.transaction(judge.identity) as session:
                version = await urgent.act(session, action="acknowledge", actor=judge, matter_id=matter_id, version=1)
        told = "消防已到场，火已扑灭，无人受伤。" if concluded else "镇服务站两人已到场，正在登记诉求，情绪平稳。"
        with clock.frozen_at(began + timedelta(minutes=25)):
            async with stage.database.transaction(reporter.identity) as session:
                version = await urgent.act(
                    session, action="tell", actor=reporter, matter_id=matter_id, version=version, text=told
                )
        if not concluded:
            continue
        leader = stage.actor(stage.county.unit_id, Role.LEADER)
        with clock.frozen_at(began + timedelta(minutes=40)):
            async with stage.database.transaction(leader.identity) as session:
                version = await urgent.act(
                    session,
                    action="instruct",
                    actor=leader,
                    matter_id=matter_id,
                    version=version,
                    text="妥善安置住处，尽快按临时救助程序办理。",
                )
        with clock.frozen_at(began + timedelta(days=1)):
            async with stage.database.transaction(reporter.identity) as session:
                ended = "一家三口已安置在亲属家中，临时救助 3000 元已发放，房屋修缮列入本月帮扶计划。"
                await urgent.act(
                    session, action="conclude", actor=reporter, matter_id=matter_id, version=version, text=ended
                )
