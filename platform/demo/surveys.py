"""The demonstration's task with a table (附表): 春节前困难退役军人摸底, some of it answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random
from uuid import UUID

from demo import users
from demo.stage import Stage
from forms.on_the_spot import SpotField, SpotKind
from plans.tasks.issuing import Given
from plans.tasks.models import Assignment, TaskKind
from plans.tasks.tables import Table
from reporting import review, submissions
from reporting.submissions import HandedIn
from tenancy.principal import Principal
from tenancy.tiers import Tier

_TABLE = Table(
    "困难退役军人摸底表",
    (
        SpotField("生活困难退役军人数", unit_of_measure="人"),
        SpotField("其中重病重残人数", unit_of_measure="人"),
        SpotField("已落实帮扶人数", unit_of_measure="人"),
        SpotField("拟申请帮扶金额", SpotKind.DECIMAL, "元"),
        SpotField("需要协调解决的问题", SpotKind.TEXT),
    ),
)


async def play_survey(
    stage: Stage,
    hand: Principal,
    given: Given,
    issue: Callable[[Principal, Given], Awaitable[UUID]],
    shares: Callable[[UUID, Tier], Awaitable[list[Assignment]]],
) -> None:
    """Every village is asked; two in five have answered, half of them approved. The listed one has it before it."""
    asked = replace(
        given,
        title="春节前困难退役军人摸底",
        text="请对本村（社区）生活困难的退役军人逐户走访摸底，填报附表；金额按拟申请数填写，没有的填 0。",
        kind=TaskKind.DATA,
        evidence="",
        table=_TABLE,
    )
    rng = Random("survey")
    task_id = await issue(hand, asked)
    listed = next(node for node in stage.nodes if node.code == users.VILLAGE_CODE)
    for at, share in enumerate(await shares(task_id, Tier.VILLAGE)):
        if share.unit_id != listed.id and at % 5 in (0, 3):
            await _answer(stage, share, rng, approved=at % 2 == 0)


async def _answer(stage: Stage, share: Assignment, rng: Random, *, approved: bool) -> None:
    people = rng.randint(0, 6)
    ill, helped = (rng.randint(0, people) for _ in range(2))
    cells = {"c1": str(people), "c2": str(ill), "c3": str(helped), "c4": str(rng.randint(0, people) * 800), "c5": None}
    actor = stage.actor(share.unit_id)
    async with stage.database.transaction(actor.identity) as session:
        done = await submissions.submit(
            session, actor=actor, submission_id=share.id, version=1, given=HandedIn(cells, {}, {})
        )
    if approved:
        judge = stage.actor(share.assigner_unit_id)
        async with stage.database.transaction(judge.identity) as session:
            await review.approve(session, actor=judge, submission_id=share.id, version=done.version)
