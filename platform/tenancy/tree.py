"""Commands on the unit tree. Each has a day from which it holds; what was before stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import write_all
from kit.errors import NotFound
from kit.ids import new_id
from tenancy import queries, tree_queries
from tenancy.audit import audited
from tenancy.errors import UnitCodeTaken, UnitImpossible
from tenancy.models import AdminKind, Unit, UnitChange, UnitVersion
from tenancy.principal import Principal
from tenancy.rules import parent_tier
from tenancy.tiers import Tier

MAX_NAME, MAX_CODE = 60, 30


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made, as a person or a file gives it."""

    tier: Tier
    code: str
    name: str
    short_name: str
    parent_id: UUID


async def begin_change(session: AsyncSession, actor: Principal) -> None:
    """Authorise, and wait for whoever is changing the tree."""
    actor.require_admin(AdminKind.SYSTEM)
    await tree_queries.lock_tree(session, county_id=actor.county_id, county_unit_id=actor.county_unit_id)


async def record_change(
    session: AsyncSession,
    actor: Principal,
    *,
    kind: str,
    on: date,
    before: Sequence[UUID],
    after: Sequence[UUID],
    reason: str,
    detail: dict[str, Any] | None = None,
) -> None:
    session.add(
        UnitChange(
            county_id=actor.county_id,
            kind=kind,
            effective_on=on,
            before_ids=list(before),
            after_ids=list(after),
            detail=detail or {},
            reason=reason,
            made_by=actor.account_id,
        )
    )
    await session.flush()
    await write_all(session, [audited(actor, f"unit.{kind}", subject_kind="unit", subject_id=(after or before)[0])])


async def _lasting(session: AsyncSession, actor: Principal, unit_id: UUID) -> UnitVersion:
    """The last version of a unit that has no end in sight. Raises when it ended or will end."""
    versions = await queries.list_unit_versions(session, county_id=actor.county_id, unit_id=unit_id)
    if not versions:
        raise NotFound
    last = versions[-1]
    if last.valid_to is not None:
        raise UnitImpossible(problem=f"{last.name} 自 {last.valid_to} 起撤销")
    return last


async def _current(session: AsyncSession, actor: Principal, unit_id: UUID, on: date) -> UnitVersion:
    """The version of a unit that a change from `on` continues: its last one. Raises when the day lies before it."""
    last = await _lasting(session, actor, unit_id)
    if on < last.valid_from:
        raise UnitImpossible(problem=f"生效日期早于该单位最近一次变更（{last.valid_from}）")
    return last


async def _succeed(session: AsyncSession, last: UnitVersion, on: date, **changes: Any) -> None:
    """End a version on a day and begin the next with some attributes changed; on the same day, change it in place."""
    if last.valid_from == on:
        for name, value in changes.items():
            setattr(last, name, value)
    else:
        last.valid_to = on
        values = {"parent_id": last.parent_id, "name": last.name, "short_name": last.short_name, **changes}
        session.add(UnitVersion(county_id=last.county_id, id=new_id(), unit_id=last.unit_id, valid_from=on, **values))
    await session.flush()


async def _check_parent(session: AsyncSession, actor: Principal, tier: Tier, parent_id: UUID, on: date) -> None:
    tree = await queries.load_tree(session, county_id=actor.county_id, day=on)
    parent = tree.nodes.get(parent_id)
    if parent is None:
        raise UnitImpossible(problem="上级单位不存在或在该日已撤销")
    if parent.tier not in parent_tier(tier):
        raise UnitImpossible(problem="上级单位的层级不对：镇街须属区县，村（社区）须属镇街或区县")
    await _lasting(session, actor, parent_id)


def _check_names(*names: str) -> None:
    if any(not n.strip() or len(n) > MAX_NAME for n in names):
        raise UnitImpossible(problem=f"名称须为 1 至 {MAX_NAME} 个字")


async def add_units(
    session: AsyncSession, *, actor: Principal, units: Sequence[NewUnit], on: date, reason: str = ""
) -> list[UUID]:
    """增设. Raises UnitCodeTaken, UnitImpossible."""
    await begin_change(session, actor)
    codes = [u.code for u in units]
    taken = await queries.taken_unit_codes(session, county_id=actor.county_id, codes=codes)
    doubled = {c for c in codes if codes.count(c) > 1}
    if taken or doubled:
        raise UnitCodeTaken(unit_code="、".join(sorted(taken | doubled)))
    made: list[UUID] = []
    for unit in units:
        _check_names(unit.name, unit.short_name)
        await _check_parent(session, actor, unit.tier, unit.parent_id, on)
        made.append(await _insert(session, actor, unit, on))
    await record_change(session, actor, kind="add", on=on, before=[], after=made, reason=reason)
    return made


async def _insert(session: AsyncSession, actor: Principal, unit: NewUnit, on: date) -> UUID:
    unit_id = new_id()
    await session.execute(insert(Unit).values(county_id=actor.county_id, id=unit_id, tier=unit.tier, code=unit.code))
    await session.execute(
        insert(UnitVersion).values(
            county_id=actor.county_id,
            unit_id=unit_id,
            parent_id=unit.parent_id,
            name=unit.name.strip(),
            short_name=unit.short_name.strip(),
            valid_from=on,
        )
    )
    return unit_id


