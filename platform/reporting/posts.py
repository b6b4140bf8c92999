"""What reporting leaves at a post that is handed over: reports that are due, reviews that wait, claims, names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from forms.queries import get_compiled
from kit import clock
from kit.db.batch import change, write_all
from reporting import post_queries, queries
from reporting.filing import mark_target, subject_of
from reporting.lifecycle import SUBMISSION
from reporting.models import Cycle, Submission, SubmissionState
from reporting.months.models import UnitContact
from tenancy.models import Role
from tenancy.principal import Principal
from tenancy.queries import list_unit_names, load_tree
from workflow.handover.duties import Duty, Post, declare
from workflow.lifecycle import perform

_KINDS = {
    SubmissionState.NOT_STARTED: "fill",
    SubmissionState.DRAFT: "draft",
    SubmissionState.RETURNED: "returned",
    SubmissionState.SIGNING: "signing",
}


class ReportingDuties:
    """The unit's open reports, the reviews that wait for it, the leaver's claims, and where their name stands."""

    async def list(self, session: AsyncSession, *, actor: Principal, post: Post) -> Sequence[Duty]:
        key = {"county_id": actor.county_id, "unit_id": post.unit_id}
        duties: list[Duty] = []
        for submission, cycle in await post_queries.list_unsent(session, **key):
            duties.append(await _duty(session, cycle, _KINDS[submission.state], submission))
        for cycle, number in await post_queries.count_to_review(session, **key):
            duties.append(await _duty(session, cycle, "review", number=number))
        for submission, cycle, unit in await post_queries.list_claimed(session, **key, account_id=post.account_id):
            duties.append(await _duty(session, cycle, "claim", submission, unit=unit))
        contacts = await self._contacts(session, actor, post)
        names = await list_unit_names(
            session, county_id=actor.county_id, unit_ids=[contact.unit_id for contact in contacts]
        )
        duties += [
            Duty(kind, unit=names.get(contact.unit_id, ""))
            for contact in contacts
            for kind, name in (("contact", contact.name), ("officer", contact.officer))
            if name == post.name
        ]
        return duties

    async def move(self, session: AsyncSession, *, actor: Principal, post: Post, successor: str) -> None:
        claimed = await post_queries.list_claimed(
            session, county_id=actor.county_id, unit_id=post.unit_id, account_id=post.account_id
        )
        for submission, _, _ in claimed:
            filed = await queries.get_filed(session, county_id=actor.county_id, submission_id=submission.id, lock=True)
            if filed.submission.claimed_by != post.account_id:
                continue
            await perform(
                session,
                SUBMISSION,
                "release",
                subject_of(filed),
                actor=_as_reviewer(actor, post),
                values={"claimed_by": None, "claimed_until": None},
                context={"mark": mark_target(filed)},
                detail={"hand_over": True},
            )
        await write_all(
            session,
            [
                change(
                    UnitContact,
                    county_id=actor.county_id,
                    id=contact.id,
                    **_renamed(contact, post.name, successor),
                    version=contact.version + 1,
                    changed_at=clock.now(),
                    changed_by=actor.account_id,
                )
                for contact in await self._contacts(session, actor, post)
            ],
        )

    async def _contacts(self, session: AsyncSession, actor: Principal, post: Post) -> Sequence[UnitContact]:
        """Where the leaver's name stands at their unit and below it. A namesake elsewhere is left alone."""
        tree = await load_tree(session, county_id=actor.county_id, day=clock.today())
        below = [node.id for node in tree.walk(post.unit_id)]
        return await post_queries.list_naming(session, county_id=actor.county_id, unit_ids=below, name=post.name)


def _renamed(contact: UnitContact, leaver: str, successor: str) -> dict[str, str | None]:
    """The successor's name where the leaver's stood. The number was the leaver's own: it goes."""
    values: dict[str, str | None] = {}
    if contact.name == leaver:
        values |= {"name": successor, "phone_cipher": None}
    if contact.officer == leaver:
        values["officer"] = successor
    return values


def _as_reviewer(actor: Principal, post: Post) -> Principal:
    """Whoever hands over lets go of the leaver's claim in the reviewing unit's place, under their own name."""
    return Principal(
        county_id=actor.county_id,
        county_unit_id=actor.county_unit_id,
        account_id=actor.account_id,
        display_name=actor.display_name,
        session_id=actor.session_id,
        membership_id=actor.membership_id,
        unit_id=post.unit_id,
        tier=actor.tier,
        roles=frozenset({Role.REVIEWER}),
        admin_kind=None,
        unit_ids=actor.unit_ids,
        address=actor.address,
    )


async def _duty(
    session: AsyncSession,
    cycle: Cycle,
    kind: str,
    submission: Submission | None = None,
    *,
    unit: str = "",
    number: int = 1,
) -> Duty:
    form = await get_compiled(session, county_id=cycle.county_id, version_id=cycle.form_version_id)
    name = form.definition.name
    due = None if submission is None else submission.due_at.isoformat()
    return Duty(kind, unit, name.zh, name.en, cycle.period_key, due, number)


declare(ReportingDuties())
