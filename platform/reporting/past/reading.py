"""The workbook of past years, out and back: which periods, which units, and what has to be mended before an import."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.fields import TIERS
from forms.models import FormVersion
from forms.outcome import Context
from forms.program import TypedCell
from forms.queries import compiled, get_form, list_published
from kit import clock
from kit.errors import Forbidden, NotFound
from reporting import queries
from reporting.briefs import label_of
from reporting.errors import PeriodNotServed
from reporting.models import Cycle
from reporting.past.errors import PastPeriodsInvalid
from reporting.periods import Span, by_key, following, span_of
from reporting.snapshot import in_order
from reporting.workbook.book import Sheet, open_book
from reporting.workbook.errors import FileRefused, told
from reporting.workbook.filled import Trouble
from reporting.workbook.marks import HIDDEN, Marks, keyed, read_marks
from reporting.workbook.units import ReadSheet, UnitLine, UnitReader, UnitSheet, write_units
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree
from tenancy.tiers import Tier

PAST_TEMPLATE = "past"
MOST_PERIODS = 36
GUIDE = "只填白色的格子；没有数的格子空着，整行空着的单位不导入。填好存盘，回到“往年数据”页上传。"
_MONTH_NAMED = re.compile(r"([12][0-9]{3})\s*[年.\-/]\s*(1[0-2]|0?[1-9])\s*月?")


@dataclass(frozen=True, slots=True)
class PastSheet:
    """One sheet of an uploaded workbook, and what an import would make of it."""

    read: ReadSheet
    period: str | None
    label: str
    #: Units that may have a line.
    asked: int
    #: The period is reported in the platform itself: nothing is imported over it.
    reported_here: bool
    #: Figures that are there.
    figures: int

    @property
    def importable(self) -> bool:
        return self.period is not None and not self.reported_here and any(not u.faulty for u in self.read.units)


@dataclass(frozen=True, slots=True)
class PastBook:
    """An uploaded workbook of past years."""

    form: CompiledForm
    sheets: list[PastSheet]

    @property
    def troubles(self) -> list[Trouble]:
        return [trouble for sheet in self.sheets for trouble in sheet.read.troubles]


def require_importer(actor: Principal) -> None:
    """Raises Forbidden unless the actor reviews or administers for the county."""
    if actor.tier is not Tier.COUNTY:
        raise Forbidden
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)


async def past_versions(session: AsyncSession, *, county_id: UUID, form_id: UUID) -> list[FormVersion]:
    """A form's published versions, oldest first. Raises NotFound."""
    await get_form(session, county_id=county_id, form_id=form_id)
    found = [v for v in await list_published(session, county_id=county_id) if v.form_id == form_id]
    if not found:
        raise NotFound
    return found


def version_of(versions: Sequence[FormVersion], period_key: str) -> tuple[FormVersion, Span]:
    """The version that served a period; for one before the form existed, the oldest. Raises PeriodNotServed."""
    fitting: list[tuple[FormVersion, Span]] = []
    for version in versions:
        try:
            fitting.append((version, by_key(compiled(version).definition.period, period_key)))
        except (ValueError, IndexError, OverflowError):
            continue
    if not fitting:
        raise PeriodNotServed
    serving = [(v, span) for v, span in fitting if v.applies_from <= span.starts_on]
    return serving[-1] if serving else fitting[0]


async def past_tree(session: AsyncSession, *, county_id: UUID, county_unit_id: UUID, day: date) -> Tree:
    """The tree of then; today's where the platform knows none so old."""
    tree = await load_tree(session, county_id=county_id, day=day)
    return (
        tree if len(tree.walk(county_unit_id)) > 1 else await load_tree(session, county_id=county_id, day=clock.today())
    )


def typed_by(form: CompiledForm, tier: Tier) -> tuple[TypedCell, ...]:
    """What a tier types in a first period: nothing is carried from before."""
    if tier not in form.definition.tiers:
        return ()
    return form.program(Context(tier, date(2000, 1, 1), date(2000, 1, 31), first_period=True)).typed


def _lines(form: CompiledForm, units: Sequence[tuple[str, str, str, str, Tier]]) -> list[UnitLine]:
    asked = {tier: frozenset(cell.code for cell in typed_by(form, tier)) for tier in TIERS}
    return [
        UnitLine(code, name, short_name, above, asked[tier])
        for code, name, short_name, above, tier in units
        if asked[tier]
    ]


async def lines_of(
    session: AsyncSession, form: CompiledForm, *, county_id: UUID, county_unit_id: UUID, span: Span, cycle: Cycle | None
) -> list[UnitLine]:
    """The units that may have figures in a past period: of its frozen tree, once it has one."""
    if cycle is not None:
        frozen = await queries.list_cycle_units(session, county_id=county_id, cycle_id=cycle.id)
        names: Mapping[UUID | None, str] = {unit.unit_id: unit.short_name for unit in frozen}
        return _lines(
            form, [(u.code, u.name, u.short_name, names.get(u.parent_id, ""), Tier(u.tier)) for u in in_order(frozen)]
        )
    tree = await past_tree(session, county_id=county_id, county_unit_id=county_unit_id, day=span.ends_on)
    nodes = tree.walk(county_unit_id)
    above = {node.id: node.short_name for node in nodes}
    return _lines(
        form, [(n.code, n.name, n.short_name, above.get(n.parent_id, "") if n.parent_id else "", n.tier) for n in nodes]
    )


