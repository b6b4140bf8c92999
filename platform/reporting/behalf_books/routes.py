"""代报 in one workbook over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.behalf_books.handing import GivenLine, fill_many
from reporting.behalf_books.making import make_book
from reporting.behalf_books.reading import BookLine, read_book
from reporting.behalf_books.schemas import BehalfBookOut, BookChangeOut, BookLineOut, FillManyIn
from reporting.briefs import unit_brief
from reporting.exports import XLSX
from reporting.submission_views import problems_out
from reporting.workbook_routes import Upload, attachment, trouble_out, words
from tenancy.principal import Principal
from workflow.bulk import BulkOut, bulk_out


class BehalfBookController(Controller):
    """代报: one workbook of villages × fields."""

    path = "/api/cycles/{cycle_id:uuid}"
    tags = ("workbooks",)

    @get("/behalf-book", summary="A workbook of the units below × fields, to hand in on their behalf", media_type=XLSX)
    async def get_book(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], cycle_id: FromPath[UUID]
    ) -> Response[bytes]:
        made = await make_book(session, actor=principal, cycle_id=cycle_id)
        return attachment(made.content, made.name)

    @post(
        "/behalf-book",
        summary="What a filled workbook would hand in for whom, and what to mend in it; nothing is stored",
        status_code=200,
    )
    async def read_book(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: Upload,
        locale: NamedDependency[str],
    ) -> BehalfBookOut:
        found = await read_book(
            session, actor=principal, cycle_id=cycle_id, content=await data.read(), name=data.filename
        )
        return BehalfBookOut(
            lines=[_line_out(line, principal, locale) for line in found.lines],
            unchanged=found.unchanged,
            troubles=[trouble_out(trouble, locale) for trouble in found.troubles],
            tables=[words(title, locale) for title in found.tables],
        )

    @post("/behalf", summary="代报: hand in for several units; each is done or refused by itself", status_code=200)
    async def fill_many(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        cycle_id: FromPath[UUID],
        data: JSONBody[FillManyIn],
        locale: NamedDependency[str],
    ) -> BulkOut:
        lines = [
            GivenLine(one.submission_id, one.version, one.basis, one.zero, one.cells, one.reasons) for one in data.lines
        ]
        outcomes = await fill_many(session, actor=principal, cycle_id=cycle_id, lines=lines)
        return bulk_out(outcomes, locale)


def _line_out(line: BookLine, principal: Principal, locale: str) -> BookLineOut:
    filed = line.desk.filed
    return BookLineOut(
        submission_id=filed.submission.id,
        version=filed.submission.version,
        unit=unit_brief(filed.unit),
        number=line.number,
        state=line.state.value,
        refusal=None if line.refusal is None else line.refusal.message(locale),
        basis=line.basis,
        zero=line.zero,
        cells=line.cells,
        changes=[
            BookChangeOut(code=one.code, name=words(one.name, locale), was=one.was, now=one.now) for one in line.changes
        ],
        problems=problems_out(line.problems, principal, locale),
        reasons=line.reasons,
    )
