"""Reporting over HTTP: signing inside the unit, and the choice to."""

from __future__ import annotations

from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from reporting import sign_off, signing
from reporting.edit import Edit, provide_edit
from reporting.schemas import ReasonIn, SubmissionOut, SubmitIn
from reporting.standing_schemas import SignChoiceIn, SignChoices
from reporting.submission_routes import rows_of
from reporting.submissions import HandedIn
from tenancy.principal import Principal


class SigningController(Controller):
    """制表、审核、签批."""

    path = "/api/submissions/{submission_id:uuid}"
    tags = ("submissions",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/prepare", summary="送签: freeze the draft for the unit's own signatures", status_code=200)
    async def prepare(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[SubmitIn]
    ) -> Response[SubmissionOut]:
        given = None
        if data.cells is not None or data.rows is not None:
            given = HandedIn(data.cells or {}, rows_of(data.rows) or {}, data.reasons or {})
        await edit.perform(
            submission_id,
            signing.prepare,
            given=given,
            reasons=data.reasons,
            zero=data.zero,
            missing_reason=data.missing_reason,
        )
        return await edit.view(submission_id)

    @post("/check", summary="审核 inside the unit", status_code=200)
    async def check(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, signing.check)
        return await edit.view(submission_id)

    @post("/sign", summary="签批: sign and hand in", status_code=200)
    async def sign(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, signing.sign)
        return await edit.view(submission_id)

    @post("/decline", summary="Send back to the unit's own draft, with a reason", status_code=200)
    async def decline(
        self, edit: NamedDependency[Edit], submission_id: FromPath[UUID], data: JSONBody[ReasonIn]
    ) -> Response[SubmissionOut]:
        await edit.perform(submission_id, signing.decline, reason=data.reason)
        return await edit.view(submission_id)

    @post("/withdraw", summary="Take back what waits for signatures", status_code=200)
    async def withdraw(self, edit: NamedDependency[Edit], submission_id: FromPath[UUID]) -> Response[SubmissionOut]:
        await edit.perform(submission_id, signing.withdraw)
        return await edit.view(submission_id)


class SignOffController(Controller):
    """Which units sign a form inside."""

    path = "/api/forms/{form_id:uuid}/sign-off"
    tags = ("forms",)

    @get("/", summary="The units in scope, and in which steps each signs this form")
    async def choices(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], form_id: FromPath[UUID]
    ) -> SignChoices:
        return await sign_off.choices_view(session, principal, form_id)

    @put("/", summary="Choose the steps for units in scope")
    async def choose(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        form_id: FromPath[UUID],
        data: JSONBody[SignChoiceIn],
    ) -> SignChoices:
        await sign_off.choose(session, actor=principal, form_id=form_id, unit_ids=data.unit_ids, steps=data.steps)
        return await sign_off.choices_view(session, principal, form_id)
