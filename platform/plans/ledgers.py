"""台账 of what a unit did in a year, as official sheets: what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from reporting.workbook.roll import Roll, RollColumn, make_roll
from tenancy.principal import Principal
from tenancy.queries import list_unit_names

#: Who signs below it.
SIGNED = (("制表人", ""), ("审核人", ""), ("负责人", ""))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A workbook and what it is called."""

    name: str
    content: bytes


def moment(at: datetime | None) -> str:
    """A moment in China, to the minute."""
    return "" if at is None else f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """From when to when in China; the day once where it is the same."""
    start, end = starts_at.astimezone(clock.SHANGHAI), ends_at.astimezone(clock.SHANGHAI)
    return f"{start:%Y-%m-%d %H:%M}—{end:%H:%M}" if start.date() == end.date() else f"{moment(start)}—{moment(end)}"


def year_of(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year in China, and of the next."""
    return clock.start_of_day(date(year, 1, 1)), clock.start_of_day(date(year + 1, 1, 1))


async def make_ledger(
    session: AsyncSession,
    principal: Principal,
    *,
    title: str,
    columns: Sequence[RollColumn],
    rows: Sequence[Sequence[str]],
    facts: Sequence[str] = (),
) -> Sheet:
    """A unit's ledger under its name and today's date."""
    names = await list_unit_names(session, county_id=principal.county_id, unit_ids=[principal.unit_id])
    unit = names.get(principal.unit_id, "")
    above = [f"填报单位：{unit}", *facts, f"制表日期：{clock.today():%Y年%m月%d日}"]
    return Sheet(f"{unit}{title}.xlsx", await make_roll(Roll(title, above, columns, rows, SIGNED)))
