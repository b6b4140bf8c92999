"""Who can sign in to the demonstration: one user for each role and tier, listed on its sign-in page."""

from __future__ import annotations

from dataclasses import dataclass

from tenancy.models import AdminKind, Role
from tenancy.tiers import Tier

COUNTY_CODE = "370303"
#: The township and the village whose users are listed.
TOWNSHIP_CODE = "370303102"
VILLAGE_CODE = "370303102201"
PASSWORD = "Jiceng-2026"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One listed user."""

    tier: Tier
    sign_name: str
    display_name: str
    roles: tuple[Role, ...] = ()
    admin_kind: AdminKind | None = None


PEOPLE = (
    DemoPerson(Tier.VILLAGE, "village", "李秀兰", (Role.REPORTER,)),
    DemoPerson(Tier.VILLAGE, "village-leader", "王建国", (Role.LEADER,)),
    DemoPerson(Tier.TOWNSHIP, "town", "赵敏", (Role.REPORTER, Role.REVIEWER)),
    DemoPerson(Tier.TOWNSHIP, "town-reporter", "孙晓", (Role.REPORTER,)),
    DemoPerson(Tier.TOWNSHIP, "town-leader", "周志强", (Role.LEADER,)),
    DemoPerson(Tier.TOWNSHIP, "town-admin", "吴芳", (Role.ADMINISTRATOR,)),
    DemoPerson(Tier.COUNTY, "county", "陈立", (Role.REPORTER, Role.REVIEWER)),
    DemoPerson(Tier.COUNTY, "county-leader", "刘卫东", (Role.LEADER,)),
    DemoPerson(Tier.COUNTY, "county-admin", "郑洁", (Role.ADMINISTRATOR,)),
    DemoPerson(Tier.COUNTY, "sysadmin", "系统管理员", admin_kind=AdminKind.SYSTEM),
    DemoPerson(Tier.COUNTY, "secadmin", "安全管理员", admin_kind=AdminKind.SECURITY),
    DemoPerson(Tier.COUNTY, "auditor", "审计管理员", admin_kind=AdminKind.AUDIT),
)
