"""Chinese holidays as rows: loaded per county from `chinesecalendar`, year by year as they become known."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from chinese_calendar.constants import holidays, workdays
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.models import CalendarDay, CalendarYear


def known_years() -> set[int]:
    """The years whose holidays the library knows."""
    return {day.year for day in holidays} & {day.year for day in workdays}


def exceptions(year: int) -> dict[date, tuple[bool, str]]:
    """The days of a known year that break the weekday rule: (worked?, holiday's name)."""
    out: dict[date, tuple[bool, str]] = {}
    day = date(year, 1, 1)
    while day.year == year:
        weekday = day.weekday() < 5
        if day in holidays and weekday:
            out[day] = (False, holidays[day])
        elif day in workdays and not weekday:
            out[day] = (True, workdays[day])
        day += timedelta(days=1)
    return out


async def load_years(session: AsyncSession, *, county_id: UUID, have: set[int], since: int) -> list[int]:
    """Store the years from `since` on that are known and not stored yet; returns them. Deadlines reckoned with an
    unknown year are recomputed by the caller."""
    years = sorted(y for y in known_years() if y >= since and y not in have)
    for year in years:
        days = [
            {"county_id": county_id, "day": day, "working": working, "name": name}
            for day, (working, name) in exceptions(year).items()
        ]
        await session.execute(insert(CalendarDay), days)
        await session.execute(insert(CalendarYear).values(county_id=county_id, year=year, source="chinesecalendar"))
    return years
