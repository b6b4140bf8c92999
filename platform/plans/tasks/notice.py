"""时限: how much notice a deadline gives, whether that is under the county's minimum, and how often it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from plans.models import DEFAULT_MINIMUM_NOTICE
from plans.queries import find_dispatch_rules
from plans.tasks import notice_queries, queries
from plans.tasks.access import CONFIDENTIAL
from plans.tasks.errors import NoticeShort
from plans.tasks.notice_queries import SentBy
from plans.tasks.notice_schemas import (
    BesideOut,
    DeadlineOut,
    DeadlinesOut,
    NoticeGivenOut,
    NoticeLine,
    NoticeRecordOut,
)
from plans.tasks.rules import working_days_after, working_days_between
from reporting.queries import load_calendar
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import list_unit_names
from tenancy.tiers import Tier

#: Working days from today (三日、五日、十日内).
USUAL_DEADLINES = (3, 5, 10)
_BESIDE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Notice:
    """Working days that a deadline leaves from now, and the county's minimum. `provisional`: a year whose holidays are
    not known yet is among them."""

    days: int
    minimum: int
    provisional: bool

    @property
    def short(self) -> bool:
        """短于最短时限."""
        return self.days < self.minimum


async def notice_of(session: AsyncSession, actor: Principal, due_at: datetime) -> Notice:
    """What a deadline gives to whoever gets the task now."""
    days, now = await load_calendar(session, county_id=actor.county_id), clock.now()
    years = [at.astimezone(clock.SHANGHAI).date() for at in (now, due_at)]
    return Notice(working_days_between(now, due_at, days), await minimum_notice(session, actor), not days.knows(*years))


async def notice_answered_for(session: AsyncSession, actor: Principal, due_at: datetime) -> Notice:
    """The notice of a deadline that is cut in one's own hand: under the county's minimum it is the leader's to cut.
    Raises NoticeShort."""
    given = await notice_of(session, actor, due_at)
    if given.short and not actor.has(Role.LEADER):
        raise NoticeShort(days=given.days, least=given.minimum)
    return given


async def minimum_notice(session: AsyncSession, actor: Principal) -> int:
    """The county's minimum notice in working days."""
    rules = await find_dispatch_rules(session, county_id=actor.county_id, county_unit_id=actor.county_unit_id)
    return DEFAULT_MINIMUM_NOTICE if rules is None else rules.minimum_notice


async def deadlines_view(session: AsyncSession, principal: Principal) -> DeadlinesOut:
    """The ends of the working days that deadlines are usually set to."""
    days = await load_calendar(session, county_id=principal.county_id)
    now = clock.now()
    return DeadlinesOut(
        items=[DeadlineOut(working_days=n, due_at=working_days_after(now, n, days)) for n in USUAL_DEADLINES],
        minimum=await minimum_notice(session, principal),
    )


async def notice_view(
    session: AsyncSession, principal: Principal, due_at: datetime, task_id: UUID | None = None
) -> NoticeGivenOut:
    """How much notice a deadline gives, and what else the unit has asked for about that time."""
    given = await notice_of(session, principal, due_at)
    beside = await queries.list_due_beside(
        session,
        county_id=principal.county_id,
        issuer_unit_id=principal.unit_id,
        since=due_at - _BESIDE,
        until=due_at + _BESIDE,
    )
    shown = [task for task in beside if task.kind not in CONFIDENTIAL and task.id != task_id]
    return NoticeGivenOut(
        working_days=given.days,
        minimum=given.minimum,
        short=given.short,
        provisional=given.provisional,
        beside=[BesideOut(title=task.title, due_at=task.due_at) for task in shown],
    )


async def record_view(session: AsyncSession, principal: Principal, *, year: int) -> NoticeRecordOut:
    """How much notice a year's tasks gave: those of the acting unit, and at the county those of its townships too."""
    own = None if principal.tier is Tier.COUNTY else principal.unit_id
    found = await notice_queries.count_sent(session, county_id=principal.county_id, year=year, issuer_unit_id=own)
    whole = await notice_queries.count_all_sent(session, county_id=principal.county_id, year=year, issuer_unit_id=own)
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids=[line.unit_id for line in found])
    return NoticeRecordOut(
        year=year,
        minimum=await minimum_notice(session, principal),
        sent=whole.number,
        short=whole.short,
        median=said(whole.median),
        units=[
            NoticeLine(
                unit_id=line.unit_id,
                unit=names.get(line.unit_id, ""),
                sent=line.number,
                short=line.short,
                median=said(line.median),
            )
            for line in _in_order(found, principal.unit_id)
        ],
    )


def _in_order(found: Iterable[SentBy], own: UUID) -> list[SentBy]:
    """The unit's own first, then whoever gave short notice oftenest."""
    return sorted(found, key=lambda line: (line.unit_id != own, -line.short, -line.number))


def said(median: float | None) -> str | None:
    """A median of whole days, as it is said: 6 or 6.5."""
    return None if median is None else f"{median:.1f}".removesuffix(".0")
