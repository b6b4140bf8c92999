"""Excel both ways over HTTP."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from forms.fields import Label
from reporting import templates
from reporting.exports import XLSX
from reporting.workbook.filled import Trouble
from reporting.workbook_schemas import FoundCellOut, FoundRowOut, FoundTableOut, TroubleOut, WorkbookOut
from tenancy.principal import Principal

Upload = Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)]


def attachment(content: bytes, name: str) -> Response[bytes]:
    """A workbook to keep under its Chinese name."""
    return Response(
        content,
        media_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename=\"workbook.xlsx\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "private, no-store",
        },
    )


def words(label: Label, locale: str) -> str:
    return label.en if locale == "en" else label.zh


def trouble_out(trouble: Trouble, locale: str) -> TroubleOut:
    return TroubleOut(
        message=words(trouble.message, locale),
        sheet=trouble.sheet,
        cell=trouble.cell,
        code=trouble.code,
        table=trouble.table,
        row=trouble.row,
    )


class SubmissionWorkbookController(Controller):
    """The workbook of one submission, filled off line."""

    path = "/api/submissions/{submission_id:uuid}/workbook"
    tags = ("workbooks",)

    @get("/", summary="A workbook to fill off line: pre-filled, locked, with drop-downs", media_type=XLSX)
    async def get_template(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
    ) -> Response[bytes]:
        made = await templates.make_template(session, actor=principal, submission_id=submission_id)
        return attachment(made.content, made.name)

    @post("/", summary="What a filled workbook says, and what to mend in it; nothing is stored", status_code=200)
    async def read_template(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        submission_id: FromPath[UUID],
        data: Upload,
        locale: NamedDependency[str],
    ) -> WorkbookOut:
        found = await templates.read_template(
            session, actor=principal, submission_id=submission_id, content=await data.read(), name=data.filename
        )
        return WorkbookOut(
            submission_id=submission_id,
            found=found.found,
            troubles=[trouble_out(trouble, locale) for trouble in found.troubles],
            cells=[
                FoundCellOut(
                    code=one.code,
                    name=words(one.name, locale),
                    base=one.base,
                    value=one.value,
                    now=one.now,
                    conflict=one.conflict,
                    sheet=one.sheet,
                    cell=one.cell,
                )
                for one in found.cells
            ],
            tables=[
                FoundTableOut(
                    table=table.table,
                    title=words(table.title, locale),
                    removed=table.removed,
                    conflict=table.conflict,
                    rows=[
                        FoundRowOut(
                            id=row.id,
                            cells=row.cells,
                            state=row.state,
                            faulty=row.faulty,
                            sheet=row.sheet,
                            number=row.number,
                        )
                        for row in table.rows
                    ],
                )
                for table in found.tables
            ],
        )
