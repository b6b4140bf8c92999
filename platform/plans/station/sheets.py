"""服务站基本情况表, 经费使用情况表 and 工作人员花名册 as official sheets."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.ledgers import Sheet, make_ledger
from plans.staff.models import Background, Duty, StaffKind, StaffMember
from plans.staff.queries import list_of_units
from plans.station.models import StationStanding
from plans.station.rules import PREMISES, needs_person_only
from plans.station.schemas import SheetKind, Totals
from plans.station.views import Station, load_stations, totals
from reporting.workbook.roll import RollColumn
from tenancy.principal import Principal
from tenancy.queries import load_tree

_STANDINGS = {StationStanding.OWN: "已建站", StationStanding.PERSON: "未单独建站，专人负责", None: "未填"}
_BASICS = (
    RollColumn("单位", 26),
    RollColumn("建站情况", 18),
    RollColumn("成立日期", 12),
    RollColumn("成立文号", 20),
    RollColumn("站长（负责人）", 14),
    RollColumn("退役军人人数", 9, True),
    RollColumn("核定编制", 9, True),
    RollColumn("在编人数", 9, True),
    RollColumn("在岗人数", 9, True),
    RollColumn("其中退役军人和优抚对象", 12, True),
    RollColumn("领导小组人数", 9, True),
    RollColumn("网格员人数", 9, True),
    RollColumn("阵地达标项", 10),
    RollColumn("待完善事项（标准序号）", 24),
)
_FUNDS = (
    RollColumn("单位", 30),
    RollColumn("年度预算（元）", 16, True),
    RollColumn("已到位（元）", 16, True),
    RollColumn("已支出（元）", 16, True),
    RollColumn("结余（元）", 16, True),
    RollColumn("备注", 30),
)
_ROSTER = (
    RollColumn("单位", 26),
    RollColumn("姓名", 10),
    RollColumn("职务或分工", 16),
    RollColumn("用工性质", 12),
    RollColumn("在编", 7),
    RollColumn("身份", 18),
    RollColumn("职责", 24),
    RollColumn("证书资格", 26),
    RollColumn("到岗日期", 12),
)
_KINDS = {
    StaffKind.FULL_TIME: "专职",
    StaffKind.PART_TIME: "兼职",
    StaffKind.PUBLIC_WELFARE: "公益性岗位",
    StaffKind.CONTRACTED: "购买服务",
    StaffKind.VOLUNTEER: "志愿者",
    StaffKind.OTHER: "其他",
}
_BACKGROUNDS = {
    Background.VETERAN: "退役军人",
    Background.PREFERENTIAL: "烈属军属等优抚对象",
    Background.NEITHER: "均不是",
    None: "未填",
}
_DUTIES = {
    Duty.HEAD: "站长",
    Duty.DEPUTY: "副站长",
    Duty.SPECIALIST: "专干",
    Duty.LIAISON: "信息联络员",
    Duty.WINDOW: "窗口接待",
    Duty.GRID: "网格服务",
}
#: More than serve in any county.
_MOST_STAFF = 20_000


async def make(session: AsyncSession, principal: Principal, *, kind: SheetKind, year: int) -> Sheet:
    """One of them, of the acting unit and those below; money and what is lacking of `year`, the roster of today."""
    if kind is SheetKind.ROSTER:
        return await _roster(session, principal)
    tree, by_id = await load_stations(session, principal, unit_id=principal.unit_id, year=year)
    if kind is SheetKind.BASICS:
        title, rows = "退役军人服务站基本情况表", [_basics(one) for one in by_id.values()]
        return await make_ledger(session, principal, title=title, columns=_BASICS, rows=rows, facts=[f"年度：{year}年"])
    rows = [
        _funds(one.node.name, one.money.budget, one.money.arrived, one.money.spent, one.note) for one in by_id.values()
    ]
    for node in tree.children(principal.unit_id):
        if tree.children(node.id):
            rows.append(_sum(f"{node.name}小计", totals(by_id[below.id] for below in tree.walk(node.id))))
    rows.append(_sum("合计", totals(by_id.values())))
    title = f"{year}年度退役军人服务站经费使用情况表"
    return await make_ledger(session, principal, title=title, columns=_FUNDS, rows=rows)


async def _roster(session: AsyncSession, principal: Principal) -> Sheet:
    """Who serves today, by unit. Without telephone numbers: those are opened one by one, on the record."""
    tree = await load_tree(session, county_id=principal.county_id, day=clock.today())
    found: dict[UUID, list[StaffMember]] = {}
    for one in await list_of_units(session, county_id=principal.county_id, limit=_MOST_STAFF):
        found.setdefault(one.unit_id, []).append(one)
    rows = [_serves(node.name, one) for node in tree.walk(principal.unit_id) for one in found.get(node.id, ())]
    title = "退役军人服务站工作人员花名册"
    return await make_ledger(session, principal, title=title, columns=_ROSTER, rows=rows, facts=[f"共 {len(rows)} 人"])


def _serves(unit: str, one: StaffMember) -> list[str]:
    certificates = (f"{had['name']}（{had['on']}）" if had.get("on") else had["name"] for had in one.certificates)
    return [
        unit,
        one.name,
        one.post,
        _KINDS[one.kind],
        "是" if one.established else "否",
        _BACKGROUNDS[one.background],
        "、".join(_DUTIES[Duty(duty)] for duty in one.duties),
        "、".join(certificates),
        one.started_on.isoformat(),
    ]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _basics(one: Station) -> list[str]:
    profile, facts = one.profile, one.facts
    asked = [] if needs_person_only(facts) else PREMISES[one.node.tier]
    return [
        one.node.name,
        _STANDINGS[facts.standing],
        "" if profile is None or profile.founded_on is None else profile.founded_on.isoformat(),
        "" if profile is None else profile.document_no,
        "" if profile is None else profile.named_person if facts.standing is StationStanding.PERSON else profile.head,
        _number(facts.veterans),
        _number(facts.posts),
        str(facts.staff.established),
        str(facts.staff.people),
        str(facts.staff.preferential),
        str(facts.group),
        str(facts.grid),
        f"{sum(item in facts.premises for item in asked)}/{len(asked)}" if asked else "",
        "、".join(str(item) for item in dict.fromkeys(found.item for found in one.lacking)),
    ]


def _yuan(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _funds(
    name: str, budget: Decimal | None, arrived: Decimal | None, spent: Decimal | None, note: str = ""
) -> list[str]:
    left = None if arrived is None else arrived - (spent or 0)
    return [name, _yuan(budget), _yuan(arrived), _yuan(spent), _yuan(left), note]


def _sum(name: str, sums: Totals) -> list[str]:
    return _funds(name, sums.budget, sums.arrived, sums.spent)
