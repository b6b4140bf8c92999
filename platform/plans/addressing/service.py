"""Who is meant, and the groups and tags to say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, change, put, remove, write_all
from kit.errors import Forbidden, NotFound, PreconditionRequired, Stale
from kit.ids import new_id
from plans.addressing import queries
from plans.addressing.errors import GroupNameTaken, NobodyAddressed
from plans.addressing.models import UnitGroup, UnitTag
from plans.addressing.rules import Choice, ChoiceKind, Known, resolve
from plans.addressing.schemas import AddressBook, AddressedUnit, GroupOut, PreviewOut, TagOut
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier

_SHOWN_FIRST = 12


async def addressed(session: AsyncSession, actor: Principal, choices: Sequence[Choice]) -> tuple[Tree, list[TreeNode]]:
    """The county's tree of today, and the units below the actor's that are meant.

    Raises NotFound for a unit or group that is not in scope, NobodyAddressed.
    """
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    in_scope = {node.id for node in tree.walk(actor.unit_id)}
    if any(choice.unit_id is not None and choice.unit_id not in in_scope for choice in choices):
        raise NotFound
    tags = {choice.tag for choice in choices if choice.kind is ChoiceKind.TAG}
    groups = {choice.group_id for choice in choices if choice.group_id is not None}
    known = Known(
        tags=await queries.list_tagged(session, county_id=actor.county_id, tags=tags) if tags else {},
        groups={
            group_id: (
                await queries.get_group(
                    session, county_id=actor.county_id, owner_unit_id=actor.unit_id, group_id=group_id
                )
            ).unit_ids
            for group_id in groups
        },
    )
    found = resolve(tree, actor.unit_id, choices, known)
    if not found:
        raise NobodyAddressed
    return tree, found


async def preview(session: AsyncSession, actor: Principal, choices: Sequence[Choice]) -> PreviewOut:
    """How many units of which tier a choice means, before anything is sent."""
    _, found = await addressed(session, actor, choices)
    by_tier: dict[Tier, int] = {}
    for node in found:
        by_tier[node.tier] = by_tier.get(node.tier, 0) + 1
    first = [AddressedUnit(id=node.id, name=node.name, tier=node.tier) for node in found[:_SHOWN_FIRST]]
    return PreviewOut(total=len(found), by_tier=by_tier, first=first)


async def address_book(session: AsyncSession, actor: Principal) -> AddressBook:
    """The acting unit's groups, and the county's tags with the units of its scope that bear them."""
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    in_scope = {node.id for node in tree.walk(actor.unit_id)}
    groups = await queries.list_groups(session, county_id=actor.county_id, owner_unit_id=actor.unit_id)
    tags = await queries.list_tagged(session, county_id=actor.county_id)
    return AddressBook(
        groups=[_group_out(group) for group in groups],
        tags=[TagOut(tag=tag, unit_ids=sorted(units & in_scope)) for tag, units in tags.items() if units & in_scope],
    )


def _group_out(group: UnitGroup) -> GroupOut:
    return GroupOut(id=group.id, name=group.name, unit_ids=list(group.unit_ids), version=group.version)


async def make_group(
    session: AsyncSession,
    *,
    actor: Principal,
    name: str,
    unit_ids: Sequence[UUID],
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """Save units below the acting one under a name. Raises Forbidden, NotFound, GroupNameTaken."""
    tree = await _require_below(session, actor, unit_ids)
    group_id = made or new_id()
    place = list(tree.ancestors(actor.unit_id))
    values = {**_values(actor, name, unit_ids), "owner_unit_id": actor.unit_id, "place": place}
    await _keep(
        session, actor, group_id, name, [*also, put(UnitGroup, county_id=actor.county_id, id=group_id, **values)]
    )
    return group_id


async def change_group(
    session: AsyncSession,
    *,
    actor: Principal,
    group_id: UUID,
    version: int | None,
    name: str,
    unit_ids: Sequence[UUID],
    also: Sequence[Write] = (),
) -> None:
    """Change a group. Raises Forbidden, NotFound, Stale, GroupNameTaken."""
    await _require_below(session, actor, unit_ids)
    group = await queries.get_group(
        session, county_id=actor.county_id, owner_unit_id=actor.unit_id, group_id=group_id, lock=True
    )
    _expect(group, version)
    values = {**_values(actor, name, unit_ids), "version": group.version + 1}
    await _keep(
        session, actor, group_id, name, [*also, change(UnitGroup, county_id=actor.county_id, id=group_id, **values)]
    )


async def _require_below(session: AsyncSession, actor: Principal, unit_ids: Sequence[UUID]) -> Tree:
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    if not set(unit_ids) <= {node.id for node in tree.walk(actor.unit_id)} - {actor.unit_id}:
        raise NotFound
    return tree


def _values(actor: Principal, name: str, unit_ids: Sequence[UUID]) -> dict[str, Any]:
    return {
        "name": name,
        "unit_ids": list(dict.fromkeys(unit_ids)),
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
    }


async def _keep(session: AsyncSession, actor: Principal, group_id: UUID, name: str, writes: Sequence[Write]) -> None:
    entry = audited(actor, "unit_group.save", subject_kind="unit_group", subject_id=group_id)
    try:
        await write_all(session, [*writes, entry])
    except IntegrityError as error:
        raise GroupNameTaken(name=name) from error


def _expect(group: UnitGroup, version: int | None) -> None:
    if version is None:
        raise PreconditionRequired
    if version != group.version:
        raise Stale(version=group.version)


async def drop_group(
    session: AsyncSession, *, actor: Principal, group_id: UUID, version: int | None, also: Sequence[Write] = ()
) -> None:
    """Forget a group. What was issued to it stays issued."""
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)
    group = await queries.get_group(
        session, county_id=actor.county_id, owner_unit_id=actor.unit_id, group_id=group_id, lock=True
    )
    _expect(group, version)
    await write_all(
        session,
        [
            *also,
            remove(UnitGroup, county_id=actor.county_id, id=group_id),
            audited(actor, "unit_group.drop", subject_kind="unit_group", subject_id=group_id),
        ],
    )


async def put_tag(session: AsyncSession, *, actor: Principal, tag: str, unit_ids: Sequence[UUID]) -> None:
    """Say which units bear a tag. The county's alone to say. Raises Forbidden, NotFound."""
    if actor.tier is not Tier.COUNTY:
        raise Forbidden
    actor.require(Role.ADMINISTRATOR)
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    if not set(unit_ids) <= set(tree.nodes):
        raise NotFound
    await session.execute(delete(UnitTag).where(UnitTag.county_id == actor.county_id, UnitTag.tag == tag))
    rows = [
        {"county_id": actor.county_id, "id": new_id(), "unit_id": unit_id, "tag": tag}
        for unit_id in dict.fromkeys(unit_ids)
    ]
    if rows:
        await session.execute(insert(UnitTag), rows)
    await write_all(
        session,
        [audited(actor, "unit_tag.put", subject_kind="unit", subject_id=None, detail={"tag": tag, "units": len(rows)})],
    )
