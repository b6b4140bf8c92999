"""Setting what a county decides for everything that goes down."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import change, put, write_all
from kit.errors import Forbidden, PreconditionRequired, Stale
from plans.models import DEFAULT_DIGEST_AT, DEFAULT_MINIMUM_NOTICE, DEFAULT_URGENT_MINUTES, DispatchRules
from plans.queries import find_dispatch_rules
from plans.schemas import ChangeOut, CountyRules, RulesIn, RulesOut
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier
from workflow.kept import kept
from workflow.queries import list_history

KIND = "dispatch_rules"
_SHOWN = 10


def _as_rules(row: DispatchRules | None) -> CountyRules:
    if row is None:
        return CountyRules(
            minimum_notice=DEFAULT_MINIMUM_NOTICE, urgent_minutes=DEFAULT_URGENT_MINUTES, digest_at=DEFAULT_DIGEST_AT
        )
    return CountyRules(minimum_notice=row.minimum_notice, urgent_minutes=row.urgent_minutes, digest_at=row.digest_at)


def _may_change(actor: Principal) -> bool:
    return actor.tier is Tier.COUNTY and actor.has(Role.ADMINISTRATOR)


async def rules_view(session: AsyncSession, principal: Principal) -> RulesOut:
    """For anybody of the county: the rules are no secret. Who changed them is seen at the county."""
    row = await find_dispatch_rules(session, county_id=principal.county_id, county_unit_id=principal.county_unit_id)
    history = await list_history(session, county_id=principal.county_id, subject_id=principal.county_unit_id)
    changes = [one for one in history if one.subject_kind == KIND][::-1][:_SHOWN]
    return RulesOut(
        **_as_rules(row).model_dump(),
        version=0 if row is None else row.version,
        may_change=_may_change(principal),
        changes=[
            ChangeOut(
                by=one.actor_name,
                at=one.at,
                before=CountyRules.model_validate(one.detail["before"]),
                after=CountyRules.model_validate(one.detail["after"]),
            )
            for one in changes
        ],
    )


async def save_rules(session: AsyncSession, *, actor: Principal, version: int | None, given: RulesIn) -> RulesOut:
    """Set the county's rules: they hold for what is sent or reported from now on. Raises Forbidden,
    PreconditionRequired, Stale."""
    if not _may_change(actor):
        raise Forbidden
    row = await find_dispatch_rules(session, county_id=actor.county_id, county_unit_id=actor.county_unit_id, lock=True)
    if version is None:
        raise PreconditionRequired
    if version != (0 if row is None else row.version):
        raise Stale(version=0 if row is None else row.version)
    before, after = _as_rules(row).model_dump(), given.model_dump()
    if row is not None and before == after:
        return await rules_view(session, actor)
    values: dict[str, Any] = {
        **after,
        "version": version + 1,
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
    }
    write = put if row is None else change
    detail = {"before": before, "after": after}
    entry = kept(
        actor,
        KIND,
        actor.county_unit_id,
        version=version + 1,
        action="set",
        detail=detail,
        place=[actor.county_unit_id],
    )
    await write_all(
        session,
        [
            write(DispatchRules, county_id=actor.county_id, id=actor.county_unit_id, **values),
            entry,
            audited(actor, "dispatch.rules", subject_kind=KIND, subject_id=actor.county_unit_id, detail=detail),
        ],
    )
    session.expire_all()
    return await rules_view(session, actor)
