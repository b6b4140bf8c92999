"""What the pages of requests for coordination show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.paging import Mark, cut, read_mark
from plans.coordination import queries
from plans.coordination.lifecycle import COORDINATION, subject_of
from plans.coordination.models import CoordinationRequest
from plans.coordination.queries import Wanted
from plans.coordination.schemas import LogLine, RequestBrief, RequestOut, RequestPage, SourceOut
from tenancy.principal import Principal
from workflow.queries import list_history

PAGE = 50


def _facts(request: CoordinationRequest) -> dict[str, Any]:
    return {
        "id": request.id,
        "version": request.version,
        "unit_id": request.unit_id,
        "unit": request.unit_name,
        "tier": request.tier,
        "kind": request.kind,
        "title": request.title,
        "state": request.state,
        "handler_unit_id": request.handler_unit_id,
        "handler": request.handler_name,
        "raised_at": request.raised_at,
        "answered_at": request.answered_at,
        "source": None
        if request.submission_id is None
        else SourceOut(submission_id=request.submission_id, field=request.field or "", **request.source),
    }


async def request_page(
    session: AsyncSession, principal: Principal, *, wanted: Wanted, after: str | None
) -> RequestPage:
    """Requests of the acting unit and those below it, the newest first."""
    found = await queries.list_requests(
        session,
        county_id=principal.county_id,
        unit_id=principal.unit_id,
        wanted=wanted,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda request: Mark(request.raised_at, request.id))
    return RequestPage(items=[RequestBrief(**_facts(request)) for request in page], next=following)


async def request_view(session: AsyncSession, principal: Principal, request_id: UUID) -> RequestOut:
    """A request with the log of its handling. Raises NotFound."""
    request = await queries.get_request(session, county_id=principal.county_id, request_id=request_id)
    history = await list_history(session, county_id=principal.county_id, subject_id=request_id)
    actions = COORDINATION.allowed(subject_of(request), principal)
    if request.handler_unit_id == principal.county_unit_id:
        # The county has nobody above it.
        actions = [action for action in actions if action != "pass_up"]
    return RequestOut(
        **_facts(request),
        text=request.text,
        raiser=request.raiser_name,
        answer=request.answer,
        actions=actions,
        log=[
            LogLine(action=one.action, by=one.actor_name, at=one.at, text=one.reason, to=one.detail.get("to"))
            for one in history
        ],
    )
