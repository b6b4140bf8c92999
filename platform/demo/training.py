"""The demonstration's rosters, trainings and pledge, through the platform's own commands: a training that was held, one
that asks who comes, and this year's pledge with some signatures still missing."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from demo import users
from demo.figures import person_name
from kit import clock
from kit.db.session import Database
from kit.models import County
from plans.addressing.rules import ChoiceKind
from plans.addressing.schemas import ChoiceIn
from plans.pledges import service as pledges
from plans.staff import service as staff
from plans.staff.models import StaffKind
from plans.training import announcing, attending, queries, signing_up
from plans.training.announcing import Given, Planned
from plans.training.models import TrainingKind
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.rules import TreeNode
from tenancy.tiers import Tier

_VILLAGES = ChoiceIn(kind=ChoiceKind.TIER, tier=Tier.VILLAGE)
_PLEDGE = (
    "本人了解有关保密法规制度，知悉应当承担的保密义务和法律责任，现郑重承诺：\n"
    "一、认真遵守国家保密法律、法规和规章制度，履行保密义务。\n"
    "二、不泄露工作中知悉的国家秘密、工作秘密和服务对象个人信息。\n"
    "三、不在非涉密网络、微信等平台上存储、处理、传输国家秘密。\n"
    "四、离岗时交还全部工作资料，继续履行保密义务。"
)


async def play_training(
    database: Database,
    county: County,
    nodes: Sequence[TreeNode],
    people: Mapping[UUID, tuple[UUID, str]],
    rng: Random,
) -> None:
    """Put everybody's reporter on a roster, and play the year's trainings."""
    by_id = {node.id: node for node in nodes}
    town = next(node for node in nodes if node.code == users.TOWNSHIP_CODE)
    ours = [node for node in nodes if node.parent_id == town.id]

    def actor(unit_id: UUID) -> Principal:
        account_id, name = people[unit_id]
        return Principal(
            county_id=county.id,
            county_unit_id=county.unit_id,
            account_id=account_id,
            display_name=name,
            session_id=None,
            membership_id=account_id,
            unit_id=unit_id,
            tier=by_id[unit_id].tier,
            roles=frozenset({Role.REPORTER, Role.REVIEWER}),
            admin_kind=None,
            unit_ids=(unit_id,),
        )

    organiser = actor(county.unit_id)
    today = clock.today()
    members: dict[UUID, UUID] = {}
    async with database.transaction(organiser.identity) as session:
        for node in (by_id[county.unit_id], town, *ours):
            account_id, name = people[node.id]
            village = node.tier is Tier.VILLAGE
            given = staff.Given(
                name=name,
                post="网格员" if village else "业务专干",
                kind=StaffKind.PART_TIME if village else StaffKind.FULL_TIME,
                started_on=today - timedelta(days=rng.randint(200, 1500)),
                phone=f"139{rng.randint(0, 99999999):08d}",
                account_id=account_id,
            )
            members[node.id] = await staff.add(session, actor=organiser, unit_id=node.id, given=given)
        helper = staff.Given(person_name(rng), "站长", StaffKind.OTHER, today - timedelta(days=900))
        await staff.add(session, actor=organiser, unit_id=ours[0].id, given=helper)

    held_at = clock.start_of_day(today - timedelta(days=40)) + timedelta(hours=9)
    with clock.frozen_at(held_at - timedelta(days=12)):
        held = await _announce(
            database, organiser, "退役军人服务站岗前与业务培训", TrainingKind.PRE_SERVICE, held_at, quota=None
        )
        for node in ours:
            if rng.random() < 0.9 or node.code == users.VILLAGE_CODE:
                await _sign_up(database, actor(node.id), held, members[node.id])
    with clock.frozen_at(held_at):
        async with database.transaction(organiser.identity) as session:
            await announcing.hold(session, actor=organiser, training_id=held, version=1)
        async with database.transaction(organiser.identity) as session:
            places = await queries.list_places(session, county_id=county.id, training_id=held)
            here = [one.id for one in places if rng.random() < 0.9]
            await attending.mark(
                session, actor=organiser, session_id=places[0].session_id, place_ids=here, present=True
            )
    with clock.frozen_at(held_at + timedelta(hours=8)):
        async with database.transaction(organiser.identity) as session:
            await announcing.conclude(session, actor=organiser, training_id=held, version=2)

    coming = clock.start_of_day(today + timedelta(days=12)) + timedelta(hours=9)
    await _announce(database, organiser, "优抚政策与台账填报业务培训", TrainingKind.PROFESSIONAL, coming, quota=60)
    async with database.transaction(organiser.identity) as session:
        text = pledges.Given(today.year, "退役军人服务站工作人员保密承诺书", _PLEDGE, today + timedelta(days=20))
        await pledges.issue(session, actor=organiser, given=text)
    picture = _signature()
    for node in [node for node in ours if node.code != users.VILLAGE_CODE][:3]:
        signer = actor(node.id)
        async with database.transaction(signer.identity) as session:
            await pledges.sign(session, actor=signer, staff_id=members[node.id], year=today.year, signature=picture)


async def _announce(
    database: Database, organiser: Principal, title: str, kind: TrainingKind, starts: datetime, *, quota: int | None
) -> UUID:
    planned = Planned(
        starts, starts + timedelta(hours=3), Decimal(4), venue="区政务服务中心三楼会议室", quota=quota, per_unit=2
    )
    given = Given(
        kind=kind,
        title=title,
        text="请各村（社区）服务站安排工作人员参加，自带笔记本。\n内容：政策解读、台账填报、信息保护。",
        to=[_VILLAGES],
        sign_up_until=starts - timedelta(days=2),
        sessions=[planned],
    )
    async with database.transaction(organiser.identity) as session:
        return await announcing.announce(session, actor=organiser, given=given)


async def _sign_up(database: Database, actor: Principal, training_id: UUID, staff_id: UUID) -> None:
    async with database.transaction(actor.identity) as session:
        (one,) = await queries.list_sessions(session, county_id=actor.county_id, training_ids=[training_id])
        await signing_up.sign_up(session, actor=actor, session_id=one.id, staff_ids=[staff_id])


def _signature() -> str:
    """A scrawl, as a canvas would give it."""
    width, height = 320, 140
    lines = []
    for y in range(height):
        line = bytearray(width * 4)
        for x in range(20, width - 20):
            wave = 70 + int(40 * ((x * 7 % 97) / 97 - 0.5)) + (x % 50 - 25)
            if abs(wave - y) < 2:
                line[x * 4 + 3] = 255
        lines.append(b"\0" + bytes(line))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(lines)))
    return base64.b64encode(raw + chunk(b"IEND", b"")).decode()
