"""Loads the demonstration: the district, its forms, a user for every unit, months of history, and a month in progress.

Everything goes through the platform's own commands, but for closed months, which are written in bulk as approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from random import Random
from uuid import UUID

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from demo import users
from demo.coordination import play_coordination
from demo.figures import person_name
from demo.history import write_history
from demo.meetings import play_meetings
from demo.month import play_month
from demo.notices import play_notices, play_urgent
from demo.plans import play_plans
from demo.stage import Stage
from demo.stations import play_stations
from demo.tasks import play_tasks
from demo.training import play_training
from forms.catalogue import load_definition, publish
from forms.loading import shipped
from forms.queries import list_forms
from kit import clock, crypto
from kit.db.session import Database
from kit.holidays import load_years
from kit.ids import new_id
from kit.models import County
from reporting import cycles
from reporting.periods import span_of
from tenancy import tree_import
from tenancy.counties import create_county
from tenancy.models import Account, AdminKind, Membership, Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import TreeNode
from tenancy.tiers import Tier

UNITS = Path(__file__).parent / "zhangdian-units.csv"
FORMS = ("f1", "f2", "f3")
log = structlog.get_logger(__name__)


def principal_of(
    county: County, unit_id: UUID, tier: Tier, *, account_id: UUID, name: str, admin: AdminKind | None = None
) -> Principal:
    """Somebody who may do everything at a unit: the demonstration's own hand."""
    return Principal(
        county_id=county.id,
        county_unit_id=county.unit_id,
        account_id=account_id,
        display_name=name,
        session_id=None,
        membership_id=account_id,
        unit_id=unit_id,
        tier=tier,
        roles=frozenset(Role) if admin is None else frozenset(),
        admin_kind=admin,
        unit_ids=(unit_id,),
    )


async def load(database: Database, *, months: int = 6, units: str | None = None) -> None:
    """Make the demonstration district with `months` of closed history; in another tree than its own, the
    text of `units`, a unit import with the codes of the listed users. Refuses when the county is there already."""
    today = clock.today()
    first = _months_before(today, months)
    made = await create_county(
        database,
        code=users.COUNTY_CODE,
        name="张店区退役军人事务局",
        short_name="张店区",
        since=date(first.year - 1, 1, 1),
    )
    county = made.county
    system = principal_of(
        county, county.unit_id, Tier.COUNTY, account_id=new_id(), name="演示数据", admin=AdminKind.SYSTEM
    )
    async with database.transaction(system.identity) as session:
        lines = tree_import.read_import(tree_import.rows_of_csv(_own_units() if units is None else units))
        await tree_import.import_units(session, actor=system, lines=lines, on=date(first.year - 1, 1, 1))
    async with database.transaction(system.identity) as session:
        await load_years(session, county_id=county.id, have=set(), since=first.year - 1)
        nodes = (await load_tree(session, county_id=county.id, day=today)).walk(county.unit_id)
        reporters = await _make_people(session, county, nodes)
    hand = principal_of(county, county.unit_id, Tier.COUNTY, account_id=reporters[county.unit_id][0], name="陈立")
    async with database.transaction(hand.identity) as session:
        for code in FORMS:
            version = await load_definition(
                session, actor=hand, definition=shipped(code).definition, applies_from=first
            )
            await publish(session, actor=hand, version=version)
    async with database.transaction(hand.identity) as session:
        await cycles.open_due(session, county)
    rng = Random(370303)
    await write_history(database, county, reporters, rng)
    async with database.transaction(hand.identity) as session:
        opened = await _open_current(session, county, hand, today)
    await play_month(database, county, opened, reporters, rng)
    await play_tasks(database, county, nodes, reporters, rng)
    stage = Stage(database, county, nodes, reporters, rng)
    await play_notices(stage)
    await play_urgent(stage)
    await play_training(database, county, nodes, reporters, rng)
    await play_coordination(stage)
    await play_plans(stage)
    await play_meetings(stage)
    await play_stations(stage)
    log.info("demo_loaded", units=len(nodes), months=months)


def _own_units() -> str:
    return UNITS.read_text("utf-8")


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


async def _open_current(session: AsyncSession, county: County, hand: Principal, today: date) -> list[UUID]:
    """The month in progress is opened by hand, so that a visitor of any day finds work to do."""
    ids = {form.code: form.id for form, _ in await list_forms(session, county_id=county.id)}
    return [
        await cycles.open_by_hand(
            session,
            actor=hand,
            county=county,
            form_id=ids[code],
            period_key=span_of(shipped(code).definition.period, today).key,
        )
        for code in ("f1", "f3")
    ]


async def _make_people(session: AsyncSession, county: County, nodes: list[TreeNode]) -> Mapping[UUID, tuple[UUID, str]]:
    """An account for every unit, the listed users among them; unit → (account, name) of its reporter."""
    rng = Random(20261)
    hashed = crypto.hash_password(users.PASSWORD)
    listed = {Tier.VILLAGE: users.VILLAGE_CODE, Tier.TOWNSHIP: users.TOWNSHIP_CODE, Tier.COUNTY: users.COUNTY_CODE}
    by_code = {node.code: node for node in nodes}
    reporters: dict[UUID, tuple[UUID, str]] = {}
    accounts: list[dict[str, object]] = []
    memberships: list[dict[str, object]] = []

    def add(unit: TreeNode, sign_name: str, name: str, roles: tuple[Role, ...]) -> None:
        account_id = new_id()
        accounts.append(
            {
                "county_id": county.id,
                "id": account_id,
                "sign_name": sign_name,
                "display_name": name,
                "phone_cipher": crypto.encrypt(f"139{rng.randint(0, 99999999):08d}", context="account.phone"),
                "password_hash": hashed,
                "must_change_password": False,
            }
        )
        memberships.append(
            {
                "county_id": county.id,
                "account_id": account_id,
                "unit_id": unit.id,
                "roles": [role.value for role in roles],
                "admin_kind": None,
            }
        )
        if Role.REPORTER in roles:
            reporters.setdefault(unit.id, (account_id, name))

    for person in users.PEOPLE:
        if person.admin_kind is None:
            add(by_code[listed[person.tier]], person.sign_name, person.display_name, person.roles)
    for node in nodes:
        if node.code not in listed.values():
            roles = (Role.REPORTER,) if node.tier is Tier.VILLAGE else (Role.REPORTER, Role.REVIEWER)
            add(node, f"u{node.code}", person_name(rng), roles)
    await session.execute(insert(Account), accounts)
    await session.execute(insert(Membership), memberships)
    admins = select(Membership.account_id).where(Membership.county_id == county.id, Membership.admin_kind.is_not(None))
    await session.execute(
        update(Account)
        .where(Account.county_id == county.id, Account.id.in_(admins))
        .values(password_hash=hashed, must_change_password=False)
    )
    return reporters
