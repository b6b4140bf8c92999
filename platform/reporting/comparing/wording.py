"""The month told in words, drafted by rules from figures. Pure; a person edits it before it goes anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from forms.formula.numbers import plain, to_places

#: Units named on each side of a change.
MOST_NAMED = 3
#: Subordinates named one by one under a township; of more, their number is told.
MOST_MISSING_NAMED = 5


@dataclass(frozen=True, slots=True)
class Turnout:
    """How far the units below are."""

    owed: int
    handed_in: int
    approved: int
    late: int
    exempt: int
    #: Direct subordinate → those at or below it who have not handed in; none named: it has nobody below and is meant.
    missing: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Told:
    """A field, with figures as they are written: no separators, money in its unit."""

    name: str
    measure: str
    now: str | None
    by_previous: str | None
    percent_previous: str | None
    by_last_year: str | None
    percent_last_year: str | None
    year: str | None
    percent_year: str | None
    #: Units and their change against the period before, the largest rise first.
    movers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    unit: str
    form: str
    period: str
    today: str
    reported: bool
    turnout: Turnout
    fields: Sequence[Told]
    year_included: int
    year_of: int
    units_now: int
    units_previous: int


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    text: str


def in_wan(yuan: str) -> str:
    """元 as 万元, two decimals."""
    return plain(to_places(Decimal(yuan) / 10000, 2))


def draft(facts: Facts, *, english: bool) -> tuple[str, list[Section]]:
    """A title and sections, in plain official words."""
    return _english(facts) if english else _chinese(facts)


def _size(change: str) -> str:
    return change.removeprefix("-")


def _moved_zh(since: str, by: str | None, percent: str | None, measure: str) -> str:
    if by is None:
        return ""
    if Decimal(by) == 0:
        return f"，与{since}持平"
    up = not by.startswith("-")
    rate = "" if percent is None else f"，{'增长' if up else '下降'}{_size(percent)}%"
    return f"，比{since}{'增加' if up else '减少'}{_size(by)}{measure}{rate}"


def _chinese(facts: Facts) -> tuple[str, list[Section]]:
    about = facts.form[:-1] if facts.form.endswith("情况表") else f"{facts.form}情况"
    return f"{facts.unit}{facts.period}{about}", [
        Section("一、报送情况", _turnout_zh(facts)),
        Section("二、主要数据", "\n".join(_field_zh(one, facts) for one in facts.fields) or "本期还没有上报数。"),
        Section("三、变化较大的单位", "\n".join(_movers_zh(facts.fields)) or "本期各单位与上期相比没有可列出的变化。"),
        Section("四、数据说明", _basis_zh(facts)),
    ]


def _turnout_zh(facts: Facts) -> str:
    t = facts.turnout
    said = f"{facts.period}《{facts.form}》应报单位{t.owed}个，截至{facts.today}已报{t.handed_in}个"
    said += f"，其中审核通过{t.approved}个" if t.handed_in else ""
    said += f"；免报{t.exempt}个" if t.exempt else ""
    said += f"；逾期{t.late}个" if t.late else ""
    if not t.missing:
        return f"{said}，已全部报齐。" if t.owed and t.handed_in == t.owed else f"{said}。"
    return f"{said}；未报{t.owed - t.handed_in}个：{'、'.join(_missing(t, '、', '（{}）', '{}个'))}。"


def _missing(turnout: Turnout, comma: str, aside: str, count: str) -> list[str]:
    found = []
    for above, names in turnout.missing:
        many = len(names) > MOST_MISSING_NAMED
        told = count.format(len(names)) if many else comma.join(names)
        found.append(above + (aside.format(told) if names else ""))
    return found


def _field_zh(one: Told, facts: Facts) -> str:
    now = f"{one.name}{one.now}{one.measure}" if one.now is not None else f"{one.name}本期没有数"
    said = now + _moved_zh("上期", one.by_previous, one.percent_previous, one.measure)
    said += _moved_zh("上年同期", one.by_last_year, one.percent_last_year, one.measure)
    if one.year is not None:
        held = "" if facts.year_included == facts.year_of else f"（含{facts.year_included}/{facts.year_of}期）"
        rate = one.percent_year
        grown = "" if rate is None else f"，同比{'下降' if rate.startswith('-') else '增长'}{_size(rate)}%"
        said += f"；今年以来累计{one.year}{one.measure}{held}{grown}"
    return f"{said}。"


def _split(movers: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    rises = [one for one in movers if Decimal(one[1]) > 0][:MOST_NAMED]
    falls = [one for one in reversed(movers) if Decimal(one[1]) < 0][:MOST_NAMED]
    return rises, falls


def _movers_zh(fields: Sequence[Told]) -> list[str]:
    lines = []
    for one in fields:
        parts = []
        for told, units in zip(("增加", "减少"), _split(one.movers), strict=True):
            if units:
                named = "、".join(f"{name}（{told}{_size(by)}{one.measure}）" for name, by in units)
                parts.append(f"{told}较多的有{named}")
        if parts:
            lines.append(f"{one.name}：与上期相比，{'；'.join(parts)}。")
    return lines


def _basis_zh(facts: Facts) -> str:
    what = "审核通过的上报数" if facts.reported else "已上报的全部数据（含待审）"
    said = f"以上为{what}，截至{facts.today}。"
    if facts.units_now < facts.units_previous:
        said += f"本期已计入{facts.units_now}个单位，上期为{facts.units_previous}个，尚有单位未计入，增减情况仅供参考。"
    if facts.year_included != facts.year_of:
        said += f"今年以来累计含{facts.year_of}期中的{facts.year_included}期。"
    return said


def _moved_en(since: str, by: str | None, percent: str | None) -> str:
    if by is None:
        return ""
    if Decimal(by) == 0:
        return f", the same as {since}"
    rate = "" if percent is None else f" ({'−' if by.startswith('-') else '+'}{_size(percent)}%)"
    return f", {_size(by)} {'fewer' if by.startswith('-') else 'more'} than {since}{rate}"


def _english(facts: Facts) -> tuple[str, list[Section]]:
    t = facts.turnout
    turnout = f"For {facts.period}, {t.owed} units owe “{facts.form}”. By {facts.today}, {t.handed_in} have handed in"
    turnout += f" and {t.approved} are approved."
    turnout += f" Exempt: {t.exempt}." if t.exempt else ""
    turnout += f" Late: {t.late}." if t.late else ""
    if t.missing:
        turnout += f" Not handed in ({t.owed - t.handed_in}): {', '.join(_missing(t, ', ', ' ({})', '{}'))}."
    lines = []
    for one in facts.fields:
        said = f"{one.name}: {one.now or 'no figure'} {one.measure}".rstrip()
        said += _moved_en("last period", one.by_previous, one.percent_previous)
        said += _moved_en("the same period last year", one.by_last_year, one.percent_last_year)
        if one.year is not None:
            said += f"; {one.year} in the year so far ({facts.year_included} of {facts.year_of} periods)"
            if one.percent_year is not None:
                said += f", {'−' if one.percent_year.startswith('-') else '+'}{_size(one.percent_year)}% on last year"
        lines.append(f"{said}.")
    movers = []
    for one in facts.fields:
        parts = []
        for told, units in zip(("most up", "most down"), _split(one.movers), strict=True):
            if units:
                parts.append(f"{told}: {', '.join(f'{name} ({by})' for name, by in units)}")
        if parts:
            movers.append(f"{one.name}, against last period, {'; '.join(parts)}.")
    basis = "Approved figures" if facts.reported else "Everything handed in, reviewed or not"
    basis += f", as of {facts.today}."
    if facts.units_now < facts.units_previous:
        basis += (
            f" {facts.units_now} units are counted, {facts.units_previous} were last period: read changes with care."
        )
    return f"{facts.unit}: {facts.form}, {facts.period}", [
        Section("1. Who reported", turnout),
        Section("2. Main figures", "\n".join(lines) or "Nothing has been reported for this period."),
        Section("3. Largest changes", "\n".join(movers) or "No changes to name against last period."),
        Section("4. About the figures", basis),
    ]
