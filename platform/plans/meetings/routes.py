"""会议 over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar import Controller, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, Parameter
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.settings import settings
from plans.follow_up.schemas import FollowIn
from plans.meetings import calling, keeping, rooms, sheets, views
from plans.meetings.calling import Arranged, Given
from plans.meetings.keeping import Decided
from plans.meetings.queries import Side, Wanted
from plans.meetings.schemas import (
    AmendMeetingIn,
    ArrangedIn,
    AttendanceIn,
    CallIn,
    JoinOut,
    MeetingActIn,
    MeetingOut,
    MeetingPage,
    MinutesIn,
    ReplyIn,
    RoomsOut,
)
from reporting.exports import XLSX
from reporting.workbook_routes import attachment
from tenancy.principal import Principal
from workflow.edit import Edit, provide_edit, tagged

SEARCH = Parameter(max_length=60, description="Words of the title or agenda, separated by spaces")
AFTER = Parameter(max_length=100, description="`next` of the page before")
Month = Annotated[str | None, Parameter(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="A month in China: 2026-11")]
OfYear = Annotated[int, Parameter(ge=2020, le=2100, description="A year in China")]
_MOST_WORDS = 5

Answer = Response[MeetingOut]


async def _meeting(session: AsyncSession, principal: Principal, meeting_id: UUID) -> Answer:
    view = await views.meeting_view(session, principal, meeting_id)
    return tagged(view, view.version)


def _arranged(data: ArrangedIn) -> Arranged:
    return Arranged(
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        agenda=data.agenda,
        venue=data.venue,
        link=data.link,
        room=data.room,
        guests=data.guests,
    )


class MeetingController(Controller):
    """会议."""

    path = "/api/meetings"
    tags = ("meetings",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @get("/", summary="Meetings that the unit called, is asked to, or that units below called; the latest first")
    async def list_meetings(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        after: Annotated[str | None, AFTER] = None,
        search: Annotated[str, SEARCH] = "",
        side: FromQuery[Side] = Side.OURS,
        month: Month = None,
    ) -> MeetingPage:
        since, until = clock.month_of(month) if month else (None, None)
        wanted = Wanted(side, search.split()[:_MOST_WORDS], since, until)
        return await views.meeting_page(session, principal, wanted=wanted, after=after)

    @get("/rooms", summary="Whether the platform makes rooms on a meeting server of its own")
    async def get_rooms(self, principal: NamedDependency[Principal]) -> RoomsOut:
        return RoomsOut(offered=bool(principal.roles) and rooms.offered(settings()))

    @get("/ledger", summary="会议台账: the acting unit's year as an official sheet", media_type=XLSX)
    async def get_ledger(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], year: OfYear
    ) -> Response[bytes]:
        made = await sheets.ledger(session, principal, year=year)
        return attachment(made.content, made.name)

    @post("/", summary="Call a meeting of units below, or write down one among one's own")
    async def call(self, edit: NamedDependency[Edit], data: JSONBody[CallIn]) -> Answer:
        given = Given(data.kind, data.title, _arranged(data), data.to, data.file_ids)
        return await _meeting(edit.session, edit.principal, await edit.make(calling.call, given=given))

    @get("/{meeting_id:uuid}", summary="A meeting with replies, minutes and decisions")
    async def get_meeting(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], meeting_id: FromPath[UUID]
    ) -> Answer:
        return await _meeting(session, principal, meeting_id)

    @put(
        "/{meeting_id:uuid}",
        summary="变更: another time, place or agenda; who was asked is told, or asked anew",
    )
    async def amend(
        self, edit: NamedDependency[Edit], meeting_id: FromPath[UUID], data: JSONBody[AmendMeetingIn]
    ) -> Answer:
        await edit.carry_out(
            calling.amend,
            meeting_id=meeting_id,
            arranged=_arranged(data),
            reason=data.reason,
            file_ids=data.file_ids,
        )
        return await _meeting(edit.session, edit.principal, meeting_id)

    @post("/{meeting_id:uuid}/acts", summary="催复、取消、召开、印发纪要", status_code=200)
    async def act(
        self, edit: NamedDependency[Edit], meeting_id: FromPath[UUID], data: JSONBody[MeetingActIn]
    ) -> Answer:
        await edit.carry_out(calling.act, meeting_id=meeting_id, action=data.action.value, text=data.text)
        return await _meeting(edit.session, edit.principal, meeting_id)

    @put("/{meeting_id:uuid}/minutes", summary="写纪要: the whole text and list of decisions from now on")
    async def write_minutes(
        self, edit: NamedDependency[Edit], meeting_id: FromPath[UUID], data: JSONBody[MinutesIn]
    ) -> Answer:
        decisions = [Decided(one.text, one.unit_ids, one.due_on, one.id) for one in data.decisions]
        await edit.carry_out(
            keeping.write_minutes,
            meeting_id=meeting_id,
            text=data.text,
            decisions=decisions,
            file_ids=data.file_ids,
        )
        return await _meeting(edit.session, edit.principal, meeting_id)

    @put("/{meeting_id:uuid}/attendance", summary="签到: which of the units that were asked were there")
    async def mark(
        self, edit: NamedDependency[Edit], meeting_id: FromPath[UUID], data: JSONBody[AttendanceIn]
    ) -> Answer:
        await edit.carry_out(keeping.mark, meeting_id=meeting_id, unit_ids=data.unit_ids)
        return await _meeting(edit.session, edit.principal, meeting_id)

    @post("/{meeting_id:uuid}/reply", summary="参会 with names, or 请假 with a reason", status_code=200)
    async def reply(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        meeting_id: FromPath[UUID],
        data: JSONBody[ReplyIn],
    ) -> Answer:
        await keeping.reply(
            session, actor=principal, meeting_id=meeting_id, names=data.names, leave_reason=data.leave_reason
        )
        session.expire_all()
        return await _meeting(session, principal, meeting_id)

    @post("/{meeting_id:uuid}/join", summary="Where to enter it on line: a link, or a room for five minutes")
    async def join(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal], meeting_id: FromPath[UUID]
    ) -> Response[JoinOut]:
        url = await keeping.join(session, actor=principal, meeting_id=meeting_id)
        return Response(JoinOut(url=url), headers={"Cache-Control": "private, no-store"})


class MeetingDecisionController(Controller):
    """议定事项."""

    path = "/api/meeting-decisions/{decision_id:uuid}"
    tags = ("meetings",)
    dependencies = {"edit": Provide(provide_edit)}  # noqa: RUF012 - Litestar reads it as a class attribute

    @post("/task", summary="转任务: issue it to the units named, due at the end of the day named")
    async def to_task(
        self, edit: NamedDependency[Edit], decision_id: FromPath[UUID], data: JSONBody[FollowIn]
    ) -> Answer:
        await edit.make(keeping.to_task, decision_id=decision_id, unit_ids=data.unit_ids, due_on=data.due_on)
        meeting_id = await keeping.meeting_of(edit.session, edit.principal, decision_id)
        return await _meeting(edit.session, edit.principal, meeting_id)
