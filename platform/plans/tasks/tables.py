"""附表: a task that carries a form. Made on the spot or chosen from the catalogue, kept with the task, asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms import on_the_spot
from forms.catalogue import keep_once
from forms.definition import FormDefinition
from forms.errors import DefinitionInvalid
from forms.on_the_spot import Heading, SpotField
from forms.queries import compiled, get_form, get_version
from kit import clock
from plans.addressing.rules import Share
from plans.tasks import following
from plans.tasks.access import CONFIDENTIAL
from plans.tasks.errors import TableConfidential, TableNotFor
from plans.tasks.models import Assignment, Task
from reporting.carried import service as carried
from reporting.carried.service import Asked
from tenancy.principal import Principal
from tenancy.rules import Tree, TreeNode

#: Whoever opens a cycle for a task follows its reports.
FOLLOWED_BY = following


@dataclass(frozen=True, slots=True)
class Table:
    """What is to be filled: fields under a title, or a published version of the catalogue."""

    title: str = ""
    fields: Sequence[SpotField] = ()
    form_version_id: UUID | None = None


async def attach(
    session: AsyncSession, *, actor: Principal, task: Task, table: Table, nodes: Sequence[TreeNode]
) -> None:
    """Keep the form with a task that is being written. It asks the tiers that the addressees stand in.

    Raises TableConfidential, TableNotFor, NotFound for a version that is not in the catalogue.
    """
    if task.kind in CONFIDENTIAL:
        raise TableConfidential
    definition = await _definition(session, actor, task, table, nodes)
    try:
        version = await keep_once(session, actor=actor, definition=definition, day=clock.today())
    except DefinitionInvalid as invalid:
        # A form of the catalogue whose formulas need what only other tiers fill.
        raise TableNotFor from invalid
    task.form_version_id = version.id
    await session.flush()


async def _definition(
    session: AsyncSession, actor: Principal, task: Task, table: Table, nodes: Sequence[TreeNode]
) -> FormDefinition:
    code, tiers = f"t{task.id.hex}", {node.tier for node in nodes}
    if table.form_version_id is None:
        day = task.due_at.astimezone(clock.SHANGHAI).date()
        until = day.replace(month=12, day=31)
        heading = Heading(code, table.title or task.title, task.number, task.issuer_name, task.title, until)
        return on_the_spot.define(heading, table.fields, tiers)
    version = await get_version(session, county_id=actor.county_id, version_id=table.form_version_id)
    form = await get_form(session, county_id=actor.county_id, form_id=version.form_id)
    definition = compiled(version).definition
    expired = definition.valid_until < clock.today()
    if form.one_off or version.published_at is None or expired or not tiers <= set(definition.tiers):
        raise TableNotFor
    return on_the_spot.asked_once(definition, code, tiers)


async def send(
    session: AsyncSession,
    *,
    actor: Principal,
    task: Task,
    tree: Tree,
    shares: Sequence[Share],
    made: Sequence[Assignment],
) -> None:
    """Open the cycle of a task's form for those who have a share of it: each submission has its share's id."""
    assert task.form_version_id is not None
    ids = {assignment.unit_id: assignment.id for assignment in made}
    task.cycle_id = await carried.open_cycle(
        session,
        county=actor.county,
        task_id=task.id,
        version=await get_version(session, county_id=actor.county_id, version_id=task.form_version_id),
        tree=tree,
        asking=actor.unit_id,
        asked=[Asked(share.node, ids[share.node.id], share.under) for share in shares],
        due_at=task.due_at,
    )
    await session.flush()
