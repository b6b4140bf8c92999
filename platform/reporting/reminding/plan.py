"""A county's rules of reminding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import change, put, write_all
from kit.errors import Forbidden, PreconditionRequired, Stale
from kit.jobs import CountyRef
from kit.settings import settings
from reporting.reminding import queries
from reporting.reminding.errors import RulesImpossible
from reporting.reminding.models import ReminderPlan
from reporting.reminding.rules import DEFAULT_QUIET, DEFAULT_RULES, Measure, Rule, Side
from reporting.reminding.schemas import PlanIn, PlanOut, RuleOut
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier

MOST_WORKING_DAYS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Rules and quiet hours as they hold."""

    version: int
    active: bool
    quiet_from: str
    quiet_until: str
    rules: Sequence[Rule]


def _as_plan(row: ReminderPlan | None) -> Plan:
    if row is None:
        return Plan(0, True, *DEFAULT_QUIET, DEFAULT_RULES)
    rules = [
        Rule(Tier(r["tier"]), Side(r["side"]), r["amount"], Measure(r["measure"]), r["inbox"], r["outside"])
        for r in row.rules
    ]
    return Plan(row.version, row.active, row.quiet_from, row.quiet_until, rules)


async def plan_of(session: AsyncSession, county: CountyRef) -> Plan:
    """The plan of a county, the defaults where it has none of its own."""
    return _as_plan(await queries.find_plan(session, county_id=county.id, county_unit_id=county.unit_id))


async def plan_view(session: AsyncSession, principal: Principal) -> PlanOut:
    """For anybody of the county: when one is reminded is no secret."""
    plan = await plan_of(session, CountyRef(principal.county_id, principal.county_unit_id))
    used = settings()
    return PlanOut(
        version=plan.version,
        active=plan.active,
        quiet_from=plan.quiet_from,
        quiet_until=plan.quiet_until,
        rules=[RuleOut.model_validate(asdict(rule)) for rule in plan.rules],
        mail_ready=bool(used.smtp_host),
        link_ready=bool(used.public_url),
    )


async def save_plan(session: AsyncSession, *, actor: Principal, version: int | None, given: PlanIn) -> PlanOut:
    """Set the county's plan. Raises Forbidden, PreconditionRequired, Stale, RulesImpossible."""
    actor.require(Role.ADMINISTRATOR)
    if actor.tier is not Tier.COUNTY:
        raise Forbidden
    rules = [Rule(r.tier, r.side, r.amount, r.measure, r.inbox, r.outside) for r in given.rules]
    if len({rule.key for rule in rules}) != len(rules):
        raise RulesImpossible(problem="同一层级不能有两条时间相同的规则")
    if any(rule.measure is Measure.WORKING_DAYS and rule.amount > MOST_WORKING_DAYS for rule in rules):
        raise RulesImpossible(problem=f"最多 {MOST_WORKING_DAYS} 个工作日")
    row = await queries.find_plan(session, county_id=actor.county_id, county_unit_id=actor.county_unit_id, lock=True)
    if version is None:
        raise PreconditionRequired
    if version != (0 if row is None else row.version):
        raise Stale(version=0 if row is None else row.version)
    values = {
        "active": given.active,
        "quiet_from": given.quiet_from,
        "quiet_until": given.quiet_until,
        "rules": [asdict(rule) for rule in rules],
        "version": version + 1,
        "changed_at": clock.now(),
        "changed_by": actor.account_id,
    }
    write = (
        put(ReminderPlan, county_id=actor.county_id, id=actor.county_unit_id, **values)
        if row is None
        else change(ReminderPlan, county_id=actor.county_id, id=row.id, **values)
    )
    entry = audited(actor, "reminders.plan", subject_kind="unit", subject_id=actor.unit_id)
    await write_all(session, [write, entry])
    session.expire_all()
    return await plan_view(session, actor)
