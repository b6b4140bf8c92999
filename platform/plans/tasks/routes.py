"""Tasks over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks import changing, issuing, judging, notice, passing_on, views
from plans.tasks.changing import Changes
from plans.tasks.errors import TableFixed
from plans.tasks.issuing import Given
from plans.tasks.ledger_routes import OfYear
from plans.tasks.notice_schemas import DeadlinesOut, NoticeAskedIn, NoticeGivenOut, NoticeRecordOut
from plans.tasks.schemas import (
    AcceptancesIn,
    AmendIn,
    ExtensionsIn,
    IssueIn,
    ReasonIn,
    ReceivedPage,
    SummaryOut,
    TaskOut,
    TaskPage,
    UrgedOut,
    UrgeIn,
)
from tenancy.principal import Principal
from workflow.bulk import BulkOut, bulk_out
from workflow.edit import Edit, provide_edit, tagged

SEARCH = Parameter(max_length=60, description="A part of the title")
MONTH = Parameter(pattern="^[0-9]{4}-[0-9]{2}$", description="Deadlines of this month alone, as 2026-11")
AFTER = Parameter(max_length=100, description="`next` of the page before")


async def _task(edit: Edit, task_id: UUID) -> Response[TaskOut]:
    view = await views.task_view(edit.session, edit.principal, task_id)
    return tagged(view, view.version)


class TaskController(Controller):
    """任务."""

    path = "/api/tasks"
    tags = ("tasks",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/issued", summary="What the acting unit issued, soonest deadline first")
    async def list_issued(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        month: Annotated[str | None, MONTH] = None,
        after: Annotated[str | None, AFTER] = None,
        everything: FromQuery[bool] = False,
    ) -> TaskPage:
        wanted = views.wanted_of(search, month)
        return await views.issued_page(session, principal, open_only=not everything, wanted=wanted, after=after)

    @get("/received", summary="The acting unit's own shares, soonest deadline first")
    async def list_received(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        month: Annotated[str | None, MONTH] = None,
        after: Annotated[str | None, AFTER] = None,
        everything: FromQuery[bool] = False,
    ) -> ReceivedPage:
        wanted = views.wanted_of(search, month)
        return await views.received_page(session, principal, open_only=not everything, wanted=wanted, after=after)

    @get("/summary", summary="How many of the acting unit's own tasks are under way, overdue, supervised")
    async def get_summary(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> SummaryOut:
        return await views.summary_view(session, principal)

    @get("/deadlines", summary="What a deadline is usually set to")
    async def list_deadlines(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> DeadlinesOut:
        return await notice.deadlines_view(session, principal)

    @post("/notice", summary="How much notice a deadline gives, and what else is due then", status_code=200)
    async def tell_notice(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[NoticeAskedIn],
    ) -> NoticeGivenOut:
        return await notice.notice_view(session, principal, data.due_at, data.task_id)

    @get("/notice-record", summary="How much notice a year's tasks gave, and how many under the county's minimum")
    async def get_notice_record(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> NoticeRecordOut:
        return await notice.record_view(session, principal, year=year)

    @post("/", summary="交办: send a task to units below")
    async def issue(self, edit: NamedDependency[Edit], data: JSONBody[IssueIn]) -> Response[TaskOut]:
        given = Given(
            title=data.title,
            text=data.text,
            kind=data.kind,
            priority=data.priority,
            due_at=data.due_at,
            evidence=data.evidence,
            to=data.to,
            through=data.through,
            section_id=data.section_id,
            file_ids=data.file_ids,
            table=None if data.table is None else data.table.as_table(),
            petition=data.petition,
        )
        return await _task(edit, await edit.make(issuing.issue, given=given))

    @get("/{task_id:uuid}", summary="A task: its text, its counters, the first level of its tree")
    async def get_task(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], task_id: FromPath[UUID]
    ) -> Response[TaskOut]:
        view = await views.task_view(session, principal, task_id)
        return tagged(view, view.version)

    @post("/{task_id:uuid}/confirm", summary="A leader answers for a short notice", status_code=200)
    async def confirm(self, edit: NamedDependency[Edit], task_id: FromPath[UUID]) -> Response[TaskOut]:
        await edit.carry_out(issuing.confirm, task_id=task_id)
        return await _task(edit, task_id)

    @post("/{task_id:uuid}/decline", summary="A leader does not agree to a short notice", status_code=200)
    async def decline(
        self, edit: NamedDependency[Edit], task_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[TaskOut]:
        await edit.carry_out(issuing.decline, task_id=task_id, reason=data.reason)
        return await _task(edit, task_id)

    @post("/{task_id:uuid}/amend", summary="Change what it says; everybody signs again", status_code=200)
    async def amend(
        self, edit: NamedDependency[Edit], task_id: FromPath[UUID], data: JSONBody[AmendIn]
    ) -> Response[TaskOut]:
        if data.table is not None:
            raise TableFixed
        changes = Changes(data.title, data.text, data.evidence, data.priority, data.due_at, data.file_ids)
        await edit.carry_out(changing.amend, task_id=task_id, changes=changes, reason=data.reason)
        return await _task(edit, task_id)

    @post("/{task_id:uuid}/recall", summary="收回: nobody owes it any more", status_code=200)
    async def recall(
        self, edit: NamedDependency[Edit], task_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[TaskOut]:
        await edit.carry_out(changing.recall, task_id=task_id, reason=data.reason)
        return await _task(edit, task_id)

    @post("/{task_id:uuid}/close", summary="归档; with shares still open, a reason", status_code=200)
    async def close(
        self, edit: NamedDependency[Edit], task_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[TaskOut]:
        await edit.carry_out(changing.close, task_id=task_id, reason=data.reason)
        return await _task(edit, task_id)

    @post(
        "/{task_id:uuid}/acceptances",
        summary="确认办结 of several units; each is done or refused by itself",
        status_code=200,
    )
    async def accept_many(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        task_id: FromPath[UUID],
        data: JSONBody[AcceptancesIn],
        locale: NamedDependency[str],
    ) -> BulkOut:
        shares = {line.id: line.version for line in data.shares}
        outcomes = await judging.accept_many(session, actor=principal, task_id=task_id, shares=shares)
        return bulk_out(outcomes, locale)

    @post(
        "/{task_id:uuid}/extensions",
        summary="延长时限 of several units, asked or not; each is done or refused by itself",
        status_code=200,
    )
    async def extend_many(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        task_id: FromPath[UUID],
        data: JSONBody[ExtensionsIn],
        locale: NamedDependency[str],
    ) -> BulkOut:
        outcomes = await judging.extend_many(
            session,
            actor=principal,
            task_id=task_id,
            shares={line.id: line.version for line in data.shares},
            until=data.until,
            reason=data.reason,
        )
        return bulk_out(outcomes, locale)

    @post("/{task_id:uuid}/urge", summary="催办: everybody below who owes, or those named", status_code=200)
    async def urge(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        task_id: FromPath[UUID],
        data: JSONBody[UrgeIn],
    ) -> UrgedOut:
        number = await passing_on.urge(session, actor=principal, task_id=task_id, assignment_ids=data.assignment_ids)
        return UrgedOut(urged=number)
