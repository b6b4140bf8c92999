"""交接: what is listed, what goes over in one transaction, and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

import reporting.posts  # noqa: F401 - declares reporting's duties
from kit import clock, crypto
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from reporting import queries, review
from reporting.months import contacts
from reporting.months.schemas import ContactIn
from tenancy.errors import AdministratorsApart
from tenancy.models import Account, AdminKind, Membership, RememberedDevice, Role, UserSession
from tenancy.principal import Principal
from tests.reporting.steps import hand_in
from tests.reporting.test_submissions import read
from tests.world import World, make_world
from workflow.handover import service
from workflow.handover.errors import DateImpossible, PostEnded, SuccessorMissing
from workflow.handover.queries import get_hand_over
from workflow.handover.schemas import HandOverIn, NewSuccessorIn, PostOut
from workflow.queries import list_history, list_inbox

pytestmark = pytest.mark.anyio
NEW = NewSuccessorIn(sign_name="jieren", display_name="莫𡐓")


@pytest.fixture
async def world(database: Database) -> World:
    return await make_world(database)


async def view(database: Database, world: World, code: str, actor: Principal) -> PostOut:
    async with database.transaction(actor.identity) as session:
        return await service.post_view(session, actor=actor, membership_id=world.memberships[world.units[code]])


async def hand(database: Database, world: World, code: str, actor: Principal, **given: Any) -> UUID:
    body = HandOverIn(**{"handed_on": clock.today(), **given})
    async with database.transaction(actor.identity) as session:
        made, _ = await service.hand_over(
            session, actor=actor, membership_id=world.memberships[world.units[code]], given=body
        )
    return made


async def posts_of(database: Database, world: World, account_id: UUID) -> dict[UUID, list[str]]:
    async with database.transaction(world.identity) as session:
        found = await session.scalars(select(Membership).where(Membership.account_id == account_id, Membership.active))
        return {m.unit_id: sorted(m.roles) for m in found}


async def signed_in(database: Database, world: World, account_id: UUID) -> None:
    """One session and one telephone that remembers the person."""
    key = {"county_id": world.county.id, "account_id": account_id, "expires_at": clock.now() + timedelta(days=1)}
    async with database.transaction(world.identity) as session:
        await session.execute(
            insert(UserSession).values(**key, id=new_id(), secret_hash=crypto.new_token(), csrf_hash="-")
        )
        await session.execute(
            insert(RememberedDevice).values(**key, id=new_id(), secret_hash=crypto.new_token(), pin_hash="-")
        )


class TestWhatIsListed:
    async def test_reports_reviews_claims_and_names(self, database: Database, world: World) -> None:
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        township, county = world.actor("A"), world.actor("C")
        async with database.transaction(township.identity) as session:
            version = (await read(session, world, "A1")).version
            await review.claim(session, actor=township, submission_id=world.submission("A1"), version=version)
        async with database.transaction(county.identity) as session:
            given = ContactIn(name="张三", phone="13912345678", officer="A")
            await contacts.edit(session, actor=county, unit_id=world.units["A1"], version=0, given=given)
        await signed_in(database, world, world.accounts[world.units["A"]])
        found = await view(database, world, "A", county)
        assert [d.kind for d in found.duties] == ["fill", "review", "claim", "officer"]
        assert [d.number for d in found.duties if d.kind == "review"] == [1]
        assert (found.sessions, found.devices, found.other_posts) == (1, 1, 0)
        assert "13912345678" not in found.model_dump_json()

    async def test_candidates_are_those_below_and_neither_leaver_nor_oneself(
        self, database: Database, world: World
    ) -> None:
        found = await view(database, world, "A1", world.actor("A"))
        assert [c.name for c in found.candidates] == ["A2"]


class TestConfirming:
    async def test_an_existing_account_takes_all_over_in_one_act(self, database: Database, world: World) -> None:
        leaver, successor = world.accounts[world.units["A"]], world.accounts[world.units["A2"]]
        await hand_in(database, world, "A1", {"pc": "3", "rc": "5"})
        township, county = world.actor("A"), world.actor("C")
        async with database.transaction(township.identity) as session:
            version = (await read(session, world, "A1")).version
            await review.claim(session, actor=township, submission_id=world.submission("A1"), version=version)
        async with database.transaction(county.identity) as session:
            given = ContactIn(name="A", phone="13912345678", officer="A")
            await contacts.edit(session, actor=county, unit_id=world.units["A1"], version=0, given=given)
        await signed_in(database, world, leaver)
        made = await hand(database, world, "A", county, successor_id=successor, remark="换届")

        assert await posts_of(database, world, leaver) == {}
        assert (await posts_of(database, world, successor))[world.units["A"]] == sorted(r.value for r in Role)
        async with database.transaction(world.identity) as session:
            account = await session.get_one(Account, (world.county.id, leaver))
            ends = await session.scalars(select(UserSession.revoked_at).where(UserSession.account_id == leaver))
            forgot = await session.scalars(
                select(RememberedDevice.revoked_at).where(RememberedDevice.account_id == leaver)
            )
            assert not account.active and None not in ends.all() and None not in forgot.all()
            filed = await queries.get_filed(session, county_id=world.county.id, submission_id=world.submission("A1"))
            assert (filed.submission.state, filed.submission.claimed_by) == ("submitted", None)
            history = await list_history(session, county_id=world.county.id, subject_id=world.submission("A1"))
            assert (history[-1].action, history[-1].account_id) == ("release", county.account_id)
            told = await contacts.reachable_at(session, county_id=world.county.id, unit_ids=[world.units["A1"]])
            assert (told[world.units["A1"]].name, told[world.units["A1"]].officer) == ("A2", "A2")
            assert told[world.units["A1"]].phone is None
            kept = await get_hand_over(session, county_id=world.county.id, hand_over_id=made)
        assert (kept.leaver_name, kept.successor_name, kept.last_post, kept.remark) == ("A", "A2", True, "换届")
        assert {d["kind"] for d in kept.duties} == {"fill", "review", "claim", "contact", "officer"}
        async with database.transaction(township.identity) as session:
            items = await list_inbox(
                session, principal=township, roles_by_unit={world.units["A"]: frozenset(r.value for r in Role)}
            )
        assert "handed_over" in {item.topic for item in items}

    async def test_somebody_new_gets_an_account(self, database: Database, world: World) -> None:
        await hand(database, world, "A1", world.actor("A"), successor=NEW)
        async with database.transaction(world.identity) as session:
            account = (
                await session.scalars(
                    select(Account).where(Account.county_id == world.county.id, Account.sign_name == "jieren")
                )
            ).one()
        assert account.must_change_password
        assert set(await posts_of(database, world, account.id)) == {world.units["A1"]}

    async def test_another_post_keeps_the_account_and_its_sessions(self, database: Database, world: World) -> None:
        leaver = world.accounts[world.units["A1"]]
        async with database.transaction(world.identity) as session:
            await session.execute(
                insert(Membership).values(
                    county_id=world.county.id,
                    id=new_id(),
                    account_id=leaver,
                    unit_id=world.units["A2"],
                    roles=["reporter"],
                )
            )
        await signed_in(database, world, leaver)
        await hand(database, world, "A1", world.actor("A"), successor=NEW)
        assert set(await posts_of(database, world, leaver)) == {world.units["A2"]}
        async with database.transaction(world.identity) as session:
            assert (await session.get_one(Account, (world.county.id, leaver))).active
            ends = await session.scalars(select(UserSession.revoked_at).where(UserSession.account_id == leaver))
            assert ends.all() == [None]

    async def test_twice_is_refused(self, database: Database, world: World) -> None:
        await hand(database, world, "A1", world.actor("A"), successor=NEW)
        with pytest.raises(PostEnded):
            await hand(database, world, "A1", world.actor("A"), successor_id=world.accounts[world.units["A2"]])


class TestWhoMayNot:
    async def test_the_own_unit_a_sibling_and_those_without_the_role(self, database: Database, world: World) -> None:
        for actor, refusal in (
            (world.actor("A1"), Forbidden),
            (world.actor("A2"), NotFound),
            (world.actor("B"), NotFound),
            (world.actor("A", Role.REVIEWER), Forbidden),
            (world.admin(AdminKind.SYSTEM), Forbidden),
            (world.admin(AdminKind.AUDIT), Forbidden),
        ):
            with pytest.raises(refusal):
                await view(database, world, "A1", actor)
            with pytest.raises(refusal):
                await hand(database, world, "A1", actor, successor=NEW)

    async def test_the_security_administrator_hands_a_county_post_to_who_has_an_account(
        self, database: Database, world: World
    ) -> None:
        security, successor = world.admin(AdminKind.SECURITY), world.accounts[world.units["A2"]]
        with pytest.raises(Forbidden):
            await hand(database, world, "C", security, successor=NEW)
        await hand(database, world, "C", security, successor_id=successor)
        assert world.units["C"] in await posts_of(database, world, successor)

    async def test_the_three_administrators_stay_apart(self, database: Database, world: World) -> None:
        security = world.admin(AdminKind.SECURITY)
        auditor = world.admins[AdminKind.AUDIT]
        with pytest.raises(NotFound):
            await hand(database, world, "A1", security, successor_id=auditor)
        async with database.transaction(world.identity) as session:
            post = await session.scalar(select(Membership.id).where(Membership.account_id == auditor))
            assert post is not None
        world.memberships[world.units["B1"]] = post
        with pytest.raises(AdministratorsApart):
            await view(database, world, "B1", security)

    async def test_the_successor_is_one_person_in_scope_and_the_day_is_past(
        self, database: Database, world: World
    ) -> None:
        actor = world.actor("A")
        both = {"successor": NEW, "successor_id": world.accounts[world.units["A2"]]}
        for given, refusal in (
            ({}, SuccessorMissing),
            (both, SuccessorMissing),
            ({"successor_id": world.accounts[world.units["B1"]]}, NotFound),
            ({"successor_id": world.accounts[world.units["A1"]]}, NotFound),
            ({"successor": NEW, "handed_on": clock.today() + timedelta(days=1)}, DateImpossible),
        ):
            with pytest.raises(refusal):
                await hand(database, world, "A1", actor, **given)
        assert await posts_of(database, world, world.accounts[world.units["A1"]]) != {}
