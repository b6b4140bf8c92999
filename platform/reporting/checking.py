"""What must be true of a county's reports, proven from what is stored: for `jiceng check`.

Reads by another road than the pages do (`reporting.recompute`), on a live database: what is marked is folded first,
then one REPEATABLE READ snapshot is judged. A unit with a mark at or below it in that snapshot changed a moment ago and
is judged in the next snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag

from forms import aggregate
from forms.queries import get_compiled
from kit.db.session import Database, Identity
from kit.models import County
from reporting import checking_queries, closing_queries, fold, recompute
from reporting.errors import TreeMismatch
from reporting.lifecycle import UNSENT
from reporting.models import Archive, Cycle, CycleUnit, Revision, Rollup, Submission, SubmissionState
from reporting.recompute import Evidence
from tenancy.tiers import Tier

#: The checks, in the order they are told.
NAMES = ("tree", "submissions", "revisions", "hand-ins", "archives", "rollups", "marks", "drafts")
#: A busy cycle is looked at so often before some of its units are left unjudged.
_LOOKS = 20
_PAUSE = 0.25


@dataclass(slots=True)
class Findings:
    """What was looked at and what was wrong, by check."""

    looked_at: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    breaches: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in NAMES})
    #: Rollups that never stood still long enough.
    unjudged: int = 0

    def look(self, check: str, number: int = 1) -> None:
        self.looked_at[check] += number

    def breach(self, check: str, told: str) -> None:
        self.breaches[check].append(told)


async def list_cycles(database: Database, county: County) -> Sequence[tuple[Cycle, str]]:
    """The county's cycles with their forms' codes."""
    async with database.transaction(_identity(county)) as session:
        return await checking_queries.list_all_cycles(session, county_id=county.id)


def _identity(county: County) -> Identity:
    return Identity.of_unit(county.id, county.unit_id)


async def check_cycle(database: Database, county: County, cycle: Cycle, form_code: str, findings: Findings) -> None:
    """Fold what is marked, then hold everything stored of a cycle against everything it follows from."""
    name = f"{county.code} {form_code} {cycle.period_key}"
    judged: set[UUID] = set()
    for look in range(_LOOKS):
        try:
            folded = await _fold(database, county, cycle)
        except TreeMismatch as problem:
            findings.breach("rollups", f"{name}: the fold refuses: {problem}")
            return
        async with database.session(_identity(county)) as session, session.begin():
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
            evidence = await recompute.gather(session, county_id=county.id, cycle_id=cycle.id, form=form)
            rollups = await checking_queries.list_all_rollups(session, county_id=county.id, cycle_id=cycle.id)
            marks = await checking_queries.marks_of_cycle(session, county_id=county.id, cycle_id=cycle.id)
            archives = await closing_queries.list_archives(session, county_id=county.id, cycle_id=cycle.id)
        codes = {unit.unit_id: unit.code for unit in evidence.units}
        left = folded.keys() & marks.keys()
        if look == 0:
            for mark in left:
                findings.breach("marks", f"{name} {codes.get(marks[mark], marks[mark])}: a mark outlives its fold")
            findings.look("marks", len(folded))
            _check_tree(name, evidence, rollups, findings)
            _check_submissions(name, evidence, findings)
            if not _check_revisions(name, evidence, findings):
                return  # what can't be read can't be added up
            _check_archives(name, evidence, archives, county.unit_id, findings)
        restless = _above(evidence.units, (unit for mark, unit in marks.items() if mark not in left))
        ready = {unit_id for unit_id in rollups if unit_id not in restless | judged}
        _check_rollups(name, evidence, {u: rollups[u] for u in ready}, findings)
        judged |= ready
        if len(judged) == len(rollups):
            return
        await asyncio.sleep(_PAUSE)
    findings.unjudged += len(rollups) - len(judged)


async def _fold(database: Database, county: County, cycle: Cycle) -> dict[UUID, UUID]:
    """Fold what is marked; returns the marks that were there before."""
    async with database.transaction(_identity(county)) as session:
        marks = await checking_queries.marks_of_cycle(session, county_id=county.id, cycle_id=cycle.id)
        if marks:
            form = await get_compiled(session, county_id=county.id, version_id=cycle.form_version_id)
            await fold.fold(
                session,
                county_unit_id=county.unit_id,
                county_id=county.id,
                cycle_id=cycle.id,
                unit_id=county.unit_id,
                form=form,
            )
    return marks


def _above(units: Sequence[CycleUnit], marked: Iterable[UUID]) -> set[UUID]:
    """The marked units and all above them."""
    parents = {unit.unit_id: unit.parent_id for unit in units}
    found: set[UUID] = set()
    for unit_id in marked:
        at: UUID | None = unit_id
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


def _check_tree(name: str, evidence: Evidence, rollups: Mapping[UUID, Rollup], findings: Findings) -> None:
    """Every unit of the frozen tree that owes has a submission, every unit with subordinates a rollup, nobody else."""
    units = {unit.unit_id: unit for unit in evidence.units}
    with_children = {unit.parent_id for unit in evidence.units if unit.parent_id is not None}
    findings.look("tree", len(units))

    def tell(unit: CycleUnit, what: str) -> None:
        findings.breach("tree", f"{name} {unit.code}: {what}")

    for unit in evidence.units:
        owes = unit.asked or (unit.has_children and unit.parent_id is not None)
        submission = evidence.submissions.get(unit.unit_id)
        if owes and submission is None:
            tell(unit, "owes, and has no submission")
        if not owes and submission is not None:
            tell(unit, "has a submission that nobody asked for")
        if unit.parent_id is not None and unit.parent_id not in units:
            tell(unit, "its superior is not in the frozen tree")
        if unit.has_children != (unit.unit_id in with_children):
            tell(unit, "has_children does not agree with the frozen tree")
        if unit.has_children != (unit.unit_id in rollups):
            tell(unit, "a rollup is missing" if unit.has_children else "has a rollup without subordinates")
        if submission is not None and not _line(units, unit) <= set(submission.place):
            tell(unit, "a superior can't see its submission")
    for unit_id, submission in evidence.submissions.items():
        if unit_id not in units:
            findings.breach("tree", f"{name}: submission {submission.id} of a unit outside the frozen tree")


def _line(units: Mapping[UUID, CycleUnit], unit: CycleUnit) -> set[UUID]:
    """A unit and all above it."""
    line: set[UUID] = set()
    at: CycleUnit | None = unit
    while at is not None and at.unit_id not in line:
        line.add(at.unit_id)
        at = units.get(at.parent_id) if at.parent_id is not None else None
    return line


def _check_submissions(name: str, evidence: Evidence, findings: Findings) -> None:
    codes = {unit.unit_id: unit.code for unit in evidence.units}
    kept: dict[UUID, list[Revision]] = {}
    for revision in evidence.revisions.values():
        kept.setdefault(revision.submission_id, []).append(revision)
    for submission in evidence.submissions.values():
        findings.look("submissions")
        for fault in submission_faults(submission, kept.get(submission.id, [])):
            findings.breach("submissions", f"{name} {codes.get(submission.unit_id, submission.unit_id)}: {fault}")


def submission_faults(s: Submission, revisions: Sequence[Revision]) -> list[str]:
    """What is not as it must be between a submission's state and its kept revisions. Pure."""
    by_id = {revision.id: revision for revision in revisions}
    newest = max(revisions, key=lambda r: r.no, default=None)
    live, approved = s.live_revision_id, s.approved_revision_id
    counts = s.state in (SubmissionState.SUBMITTED, SubmissionState.APPROVED)
    rules: tuple[tuple[bool, str], ...] = (
        (
            sorted(r.no for r in revisions) == list(range(1, s.revision_no + 1)),
            f"says {s.revision_no} revisions and has {len(revisions)}",
        ),
        (live is None or live in by_id, "what counts is not one of its revisions"),
        (approved is None or approved in by_id, "what was approved is not one of its revisions"),
        (not counts or live is not None, f"is {s.state.value} and nothing counts"),
        (counts or live == approved, f"is {s.state.value} and something unapproved counts"),
        (
            s.state is not SubmissionState.APPROVED or (approved is not None and approved == live),
            "is approved, but not what counts",
        ),
        (
            s.state is not SubmissionState.SUBMITTED or (newest is not None and live == newest.id),
            "is submitted, but its newest revision does not count",
        ),
        (s.state is not SubmissionState.NOT_STARTED or not revisions, "is not started and has revisions"),
        (not counts or s.first_submitted_at is not None, f"is {s.state.value} and was never handed in"),
    )
    return [fault for holds, fault in rules if not holds]


