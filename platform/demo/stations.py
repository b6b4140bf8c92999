"""What the demonstration's stations say of themselves: most of them, with a few things that are still lacking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from demo import users
from demo.figures import person_name
from demo.stage import Stage
from kit import clock
from plans.staff import service as staff
from plans.staff.models import Background, Duty, StaffKind
from plans.station import service
from plans.station.models import GroupRole, HeadPost, StationStanding
from plans.station.rules import PREMISES
from plans.station.schemas import Funds, Grid, GridMemberIn, GroupMember, LeadingGroup, Organisation, Premises
from tenancy.rules import TreeNode
from tenancy.tiers import Tier


async def play_stations(stage: Stage) -> None:
    """Every township's station and most villages' in outline; of the listed township all sections."""
    for town in stage.nodes:
        if town.tier is not Tier.TOWNSHIP:
            continue
        ours = town.code == users.TOWNSHIP_CODE
        villages = [node for node in stage.nodes if node.parent_id == town.id]
        # A township may write down what its villages say.
        actor = stage.actor(town.id)
        async with stage.database.transaction(actor.identity) as session:
            for node in (town, *(one for one in villages if ours or stage.rng.random() < 0.8)):
                for version, given in enumerate(_sections(stage, node, whole=ours)):
                    await service.save(session, actor=actor, unit_id=node.id, version=version, given=given)
                    session.expire_all()
            for unit_id, member in _roster(stage, town, villages, written=ours):
                await staff.add(session, actor=actor, unit_id=unit_id, given=member)


def _sections(stage: Stage, node: TreeNode, *, whole: bool) -> list[service.Section]:
    township = node.tier is Tier.TOWNSHIP
    sections: list[service.Section] = [_organisation(stage, node), *_funds(stage, node), _premises(stage, node)]
    if township:
        sections.append(_group(stage))
    if whole or township or stage.rng.random() < 0.7:
        sections.append(_grid(stage, node))
    return sections


def _organisation(stage: Stage, node: TreeNode) -> Organisation:
    rng = stage.rng
    day = date(2019, rng.randint(3, 8), rng.randint(1, 28))
    if node.tier is Tier.TOWNSHIP:
        return Organisation(
            standing=StationStanding.OWN,
            founded_on=day,
            document_no=f"张编〔2019〕{rng.randint(3, 40)}号",
            veterans=rng.randint(900, 3200),
            posts=rng.choice((2, 3, 3)),
            head=person_name(rng),
            militia=rng.random() < 0.8,
        )
    few = rng.random() < 0.12 and node.code != users.VILLAGE_CODE
    head = person_name(rng)
    if few:
        return Organisation(standing=StationStanding.PERSON, veterans=rng.randint(6, 28), named_person=head)
    return Organisation(
        standing=StationStanding.OWN,
        founded_on=day,
        veterans=rng.randint(32, 180),
        head=head,
        head_post=HeadPost.BOTH if rng.random() < 0.9 else HeadPost.OTHER,
        named_person=person_name(rng) if rng.random() < 0.85 else "",
    )


def _funds(stage: Stage, node: TreeNode) -> list[Funds]:
    rng, year = stage.rng, clock.today().year
    scale = 10 if node.tier is Tier.TOWNSHIP else 1
    budget = Decimal(rng.randint(8, 20) * 1000 * scale)
    arrived = budget if rng.random() < 0.7 else budget * 8 / 10
    spent = (arrived * rng.randint(55, 98) / 100).quantize(Decimal("0.01"))
    now = Funds(year=year, budget=budget, arrived=arrived, spent=spent, note="列入本级财政预算，专款专用")
    if node.tier is Tier.VILLAGE:
        return [now]
    return [now, Funds(year=year - 1, budget=budget, arrived=budget, spent=(budget * 97 / 100))]


def _group(stage: Stage) -> LeadingGroup:
    posts = (
        ("党委书记", GroupRole.LEADER),
        ("党委副书记、镇长（主任）", GroupRole.DEPUTY),
        ("武装部部长", GroupRole.MEMBER),
        ("财政所所长", GroupRole.MEMBER),
        ("民政办主任", GroupRole.MEMBER),
        ("退役军人服务站站长", GroupRole.MEMBER),
    )
    members = [GroupMember(name=person_name(stage.rng), post=post, role=role) for post, role in posts]
    return LeadingGroup(group_members=members, group_document="党发〔2021〕17号", group_on=date(2021, 5, 12))


def _premises(stage: Stage, node: TreeNode) -> Premises:
    items = PREMISES[node.tier]
    return Premises(premises=[item for item in items if stage.rng.random() < 0.9])


def _grid(stage: Stage, node: TreeNode) -> Grid:
    rng = stage.rng
    return Grid(
        grid=[
            GridMemberIn(
                name=person_name(rng),
                grid=f"第{number}网格",
                households=rng.randint(80, 320),
                veterans=rng.randint(8, 60),
                phone=f"138{rng.randint(0, 99999999):08d}",
            )
            for number in "一二三"[: 3 if node.tier is Tier.TOWNSHIP else 2]
        ]
    )


#: Post, kind, background, duties, 在编.
_POSTS = (
    ("副站长", StaffKind.FULL_TIME, Background.VETERAN, (Duty.DEPUTY, Duty.WINDOW), True),
    ("信息联络员", StaffKind.CONTRACTED, Background.PREFERENTIAL, (Duty.LIAISON,), False),
    ("窗口工作人员", StaffKind.PUBLIC_WELFARE, Background.NEITHER, (Duty.WINDOW,), False),
)


def _roster(
    stage: Stage, town: TreeNode, villages: Sequence[TreeNode], *, written: bool
) -> Iterator[tuple[UUID, staff.Given]]:
    """A township's people and its villages'. Where it is `written`, those who sign in are on the roster already."""
    rng = stage.rng
    if not written:
        yield town.id, _signing_in(stage, town, "业务专干", StaffKind.FULL_TIME, Background.NEITHER, Duty.SPECIALIST)
        for node in villages:
            if rng.random() < 0.85:
                background = Background.VETERAN if rng.random() < 0.4 else Background.NEITHER
                kind = StaffKind.PART_TIME if rng.random() < 0.7 else StaffKind.FULL_TIME
                yield node.id, _signing_in(stage, node, "网格员", kind, background, Duty.GRID)
    for post, kind, background, duties, established in _POSTS if written else _POSTS[: rng.randint(1, 3)]:
        yield (
            town.id,
            staff.Given(
                person_name(rng),
                post,
                kind,
                clock.today() - timedelta(days=rng.randint(300, 1800)),
                background=background,
                duties=duties,
                certificates=[{"name": "退役军人工作业务培训合格证", "on": "2024-05-20"}] if established else [],
                established=established,
            ),
        )


def _signing_in(
    stage: Stage, node: TreeNode, post: str, kind: StaffKind, background: Background, duty: Duty
) -> staff.Given:
    account_id, name = stage.people[node.id]
    since = clock.today() - timedelta(days=stage.rng.randint(200, 2400))
    return staff.Given(name, post, kind, since, background=background, duties=(duty,), account_id=account_id)
