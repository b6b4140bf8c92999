"""The demonstration's requests for coordination: one settled, one answered, one with the county, one that waits."""

from __future__ import annotations

from datetime import timedelta

from demo import users
from demo.stage import Stage
from kit import clock
from plans.coordination import service
from plans.coordination.models import RequestKind
from plans.coordination.service import Given

_Acts = tuple[tuple[str, str], ...]
#: What is asked, how many days ago, and what was done: `own` acts are the village's, `up` ones the county's.
_PLAYED: tuple[tuple[Given, int, _Acts], ...] = (
    (
        Given(RequestKind.DIFFICULTY, "光荣牌褪色需更换", "本村 6 户光荣牌褪色严重，库存不足，请镇里协调补发。"),
        20,
        (("take", ""), ("answer", "已从镇库存调拨 6 块，请派人到服务站领取。"), ("own:confirm", "")),
    ),
    (
        Given(
            RequestKind.POLICY,
            "退役士兵自主创业税收优惠怎么办理",
            "村里 2 名退役士兵开办家电维修部，咨询税收减免手续。",
        ),
        6,
        (("answer", "带退役证和营业执照到镇便民服务中心税务窗口办理，已与窗口联系好。"),),
    ),
    (
        Given(RequestKind.DIFFICULTY, "参战老兵就医转诊困难", "一名参战老兵需转市级医院手术，转诊手续和陪护都有困难。"),
        9,
        (
            ("take", ""),
            ("note", "已联系镇卫生院，转诊需县级医院出具意见。"),
            ("pass_up", "镇卫生院无转诊权限，请县局协调县医院。"),
            ("up:take", ""),
        ),
    ),
    (
        Given(RequestKind.OPINION, "建议统一制作走访登记本", "各村登记本样式不一，建议县里统一印制，便于归档。"),
        2,
        (),
    ),
)


async def play_coordination(stage: Stage) -> None:
    """Villages of the demonstration's township ask, and are answered."""
    township = stage.unit_of(users.TOWNSHIP_CODE)
    below = [node.id for node in stage.nodes if node.parent_id == township]
    for number, (given, days, acts) in enumerate(_PLAYED):
        village = below[number % len(below)]
        at = clock.now().replace(hour=1, minute=40) - timedelta(days=days)
        with clock.frozen_at(at):
            actor = stage.actor(village)
            async with stage.database.transaction(actor.identity) as session:
                request_id = await service.raise_request(session, actor=actor, given=given)
        for version, (act, text) in enumerate(acts, start=1):
            side, _, action = act.rpartition(":")
            actor = stage.actor({"own": village, "up": stage.county.unit_id}.get(side, township))
            with clock.frozen_at(at + timedelta(hours=4 * version)):
                async with stage.database.transaction(actor.identity) as session:
                    await service.act(
                        session, actor=actor, request_id=request_id, version=version, action=action, text=text
                    )
