"""情况说明: the facts of a month gathered from stored figures, and drafted into words. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.definition import MoneyUnit
from forms.fields import FieldType, FormField, Measure
from kit import clock
from kit.errors import NotFound
from reporting.briefs import label_of
from reporting.comparing import queries, views
from reporting.comparing.queries import Standing
from reporting.comparing.reading import Basis
from reporting.comparing.schemas import ComparedRow, ComparisonOut, SectionText, StatementOut
from reporting.comparing.wording import Facts, Told, Turnout, draft, in_wan
from reporting.lifecycle import EDITABLE
from reporting.models import SubmissionState
from tenancy.principal import Principal
from tenancy.tiers import Tier

MOST_FIELDS = 12
_KEY_FIELDS = 8
_PEOPLE = frozenset(("人次", "户次", "人", "户"))
_IN = (SubmissionState.SUBMITTED, SubmissionState.APPROVED)


async def statement_view(
    session: AsyncSession,
    principal: Principal,
    cycle_id: UUID,
    unit_id: UUID | None,
    *,
    basis: Basis,
    codes: Sequence[str],
    locale: str,
) -> StatementOut:
    """A draft of the month in words. Raises NotFound, also of a unit without subordinates."""
    cycle, form, wanted = await views.open_comparison(session, principal, cycle_id, unit_id)
    page = await views.comparison_view(session, principal, cycle_id, wanted, basis=basis, units="then")
    if len(page.rows) == 1:
        raise NotFound
    english = locale == "en"
    standing = await queries.list_standing(session, county_id=principal.county_id, cycle_id=cycle_id)
    kind = form.definition.period.kind.value
    name = form.definition.name
    chosen = _chosen(form, page.rows[0], codes)
    money = form.definition.money_printed_in[page.unit.tier]
    top = page.rows[0]
    today = clock.today()
    facts = Facts(
        unit=page.unit.name,
        form=name.en if english else name.zh,
        period=cycle.period_key if english else label_of(kind, cycle.period_key),
        today=today.isoformat() if english else f"{today.month}月{today.day}日",
        reported=basis == "reported",
        turnout=turnout_of(standing, wanted, own="itself" if english else "本级"),
        fields=[_told(field, page, money, english=english) for field in chosen],
        year_included=top.year_included,
        year_of=len(page.year_keys),
        units_now=top.units_now,
        units_previous=top.units_previous,
    )
    title, sections = draft(facts, english=english)
    return StatementOut(
        form=page.form,
        period=page.period,
        unit=page.unit,
        title=title,
        sections=[SectionText(heading=one.heading, text=one.text) for one in sections],
        signed=page.unit.name,
        dated=today.isoformat() if english else f"{today.year}年{today.month}月{today.day}日",
        fields=[field.code for field in chosen],
    )


def _chosen(form: CompiledForm, top: ComparedRow, codes: Sequence[str]) -> list[FormField]:
    """The fields asked for; else one under each outermost heading that has a figure: how many people it reached."""
    numeric = [one.field for one in form.plan.fields.values() if one.field.numeric]
    if codes:
        return [field for field in numeric if field.code in codes][:MOST_FIELDS]
    groups: dict[str, list[FormField]] = {}
    for field in numeric:
        known = any(figures and field.code in figures for figures in (top.now, top.previous, top.year))
        if known and field.measure is not Measure.RATIO:
            groups.setdefault(field.path[0].zh, []).append(field)
    found = [next((one for one in group if _unit_of(one) in _PEOPLE), group[0]) for group in groups.values()]
    return found[:_KEY_FIELDS]


def _unit_of(field: FormField) -> str:
    return field.unit_of_measure.zh if field.unit_of_measure else ""


def _told(field: FormField, page: ComparisonOut, money: MoneyUnit, *, english: bool) -> Told:
    code, top = field.code, page.rows[0]
    wan = field.type is FieldType.MONEY and money is MoneyUnit.WAN_YUAN

    def said(figures: Mapping[str, str] | None) -> str | None:
        value = (figures or {}).get(code)
        return in_wan(value) if wan and value is not None else value

    movers = [
        (row.unit.short_name, by)
        for row in page.rows
        if row.kind not in ("total", "own") and (by := said(row.since_previous.by)) is not None
    ]
    movers.sort(key=lambda one: -Decimal(one[1]))
    return Told(
        name=_name(field, english=english),
        measure=_measure(field, wan=wan, english=english),
        now=said(top.now),
        by_previous=said(top.since_previous.by),
        percent_previous=top.since_previous.percent.get(code),
        by_last_year=said(top.since_last_year.by),
        percent_last_year=top.since_last_year.percent.get(code),
        year=said(top.year),
        percent_year=top.to_date.percent.get(code),
        movers=movers,
    )


def _measure(field: FormField, *, wan: bool, english: bool) -> str:
    if field.type is FieldType.MONEY:
        return ("10,000 yuan" if english else "万元") if wan else ("yuan" if english else "元")
    measure = field.unit_of_measure
    return "" if measure is None else (measure.en if english else measure.zh)


def _name(field: FormField, *, english: bool) -> str:
    """走访慰问·走访, without the measure that the figure is followed by."""
    path = [one.en if english else one.zh for one in field.path]
    if len(path) > 1 and field.path[-1].zh in (_unit_of(field), "金额"):
        path.pop()
    return (" · " if english else "·").join(path)


def turnout_of(standing: Sequence[Standing], unit_id: UUID, *, own: str) -> Turnout:
    """Who below a unit has handed in, is late, is missing: grouped under the unit's direct subordinates. Pure."""
    now = clock.now()
    by_id = {one.unit_id: one for one in standing}
    names = {one.unit_id: one.short_name for one in standing}
    owed = handed = approved = late = exempt = 0
    missing: dict[UUID, list[str]] = {}
    for one in standing:
        under = _under(one, unit_id, by_id)
        if under is None or one.state is None:
            continue
        if one.exempt_reason is not None:
            exempt += 1
            continue
        owed += 1
        late += _is_late(one, now)
        approved += one.state is SubmissionState.APPROVED
        if one.state in _IN:
            handed += 1
        else:
            listed = missing.setdefault(under, [])
            if under != one.unit_id:
                listed.append(one.short_name)
            elif one.tier is not Tier.VILLAGE:
                listed.append(own)
    named = [(names[unit], found) for unit, found in missing.items()]
    return Turnout(owed, handed, approved, late, exempt, named)


def _is_late(one: Standing, now: datetime) -> bool:
    """As every page has it: handed in after the due time, or not handed in and the due time has passed."""
    if one.first_submitted_at is not None:
        return bool(one.late)
    return one.state in EDITABLE and one.due_at is not None and one.due_at < now


def _under(one: Standing, unit_id: UUID, by_id: Mapping[UUID, Standing]) -> UUID | None:
    """The direct subordinate of a unit that another stands at or below; None if it is not below."""
    at = one
    while at.parent_id is not None:
        if at.parent_id == unit_id:
            return at.unit_id
        if at.parent_id not in by_id:
            return None
        at = by_id[at.parent_id]
    return None
