"""Shares of tasks over HTTP."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from plans.tasks import answering, judging, passing_on, views
from plans.tasks.schemas import (
    AssignmentOut,
    ExtensionIn,
    GrantIn,
    HandInIn,
    PassOnIn,
    ProgressIn,
    ReasonIn,
    SharesOut,
    TaskSectionIn,
)
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

Answer = Response[AssignmentOut]


async def _assignment(edit: Edit, assignment_id: UUID) -> Answer:
    view = await views.assignment_view(edit.session, edit.principal, assignment_id)
    return tagged(view, view.version)


class AssignmentController(Controller):
    """承办事项."""

    path = "/api/assignments/{assignment_id:uuid}"
    tags = ("tasks",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="One unit's share of a task, with its history")
    async def get_assignment(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        assignment_id: FromPath[UUID],
    ) -> Answer:
        view = await views.assignment_view(session, principal, assignment_id)
        return tagged(view, view.version)

    @get("/shares", summary="The shares directly below it")
    async def list_shares(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        assignment_id: FromPath[UUID],
    ) -> SharesOut:
        return await views.shares_view(session, principal, assignment_id)

    @post("/acknowledge", summary="签收", status_code=200)
    async def acknowledge(self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID]) -> Answer:
        await edit.carry_out(answering.acknowledge, assignment_id=assignment_id)
        return await _assignment(edit, assignment_id)

    @post("/sign-amendment", summary="签收变更", status_code=200)
    async def sign_amendment(self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID]) -> Answer:
        await edit.carry_out(answering.sign_amendment, assignment_id=assignment_id)
        return await _assignment(edit, assignment_id)

    @post("/progress", summary="报进展", status_code=200)
    async def report_progress(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ProgressIn]
    ) -> Answer:
        await edit.carry_out(
            answering.report_progress, assignment_id=assignment_id, percent=data.percent, note=data.note
        )
        return await _assignment(edit, assignment_id)

    @post("/pass-on", summary="转办: give units below shares of it", status_code=200)
    async def pass_on(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[PassOnIn]
    ) -> Answer:
        await edit.carry_out(
            passing_on.pass_on,
            assignment_id=assignment_id,
            to=data.to,
            due_at=data.due_at,
            instruction=data.instruction,
        )
        return await _assignment(edit, assignment_id)

    @post("/section", summary="交科室办理: give the unit's share to one of its sections", status_code=204)
    async def to_section(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[TaskSectionIn]
    ) -> None:
        # Nothing is answered: whoever gave it away may not be among those who see it.
        await edit.carry_out(passing_on.to_section, assignment_id=assignment_id, section_id=data.section_id)

    @post("/hand-in", summary="报结", status_code=200)
    async def hand_in(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[HandInIn]
    ) -> Answer:
        await edit.carry_out(
            answering.hand_in, assignment_id=assignment_id, result=data.result, open_reason=data.open_reason
        )
        return await _assignment(edit, assignment_id)

    @post("/withdraw", summary="撤回 what was handed in", status_code=200)
    async def withdraw(self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID]) -> Answer:
        await edit.carry_out(answering.withdraw, assignment_id=assignment_id)
        return await _assignment(edit, assignment_id)

    @post("/accept", summary="确认办结", status_code=200)
    async def accept(self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID]) -> Answer:
        await edit.carry_out(judging.accept, assignment_id=assignment_id)
        return await _assignment(edit, assignment_id)

    @post("/send-back", summary="退回重办", status_code=200)
    async def send_back(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Answer:
        await edit.carry_out(judging.send_back, assignment_id=assignment_id, reason=data.reason)
        return await _assignment(edit, assignment_id)

    @post("/extension", summary="申请延期", status_code=200)
    async def ask_extension(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ExtensionIn]
    ) -> Answer:
        await edit.carry_out(answering.ask_extension, assignment_id=assignment_id, until=data.until, reason=data.reason)
        return await _assignment(edit, assignment_id)

    @post("/extension/grant", summary="准予延期", status_code=200)
    async def grant_extension(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[GrantIn]
    ) -> Answer:
        await edit.carry_out(judging.grant_extension, assignment_id=assignment_id, until=data.until)
        return await _assignment(edit, assignment_id)

    @post("/extension/refuse", summary="不予延期", status_code=200)
    async def refuse_extension(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Answer:
        await edit.carry_out(judging.refuse_extension, assignment_id=assignment_id, reason=data.reason)
        return await _assignment(edit, assignment_id)

    @post("/supervise", summary="督办", status_code=200)
    async def supervise(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Answer:
        await edit.carry_out(judging.supervise, assignment_id=assignment_id, reason=data.reason)
        return await _assignment(edit, assignment_id)

    @post("/ease", summary="解除督办", status_code=200)
    async def ease(self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID]) -> Answer:
        await edit.carry_out(judging.ease, assignment_id=assignment_id)
        return await _assignment(edit, assignment_id)

    @post("/recall", summary="收回 one unit's share, and those below it", status_code=200)
    async def recall(
        self, edit: NamedDependency[Edit], assignment_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Answer:
        await edit.carry_out(judging.recall, assignment_id=assignment_id, reason=data.reason)
        return await _assignment(edit, assignment_id)