async def rename_unit(
    session: AsyncSession, *, actor: Principal, unit_id: UUID, name: str, short_name: str, on: date, reason: str
) -> None:
    """更名 from a day on."""
    await begin_change(session, actor)
    _check_names(name, short_name)
    last = await _current(session, actor, unit_id, on)
    await _succeed(session, last, on, name=name.strip(), short_name=short_name.strip())
    await record_change(session, actor, kind="rename", on=on, before=[unit_id], after=[unit_id], reason=reason)


async def move_unit(
    session: AsyncSession, *, actor: Principal, unit_id: UUID, parent_id: UUID, on: date, reason: str
) -> None:
    """划转 to another superior from a day on. Cycles already open keep the tree they froze."""
    await begin_change(session, actor)
    tree = await queries.load_tree(session, county_id=actor.county_id, day=on)
    if unit_id not in tree.nodes:
        raise NotFound
    if tree.is_below(parent_id, unit_id):
        raise UnitImpossible(problem="不能划转到自己的下属单位")
    await _check_parent(session, actor, tree.nodes[unit_id].tier, parent_id, on)
    last = await _current(session, actor, unit_id, on)
    await _succeed(session, last, on, parent_id=parent_id)
    await record_change(session, actor, kind="move", on=on, before=[unit_id], after=[unit_id], reason=reason)


async def deactivate_unit(session: AsyncSession, *, actor: Principal, unit_id: UUID, on: date, reason: str) -> None:
    """撤销 from a day on. Refused while units stand under it on that day or will later."""
    await begin_change(session, actor)
    await _end(session, actor, unit_id, on)
    await record_change(session, actor, kind="deactivate", on=on, before=[unit_id], after=[], reason=reason)


async def _end(session: AsyncSession, actor: Principal, unit_id: UUID, on: date) -> UnitVersion:
    if unit_id == actor.county_unit_id:
        raise UnitImpossible(problem="区县本级不能撤销")
    tree = await queries.load_tree(session, county_id=actor.county_id, day=on)
    if unit_id not in tree.nodes:
        raise NotFound
    if await tree_queries.has_units_under(session, county_id=actor.county_id, unit_id=unit_id, since=on):
        raise UnitImpossible(problem="请先划转或撤销其下属单位（含以后划入的）")
    last = await _current(session, actor, unit_id, on)
    if last.valid_from == on:
        raise UnitImpossible(problem="该单位当日刚有变更，请选择次日或之后的日期")
    last.valid_to = on
    await session.flush()
    return last


async def merge_units(
    session: AsyncSession, *, actor: Principal, unit_ids: Sequence[UUID], into: NewUnit | UUID, on: date, reason: str
) -> UUID:
    """合并: several units of one tier end, and one (new, or one of them) goes on with their subordinates."""
    await begin_change(session, actor)
    tree = await queries.load_tree(session, county_id=actor.county_id, day=on)
    if len(set(unit_ids)) < 2 or any(u not in tree.nodes for u in unit_ids):
        raise UnitImpossible(problem="合并至少需要两个现有单位")
    if len({tree.nodes[u].tier for u in unit_ids}) != 1:
        raise UnitImpossible(problem="只能合并同一层级的单位")
    if isinstance(into, NewUnit):
        target = (await add_units(session, actor=actor, units=[into], on=on, reason=reason))[0]
    elif into in unit_ids:
        target = (await _lasting(session, actor, into)).unit_id
    else:
        raise UnitImpossible(problem="合并后的单位须为新设单位或被合并单位之一")
    ending = [u for u in unit_ids if u != target]
    for unit_id in ending:
        for child in tree.children(unit_id):
            last = await _current(session, actor, child.id, on)
            await _succeed(session, last, on, parent_id=target)
        await _end(session, actor, unit_id, on)
    await record_change(session, actor, kind="merge", on=on, before=list(unit_ids), after=[target], reason=reason)
    return target


async def split_unit(
    session: AsyncSession,
    *,
    actor: Principal,
    unit_id: UUID,
    parts: Sequence[tuple[NewUnit, Sequence[UUID]]],
    on: date,
    reason: str,
) -> list[UUID]:
    """拆分: new units take over some subordinates each. The old one goes on with the rest, or ends when none are
    left and it had any."""
    await begin_change(session, actor)
    tree = await queries.load_tree(session, county_id=actor.county_id, day=on)
    if unit_id not in tree.nodes:
        raise NotFound
    below = {c.id for c in tree.children(unit_id)}
    taken = [c for _, children in parts for c in children]
    if not parts or len(taken) != len(set(taken)) or not set(taken) <= below:
        raise UnitImpossible(problem="每个下属单位只能划入一个新单位，且须属于被拆分单位")
    made = await add_units(session, actor=actor, units=[p for p, _ in parts], on=on, reason=reason)
    for new_parent, (_, children) in zip(made, parts, strict=True):
        for child in children:
            last = await _current(session, actor, child, on)
            await _succeed(session, last, on, parent_id=new_parent)
    after = list(made)
    if below and set(taken) == below:
        await _end(session, actor, unit_id, on)
    else:
        after.insert(0, unit_id)
    await record_change(session, actor, kind="split", on=on, before=[unit_id], after=after, reason=reason)
    return made
