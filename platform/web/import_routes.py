"""Importing the unit tree from a file: the one place where the tree meets Excel."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.ext.asyncio import AsyncSession

from reporting.workbook.tables import read_table
from tenancy import tree_import
from tenancy.models import AdminKind
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import ImportedOut


class UnitImportController(Controller):
    path = "/api/units/import"
    tags = ("units",)
    opt = ADMINISTERING

    @post("/", summary="Import units from .xlsx or .csv: nothing is saved from a file with faults")
    async def import_units(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: Annotated[UploadFile, Body(media_type=RequestEncodingType.MULTI_PART)],
    ) -> ImportedOut:
        principal.require_admin(AdminKind.SYSTEM)
        rows = await read_table(await data.read(), name=data.filename)
        return ImportedOut(
            added=await tree_import.import_units(session, actor=principal, lines=tree_import.read_import(rows))
        )