async def make_past_template(
    session: AsyncSession, *, actor: Principal, form_id: UUID, first: str, last: str
) -> tuple[str, bytes]:
    """A workbook with a sheet for each period from `first` to `last`: its name and its bytes."""
    versions = await past_versions(session, county_id=actor.county_id, form_id=form_id)
    require_importer(actor)
    version, span = version_of(versions, first)
    form, end = compiled(version), version_of(versions, last)[1]
    period = form.definition.period
    sheets: list[UnitSheet] = []
    while span.starts_on <= end.starts_on and len(sheets) <= MOST_PERIODS:
        units = await lines_of(
            session, form, county_id=actor.county_id, county_unit_id=actor.county_unit_id, span=span, cycle=None
        )
        sheets.append(UnitSheet(span.key, label_of(period.kind.value, span.key), units))
        span = following(period, span)
    if not sheets or len(sheets) > MOST_PERIODS:
        raise PastPeriodsInvalid(limit=MOST_PERIODS)
    marks = Marks(PAST_TEMPLATE, str(actor.county_id), form.definition.code, str(version.id), "", "")

    def write() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "past.xlsx"
            write_units(form, path, marks=marks, sheets=sheets, guide=GUIDE)
            return path.read_bytes()

    name = f"{form.definition.name.zh}_往年数据_{sheets[0].title}至{sheets[-1].title}.xlsx"
    return name, await asyncio.to_thread(write)


async def read_past(
    session: AsyncSession,
    *,
    county_id: UUID,
    county_unit_id: UUID,
    form_id: UUID,
    content: bytes,
    name: str,
    period: str | None,
    mapping: Mapping[str, str],
) -> PastBook:
    """What an uploaded workbook says, sheet by sheet. `period` is that of a plain sheet whose name tells none.

    Raises FileRefused for what is no workbook, or another form's or county's template.
    """
    versions = await past_versions(session, county_id=county_id, form_id=form_id)
    form = compiled(versions[-1])
    sheets = await asyncio.to_thread(open_book, content, name)
    if HIDDEN in sheets:
        _require_own(read_marks(sheets), county_id, form)
    found: list[PastSheet] = []
    for title, sheet in sheets.items():
        if title != HIDDEN:
            read = await _read_sheet(session, county_id, county_unit_id, versions, sheet, period, mapping)
            if read is not None:
                found.append(read)
    if not found:
        raise FileRefused("no_units")
    return PastBook(form, _once(found))


def _require_own(marks: Marks, county_id: UUID, form: CompiledForm) -> None:
    wanted = {"kind": PAST_TEMPLATE, "county": str(county_id), "form": form.definition.code}
    for what, value in wanted.items():
        if getattr(marks, what) != value:
            raise FileRefused(f"wrong_{what}")


async def _read_sheet(
    session: AsyncSession,
    county_id: UUID,
    county_unit_id: UUID,
    versions: Sequence[FormVersion],
    sheet: Sheet,
    period: str | None,
    mapping: Mapping[str, str],
) -> PastSheet | None:
    named = _period_of(versions, sheet) or period
    try:
        version, span = version_of(versions, named) if named else (versions[-1], None)
    except PeriodNotServed:
        version, span, named = versions[-1], None, None
    cycle = None
    if named is not None:
        cycle = await queries.find_cycle(session, county_id=county_id, form_id=version.form_id, period_key=named)
    form = compiled(version)
    lines = await lines_of(
        session,
        form,
        county_id=county_id,
        county_unit_id=county_unit_id,
        span=span or span_of(form.definition.period, clock.today()),
        cycle=cycle,
    )
    typed = {cell.code: cell for tier in TIERS for cell in typed_by(form, tier)}
    read = await asyncio.to_thread(UnitReader(form, typed.values(), lines).read, sheet, mapping)
    if read is None:
        return None
    label = label_of(form.definition.period.kind.value, span.key) if span is not None else sheet.name
    return PastSheet(
        read,
        None if span is None else span.key,
        label,
        len(lines),
        cycle is not None and not cycle.historic,
        sum(1 for unit in read.units for value in unit.cells.values() if value is not None),
    )


def _period_of(versions: Sequence[FormVersion], sheet: Sheet) -> str | None:
    """The period that a sheet names itself: in its hidden key, or as its title (2025-03, 2025年3月)."""
    found = keyed(sheet)
    told_key = found.table if found is not None else sheet.name.strip()
    for candidate in (told_key, *_as_month(told_key)):
        try:
            version_of(versions, candidate)
        except PeriodNotServed:
            continue
        return candidate
    return None


def _as_month(text: str) -> list[str]:
    found = _MONTH_NAMED.search(text)
    return [f"{found[1]}-{int(found[2]):02}"] if found else []


def _once(sheets: list[PastSheet]) -> list[PastSheet]:
    """A period that two sheets claim is told, and only the first is imported."""
    seen: set[str] = set()
    kept = []
    for sheet in sheets:
        if sheet.period is not None and sheet.period in seen:
            sheet.read.tell(Trouble(told("period_twice", period=sheet.label), sheet.read.name, ""))
            sheet = PastSheet(sheet.read, None, sheet.label, sheet.asked, sheet.reported_here, sheet.figures)
        elif sheet.period is not None:
            seen.add(sheet.period)
        kept.append(sheet)
    return kept
