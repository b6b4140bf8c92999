"""Who signs inside the unit: chosen per form and unit, by the unit's administrator or one above."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.batch import write_all
from kit.errors import NotFound
from kit.ids import new_id
from reporting import sign_rules, signing_queries
from reporting.errors import SignersMissing
from reporting.models import SignOff, SignOffSteps
from reporting.standing_schemas import SignChoice, SignChoices
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_scope_tree

#: Units that a refusal names; the others are counted.
_NAMED = 5


async def choose(
    session: AsyncSession, *, actor: Principal, form_id: UUID, unit_ids: Sequence[UUID], steps: SignOffSteps
) -> None:
    """Choose the steps for units at or below the actor's. What is being signed already goes on as it was asked.

    Raises Forbidden, NotFound for a form or a unit out of scope, SignersMissing where nobody could sign.
    """
    actor.require(Role.ADMINISTRATOR)
    await _require_form(session, actor, form_id)
    chosen = sorted(set(unit_ids))
    names = {node.id: node.name for node in await load_scope_tree(session, actor.scope)}
    if not set(chosen) <= set(names):
        raise NotFound
    held = await signing_queries.list_roles_held(session, county_id=actor.county_id, unit_ids=chosen)
    without = {u: gap for u in chosen if (gap := sign_rules.lacking(steps, held.get(u, ())))}
    if without:
        raise SignersMissing(
            count=len(without),
            zh="；".join(f"{names[u]}缺{sign_rules.names(gap)}" for u, gap in islice(without.items(), _NAMED)),
            en="; ".join(
                f"{names[u]}: no {sign_rules.names(gap, english=True)}" for u, gap in islice(without.items(), _NAMED)
            ),
        )
    insertion = upsert(SignOff)
    await session.execute(
        insertion.on_conflict_do_update(
            index_elements=["county_id", "form_id", "unit_id"], set_={"steps": insertion.excluded.steps}
        ),
        [
            {"county_id": actor.county_id, "id": new_id(), "form_id": form_id, "unit_id": unit_id, "steps": steps}
            for unit_id in chosen
        ],
    )
    detail = {"steps": steps.value, "units": [str(unit_id) for unit_id in chosen]}
    await write_all(
        session, [audited(actor, "sign_off.choose", subject_kind="form", subject_id=form_id, detail=detail)]
    )


async def choices_view(session: AsyncSession, actor: Principal, form_id: UUID) -> SignChoices:
    """The units at and below the actor's, with their steps and how many people could sign. Raises as `choose`."""
    actor.require(Role.ADMINISTRATOR)
    await _require_form(session, actor, form_id)
    nodes = await load_scope_tree(session, actor.scope)
    unit_ids = [node.id for node in nodes]
    county_id = actor.county_id
    chosen = await signing_queries.list_choices(session, county_id=county_id, form_id=form_id, unit_ids=unit_ids)
    people = await signing_queries.count_people_of(session, county_id=county_id, unit_ids=unit_ids)
    held = await signing_queries.list_roles_held(session, county_id=county_id, unit_ids=unit_ids)
    return SignChoices(
        items=[
            SignChoice(
                unit_id=node.id,
                name=node.name,
                tier=node.tier.value,
                steps=chosen.get(node.id, SignOffSteps.NONE),
                people=people.get(node.id, 0),
                lacking=sign_rules.lacking(chosen.get(node.id, SignOffSteps.NONE), held.get(node.id, ())),
            )
            for node in nodes
        ]
    )


async def _require_form(session: AsyncSession, actor: Principal, form_id: UUID) -> None:
    if not await signing_queries.form_exists(session, county_id=actor.county_id, form_id=form_id):
        raise NotFound
