"""What the simulation remembers, and what must come out of it: added up here, not by the platform's own code."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from cli.simulate.script import Past, Sheet
from cli.simulate.units import SimTree, SimUnit
from forms.outcome import Row

Values = dict[str, Decimal | None]

#: A computed field that is a plain sum: what it is the sum of.
_SUMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "f1": {"bf_je": ("tk_je", "ls_je"), "ww_je": ("wj_je", "wp_je")},
    "f2": {
        "z": ("z_fx", "z_qr", "z_xn", "z_bd"),
        "j": ("j_sw", "j_qc", "j_xn", "j_qt"),
        "jy": ("jy_dw", "jy_qy", "jy_cy", "jy_lh"),
    },
    "f3": {},
}
#: A rate: what is divided by the sum of what.
_RATES: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "f2": {"jyl": ("jy", ("jy", "sy")), "zlv": ("zl", ("zd",)), "glv": ("gg_h", ("gy_h",))}
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one unit, or of many together, with the people that are counted once."""

    values: Values
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Period:
    """A form's period, as its cycle names it."""

    form: str
    key: str
    starts_on: date
    ends_on: date


@dataclass(slots=True)
class Memory:
    """Who finally had what approved, and how often each handed in."""

    tree: SimTree
    approved: dict[tuple[str, str], dict[str, Sheet]] = field(default_factory=dict)
    revisions: dict[tuple[str, str, str], int] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    #: The published definition of each form, by its code.
    definitions: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def remember(self, period: Period, unit: SimUnit, sheet: Sheet) -> None:
        self.approved.setdefault((period.form, period.key), {})[unit.code] = sheet

    def handed_in(self, period: Period, unit: SimUnit) -> None:
        key = (period.form, period.key, unit.code)
        self.revisions[key] = self.revisions.get(key, 0) + 1

    def sheet(self, period: Period, unit: SimUnit) -> Sheet | None:
        return self.approved.get((period.form, period.key), {}).get(unit.code)

    def _before(self, period: Period) -> Period | None:
        earlier = [p for p in self.periods if p.form == period.form and p.ends_on < period.starts_on]
        last = max(earlier, key=lambda p: p.ends_on, default=None)
        # A gap between two periods leaves nothing to go on from.
        return last if last is not None and (period.starts_on - last.ends_on).days == 1 else None

    def past(self, period: Period, unit: SimUnit) -> Past | None:
        """What the unit's figures go on from."""
        before = self._before(period)
        sheet = None if before is None else self.sheet(before, unit)
        if before is None or sheet is None:
            return None
        values = self.own(before, unit, sheet).values
        return Past({code: None if v is None else str(v) for code, v in values.items()}, sheet.rows)

    def own(self, period: Period, unit: SimUnit, sheet: Sheet) -> Figures:
        """A unit's own figures: typed and computed."""
        if period.form == "f3":
            return self._cases(period, unit, sheet)
        values: Values = {code: None if text is None else Decimal(text) for code, text in sheet.cells.items()}
        if period.form == "f2" and "qc" not in values:
            past = self.past(period, unit)
            assert past is not None
            values["qc"] = Decimal(past.cells["qm"] or 0)
        self._compute(period.form, values)
        return Figures(values)

    def _cases(self, period: Period, unit: SimUnit, sheet: Sheet) -> Figures:
        past = self.past(period, unit)
        known = {row.id for row in past.rows} if past is not None else set()
        within = (period.starts_on.isoformat(), period.ends_on.isoformat())
        people = frozenset((row.cells["sfz"] or "").upper() for row in sheet.rows)

        def settled(row: Row) -> bool:
            return row.cells["zt"] == "已化解" and within[0] <= (row.cells["hj_rq"] or "") <= within[1]

        values: Values = {
            "zc_rs": Decimal(len(people)),
            "by_xz": Decimal(sum(row.id not in known for row in sheet.rows)),
            "by_hj": Decimal(sum(settled(row) for row in sheet.rows)),
            "gdj": Decimal(sum(row.cells["dj"] == "高" for row in sheet.rows)),
        }
        return Figures(values, people)

    def _compute(self, form: str, values: Values) -> None:
        for code, parts in _SUMS[form].items():
            present = [value for part in parts if (value := values.get(part)) is not None]
            values[code] = sum(present, Decimal(0)) if present else None
        if form == "f2":
            values["qm"] = sum((values[c] or Decimal(0) for c in ("qc", "z")), Decimal(0)) - (values["j"] or 0)
        places = {f["code"]: f["decimals"] for f in self.definitions[form]["fields"]}
        for code, (part, whole) in _RATES.get(form, {}).items():
            top, bottom = values.get(part), sum((values.get(w) or Decimal(0) for w in whole), Decimal(0))
            rate = None if top is None or not bottom else top / bottom * 100
            step = Decimal(1).scaleb(-places[code])
            values[code] = None if rate is None else rate.quantize(step, ROUND_HALF_UP)

    def together(self, form: str, parts: Iterable[Figures]) -> Figures:
        """Figures of many: sums, and rates of the sums; people counted once."""
        members = list(parts)
        codes = {code for member in members for code in member.values}
        values: Values = {}
        for code in codes:
            filled = [value for member in members if (value := member.values.get(code)) is not None]
            values[code] = sum(filled, Decimal(0)) if filled else None
        people = frozenset(person for member in members for person in member.people)
        if not members:
            return Figures({})
        if form == "f3":
            values["zc_rs"] = Decimal(len(people))
        else:
            self._compute(form, values)
        return Figures(values, people)

    def below(self, period: Period, unit: SimUnit) -> Figures:
        """A unit's own figures and everything below it."""
        sheet = self.sheet(period, unit)
        own = [] if sheet is None else [self.own(period, unit, sheet)]
        return self.together(period.form, [*own, *(self.below(period, c) for c in self.tree.children(unit.code))])

    def save(self, path: Path) -> int:
        """What each unit finally had approved, as typed: `unit_code,form,period,field,value`. Returns the lines.

        A cell of a row is `cases.N.column`, rows counted from 1; a zero report is one line, `zero_report`.
        """
        lines = 0
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["unit_code", "form", "period", "field", "value"])
            for (form, key), sheets in sorted(self.approved.items()):
                for code, sheet in sorted(sheets.items()):
                    for name, value in _typed(sheet):
                        writer.writerow([code, form, key, name, value])
                        lines += 1
        return lines


def _typed(sheet: Sheet) -> Iterable[tuple[str, str]]:
    if sheet.zero:
        yield "zero_report", "1"
    for code, value in sheet.cells.items():
        if value is not None:
            yield code, value
    for number, row in enumerate(sheet.rows, 1):
        for column, value in row.cells.items():
            if value is not None:
                yield f"cases.{number}.{column}", value