def _check_revisions(name: str, evidence: Evidence, findings: Findings) -> bool:
    """What each revision adds to a fold is what its cells say; a hand-in is what it lists. False if unreadable."""
    codes = {unit.unit_id: unit.code for unit in evidence.units}
    units = {s.id: codes.get(s.unit_id, str(s.unit_id)) for s in evidence.submissions.values()}
    readable = True
    for revision in sorted(evidence.revisions.values(), key=lambda r: (units[r.submission_id], r.no)):
        where = f"{name} {units[revision.submission_id]} revision {revision.no}"
        findings.look("revisions")
        try:
            right = bool(aggregate.same(revision.partials, evidence.own(revision.id)))
        except (InvalidTag, ValueError):
            findings.breach("revisions", f"{where}: its personal values can't be read with this data key")
            readable = False
            continue
        except ArithmeticError:
            findings.breach("revisions", f"{where}: what is stored is no figure")
            readable = False
            continue
        if not right:
            findings.breach("revisions", f"{where}: its contribution is not what its cells say")
    if not readable:
        return False
    for revision in evidence.revisions.values():
        if revision.sources is None and revision.frozen is None:
            continue
        findings.look("hand-ins")
        where = f"{name} {units[revision.submission_id]} revision {revision.no}"
        listed = [UUID(s["revision_id"]) for s in revision.sources or [] if s["revision_id"] is not None]
        if missing := [r for r in listed if r not in evidence.revisions]:
            findings.breach("hand-ins", f"{where}: lists {len(missing)} revisions that are not kept")
        elif not aggregate.same(revision.frozen, evidence.frozen(revision.id)):
            findings.breach("hand-ins", f"{where}: what was handed in is not what it lists")
    return True


