"""The task ledgers over HTTP."""

from __future__ import annotations

import enum
from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks import sheets
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal

OfYear = Annotated[int, Parameter(ge=2000, le=2100, description="A year in China")]


class LedgerSide(enum.StrEnum):
    """What a unit sent, or what it received."""

    ISSUED = "issued"
    RECEIVED = "received"


class TaskLedgerController(Controller):
    """交办台账."""

    path = "/api/task-ledger"
    tags = ("tasks",)

    @get("/", summary="The acting unit's tasks of a year as an official sheet", media_type=XLSX)
    async def get_ledger(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        year: OfYear,
        side: FromQuery[LedgerSide] = LedgerSide.ISSUED,
    ) -> Response[bytes]:
        make = sheets.issued_ledger if side is LedgerSide.ISSUED else sheets.received_ledger
        made = await make(session, principal, year=year)
        return attachment(made.content, made.name)

    @get("/{task_id:uuid}", summary="Every unit's share of a task as an official sheet", media_type=XLSX)
    async def get_task_sheet(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], task_id: FromPath[UUID]
    ) -> Response[bytes]:
        made = await sheets.task_sheet(session, principal, task_id)
        return attachment(made.content, made.name)
