"""A county to test in: a tree, people with sessions, a form with one open cycle."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from forms.catalogue import load_definition, publish
from forms.compiled import CompiledForm
from forms.definition import FormDefinition
from forms.loading import load_definition as read_definition
from forms.queries import get_compiled
from kit import crypto
from kit.db.session import Database, Identity
from kit.ids import new_id
from kit.models import County
from reporting import cycles, queries
from reporting.models import Cycle, Submission
from tenancy.counties import create_county
from tenancy.models import Account, AdminKind, Membership, Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree
from tenancy.tiers import Tier
from tenancy.tree_import import ImportLine, import_units

PASSWORD = "Test-2026-pass"

#: A form of every aggregation over units, small enough to add up by hand.
TINY = """
code: tiny
name: 小表 | Tiny form
table_no: 试1
issuer: 测试 | Tests
basis: 测试 | Tests
valid_until: 2099-12-31
owner: 综合股 | General office
period: {kind: month}
zero_report: 本月无此类情况 | Nothing to report
due:
  village: {n: 3, day: working}
  township: {n: 5, day: working}
  county: {n: 8, day: working}
tables:
  - code: work
    kind: fixed
    title: 工作 | Work
    fields:
      - {code: pc, path: [来访 | Visits, 批次 | Batches], unit_of_measure: 批次 | batches}
      - {code: rc, path: [来访 | Visits, 人次 | People], unit_of_measure: 人次 | people}
      - {code: lo, path: [最少 | Least], unit_of_measure: 人 | people, over_units: min, required: false}
      - {code: hi, path: [最多 | Most], unit_of_measure: 人 | people, over_units: max, required: false}
      - {code: av, path: [平均 | Mean], unit_of_measure: 人 | people, over_units: average, required: false}
      - {code: rt, path: [每批 | Per batch], type: decimal, measure: ratio, formula: rc / pc}
  - code: people
    kind: rows
    title: 人员 | People
    columns:
      - {code: xm, label: 姓名 | Name, type: text, personal: name}
      - {code: sfz, label: 身份证号 | Identity number, type: identity, personal: identity}
      - {code: zt, label: 状态 | State, type: choice, choices: [在办 | Open, 办结 | Done]}
    carry_forward: {where: zt = '在办'}
    summaries:
      - {code: rs, path: [人数 | People], measure: stock, over_units: distinct, formula: distinct(sfz)}
checks:
  - {code: E1, expression: rc >= pc, message: "{rc}不应少于{pc} | {rc} can't be less than {pc}"}
  - {code: W1, expression: pc <= 100, message: "{pc}超过100，请说明 | {pc} exceeds 100; explain"}
"""


@cache
def tiny() -> FormDefinition:
    return read_definition(TINY)


@cache
def _hash() -> str:
    return crypto.hash_password(PASSWORD)


@dataclass(slots=True)
class World:
    """One county of a test."""

    county: County
    tree: Tree
    #: unit code → its unit's id. Townships are A, B …; villages A1, A2 …; the county C.
    units: dict[str, UUID]
    accounts: dict[UUID, UUID]
    memberships: dict[UUID, UUID]
    admins: dict[AdminKind, UUID] = field(default_factory=dict)
    cycle: Cycle | None = None
    form: CompiledForm | None = None
    submissions: dict[UUID, UUID] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """The county's own unit."""
        return Identity.of_unit(self.county.id, self.county.unit_id)

    def actor(self, code: str, *roles: Role) -> Principal:
        """The person of a unit, with all roles unless some are named."""
        unit_id = self.units[code]
        return Principal(
            county_id=self.county.id,
            county_unit_id=self.county.unit_id,
            account_id=self.accounts[unit_id],
            display_name=code,
            session_id=None,
            membership_id=self.memberships[unit_id],
            unit_id=unit_id,
            tier=self.tree.nodes[unit_id].tier,
            roles=frozenset(roles or Role),
            admin_kind=None,
            unit_ids=(unit_id,),
        )

    def admin(self, kind: AdminKind) -> Principal:
        """One of 三员."""
        return Principal(
            county_id=self.county.id,
            county_unit_id=self.county.unit_id,
            account_id=self.admins[kind],
            display_name=kind.value,
            session_id=None,
            membership_id=self.admins[kind],
            unit_id=self.county.unit_id,
            tier=Tier.COUNTY,
            roles=frozenset(),
            admin_kind=kind,
            unit_ids=(self.county.unit_id,),
        )

    def submission(self, code: str) -> UUID:
        return self.submissions[self.units[code]]

    @property
    def opened(self) -> Cycle:
        assert self.cycle is not None
        return self.cycle

    @property
    def compiled(self) -> CompiledForm:
        assert self.form is not None
        return self.form


