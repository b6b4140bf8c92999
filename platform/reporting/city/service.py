"""Commands of 套表: keep a workbook, map it, throw it away. For those who report and review for the county."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from forms.compiled import CompiledForm
from forms.queries import compiled, list_published
from kit import clock, files
from kit.db.batch import write_all
from kit.errors import Forbidden, Stale
from kit.settings import settings
from reporting.city import queries
from reporting.city.errors import TargetsInvalid, TitleTaken
from reporting.city.models import CitySheet
from reporting.city.targets import BlockTarget, FigureTarget, Source, Target, places_of
from reporting.exports import XLSX
from reporting.workbook.city import CityBook, look_at
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.tiers import Tier

FAULTS = {
    "rows_reversed": ("末行在首行之前", "the last row stands before the first"),
    "inside_merged": ("在合并格里面，请点合并格的左上角", "lies inside merged cells; use their upper left one"),
    "no_cell": ("表里没有这一格", "there is no such cell"),
    "formula": ("是公式，不能填", "is a formula and can't be filled"),
    "twice": ("设了两次", "is mapped twice"),
    "no_figure": ("报表里没有“{detail}”这一项数", "the form has no figure “{detail}”"),
}


def require_reader(actor: Principal) -> None:
    """Raises Forbidden for all but the county's own people."""
    if actor.tier is not Tier.COUNTY or not actor.roles:
        raise Forbidden


def require_keeper(actor: Principal) -> None:
    """Raises Forbidden unless the actor reviews or administers for the county."""
    require_reader(actor)
    actor.require(Role.REVIEWER, Role.ADMINISTRATOR)


async def add(session: AsyncSession, *, actor: Principal, title: str, content: bytes, name: str) -> UUID:
    """Keep a workbook of the city's under a title. Raises Forbidden, TitleTaken, FileRefused."""
    require_keeper(actor)
    await asyncio.to_thread(look_at, content, name)
    if await queries.is_title_taken(session, county_id=actor.county_id, title=title):
        raise TitleTaken(title=title)
    folder = settings().files_dir

    def write() -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
            made.write(content)
        return Path(made.name)

    taken = await files.take_in(await asyncio.to_thread(write), files_dir=folder, county_id=actor.county_id)
    await session.execute(
        insert(CitySheet).values(
            county_id=actor.county_id,
            **taken,
            title=title,
            name=name,
            media_type=XLSX,
            targets=[],
            updater_name=actor.display_name,
            place=[actor.county_unit_id],
        )
    )
    sheet_id: UUID = taken["id"]
    await _record(session, actor, "city_sheet.add", sheet_id)
    return sheet_id


async def read_book(sheet: CitySheet) -> CityBook:
    """The workbook as it was uploaded."""
    path = files.path_of(settings().files_dir, sheet)

    def read() -> CityBook:
        return look_at(path.read_bytes(), sheet.name)

    return await asyncio.to_thread(read)


async def newest_forms(session: AsyncSession, *, county_id: UUID) -> dict[UUID, CompiledForm]:
    """Each form's newest published version."""
    return {version.form_id: compiled(version) for version in await list_published(session, county_id=county_id)}


async def map_targets(
    session: AsyncSession, *, actor: Principal, sheet_id: UUID, version: int, targets: Sequence[Target]
) -> int:
    """Keep what goes where; returns the new version. Raises NotFound, Forbidden, Stale, TargetsInvalid."""
    sheet = await queries.get_sheet(session, county_id=actor.county_id, sheet_id=sheet_id, lock=True)
    require_keeper(actor)
    if sheet.version != version:
        raise Stale(version=sheet.version)
    forms = await newest_forms(session, county_id=actor.county_id)
    problems = faults_of(await read_book(sheet), targets, forms)
    if problems:
        raise TargetsInvalid(
            **asdict(problems[0]), count=len(problems), faults=[asdict(problem) for problem in problems[:100]]
        )
    kept = [labelled(target, forms).model_dump(mode="json") for target in targets]
    await session.execute(
        update(CitySheet)
        .where(CitySheet.county_id == actor.county_id, CitySheet.id == sheet_id)
        .values(targets=kept, version=version + 1, updated_at=clock.now(), updater_name=actor.display_name)
    )
    await _record(session, actor, "city_sheet.map", sheet_id)
    return version + 1


async def remove(session: AsyncSession, *, actor: Principal, sheet_id: UUID) -> None:
    """Throw a workbook away; what was filled from it stays in the downloads. Raises NotFound, Forbidden."""
    sheet = await queries.get_sheet(session, county_id=actor.county_id, sheet_id=sheet_id, lock=True)
    require_keeper(actor)
    await session.execute(delete(CitySheet).where(CitySheet.county_id == actor.county_id, CitySheet.id == sheet_id))
    await _record(session, actor, "city_sheet.remove", sheet_id)
    await asyncio.to_thread(files.path_of(settings().files_dir, sheet).unlink, missing_ok=True)


async def _record(session: AsyncSession, actor: Principal, action: str, sheet_id: UUID) -> None:
    await write_all(session, [audited(actor, action, subject_kind="city_sheet", subject_id=sheet_id)])


def labelled(target: Target, forms: dict[UUID, CompiledForm]) -> Target:
    """With each field's name of today, so that a later one is told from it. Pure."""

    def named(source: Source, form: CompiledForm) -> Source:
        return source.model_copy(update={"label": form.plan.labels[source.field].zh})

    if isinstance(target, FigureTarget):
        return target.model_copy(update={"source": named(target.source, forms[target.form_id])})
    if isinstance(target, BlockTarget):
        form = forms[target.form_id]
        return target.model_copy(update={"columns": {c: named(s, form) for c, s in target.columns.items()}})
    return target


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a mapping can't be used: where, and the sentence in each language."""

    cell: str
    zh: str
    en: str


def _fault(code: str, cell: str, detail: str = "") -> Fault:
    zh, en = FAULTS[code]
    return Fault(cell, zh.format(detail=detail), en.format(detail=detail))


def faults_of(book: CityBook, targets: Sequence[Target], forms: dict[UUID, CompiledForm]) -> list[Fault]:
    """Why cells can't be written, or figures aren't there. Pure."""
    kinds = {(page.name, cell.ref): cell.kind for page in book.pages for cell in page.cells}
    covered = {(page.name, ref) for page in book.pages for ref in page.covered}
    seen: set[tuple[str, str]] = set()
    found: list[Fault] = []
    for target in targets:
        if isinstance(target, BlockTarget) and target.last_row < target.first_row:
            found.append(_fault("rows_reversed", f"{target.sheet} {target.name_column}{target.first_row}"))
            continue
        for place in places_of(target):
            where = f"{place[0]} {place[1]}"
            if place in covered:
                found.append(_fault("inside_merged", where))
            elif place not in kinds:
                found.append(_fault("no_cell", where))
            elif kinds[place] == "formula":
                found.append(_fault("formula", where))
            elif place in seen:
                found.append(_fault("twice", where))
            seen.add(place)
        found += _missing(target, forms)
    return found


def _missing(target: Target, forms: dict[UUID, CompiledForm]) -> list[Fault]:
    if isinstance(target, FigureTarget):
        sources = {target.cell: target.source}
    elif isinstance(target, BlockTarget):
        sources = {f"{column}{target.first_row}": source for column, source in target.columns.items()}
    else:
        return []
    form = forms.get(target.form_id)
    fields = {} if form is None else form.plan.fields
    return [
        _fault("no_figure", f"{target.sheet} {cell}", source.field)
        for cell, source in sources.items()
        if source.field not in fields or not fields[source.field].field.numeric
    ]
