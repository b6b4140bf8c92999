"""Past years over HTTP: the template, what a filled one says, and the job that imports it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from forms.fields import TIERS
from forms.queries import get_form
from kit import clock, files
from kit.jobs import enqueue
from kit.settings import settings
from reporting.exports import XLSX
from reporting.past.importing import JOB, require_importable
from reporting.past.reading import PastBook, make_past_template, read_past, require_importer, typed_by
from reporting.past.schemas import PastFieldOut, PastIn, PastPreview, PastSheetOut, UnmatchedOut
from reporting.schemas import JobStarted
from reporting.workbook_routes import Upload, attachment, trouble_out, words
from tenancy.principal import Principal

#: How long an uploaded file waits to be imported.
KEPT = timedelta(days=1)
Key = Annotated[str, Parameter(pattern=r"^\d{4}(-[0-9A-Z-]{2,5})?$", description="A period's key")]


class PastYearsController(Controller):
    """往年数据."""

    path = "/api/forms/{form_id:uuid}/past-years"
    tags = ("past years",)

    @get("/template", summary="A workbook with a sheet for each past period: units × fields", media_type=XLSX)
    async def get_template(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        first: Key,
        last: Key,
    ) -> Response[bytes]:
        name, content = await make_past_template(session, actor=principal, form_id=form_id, first=first, last=last)
        return attachment(content, name)

    @post("/", summary="Hand over a workbook: what it says, and what to mend in it", status_code=200)
    async def upload(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        data: Upload,
        locale: NamedDependency[str],
    ) -> PastPreview:
        await get_form(session, county_id=principal.county_id, form_id=form_id)
        require_importer(principal)
        content = await data.read()
        book = await _read(session, principal, form_id, content, data.filename, PastIn())
        file_id = await _keep(session, principal, content, data.filename)
        return _preview(book, file_id, data.filename, locale)

    @post("/{file_id:uuid}/preview", summary="The same file, its period and headings matched by hand", status_code=200)
    async def preview(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        file_id: FromPath[UUID],
        data: JSONBody[PastIn],
        locale: NamedDependency[str],
    ) -> PastPreview:
        name, book = await _stored(session, principal, form_id, file_id, data)
        return _preview(book, file_id, name, locale)

    @post("/{file_id:uuid}/import", summary="Import it in the background", status_code=202)
    async def start(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        file_id: FromPath[UUID],
        data: JSONBody[PastIn],
    ) -> JobStarted:
        _, book = await _stored(session, principal, form_id, file_id, data)
        require_importable(book, partial=data.partial)
        payload = {
            "form_id": str(form_id),
            "file_id": str(file_id),
            "period": data.period,
            "mapping": data.mapping,
            "partial": data.partial,
            "account_id": str(principal.account_id),
            "membership_id": str(principal.membership_id),
            "name": principal.display_name,
        }
        return JobStarted(job_id=await enqueue(session, kind=JOB, payload=payload, requested_by=principal.account_id))


async def _read(
    session: AsyncSession, principal: Principal, form_id: UUID, content: bytes, name: str, how: PastIn
) -> PastBook:
    return await read_past(
        session,
        county_id=principal.county_id,
        county_unit_id=principal.county_unit_id,
        form_id=form_id,
        content=content,
        name=name,
        period=how.period,
        mapping=how.mapping,
    )


async def _stored(
    session: AsyncSession, principal: Principal, form_id: UUID, file_id: UUID, how: PastIn
) -> tuple[str, PastBook]:
    await get_form(session, county_id=principal.county_id, form_id=form_id)
    require_importer(principal)
    stored = await files.get_file(session, county_id=principal.county_id, file_id=file_id)
    content = await asyncio.to_thread(files.path_of(settings().files_dir, stored).read_bytes)
    return stored.name, await _read(session, principal, form_id, content, stored.name, how)


async def _keep(session: AsyncSession, principal: Principal, content: bytes, name: str) -> UUID:
    """Keep the file for the county alone until it is imported."""
    folder = settings().files_dir

    def write() -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
            made.write(content)
        return Path(made.name)

    return await files.keep(
        session,
        files_dir=folder,
        county_id=principal.county_id,
        made=await asyncio.to_thread(write),
        name=name,
        media_type=XLSX,
        created_by=principal.account_id,
        place=[principal.county_unit_id],
        expires_at=clock.now() + KEPT,
    )


def _preview(book: PastBook, file_id: UUID, name: str, locale: str) -> PastPreview:
    labels: Mapping[str, str] = {
        cell.code: words(book.form.plan.labels[cell.code], locale)
        for tier in TIERS
        for cell in typed_by(book.form, tier)
    }
    unmatched = any(sheet.read.unmatched for sheet in book.sheets)
    return PastPreview(
        file_id=file_id,
        file_name=name,
        sheets=[
            PastSheetOut(
                name=sheet.read.name,
                period=sheet.period,
                label=sheet.label,
                units=len(sheet.read.units),
                asked=sheet.asked,
                headings=sheet.read.headings,
                figures=sheet.figures,
                reported_here=sheet.reported_here,
                unmatched=[UnmatchedOut(row=row, name=told) for row, told in sheet.read.unmatched[:100]],
                unknown=sheet.read.unknown,
            )
            for sheet in book.sheets
        ],
        troubles=[trouble_out(trouble, locale) for trouble in book.troubles],
        fields=[PastFieldOut(code=code, name=label) for code, label in labels.items()],
        ready=any(sheet.importable for sheet in book.sheets),
        clean=not book.troubles and not unmatched,
    )