def shape_of(townships: int, villages: int, names: Mapping[str, str] | None = None) -> list[ImportLine]:
    """Townships A, B … with villages A1, A2 … each; `names` by code, of those that are to have another."""
    names, lines = names or {}, list[ImportLine]()
    for t in range(townships):
        letter = chr(ord("A") + t)
        name = names.get(letter, f"{letter}镇")
        lines.append(ImportLine(len(lines) + 2, Tier.TOWNSHIP, letter, name, name, ""))
        for v in range(1, villages + 1):
            name = names.get(f"{letter}{v}", f"{letter}{v}村")
            lines.append(ImportLine(len(lines) + 2, Tier.VILLAGE, f"{letter}{v}", name, name, letter))
    return lines


async def make_county_with_people(
    database: Database, *, townships: int = 2, villages: int = 2, names: Mapping[str, str] | None = None
) -> World:
    """A county, its tree, and one person with every role at each unit."""
    made = await create_county(database, code=f"T{secrets.token_hex(5)}", name="测试县", since=date(2020, 1, 1))
    county = made.county
    admin_identity = Identity.of_unit(county.id, county.unit_id)
    async with database.transaction(admin_identity) as session:
        from_create = {m.admin_kind: m.account_id for m in await _admin_memberships(session, county)}
        world = World(county, Tree([]), {}, {}, {}, {k: v for k, v in from_create.items() if k is not None})
        system = world.admin(AdminKind.SYSTEM)
        await import_units(session, actor=system, lines=shape_of(townships, villages, names), on=date(2020, 1, 1))
    async with database.transaction(admin_identity) as session:
        world.tree = await load_tree(session, county_id=county.id, day=date(2026, 1, 1))
        world.units = {node.code: node.id for node in world.tree.nodes.values() if node.tier is not Tier.COUNTY}
        world.units["C"] = county.unit_id
        for node in world.tree.nodes.values():
            account_id, membership_id = new_id(), new_id()
            world.accounts[node.id], world.memberships[node.id] = account_id, membership_id
            await session.execute(
                insert(Account).values(
                    county_id=county.id,
                    id=account_id,
                    sign_name=f"u-{node.code}",
                    display_name=node.code,
                    password_hash=_hash(),
                    must_change_password=False,
                )
            )
            await session.execute(
                insert(Membership).values(
                    county_id=county.id,
                    id=membership_id,
                    account_id=account_id,
                    unit_id=node.id,
                    roles=[r.value for r in Role],
                )
            )
    return world


async def _admin_memberships(session: Any, county: County) -> list[Membership]:

    return list((await session.scalars(select(Membership).where(Membership.county_id == county.id))).all())


async def open_form(
    database: Database, world: World, definition: FormDefinition | None = None, *, period: str = "2026-10"
) -> World:
    """Publish a form in the county (the tiny one unless given) and open one cycle of it."""
    actor = world.actor("C")
    async with database.transaction(world.identity) as session:
        version = await load_definition(
            session, actor=actor, definition=definition or tiny(), applies_from=date(2026, 1, 1)
        )
        await publish(session, actor=actor, version=version)
    async with database.transaction(world.identity) as session:
        cycle_id = await cycles.open_by_hand(
            session, actor=actor, county=world.county, form_id=version.form_id, period_key=period
        )
        world.cycle = await queries.get_cycle(session, county_id=world.county.id, cycle_id=cycle_id)
        world.form = await get_compiled(session, county_id=world.county.id, version_id=version.id)
        found: Mapping[UUID, Submission] = await queries.list_all_submissions(
            session, county_id=world.county.id, cycle_id=cycle_id
        )
        world.submissions = {unit_id: s.id for unit_id, s in found.items()}
    return world


async def make_world(
    database: Database, *, townships: int = 2, villages: int = 2, names: Mapping[str, str] | None = None
) -> World:
    """A county with people and the tiny form open for October 2026."""
    made = await make_county_with_people(database, townships=townships, villages=villages, names=names)
    return await open_form(database, made)
