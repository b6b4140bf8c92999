"""培训 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from plans.training import announcing, attending, sheets, signing_up, studying, views
from plans.training.announcing import Amended, Given, Planned
from plans.training.attending import Recorded
from plans.training.schemas import (
    AmendTrainingIn,
    AnnounceIn,
    CheckInChoice,
    CheckInCodeOut,
    CheckInIn,
    CheckInOut,
    InvitationsOut,
    MarkIn,
    MaterialsIn,
    MovePlaceIn,
    PlacesOut,
    RecordIn,
    SessionIn,
    StaffIds,
    StudiedIn,
    TrainingOut,
    TrainingPage,
    TrainingReasonIn,
)
from plans.training.studying import Studied
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

SEARCH = Parameter(max_length=60, description="Words of the title or text, separated by spaces")
AFTER = Parameter(max_length=100, description="`next` of the page before")
OfYear = Annotated[int, Parameter(ge=2020, le=2100, description="A year in China")]


async def _training(session: AsyncSession, principal: Principal, training_id: UUID) -> Response[TrainingOut]:
    view = await views.training_view(session, principal, training_id)
    return tagged(view, view.version)


def _planned(given: SessionIn) -> Planned:
    return Planned(
        id=given.id,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        hours=given.hours,
        venue=given.venue,
        link=given.link,
        quota=given.quota,
        per_unit=given.per_unit,
    )


class TrainingController(Controller):
    """培训."""

    path = "/api/trainings"
    tags = ("training",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/received", summary="What was announced to the acting unit, the latest on top")
    async def list_received(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        after: Annotated[str | None, AFTER] = None,
    ) -> TrainingPage:
        return await views.received_page(session, principal, search=search, after=after)

    @get("/issued", summary="What the acting unit announced, the latest on top")
    async def list_issued(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        search: Annotated[str, SEARCH] = "",
        after: Annotated[str | None, AFTER] = None,
    ) -> TrainingPage:
        return await views.issued_page(session, principal, search=search, after=after)

    @get("/ledger", summary="培训台账: the acting unit's year as an official sheet", media_type=XLSX)
    async def get_ledger(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> Response[bytes]:
        made = await sheets.ledger(session, principal, year=year)
        return attachment(made.content, made.name)

    @post("/", summary="Announce a training to units below")
    async def announce(self, edit: NamedDependency[Edit], data: JSONBody[AnnounceIn]) -> Response[TrainingOut]:
        given = Given(
            kind=data.kind,
            title=data.title,
            text=data.text,
            to=data.to,
            sign_up_until=data.sign_up_until,
            sessions=[_planned(one) for one in data.sessions],
            file_ids=data.file_ids,
        )
        made = await edit.make(announcing.announce, given=given)
        return await _training(edit.session, edit.principal, made)

    @post("/own", summary="登记本单位学习: what the acting unit's people studied among themselves")
    async def record_own(self, edit: NamedDependency[Edit], data: JSONBody[StudiedIn]) -> Response[TrainingOut]:
        when = Planned(data.starts_at, data.ends_at, data.hours, venue=data.venue)
        given = Studied(data.kind, data.title, data.text, when, data.staff_ids, data.file_ids)
        return await _training(edit.session, edit.principal, await edit.make(studying.record, given=given))

    @post("/check-in", summary="扫码签到 with the code on the screen", status_code=200)
    async def check_in(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[CheckInIn],
    ) -> CheckInOut:
        found = await attending.check_in(
            session, actor=principal, session_id=data.session_id, code=data.code, staff_id=data.staff_id
        )
        state = "choose" if found.at is None else "again" if found.again else "done"
        return CheckInOut(
            state=state,
            title=found.training.title,
            starts_at=found.session.starts_at,
            name=found.name,
            at=found.at,
            choices=[CheckInChoice(id=one.id, name=one.name, post=one.post) for one in found.choices],
        )

    @get("/{training_id:uuid}", summary="A training")
    async def get_training(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], training_id: FromPath[UUID]
    ) -> Response[TrainingOut]:
        return await _training(session, principal, training_id)

    @put("/{training_id:uuid}", summary="变更: another time or place, more places; everybody who was told is told so")
    async def amend(
        self, edit: NamedDependency[Edit], training_id: FromPath[UUID], data: JSONBody[AmendTrainingIn]
    ) -> Response[TrainingOut]:
        given = Amended(data.text, data.sign_up_until, [_planned(one) for one in data.sessions])
        await edit.carry_out(announcing.amend, training_id=training_id, given=given, reason=data.reason)
        return await _training(edit.session, edit.principal, training_id)

    @put("/{training_id:uuid}/materials", summary="The files that it goes with from now on, also once it is over")
    async def put_materials(
        self, edit: NamedDependency[Edit], training_id: FromPath[UUID], data: JSONBody[MaterialsIn]
    ) -> Response[TrainingOut]:
        await edit.carry_out(announcing.enclose_materials, training_id=training_id, file_ids=data.file_ids)
        return await _training(edit.session, edit.principal, training_id)

    @post("/{training_id:uuid}/remind", summary="Ask those who have not answered once more", status_code=200)
    async def remind(self, edit: NamedDependency[Edit], training_id: FromPath[UUID]) -> Response[TrainingOut]:
        await edit.carry_out(announcing.remind, training_id=training_id)
        return await _training(edit.session, edit.principal, training_id)

    @post("/{training_id:uuid}/cancel", summary="取消, with a reason", status_code=200)
    async def cancel(
        self, edit: NamedDependency[Edit], training_id: FromPath[UUID], data: JSONBody[TrainingReasonIn]
    ) -> Response[TrainingOut]:
        await edit.carry_out(announcing.cancel, training_id=training_id, reason=data.reason)
        return await _training(edit.session, edit.principal, training_id)

    @post("/{training_id:uuid}/hold", summary="开班: checking in opens", status_code=200)
    async def hold(self, edit: NamedDependency[Edit], training_id: FromPath[UUID]) -> Response[TrainingOut]:
        await edit.carry_out(announcing.hold, training_id=training_id)
        return await _training(edit.session, edit.principal, training_id)

    @post("/{training_id:uuid}/conclude", summary="结束: who did not come was absent", status_code=200)
    async def conclude(self, edit: NamedDependency[Edit], training_id: FromPath[UUID]) -> Response[TrainingOut]:
        await edit.carry_out(announcing.conclude, training_id=training_id)
        return await _training(edit.session, edit.principal, training_id)

    @post("/{training_id:uuid}/decline", summary="不参加, with a reason", status_code=200)
    async def decline(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        training_id: FromPath[UUID],
        data: JSONBody[TrainingReasonIn],
    ) -> Response[TrainingOut]:
        await signing_up.decline(session, actor=principal, training_id=training_id, reason=data.reason)
        session.expire_all()
        return await _training(session, principal, training_id)

    @get("/{training_id:uuid}/places", summary="Who has a place, of units at or below the acting one")
    async def list_places(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], training_id: FromPath[UUID]
    ) -> PlacesOut:
        return await views.places_view(session, principal, training_id)

    @get("/{training_id:uuid}/invitations", summary="Who was told and what they answered")
    async def list_invitations(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], training_id: FromPath[UUID]
    ) -> InvitationsOut:
        return await views.invitations_view(session, principal, training_id)

    @get("/{training_id:uuid}/sheet", summary="签到名单 as an official sheet", media_type=XLSX)
    async def get_sheet(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], training_id: FromPath[UUID]
    ) -> Response[bytes]:
        made = await sheets.attendance(session, principal, training_id)
        return attachment(made.content, made.name)


class TrainingSessionController(Controller):
    """场次."""

    path = "/api/training-sessions/{session_id:uuid}"
    tags = ("training",)

    @get("/code", summary="What the organiser's screen shows now")
    async def get_code(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], session_id: FromPath[UUID]
    ) -> Response[CheckInCodeOut]:
        shown = await attending.show_code(session, actor=principal, session_id=session_id)
        out = CheckInCodeOut(code=shown.code, seconds=shown.seconds, attended=shown.attended, taken=shown.taken)
        return Response(out, headers={"Cache-Control": "private, no-store"})

    @post("/sign-up", summary="报名: people of the acting unit take places, all or none", status_code=204)
    async def sign_up(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        session_id: FromPath[UUID],
        data: JSONBody[StaffIds],
    ) -> None:
        await signing_up.sign_up(session, actor=principal, session_id=session_id, staff_ids=data.staff_ids)

    @post("/add", summary="名单添加, by the organiser", status_code=204)
    async def add(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        session_id: FromPath[UUID],
        data: JSONBody[StaffIds],
    ) -> None:
        await signing_up.add(session, actor=principal, session_id=session_id, staff_ids=data.staff_ids)

    @post("/attendance", summary="名单签到: tick who is there, or take a tick away", status_code=204)
    async def mark(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        session_id: FromPath[UUID],
        data: JSONBody[MarkIn],
    ) -> None:
        await attending.mark(
            session, actor=principal, session_id=session_id, place_ids=data.place_ids, present=data.present
        )


class TrainingPlaceController(Controller):
    """名额: one person's place in a session."""

    path = "/api/training-places/{place_id:uuid}"
    tags = ("training",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/withdraw", summary="取消报名, by the unit or the organiser", status_code=204)
    async def withdraw(self, edit: NamedDependency[Edit], place_id: FromPath[UUID]) -> None:
        await edit.carry_out(signing_up.withdraw, place_id=place_id)

    @post("/move", summary="调整场次, by the organiser", status_code=204)
    async def move(self, edit: NamedDependency[Edit], place_id: FromPath[UUID], data: JSONBody[MovePlaceIn]) -> None:
        await edit.carry_out(signing_up.move, place_id=place_id, to=data.session_id)

    @post("/record", summary="登记结果; once it is concluded a correction, with a reason", status_code=204)
    async def record(self, edit: NamedDependency[Edit], place_id: FromPath[UUID], data: JSONBody[RecordIn]) -> None:
        given = Recorded(present=data.present, result=data.result, score=data.score, hours=data.hours)
        await edit.carry_out(attending.record, place_id=place_id, given=given, reason=data.reason)
