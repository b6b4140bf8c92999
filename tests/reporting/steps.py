"""What people do in a month, in one line each, and what they then see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from sqlalchemy import insert

from forms.definition import DayRule, FormDefinition
from forms.loading import load_definition
from forms.outcome import Row
from kit.db.session import Database
from kit.ids import new_id
from reporting import (
    closing,
    cycles,
    fold,
    queries,
    recompute,
    review,
    rollup_queries,
    rollup_views,
    sign_off,
    submissions,
)
from reporting.handing import Submitted
from reporting.models import Cycle, SignOffSteps
from reporting.rollup_schemas import RollupOut
from reporting.submissions import HandedIn
from tenancy import tree
from tenancy.models import Account, AdminKind, Membership, Role
from tenancy.queries import load_tree
from tenancy.tiers import Tier
from tenancy.tree import NewUnit
from tests.reporting.test_submissions import read
from tests.world import TINY, World, tiny

FIVE, SEVEN = {"pc": "5", "rc": "5"}, {"pc": "7", "rc": "7"}
ONE, OTHER = "11010519491231002X", "440308199901101512"


async def hand_in(
    database: Database,
    world: World,
    code: str,
    cells: Mapping[str, str | None],
    *people: Row,
    zero: bool = False,
    missing_reason: str = "",
) -> Submitted:
    """上报 these figures, or with `zero` the zero report."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        return await submissions.submit(
            session,
            actor=actor,
            submission_id=world.submission(code),
            version=version,
            given=None if zero else HandedIn(cells, {"people": people}, {}),
            zero=zero,
            missing_reason=missing_reason,
        )


async def recall(database: Database, world: World, code: str) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await submissions.recall(session, actor=actor, submission_id=world.submission(code), version=version)


async def correct(database: Database, world: World, code: str) -> None:
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await submissions.correct(
            session, actor=actor, submission_id=world.submission(code), version=version, reason="更正"
        )


async def send_back(database: Database, world: World, code: str, by: str) -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await review.send_back(
            session, actor=actor, submission_id=world.submission(code), version=version, reason="核对"
        )


async def approve(database: Database, world: World, code: str, by: str) -> None:
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        version = (await read(session, world, code)).version
        await review.approve(session, actor=actor, submission_id=world.submission(code), version=version)


async def choose_steps(database: Database, world: World, code: str, steps: SignOffSteps, by: str = "C") -> None:
    """Have a unit sign the form inside before it goes up."""
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        await sign_off.choose(
            session, actor=actor, form_id=world.opened.form_id, unit_ids=[world.units[code]], steps=steps
        )


def person(status: str = "在办", number: str = ONE, row_id: str = "r1") -> Row:
    return Row(row_id, {"xm": "张三", "sfz": number, "zt": status})


async def page(database: Database, world: World, code: str, *, of: str | None = None) -> RollupOut:
    """The rollup of a unit as it sees it, or as it sees the unit `of`."""
    actor = world.actor(code)
    async with database.transaction(actor.identity) as session:
        return await rollup_views.rollup_view(session, actor, world.opened.id, world.units[of or code], locale="zh-CN")


async def totals(database: Database, world: World, code: str, field: str = "pc") -> tuple[str | None, str | None, bool]:
    """(已审, 含待审, 与上报数不一致) of a unit; and every rollup equals its recomputation."""
    seen = await page(database, world, code)
    await prove(database, world)
    return seen.totals.reported.get(field), seen.totals.live.get(field), seen.differs


async def prove(database: Database, world: World) -> None:
    """Everything folded, every rollup equals its recomputation, no mark is left."""
    where = {"county_id": world.county.id, "cycle_id": world.opened.id}
    async with database.transaction(world.identity) as session:
        await fold.fold(
            session,
            county_unit_id=world.county.unit_id,
            **where,
            unit_id=world.county.unit_id,
            form=world.compiled,
        )
        evidence = await recompute.gather(session, **where, form=world.compiled)
        stored = await rollup_queries.list_rollups(session, **where)
        assert recompute.differences(evidence, stored) == []
        assert await rollup_queries.count_marks(session, **where) == 0


def asked_of(*tiers: Tier) -> FormDefinition:
    """The tiny form, of some tiers only."""
    return tiny().model_copy(update={"due": {tier: DayRule(n=3, day="working") for tier in tiers}})


@cache
def refusing_open_people() -> FormDefinition:
    """The tiny form, whose zero report is refused while somebody is carried over."""
    check = "  - {code: E5, at: [zero_report], expression: count(zt) = 0, message: 有未办结人员 | Somebody is open}\n"
    return load_definition(TINY + check)


async def add_unit(
    database: Database, world: World, tier: Tier, code: str, parent: str, *, on: date = date(2020, 1, 1)
) -> None:
    """A unit with a person, like those of the world."""
    system = world.admin(AdminKind.SYSTEM)
    async with database.transaction(system.identity) as session:
        unit = NewUnit(tier, code, f"{code}单位", code, world.units[parent])
        unit_id = (await tree.add_units(session, actor=system, units=[unit], on=on))[0]
        world.units[code], world.accounts[unit_id], world.memberships[unit_id] = unit_id, new_id(), new_id()
        world.tree = await load_tree(session, county_id=world.county.id, day=date(2026, 12, 31))
    async with database.transaction(world.identity) as session:
        key = {"county_id": world.county.id}
        account_id = world.accounts[unit_id]
        await session.execute(insert(Account).values(**key, id=account_id, sign_name=f"u-{code}", display_name=code))
        await session.execute(
            insert(Membership).values(
                **key,
                id=world.memberships[unit_id],
                account_id=account_id,
                unit_id=unit_id,
                roles=[role.value for role in Role],
            )
        )


async def open_period(database: Database, world: World, period: str) -> None:
    """Open another period of the world's form; the world turns to it."""
    actor = world.actor("C")
    async with database.transaction(world.identity) as session:
        cycle_id = await cycles.open_by_hand(
            session, actor=actor, county=world.county, form_id=world.opened.form_id, period_key=period
        )
        world.cycle = await queries.get_cycle(session, county_id=world.county.id, cycle_id=cycle_id)
        found = await queries.list_all_submissions(session, county_id=world.county.id, cycle_id=cycle_id)
        world.submissions = {unit_id: s.id for unit_id, s in found.items()}


async def cycle_of(database: Database, world: World) -> Cycle:
    async with database.transaction(world.identity) as session:
        return await queries.get_cycle(session, county_id=world.county.id, cycle_id=world.opened.id)


async def close(database: Database, world: World, by: str = "C") -> None:
    cycle = await cycle_of(database, world)
    actor = world.actor(by)
    async with database.transaction(actor.identity) as session:
        await closing.close(session, actor=actor, cycle_id=cycle.id, version=cycle.version)


async def all_approved(database: Database, world: World) -> None:
    for code, cells in (("A1", FIVE), ("A2", SEVEN)):
        await hand_in(database, world, code, cells)
        await approve(database, world, code, "A")
    await hand_in(database, world, "A", {"pc": "0", "rc": "0"})
    await approve(database, world, "A", "C")
