"""Who may do what to whose account: nobody gains a role, an account or a post that was not given to them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from kit import crypto
from kit.db.session import Database
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from tenancy import access_codes, accounts, auth
from tenancy.accounts import NewPerson
from tenancy.errors import (
    AccountLocked,
    AdministratorsApart,
    CodeInvalid,
    InvalidCredentials,
    PasswordRefused,
    RolesExclude,
)
from tenancy.models import Account, AdminKind, Membership, Role
from tenancy.principal import Principal
from tests.world import PASSWORD, World, make_county_with_people

pytestmark = pytest.mark.anyio
NEW = "Another-2026-pass"

Act = Callable[[AsyncSession, Principal, UUID], Awaitable[object]]
ACTS: dict[str, Act] = {
    "code": lambda session, actor, account: accounts.issue_reset_code(session, actor=actor, account_id=account),
    "unlock": lambda session, actor, account: accounts.unlock_account(session, actor=actor, account_id=account),
    "off": lambda session, actor, account: accounts.set_active(session, actor=actor, account_id=account, active=False),
}
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database)


async def also_works_at(database: Database, world: World, account_id: UUID, code: str) -> UUID:
    """A second membership of somebody."""
    membership_id = new_id()
    async with database.transaction(world.identity) as session:
        await session.execute(
            insert(Membership).values(
                county_id=world.county.id,
                id=membership_id,
                account_id=account_id,
                unit_id=world.units[code],
                roles=[Role.REPORTER.value],
            )
        )
    return membership_id


async def do(database: Database, actor: Principal, act: Act, account_id: UUID) -> None:
    async with database.transaction(actor.identity) as session:
        await act(session, actor, account_id)


def account_of(world: World, code: str) -> UUID:
    return world.accounts[world.units[code]]


class TestAccountsOfOthers:
    @every_act
    async def test_the_level_above(self, database: Database, world: World, act: Act) -> None:
        await do(database, world.actor("A"), act, account_of(world, "A1"))
        await do(database, world.actor("C"), act, account_of(world, "A1"))
        await do(database, world.admin(AdminKind.SYSTEM), act, account_of(world, "A1"))

    @every_act
    @pytest.mark.parametrize("where", ["C", "A"])
    async def test_a_second_post_in_a_village_hands_nobody_over_to_its_township(
        self, database: Database, world: World, act: Act, where: str
    ) -> None:
        """Else the township would sign in as a person of the county, or as its own peer."""
        await also_works_at(database, world, account_of(world, where), "A1")
        with pytest.raises(Forbidden):
            await do(database, world.actor("A"), act, account_of(world, where))

    @every_act
    async def test_who_works_for_two_townships_is_the_county_s(
        self, database: Database, world: World, act: Act
    ) -> None:
        await also_works_at(database, world, account_of(world, "A1"), "B1")
        with pytest.raises(Forbidden):
            await do(database, world.actor("A"), act, account_of(world, "A1"))
        await do(database, world.actor("C"), act, account_of(world, "A1"))

    @every_act
    async def test_not_one_s_peers_nor_oneself(self, database: Database, world: World, act: Act) -> None:
        with pytest.raises(Forbidden):
            await do(database, world.actor("A"), act, account_of(world, "A"))

    @every_act
    async def test_other_roles_may_not(self, database: Database, world: World, act: Act) -> None:
        actor = world.actor("A", Role.REVIEWER, Role.REPORTER, Role.LEADER)
        with pytest.raises(Forbidden):
            await do(database, actor, act, account_of(world, "A1"))


class TestThreeAdministrators:
    @every_act
    @pytest.mark.parametrize("whose", list(AdminKind))
    @pytest.mark.parametrize("by", list(AdminKind))
    async def test_none_has_another_s_account_in_hand(
        self, database: Database, world: World, act: Act, by: AdminKind, whose: AdminKind
    ) -> None:
        with pytest.raises(Forbidden) as refusal:
            await do(database, world.admin(by), act, world.admins[whose])
        if by is AdminKind.SYSTEM:
            assert isinstance(refusal.value, AdministratorsApart)

    @every_act
    async def test_nor_has_a_county_administrator(self, database: Database, world: World, act: Act) -> None:
        with pytest.raises(Forbidden):
            await do(database, world.actor("C"), act, world.admins[AdminKind.AUDIT])

    @pytest.mark.parametrize("whose", [AdminKind.SYSTEM, AdminKind.AUDIT])
    async def test_the_security_administrator_takes_no_post_away(
        self, database: Database, world: World, whose: AdminKind
    ) -> None:
        security = world.admin(AdminKind.SECURITY)
        async with database.transaction(world.identity) as session:
            membership_id = await session.scalar(
                select(Membership.id).where(
                    Membership.county_id == world.county.id, Membership.account_id == world.admins[whose]
                )
            )
        assert membership_id is not None
        with pytest.raises(AdministratorsApart):
            async with database.transaction(security.identity) as session:
                await accounts.grant(session, actor=security, membership_id=membership_id, roles=[], admin_kind=None)

    async def test_a_post_goes_to_somebody_without_another(self, database: Database, world: World) -> None:
        security = world.admin(AdminKind.SECURITY)
        membership_id = world.memberships[world.units["A1"]]
        await also_works_at(database, world, account_of(world, "A1"), "A2")
        with pytest.raises(RolesExclude):
            async with database.transaction(security.identity) as session:
                await accounts.grant(
                    session, actor=security, membership_id=membership_id, roles=[], admin_kind=AdminKind.AUDIT
                )


class TestGrants:
    async def grant(self, database: Database, actor: Principal, membership_id: UUID) -> None:
        async with database.transaction(actor.identity) as session:
            await accounts.grant(session, actor=actor, membership_id=membership_id, roles=list(Role), admin_kind=None)

    async def test_of_a_unit_below(self, database: Database, world: World) -> None:
        await self.grant(database, world.actor("A"), world.memberships[world.units["A1"]])

    async def test_not_to_oneself_through_a_second_post(self, database: Database, world: World) -> None:
        own = await also_works_at(database, world, account_of(world, "A"), "A1")
        with pytest.raises(Forbidden):
            await self.grant(database, world.actor("A"), own)

    @pytest.mark.parametrize(("code", "refusal"), [("A", Forbidden), ("C", NotFound), ("B1", NotFound)])
    async def test_not_beside_or_above(
        self, database: Database, world: World, code: str, refusal: type[Exception]
    ) -> None:
        with pytest.raises(refusal):
            await self.grant(database, world.actor("A"), world.memberships[world.units[code]])

    async def test_the_system_administrator_makes_accounts_that_only_report(
        self, database: Database, world: World
    ) -> None:
        system = world.admin(AdminKind.SYSTEM)
        person = NewPerson("liu", "刘", None, frozenset({Role.ADMINISTRATOR}))
        with pytest.raises(Forbidden):
            async with database.transaction(system.identity) as session:
                await accounts.create_accounts(session, actor=system, unit_id=world.units["A"], people=[person])


class TestCodes:
    async def issue(self, database: Database, world: World) -> str:
        actor = world.actor("A")
        async with database.transaction(actor.identity) as session:
            code, _ = await accounts.issue_reset_code(session, actor=actor, account_id=account_of(world, "A1"))
        return code

    async def redeem(self, database: Database, world: World, code: str) -> Account:
        return await access_codes.redeem_code(
            database, county_code=world.county.code, code=code, new_password=NEW, address=""
        )

    async def test_a_newer_one_makes_the_older_void(self, database: Database, world: World) -> None:
        first, second = await self.issue(database, world), await self.issue(database, world)
        with pytest.raises(CodeInvalid):
            await self.redeem(database, world, first)
        assert (await self.redeem(database, world, second)).sign_name == "u-A1"

    async def test_two_who_redeem_at_once(self, database: Database, world: World) -> None:
        code = await self.issue(database, world)
        outcomes = await asyncio.gather(*(self.redeem(database, world, code) for _ in range(4)), return_exceptions=True)
        assert sorted(type(o).__name__ for o in outcomes) == ["Account", *["CodeInvalid"] * 3]


class TestGuessing:
    async def sign_in(self, database: Database, world: World, password: str) -> str:
        try:
            await auth.sign_in(
                database,
                county_code=world.county.code,
                sign_name="u-A1",
                password=password,
                totp_code=None,
                device="",
                address="",
            )
        except (InvalidCredentials, AccountLocked) as refusal:
            return refusal.code
        return "ok"

    async def failures(self, database: Database, world: World) -> int:
        async with database.transaction(world.identity) as session:
            return (await session.get_one(Account, (world.county.id, account_of(world, "A1")))).failures

    async def test_other_requests_go_on_while_a_password_is_tried(
        self, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Argon2 takes its time on purpose; in the rush of a deadline hour it shall not be everybody's."""
        tried_in: list[int] = []

        def verify(hashed: str, password: str) -> bool:
            tried_in.append(threading.get_ident())
            return hashed != "" and password == PASSWORD

        monkeypatch.setattr(crypto, "verify_password", verify)
        assert await self.sign_in(database, world, PASSWORD) == "ok"
        assert tried_in and threading.get_ident() not in tried_in

    async def test_many_at_once_are_counted_one_by_one(self, database: Database, world: World) -> None:
        answers = await asyncio.gather(*(self.sign_in(database, world, "Wrong-2026-pass") for _ in range(12)))
        assert sorted(answers) == ["invalid_credentials"] * 5 + ["locked"] * 7
        assert await self.failures(database, world) == 5

    async def test_the_current_password_is_not_guessed_from_inside(self, database: Database, world: World) -> None:
        """Who found a signed-in browser may not try passwords without end."""
        for number in range(6):
            with pytest.raises(InvalidCredentials if number < 5 else AccountLocked):
                await auth.confirm_password(
                    database,
                    county_id=world.county.id,
                    county_unit_id=world.county.unit_id,
                    account_id=account_of(world, "A1"),
                    password="Wrong-2026-pass",
                    address="",
                )
        assert await self.sign_in(database, world, PASSWORD) == "locked"

    async def test_the_new_password_is_another_one(self, database: Database, world: World) -> None:
        actor = world.actor("A1")
        with pytest.raises(PasswordRefused):
            async with database.transaction(actor.identity) as session:
                await accounts.change_password(
                    session,
                    county_id=actor.county_id,
                    account_id=actor.account_id,
                    session_id=new_id(),
                    new=PASSWORD,
                )

    async def test_a_one_time_password_in_full_width_digits(self, database: Database) -> None:
        secret = pyotp.random_base32()
        account = Account(totp_cipher=crypto.encrypt(secret, context="account.totp"), totp_step=0)
        wide = str.maketrans("0123456789", "０１２３４５６７８９")
        assert auth.accepted_totp_step(account, pyotp.TOTP(secret).now().translate(wide)) is not None
        assert auth.accepted_totp_step(account, "一二三四五六") is None
