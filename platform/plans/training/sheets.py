"""培训台账, 签到名单 and 学时登记表 as official sheets."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from plans.ledgers import SIGNED, Sheet, make_ledger, moment, span, year_of
from plans.training import access, hours, queries
from plans.training.models import Attendance, PlaceState, Result, TrainingKind, TrainingPlace
from reporting.workbook.roll import Roll, RollColumn, make_roll
from tenancy.principal import Principal

KINDS = {
    TrainingKind.PROFESSIONAL: "业务培训",
    TrainingKind.PRE_SERVICE: "岗前培训",
    TrainingKind.POLICY: "政策学习",
    TrainingKind.CONFIDENTIALITY: "保密教育",
    TrainingKind.SAFETY: "安全教育",
    TrainingKind.EDUCATION: "形势、国防、职业道德教育",
    TrainingKind.OTHER: "其他",
}
_STATES = {PlaceState.SIGNED_UP: "已报名", PlaceState.ATTENDED: "已到", PlaceState.ABSENT: "缺席"}
_WAYS = {Attendance.CODE: "扫码", Attendance.LIST: "名单", None: ""}
_RESULTS = {Result.PASSED: "合格", Result.FAILED: "不合格", None: ""}


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


async def ledger(session: AsyncSession, principal: Principal, *, year: int) -> Sheet:
    """培训台账: every session that the acting unit held in a year, with who came."""
    since, until = year_of(year)
    held = await queries.list_held(
        session, county_id=principal.county_id, issuer_unit_id=principal.unit_id, since=since, until=until
    )
    by_session: dict[UUID, list[TrainingPlace]] = {}
    trainings = list({training.id for training, _ in held})
    for place in await queries.list_places(
        session, county_id=principal.county_id, training_ids=trainings, states=queries.TAKEN
    ):
        by_session.setdefault(place.session_id, []).append(place)
    rows: list[list[str]] = []
    for training, one in held:
        places = by_session.get(one.id, [])
        came = [place for place in places if place.state is PlaceState.ATTENDED]
        passed = sum(1 for place in came if place.result is Result.PASSED)
        rows.append(
            [
                span(one.starts_at, one.ends_at),
                training.title,
                KINDS[training.kind],
                one.venue or ("线上" if one.link else ""),
                _number(one.hours),
                str(len(places)),
                str(len(came)),
                str(passed) if any(place.result for place in came) else "",
                _number(sum((place.hours or hours.NOTHING for place in came), hours.NOTHING)),
                training.creator_name,
            ]
        )
    columns = [
        RollColumn("培训时间", 24),
        RollColumn("培训名称", 30),
        RollColumn("类别", 12),
        RollColumn("地点", 18),
        RollColumn("学时", 7, True),
        RollColumn("报名人数", 9, True),
        RollColumn("实到人数", 9, True),
        RollColumn("合格人数", 9, True),
        RollColumn("学时合计", 9, True),
        RollColumn("经办人", 10),
    ]
    return await make_ledger(session, principal, title=f"{year}年度培训台账", columns=columns, rows=rows)


async def attendance(session: AsyncSession, principal: Principal, training_id: UUID) -> Sheet:
    """签到名单: who had a place in which session and what came of it, of units at or below the acting one."""
    training, _ = await access.get_training(session, principal, training_id)
    sessions = await queries.list_sessions(session, county_id=principal.county_id, training_ids=[training_id])
    by_id = {one.id: one for one in sessions}
    places = await queries.list_places(
        session, county_id=principal.county_id, training_id=training_id, states=queries.TAKEN
    )
    rows = [
        [
            place.unit_name,
            place.staff_name,
            span(by_id[place.session_id].starts_at, by_id[place.session_id].ends_at),
            _STATES[place.state],
            moment(place.attended_at),
            _WAYS[place.attendance],
            _RESULTS[place.result],
            _number(place.score),
            _number(place.hours),
            "",
        ]
        for place in sorted(places, key=lambda one: (by_id[one.session_id].no, one.unit_name, one.staff_name))
    ]
    columns = [
        RollColumn("单位", 24),
        RollColumn("姓名", 12),
        RollColumn("场次", 24),
        RollColumn("到场情况", 9),
        RollColumn("签到时间", 17),
        RollColumn("签到方式", 9),
        RollColumn("结果", 8),
        RollColumn("分数", 7, True),
        RollColumn("学时", 7, True),
        RollColumn("签名", 12),
    ]
    facts = [f"培训名称：{training.title}", f"主办单位：{training.issuer_name}", f"类别：{KINDS[training.kind]}"]
    return Sheet(
        f"{training.title}签到名单.xlsx", await make_roll(Roll("培训签到名单", facts, columns, rows, SIGNED[:2]))
    )


async def year_of_hours(session: AsyncSession, principal: Principal, *, year: int) -> Sheet:
    """学时登记表: every person at or below the acting unit, by unit and name."""
    found = await hours.people(session, principal, year=year, unit_id=None, below=True, without=None)
    rows = [
        [
            one.unit,
            one.name,
            one.post,
            "在岗" if one.serving else "已离岗",
            "" if one.pre_service_on is None else one.pre_service_on.isoformat(),
            "" if one.pledged_on is None else one.pledged_on.isoformat(),
            str(one.sessions),
            _number(one.hours),
        ]
        for one in found.items
    ]
    columns = [
        RollColumn("单位", 28),
        RollColumn("姓名", 12),
        RollColumn("职务", 18),
        RollColumn("在岗情况", 9),
        RollColumn("岗前培训日期", 14),
        RollColumn("承诺书签署日期", 15),
        RollColumn("参训场次", 9, True),
        RollColumn("学时", 9, True),
    ]
    title, facts = f"{year}年度工作人员学时登记表", [f"学时合计：{_number(found.total)}"]
    return await make_ledger(session, principal, title=title, columns=columns, rows=rows, facts=facts)
