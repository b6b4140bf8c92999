"""提请协调: raised to the unit above, taken, handled on record, answered or passed further up, confirmed below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from forms.definition import FormDefinition
from kit import clock
from kit.db.batch import Write, write_all
from kit.ids import new_id
from plans.coordination import queries
from plans.coordination.errors import NobodyAbove, NothingWritten, RaisedAlready
from plans.coordination.lifecycle import COORDINATION, subject_of
from plans.coordination.models import CoordinationRequest, RequestKind
from plans.follow_up.rules import title_of
from reporting import figures
from reporting.queries import Filed, get_filed
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line, load_tree
from tenancy.rules import Tree
from workflow.lifecycle import Mail, expect_version, mail_writes, perform

#: To handle, to read the answer and say whether it helped; and what is only told.
TOPIC, ANSWERED, TOLD = "coordination", "coordination_answered", "coordination_told"


@dataclass(frozen=True, slots=True)
class Given:
    """What is asked of the unit above."""

    kind: RequestKind
    title: str
    text: str


async def raise_request(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """Send a difficulty or an opinion to the unit above. Anybody of the unit who writes or reviews may.

    Raises NobodyAbove for the county.
    """
    actor.require(Role.REPORTER, Role.REVIEWER, Role.LEADER)
    return await _raise(session, actor, actor.unit_id, given, made, also)


async def raise_from_report(
    session: AsyncSession,
    *,
    actor: Principal,
    submission_id: UUID,
    field: str,
    made: UUID | None = None,
    also: Sequence[Write] = (),
) -> UUID:
    """Send up what stands in a field of a report that asks for it (`coordination` in the form): the unit's own, or,
    for a unit above, what was handed in.

    Raises NotFound for a report out of scope, NothingWritten, RaisedAlready.
    """
    county_id = actor.county_id
    filed = await get_filed(session, county_id=county_id, submission_id=submission_id)
    actor.require(Role.REPORTER, Role.REVIEWER, Role.LEADER)
    form = await figures.form_of(session, filed)
    text = await _written(session, actor, filed, form.definition, field)
    if await queries.find_of_report(session, county_id=county_id, submission_id=submission_id, field=field):
        raise RaisedAlready
    name = form.definition.name
    given = Given(RequestKind.DIFFICULTY, title_of(text), text)
    source = {"form": name.zh, "form_en": name.en, "period": filed.cycle.period_key}
    came_from = {"submission_id": submission_id, "field": field, "source": source}
    return await _raise(session, actor, filed.submission.unit_id, given, made, also, **came_from)


async def _written(session: AsyncSession, actor: Principal, filed: Filed, form: FormDefinition, field: str) -> str:
    if not any(one.code == field and one.coordination for one in form.fields):
        raise NothingWritten
    own = actor.unit_id == filed.submission.unit_id
    content = (filed.working or filed.newest) if own else await figures.handed_in(session, filed)
    text = "" if content is None else (content.cells.get(field) or "").strip()
    if not text:
        raise NothingWritten
    return text


async def _raise(
    session: AsyncSession,
    actor: Principal,
    unit_id: UUID,
    given: Given,
    made: UUID | None,
    also: Sequence[Write],
    **source: Any,
) -> UUID:
    tree = await load_line(session, county_id=actor.county_id, unit_id=unit_id)
    node, place = tree.nodes[unit_id], tree.ancestors(unit_id)
    if len(place) == 1:
        raise NobodyAbove
    handler = tree.nodes[place[1]]
    request = CoordinationRequest(
        county_id=actor.county_id,
        id=made or new_id(),
        unit_id=unit_id,
        unit_name=node.name,
        tier=node.tier,
        kind=given.kind,
        title=given.title,
        text=given.text,
        raised_at=clock.now(),
        raiser_id=actor.account_id,
        raiser_name=actor.display_name,
        handler_unit_id=handler.id,
        handler_name=handler.name,
        version=1,
        place=place,
        **source,
    )
    session.add(request)
    try:
        await session.flush()
    except IntegrityError as error:
        # Somebody sent the same field up at the same moment.
        raise RaisedAlready from error
    mail = mail_writes(actor, COORDINATION.kind, request.id, 1, [_to_handle(request, handler.id)])
    entry = audited(actor, "coordination_request.raise", subject_kind=COORDINATION.kind, subject_id=request.id)
    await write_all(session, [*also, entry, *mail])
    return request.id


def _facts(request: CoordinationRequest) -> dict[str, Any]:
    return {"unit": request.unit_name, "title": request.title, "kind": request.kind.value}


def _to_handle(request: CoordinationRequest, unit_id: UUID, *, closed: bool = False) -> Mail:
    return Mail(unit_id, Role.REVIEWER, TOPIC, closed=closed, facts=_facts(request))


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    request_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """One act of the lifecycle on a request, with its words.

    Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing; NobodyAbove when the county would pass up.
    """
    request = await queries.get_request(session, county_id=actor.county_id, request_id=request_id, lock=True)
    subject = subject_of(request)
    COORDINATION.check_side(action, subject, actor)
    expect_version(subject, version)
    COORDINATION.check(action, subject, actor, text)
    tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
    values, mail = _effect(action, request, actor, text, tree)
    return await perform(
        session,
        COORDINATION,
        action,
        subject,
        actor=actor,
        reason=text,
        values=values,
        mail=mail,
        also=also,
        detail={"to": values["handler_name"]} if action == "pass_up" else None,
    )


def _effect(
    action: str, request: CoordinationRequest, actor: Principal, text: str, tree: Tree
) -> tuple[Mapping[str, Any], list[Mail]]:
    """What an act changes beside the state, and who hears of it."""
    facts, own, handler = _facts(request), request.unit_id, request.handler_unit_id
    by = {**facts, "by": f"{tree.nodes[actor.unit_id].short_name} {actor.display_name}", "action": action}
    told = Mail(own, Role.REPORTER, TOLD, facts=by)
    done = _to_handle(request, handler, closed=True)
    asks = Mail(own, Role.REPORTER, ANSWERED, facts=by)
    match action:
        case "take" | "note":
            return {}, [told]
        case "answer":
            between = request.place[1 : request.place.index(handler)]
            told_between = [Mail(unit_id, Role.REVIEWER, TOLD, facts=by) for unit_id in between]
            return {"answer": text, "answered_at": clock.now()}, [done, asks, *told_between]
        case "pass_up":
            after = request.place.index(handler) + 1
            if after == len(request.place):
                raise NobodyAbove
            above = tree.nodes[request.place[after]]
            values = {"handler_unit_id": above.id, "handler_name": above.name}
            return values, [done, _to_handle(request, above.id), told]
        case "add":
            return {}, [Mail(handler, Role.REVIEWER, TOLD, facts=by)]
        case "confirm":
            return {}, [Mail(own, Role.REPORTER, ANSWERED, closed=True)]
        case "insist":
            return {"answer": "", "answered_at": None}, [
                Mail(own, Role.REPORTER, ANSWERED, closed=True),
                _to_handle(request, handler),
            ]
        case "withdraw":
            return {}, [done]
        case _:
            raise AssertionError(action)
