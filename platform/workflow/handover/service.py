"""What a post holds, and its hand-over: in one transaction, by whoever may grant roles there."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.db.batch import put, write_all
from kit.errors import NotFound
from kit.ids import new_id
from kit.jobs import ring_after_commit
from kit.outbox import RELAY
from tenancy import accounts, queries
from tenancy.accounts import NewPerson, Slip
from tenancy.audit import audited
from tenancy.models import Membership, Role
from tenancy.principal import Principal
from workflow.handover import queries as handover_queries
from workflow.handover.duties import Post, list_duties, move_duties
from workflow.handover.errors import DateImpossible, PostEnded, SuccessorMissing
from workflow.handover.schemas import CandidateOut, DutyOut, HandOverIn, PostOut
from workflow.lifecycle import Mail, mail_writes
from workflow.models import HandOver


async def _post(session: AsyncSession, actor: Principal, membership_id: UUID, *, lock: bool) -> tuple[Membership, Post]:
    membership = await accounts.grantable_membership(session, actor=actor, membership_id=membership_id, lock=lock)
    if not membership.active:
        raise PostEnded
    account = await queries.get_account(session, county_id=actor.county_id, account_id=membership.account_id)
    roles = frozenset(Role(role) for role in membership.roles)
    return membership, Post(membership.id, account.id, account.display_name, membership.unit_id, roles)


async def post_view(session: AsyncSession, *, actor: Principal, membership_id: UUID) -> PostOut:
    """What is open at a post, and who could take it over. Raises what granting there raises, and PostEnded."""
    _, post = await _post(session, actor, membership_id, lock=False)
    county_id = actor.county_id
    unit = await queries.get_unit_in_scope(session, actor.scope, post.unit_id)
    sessions, devices = await handover_queries.count_ways_in(session, county_id=county_id, account_id=post.account_id)
    held = await queries.memberships_of_account(session, county_id=county_id, account_id=post.account_id)
    return PostOut(
        membership_id=post.membership_id,
        unit_id=post.unit_id,
        unit_name=unit.name,
        name=post.name,
        roles=sorted(post.roles, key=list(Role).index),
        duties=[DutyOut(**asdict(duty)) for duty in await list_duties(session, actor=actor, post=post)],
        sessions=sessions,
        devices=devices,
        other_posts=sum(m.active for m in held) - 1,
        candidates=await _candidates(session, actor, post),
    )


async def _candidates(session: AsyncSession, actor: Principal, post: Post) -> list[CandidateOut]:
    """Everybody at or below the actor's unit, those of the post's unit first; 三员, the actor and the leaver aside."""
    scope = [node.id for node in await queries.load_scope_tree(session, actor.scope)]
    found = await queries.list_accounts(session, county_id=actor.county_id, unit_ids=scope, limit=5000)
    apart = {f.account.id for f in found if f.membership.admin_kind is not None} | {post.account_id, actor.account_id}
    kept = [f for f in found if f.account.active and f.account.id not in apart]
    kept.sort(key=lambda f: f.membership.unit_id != post.unit_id)
    named = {f.account.id: f for f in reversed(kept)}
    return [
        CandidateOut(account_id=f.account.id, name=f.account.display_name, unit_name=f.unit_name)
        for f in reversed(named.values())
    ]


async def hand_over(
    session: AsyncSession, *, actor: Principal, membership_id: UUID, given: HandOverIn
) -> tuple[UUID, Slip | None]:
    """确认交接: the post ends for the one and begins for the other, and what the leaver held alone is let go.

    Returns the hand-over, and a new account's slip. Raises what granting there raises, PostEnded, SuccessorMissing,
    DateImpossible, NotFound for a successor out of scope, SignNameTaken, RolesExclude.
    """
    membership, post = await _post(session, actor, membership_id, lock=True)
    if given.handed_on > clock.today():
        raise DateImpossible
    unit = await queries.get_unit_in_scope(session, actor.scope, post.unit_id)
    duties = await list_duties(session, actor=actor, post=post)
    slip: Slip | None = None
    if given.successor is not None and given.successor_id is None:
        new = given.successor
        person = NewPerson(new.sign_name, new.display_name, new.phone, post.roles)
        [slip] = await accounts.create_accounts(session, actor=actor, unit_id=post.unit_id, people=[person])
        successor_id, name = slip.account_id, slip.display_name
    elif given.successor_id is not None and given.successor is None:
        named = {c.account_id: c.name for c in await _candidates(session, actor, post)}
        if given.successor_id not in named:
            raise NotFound
        successor_id, name = given.successor_id, named[given.successor_id]
        await accounts.give_roles(session, actor=actor, account_id=successor_id, unit_id=post.unit_id, roles=post.roles)
    else:
        raise SuccessorMissing
    await move_duties(session, actor=actor, post=post, successor=name)
    last = await accounts.end_membership(session, actor=actor, membership=membership)
    tree = await queries.load_line(session, county_id=actor.county_id, unit_id=post.unit_id)
    hand_over_id = new_id()
    row = put(
        HandOver,
        county_id=actor.county_id,
        id=hand_over_id,
        membership_id=post.membership_id,
        unit_id=post.unit_id,
        unit_name=unit.name,
        leaver_id=post.account_id,
        leaver_name=post.name,
        successor_id=successor_id,
        successor_name=name,
        roles=sorted((role.value for role in post.roles), key=list(Role).index),
        duties=[asdict(duty) for duty in duties],
        last_post=last,
        handed_on=given.handed_on,
        remark=given.remark.strip(),
        made_by=actor.account_id,
        maker_name=actor.display_name,
        place=tree.ancestors(post.unit_id),
    )
    facts = {"unit": unit.name, "by": actor.display_name, "leaver": post.name}
    mail = [Mail(post.unit_id, role, "handed_over", facts=facts) for role in sorted(post.roles)[:1]]
    entry = audited(actor, "hand_over.confirm", subject_kind="hand_over", subject_id=hand_over_id)
    await write_all(session, [row, entry, *mail_writes(actor, "hand_over", hand_over_id, 1, mail)])
    ring_after_commit(session, RELAY)
    return hand_over_id, slip
