"""What is compared with what, and by how much it changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from forms.aggregate import year_to_date
from forms.compiled import CompiledForm
from forms.definition import Period
from forms.fields import Measure
from forms.formula.numbers import WORK, plain, to_places
from reporting.periods import by_key, preceding, same_period_last_year

Cells = Mapping[str, str | None]
Found = dict[str, str]

#: Decimals of 增减%.
PERCENT_PLACES = 1


@dataclass(frozen=True, slots=True)
class Keys:
    """The periods that one period is compared with."""

    now: str
    previous: str
    last_year: str
    #: From the year's first period to this one.
    year: tuple[str, ...]
    last_year_to_date: tuple[str, ...]

    def all(self) -> list[str]:
        return sorted({self.previous, *self.year, *self.last_year_to_date})


def keys_of(period: Period, key: str) -> Keys:
    """A period belongs to the year that its key names, whatever its first day."""
    span = by_key(period, key)
    last = same_period_last_year(period, span)
    return Keys(
        now=key,
        previous=preceding(period, span).key,
        last_year=last.key,
        year=_year_until(period, key),
        last_year_to_date=_year_until(period, last.key),
    )


def _year_until(period: Period, key: str) -> tuple[str, ...]:
    found, span = [key], by_key(period, key)
    while (span := preceding(period, span)).key[:4] == key[:4]:
        found.insert(0, span.key)
    return tuple(found)


def last_keys(period: Period, key: str, count: int) -> list[str]:
    """So many periods up to one, oldest first."""
    found, span = [key], by_key(period, key)
    for _ in range(count - 1):
        span = preceding(period, span)
        found.insert(0, span.key)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """增减、增减%, of the fields where both are known."""

    by: Found
    percent: Found


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit's figures of one period beside its others. None: nothing was reported then."""

    now: Cells | None
    previous: Cells | None
    last_year: Cells | None
    #: 累计: flows, and ratios of flows.
    year: Cells
    year_included: int
    last_year_to_date: Cells
    last_year_included: int
    since_previous: Change
    since_last_year: Change
    #: Known only when both years hold the same number of periods.
    to_date: Change


def compare(form: CompiledForm, keys: Keys, figures: Mapping[str, Cells | None]) -> Compared:
    """Put a unit's figures by period beside one another."""
    now, previous, last = (figures.get(key) for key in (keys.now, keys.previous, keys.last_year))
    year = year_to_date(form, [figures.get(key) for key in keys.year])
    before = year_to_date(form, [figures.get(key) for key in keys.last_year_to_date])
    alike = year.included == before.included
    return Compared(
        now=now,
        previous=previous,
        last_year=last,
        year=year.cells,
        year_included=year.included,
        last_year_to_date=before.cells,
        last_year_included=before.included,
        since_previous=change(form, now, previous),
        since_last_year=change(form, now, last),
        to_date=change(form, year.cells, before.cells if alike else None),
    )


def change(form: CompiledForm, now: Cells | None, before: Cells | None) -> Change:
    """Blank where either is blank. A ratio has a difference, in points, and no percentage; nor has what was zero."""
    by: Found = {}
    percent: Found = {}
    if now is None or before is None:
        return Change(by, percent)
    with localcontext(WORK):
        for code, planned in form.plan.fields.items():
            new, old = now.get(code), before.get(code)
            if new is None or old is None or not planned.field.numeric:
                continue
            difference = Decimal(new) - Decimal(old)
            by[code] = plain(difference)
            if planned.field.measure is not Measure.RATIO and Decimal(old) > 0:
                percent[code] = plain(to_places(difference * 100 / Decimal(old), PERCENT_PLACES))
    return Change(by, percent)


def with_year(form: CompiledForm, *, asked: Cells) -> list[str]:
    """The fields that have a year to date, of those that are asked."""
    return list(year_to_date(form, [asked]).cells)
