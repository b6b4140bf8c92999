"""The demonstration's month in progress, lived through the platform's own commands: some units have approved figures,
some wait for review, one was returned, some have not begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from demo import users
from demo.figures import monthly
from kit.db.session import Database, Identity
from kit.models import County
from reporting import queries, review, submissions
from reporting.errors import ChecksFailed
from reporting.explaining import reason_key
from reporting.models import CycleUnit, Submission
from reporting.submissions import CellEdit, HandedIn
from tenancy.models import Role
from tenancy.principal import Principal

People = Mapping[UUID, tuple[UUID, str]]
_EXPLAINED = "情况属实，已与台账核对"


async def play_month(
    database: Database, county: County, cycle_ids: Sequence[UUID], reporters: People, rng: Random
) -> None:
    """Let most villages report the first of the cycles, and their townships review some of them."""
    async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
        cycle = await queries.get_cycle(session, county_id=county.id, cycle_id=cycle_ids[0])
        units = await queries.list_cycle_units(session, county_id=county.id, cycle_id=cycle.id)
        own = await queries.list_all_submissions(session, county_id=county.id, cycle_id=cycle.id)
    by_id = {unit.unit_id: unit for unit in units}
    for unit in units:
        if unit.has_children or unit.parent_id is None:
            continue
        actor = _actor(county, unit, reporters)
        figures = monthly(rng, unit.tier, cycle.ends_on.month)
        luck = rng.random()
        if unit.code == users.VILLAGE_CODE:
            async with database.transaction(actor.identity) as session:
                edits = [CellEdit(code, None, figures[code]) for code in list(figures)[:11]]
                await submissions.save_draft(session, actor=actor, submission_id=own[unit.unit_id].id, edits=edits)
        elif luck < 0.62:
            async with database.transaction(actor.identity) as session:
                version = await _submit(session, actor, own[unit.unit_id], figures)
            if luck < 0.4:
                await _review(database, county, by_id[unit.parent_id], own[unit.unit_id], reporters, version, luck)


def _actor(county: County, unit: CycleUnit, reporters: People) -> Principal:
    account_id, name = reporters[unit.unit_id]
    return Principal(
        county_id=county.id,
        county_unit_id=county.unit_id,
        account_id=account_id,
        display_name=name,
        session_id=None,
        membership_id=account_id,
        unit_id=unit.unit_id,
        tier=unit.tier,
        roles=frozenset(Role),
        admin_kind=None,
        unit_ids=(unit.unit_id,),
    )


async def _submit(
    session: AsyncSession, actor: Principal, submission: Submission, figures: dict[str, str | None]
) -> int:
    """Hand in; where a warning asks for a reason, give one and hand in again."""
    given = HandedIn(figures, {}, {})
    try:
        done = await submissions.submit(session, actor=actor, submission_id=submission.id, version=1, given=given)
    except ChecksFailed as refusal:
        reasons = {reason_key(problem): _EXPLAINED for problem in refusal.fields["problems"]}
        done = await submissions.submit(
            session, actor=actor, submission_id=submission.id, version=1, given=HandedIn(figures, {}, reasons)
        )
    return done.version


async def _review(
    database: Database,
    county: County,
    township: CycleUnit,
    submission: Submission,
    reporters: People,
    version: int,
    luck: float,
) -> None:
    reviewer = _actor(county, township, reporters)
    async with database.transaction(reviewer.identity) as session:
        if luck < 0.03:
            await review.send_back(
                session,
                actor=reviewer,
                submission_id=submission.id,
                version=version,
                reason="走访户次与走访台账不符，请核对后重新上报",
                marked=["zf_hc", "zf_rc"],
            )
        else:
            await review.approve(session, actor=reviewer, submission_id=submission.id, version=version)
