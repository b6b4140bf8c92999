"""What the pages of visits show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.paging import Mark, cut, read_mark
from plans.follow_up.rules import FollowState
from plans.follow_up.schemas import FollowOut
from plans.follow_up.service import follow
from plans.guidance import queries
from plans.guidance.lifecycle import VISIT, subject_of
from plans.guidance.models import Visit, VisitFinding, VisitKind, VisitState
from plans.guidance.queries import Visited, Wanted
from plans.guidance.schemas import FindingOut, VisitBrief, VisitedUnit, VisitedUnits, VisitLog, VisitOut, VisitPage
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import load_tree
from tenancy.rules import Tree, TreeNode
from tenancy.tiers import Tier
from workflow.queries import list_history

PAGE = 50


def _facts(visit: Visit, findings: Sequence[VisitFinding], tasks: dict[UUID, FollowOut]) -> dict[str, Any]:
    done = [tasks[one.task_id] for one in findings if one.task_id in tasks]
    return {
        "id": visit.id,
        "version": visit.version,
        "kind": visit.kind,
        "unit_id": visit.unit_id,
        "unit": visit.unit_name,
        "tier": visit.tier,
        "visitor_unit_id": visit.visitor_unit_id,
        "visitor": visit.visitor_name,
        "people": visit.people,
        "visited_on": visit.visited_on,
        "state": visit.state,
        "answered_at": visit.answered_at,
        "findings": len(findings),
        "rectified": sum(1 for one in done if one.state is FollowState.DONE),
    }


async def visit_page(session: AsyncSession, principal: Principal, *, wanted: Wanted, after: str | None) -> VisitPage:
    """Visits to the acting unit and those below it, the latest written down first. Raises PageLost."""
    found = await queries.list_visits(
        session,
        county_id=principal.county_id,
        unit_id=principal.unit_id,
        wanted=wanted,
        after=read_mark(after),
        limit=PAGE + 1,
    )
    page, following = cut(found, PAGE, lambda one: Mark(one.recorded_at, one.id))
    ids = [one.id for one in page]
    findings = await queries.list_findings(session, county_id=principal.county_id, visit_ids=ids)
    tasks = await follow(session, principal, findings)
    items = [VisitBrief(**_facts(one, [f for f in findings if f.visit_id == one.id], tasks)) for one in page]
    return VisitPage(items=items, next=following)


async def visit_view(session: AsyncSession, principal: Principal, visit_id: UUID) -> VisitOut:
    """A visit with what was found and how far it is rectified. Raises NotFound."""
    county_id = principal.county_id
    visit = await queries.get_visit(session, county_id=county_id, visit_id=visit_id)
    findings = await queries.list_findings(session, county_id=county_id, visit_ids=[visit_id])
    tasks = await follow(session, principal, findings)
    history = await list_history(session, county_id=county_id, subject_id=visit_id)
    actions = VISIT.allowed(subject_of(visit), principal)
    if visit.kind is VisitKind.LEADER:
        # The station wrote it down itself.
        actions = [one for one in actions if one != "answer"]
    return VisitOut(
        **_facts(visit, findings, tasks),
        text=visit.text,
        requirements=visit.requirements,
        answer=visit.answer,
        recorder=visit.recorder_name,
        recorded_at=visit.recorded_at,
        found=[
            FindingOut(
                id=one.id,
                text=one.text,
                due_on=one.due_on,
                tasked=one.task_id is not None,
                follow=None if one.task_id is None else tasks.get(one.task_id),
            )
            for one in findings
        ],
        may_rectify=(
            visit.visitor_unit_id == principal.unit_id
            and visit.kind is VisitKind.GUIDANCE
            and visit.state is VisitState.RECORDED
            and principal.has(Role.REVIEWER, Role.LEADER)
        ),
        actions=actions,
        log=[VisitLog(action=one.action, by=one.actor_name, at=one.at, text=one.reason) for one in history],
    )


async def visited_units(
    session: AsyncSession, principal: Principal, *, year: int, tier: Tier | None, anybody: bool
) -> VisitedUnits:
    """Who has not been visited for how long: stations of a tier below the acting unit (directly below it unless one is
    named), by its own guidance visits or by anybody's."""
    tree = await load_tree(session, county_id=principal.county_id, day=clock.today())
    span: dict[str, Any] = {"county_id": principal.county_id, "since": date(year, 1, 1), "until": date(year + 1, 1, 1)}
    everybody = await queries.count_by_unit(session, visitor_unit_id=None, **span)
    counted = everybody if anybody else await queries.count_by_unit(session, visitor_unit_id=principal.unit_id, **span)
    nodes = tree.children(principal.unit_id) if tier is None else tree.walk(principal.unit_id)
    below = [node for node in nodes if node.id != principal.unit_id and tier in (None, node.tier)]
    lines = [_line(tree, node, counted.get(node.id, Visited())) for node in below]
    own = tree.nodes[principal.unit_id]
    return VisitedUnits(
        own=_line(tree, own, everybody.get(own.id, Visited())),
        # Sorting keeps the tree's order where the days are the same.
        items=sorted(lines, key=lambda one: date.min if one.last_on is None else one.last_on),
    )


def _line(tree: Tree, node: TreeNode, visited: Visited) -> VisitedUnit:
    above = tree.nodes.get(node.parent_id) if node.parent_id else None
    return VisitedUnit(
        unit_id=node.id,
        unit=node.name,
        under=above.short_name if above else "",
        tier=node.tier,
        leaders=visited.leaders,
        guided=visited.guided,
        last_on=visited.last_on,
        days=None if visited.last_on is None else (clock.today() - visited.last_on).days,
    )
