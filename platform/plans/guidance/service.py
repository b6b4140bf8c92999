"""Commands on visits: record, answer, add, take back; and a finding that becomes a rectification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import Write, put, write_all
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from plans.follow_up.service import make_task
from plans.guidance import queries
from plans.guidance.errors import FindingsElsewhere, FindingTasked, VisitAhead
from plans.guidance.lifecycle import VISIT, subject_of
from plans.guidance.models import Visit, VisitFinding, VisitKind, VisitState
from plans.tasks.models import TaskKind
from tenancy.audit import audited
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_line
from workflow.errors import ActionNotAllowed
from workflow.lifecycle import Mail, expect_version, mail_writes, perform

#: These only tell: the station that it was written down, and who wrote it down that the station answered.
RECORDED, ANSWERED = "visit_recorded", "visit_answered"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came."""

    name: str
    post: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """发现问题."""

    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A visit as it is written down."""

    kind: VisitKind
    unit_id: UUID
    visited_on: date
    people: Sequence[Visitor]
    text: str = ""
    requirements: str = ""
    findings: Sequence[Found] = field(default=())


async def record(
    session: AsyncSession, *, actor: Principal, given: Given, made: UUID | None = None, also: Sequence[Write] = ()
) -> UUID:
    """登记: a leader's visit by the station itself, a guidance visit by a unit above.

    Raises Forbidden, NotFound for a unit that is not below, VisitAhead, FindingsElsewhere.
    """
    actor.require(Role.REPORTER, Role.REVIEWER, Role.LEADER)
    leader = given.kind is VisitKind.LEADER
    if given.visited_on > clock.today():
        raise VisitAhead
    if leader and given.findings:
        raise FindingsElsewhere
    tree = await load_line(session, county_id=actor.county_id, unit_id=given.unit_id)
    place = tree.ancestors(given.unit_id)
    if actor.unit_id not in place or leader != (actor.unit_id == given.unit_id):
        raise NotFound
    node, visit_id = tree.nodes[given.unit_id], made or new_id()
    visit = Visit(
        county_id=actor.county_id,
        id=visit_id,
        kind=given.kind,
        unit_id=node.id,
        unit_name=node.name,
        tier=node.tier,
        visitor_unit_id=actor.unit_id,
        visitor_name=tree.nodes[actor.unit_id].short_name,
        people=[{"name": one.name, "post": one.post} for one in given.people],
        visited_on=given.visited_on,
        text=given.text,
        requirements=given.requirements,
        state=VisitState.RECORDED,
        version=1,
        recorder_name=actor.display_name,
        place=place,
    )
    session.add(visit)
    await session.flush()
    key = {"county_id": actor.county_id, "visit_id": visit_id, "place": place}
    findings = [
        put(VisitFinding, **key, id=new_id(), no=no, text=one.text, due_on=one.due_on)
        for no, one in enumerate(given.findings, 1)
    ]
    told = [] if leader else [Mail(node.id, Role.REPORTER, RECORDED, facts=_facts(visit, findings=len(findings)))]
    entry = audited(actor, "visit.record", subject_kind=VISIT.kind, subject_id=visit_id)
    await write_all(session, [*also, entry, *findings, *mail_writes(actor, VISIT.kind, visit_id, 1, told)])
    return visit_id


def _facts(visit: Visit, **more: Any) -> dict[str, Any]:
    return {"unit": visit.unit_name, "by": visit.visitor_name, "on": visit.visited_on.isoformat(), **more}


async def act(
    session: AsyncSession,
    *,
    actor: Principal,
    visit_id: UUID,
    version: int | None,
    action: str,
    text: str = "",
    also: Sequence[Write] = (),
) -> int:
    """回复、补充、作废. Raises NotFound, Forbidden, Stale, ActionNotAllowed, ReasonMissing, FindingTasked."""
    visit = await queries.get_visit(session, county_id=actor.county_id, visit_id=visit_id, lock=True)
    subject = subject_of(visit)
    VISIT.check_side(action, subject, actor)
    expect_version(subject, version)
    VISIT.check(action, subject, actor, text)
    values: Mapping[str, Any] = {}
    mail: list[Mail] = []
    guided = visit.kind is VisitKind.GUIDANCE
    if action == "answer":
        values = {"answer": text, "answered_at": clock.now()}
        if guided:
            mail.append(Mail(visit.visitor_unit_id, Role.REPORTER, ANSWERED, facts=_facts(visit)))
    elif guided:
        if action == "void":
            found = await queries.list_findings(session, county_id=actor.county_id, visit_ids=[visit_id], lock=True)
            if any(one.task_id is not None for one in found):
                raise FindingTasked
        mail.append(Mail(visit.unit_id, Role.REPORTER, RECORDED, facts=_facts(visit, action=action)))
    return await perform(session, VISIT, action, subject, actor=actor, reason=text, values=values, mail=mail, also=also)


async def to_task(
    session: AsyncSession,
    *,
    actor: Principal,
    finding_id: UUID,
    made: UUID,
    due_on: date | None = None,
    also: Sequence[Write] = (),
) -> None:
    """发现问题转整改: a rectification for the station that was visited, by the unit that found it.

    Raises NotFound, Forbidden, ActionNotAllowed for a visit that was taken back, and what `follow_up.make_task` raises.
    """
    finding = await queries.get_finding(session, county_id=actor.county_id, finding_id=finding_id)
    # The visit before its findings, as taking a visit back does.
    visit = await queries.get_visit(session, county_id=actor.county_id, visit_id=finding.visit_id, lock=True)
    finding = await queries.get_finding(session, county_id=actor.county_id, finding_id=finding_id, lock=True)
    if visit.visitor_unit_id != actor.unit_id:
        raise Forbidden
    if visit.state is not VisitState.RECORDED:
        raise ActionNotAllowed(action="task", state=visit.state)
    await make_task(
        session,
        actor=actor,
        line=finding,
        kind=TaskKind.RECTIFICATION,
        source=f"（{visit.visited_on:%Y年%m月%d日}{visit.visitor_name}调研指导发现的问题，请整改并报送结果。）",
        unit_ids=[visit.unit_id],
        due_on=due_on or finding.due_on,
        made=made,
        also=also,
    )