def _check_archives(
    name: str, evidence: Evidence, archives: Sequence[Archive], county_unit_id: UUID, findings: Findings
) -> None:
    """An archive holds what the revisions that it lists add up to."""
    codes = {str(unit.unit_id): unit.code for unit in evidence.units}
    for archive in archives:
        findings.look("archives")
        where = f"{name} archive {archive.no}"
        if missing := [s for s in archive.sources if UUID(s["revision_id"]) not in evidence.revisions]:
            findings.breach("archives", f"{where}: lists {len(missing)} revisions that are not kept")
            continue
        wanted = evidence.archived(archive.sources, county_unit_id)
        for unit in dict.fromkeys((*archive.figures, *wanted)):
            if not aggregate.same(archive.figures.get(unit), wanted.get(unit, aggregate.empty())):
                findings.breach("archives", f"{where}: the figures of {codes.get(unit, unit)} are not what it lists")


def _check_rollups(name: str, evidence: Evidence, rollups: Mapping[UUID, Rollup], findings: Findings) -> None:
    codes = {unit.unit_id: unit.code for unit in evidence.units}
    expected = evidence.expected()
    counts, differing = expected_counts(evidence), _expected_differences(evidence, expected)
    for unit_id, rollup in rollups.items():
        findings.look("rollups")
        wanted = expected.get(unit_id)
        if wanted is None:  # told by the tree
            continue
        faults = [
            what
            for what, wrong in (
                ("含待审 is not what its submissions add up to", not aggregate.same(rollup.live, wanted.live)),
                ("已审 is not what the approved hand-ins list", not aggregate.same(rollup.reported, wanted.reported)),
                ("units by state are counted wrongly", rollup.counts != counts[unit_id]),
                ("与上报数不一致 is marked wrongly", rollup.differs != differing[unit_id]),
            )
            if wrong
        ]
        findings.breaches["rollups"] += [f"{name} {codes[unit_id]}: {fault}" for fault in faults]


def expected_counts(evidence: Evidence) -> dict[UUID, dict[str, dict[str, int]]]:
    """unit → tier → state → number of units below it that owe, by walking down from scratch."""
    parents = {unit.unit_id: unit.parent_id for unit in evidence.units}
    counts: dict[UUID, dict[str, dict[str, int]]] = {u.unit_id: {} for u in evidence.units}

    def add(unit: CycleUnit, what: str) -> None:
        above = parents[unit.unit_id]
        while above is not None:
            line = counts[above].setdefault(Tier(unit.tier).value, {})
            line[what] = line.get(what, 0) + 1
            above = parents.get(above)

    for unit in evidence.units:
        submission = evidence.submissions.get(unit.unit_id)
        if unit.exempt_reason is not None:
            add(unit, "exempt")
        elif submission is not None:
            add(unit, submission.state.value)
            if submission.late:
                add(unit, "late")
    return counts


def _expected_differences(evidence: Evidence, expected: Mapping[UUID, recompute.Figures]) -> dict[UUID, bool]:
    """unit → whether what it handed in is not what counts now; the county says so of any of its townships."""
    out: dict[UUID, bool] = {}
    for unit in evidence.units:
        submission = evidence.submissions.get(unit.unit_id)
        live = submission.live_revision_id if submission is not None else None
        revision = evidence.revisions.get(live) if live is not None else None
        frozen = revision.frozen if revision is not None else None
        counts_now = expected.get(unit.unit_id)
        out[unit.unit_id] = (
            frozen is not None and counts_now is not None and not aggregate.same(frozen, counts_now.live)
        )
    for unit in evidence.units:
        if unit.parent_id is None:
            out[unit.unit_id] = any(out[child.unit_id] for child in evidence.units if child.parent_id == unit.unit_id)
    return out


async def check_drafts(
    database: Database, county: County, findings: Findings, *, step: Callable[[int, int], None] = lambda _n, _of: None
) -> None:
    """Drafts stand only where the unit may type. Only the unit itself sees its draft, so each is asked in turn."""
    async with database.transaction(_identity(county)) as session:
        units = await checking_queries.list_submitting_units(session, county_id=county.id)
    for number, unit_id in enumerate(units, 1):
        async with database.transaction(Identity.of_unit(county.id, unit_id)) as session:
            drafts = await checking_queries.list_own_drafts(session, county_id=county.id)
        for submission_id, owner, state, overtaken in drafts:
            findings.look("drafts")
            if state is None:
                findings.breach("drafts", f"{county.code}: draft {submission_id} has no submission that its unit sees")
            elif state not in UNSENT and not overtaken:
                findings.breach("drafts", f"{county.code}: draft of a submission that is {state} ({submission_id})")
            elif owner != unit_id:
                findings.breach("drafts", f"{county.code}: draft {submission_id} is seen by another unit")
        step(number, len(units))
