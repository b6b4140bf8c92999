"""Signing in over HTTP, sessions, lock-out, TOTP, initial passwords, reset codes, 三员."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from litestar.testing import AsyncTestClient

from kit import clock
from kit.db.session import Database
from tenancy.models import AdminKind, Role
from tests.web import people
from tests.world import PASSWORD, World, make_county_with_people

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
NEW = "Another-2026-pass"


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


async def sign_in(client: Client, world: World, name: str = "u-A1", password: str = PASSWORD, **more: str) -> Any:
    client.cookies.clear()
    return await client.post(
        "/api/auth/sign-in",
        json={"county_code": world.county.code, "sign_name": name, "password": password, **more},
    )


class TestSignIn:
    async def test_opens_a_cookie_session(self, client: Client, world: World) -> None:
        answer = await sign_in(client, world)
        assert answer.status_code == 200
        assert "HttpOnly" in answer.headers["set-cookie"]
        me = (await client.get("/api/auth/me")).json()
        assert me["user"]["sign_name"] == "u-A1"
        assert [m["unit"]["tier"] for m in me["memberships"]] == ["village"]

    async def test_on_a_shared_computer_it_ends_with_the_browser(self, client: Client, world: World) -> None:
        answer = await sign_in(client, world, shared="true")
        assert answer.status_code == 200
        assert "max-age" not in ",".join(answer.headers.get_list("set-cookie")).lower()
        with clock.frozen_at(clock.now() + timedelta(minutes=59)):
            assert (await client.get("/api/auth/me")).status_code == 200
        lasting = await sign_in(client, world)
        assert "max-age" in ",".join(lasting.headers.get_list("set-cookie")).lower()

    async def test_a_wrong_password_an_unknown_name_and_an_unknown_county_answer_alike(
        self, client: Client, world: World
    ) -> None:
        wrong = await sign_in(client, world, password="Wrong-2026-pass")
        nobody = await sign_in(client, world, name="nobody")
        nowhere = await client.post(
            "/api/auth/sign-in", json={"county_code": "no", "sign_name": "u-A1", "password": PASSWORD}
        )
        assert wrong.status_code == nobody.status_code == nowhere.status_code == 401
        assert wrong.json() == nobody.json() == nowhere.json()

    async def test_five_failures_lock_and_the_level_above_unlocks(
        self, client: Client, database: Database, world: World
    ) -> None:
        for _ in range(5):
            await sign_in(client, world, password="Wrong-2026-pass")
        locked = await sign_in(client, world)
        assert (locked.status_code, locked.json()["code"]) == (423, "locked")
        township = await people.person(database, world, "A")
        account_id = world.accounts[world.units["A1"]]
        answer = await client.post(f"/api/accounts/{account_id}/unlock", headers=township.headers)
        assert answer.status_code == 204
        assert (await sign_in(client, world)).status_code == 200

    async def test_a_lock_ends_and_grows(self, client: Client, world: World) -> None:
        for _ in range(5):
            await sign_in(client, world, password="Wrong-2026-pass")
        with clock.frozen_at(clock.now() + timedelta(minutes=11)):
            await sign_in(client, world, password="Wrong-2026-pass")
            locked = await sign_in(client, world)
            assert locked.status_code == 423
        with clock.frozen_at(clock.now() + timedelta(minutes=22)):
            assert (await sign_in(client, world)).status_code == 423, "the second lock lasts 20 minutes"
        with clock.frozen_at(clock.now() + timedelta(minutes=40)):
            assert (await sign_in(client, world)).status_code == 200

    async def test_without_a_session_nothing(self, client: Client) -> None:
        client.cookies.clear()
        answer = await client.get("/api/inbox")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


class TestCsrf:
    async def test_a_cookie_alone_changes_nothing(self, client: Client, world: World) -> None:
        await sign_in(client, world)
        assert (await client.post("/api/auth/sign-out")).status_code == 401
        token = client.cookies["jiceng_csrf"]
        assert (await client.post("/api/auth/sign-out", headers={"x-csrf-token": token})).status_code == 204
        assert (await client.get("/api/auth/me")).status_code == 401


class TestSessions:
    async def test_are_listed_and_revoked(self, client: Client, world: World) -> None:
        first = (await sign_in(client, world)).json()["token"]
        second = (await sign_in(client, world)).json()["token"]
        client.cookies.clear()
        bearer = {"authorization": f"Bearer {second}"}
        items = (await client.get("/api/auth/sessions", headers=bearer)).json()["items"]
        assert [item["current"] for item in items].count(True) == 1
        other = next(item for item in items if not item["current"])
        assert (await client.delete(f"/api/auth/sessions/{other['id']}", headers=bearer)).status_code == 204
        gone = await client.get("/api/auth/me", headers={"authorization": f"Bearer {first}"})
        assert (gone.status_code, gone.json()["code"]) == (401, "session_revoked")

    async def test_idle_ones_end(self, client: Client, world: World) -> None:
        token = (await sign_in(client, world)).json()["token"]
        client.cookies.clear()
        with clock.frozen_at(clock.now() + timedelta(minutes=61)):
            answer = await client.get("/api/auth/me", headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")

    async def test_the_acting_membership_must_be_ones_own(
        self, client: Client, database: Database, world: World
    ) -> None:
        one = await people.person(database, world, "A1")
        other = await people.person(database, world, "A")
        headers = {**one.headers, "x-jiceng-membership": str(other.membership_id)}
        assert (await client.get("/api/inbox", headers=headers)).json()["code"] == "unknown_membership"


class TestPassword:
    async def test_changing_ends_other_sessions(self, client: Client, world: World) -> None:
        old = (await sign_in(client, world)).json()["token"]
        await sign_in(client, world)
        headers = {"x-csrf-token": client.cookies["jiceng_csrf"]}
        answer = await client.post("/api/auth/password", json={"current": PASSWORD, "new": NEW}, headers=headers)
        assert answer.status_code == 204
        assert (await client.get("/api/auth/me")).status_code == 200
        client.cookies.clear()
        gone = await client.get("/api/auth/me", headers={"authorization": f"Bearer {old}"})
        assert gone.status_code == 401

    @pytest.mark.parametrize("weak", ["short1A", "alllowercase", "u-A1-Password-1"])
    async def test_weak_ones_are_refused(self, client: Client, world: World, weak: str) -> None:
        await sign_in(client, world)
        headers = {"x-csrf-token": client.cookies["jiceng_csrf"]}
        answer = await client.post("/api/auth/password", json={"current": PASSWORD, "new": weak}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")


class TestTotp:
    async def test_is_asked_for_and_accepted_once(self, client: Client, world: World) -> None:
        await sign_in(client, world)
        headers = {"x-csrf-token": client.cookies["jiceng_csrf"]}
        secret = (await client.post("/api/auth/totp/begin", headers=headers)).json()["secret"]
        totp = pyotp.TOTP(secret)
        assert (
            await client.post("/api/auth/totp/confirm", json={"code": totp.now()}, headers=headers)
        ).status_code == 204
        assert (await sign_in(client, world)).json()["code"] == "totp_required"
        with clock.frozen_at(clock.now() + timedelta(seconds=31)):
            code = totp.at(clock.now())
            assert (await sign_in(client, world, totp_code=code)).status_code == 200
            assert (await sign_in(client, world, totp_code=code)).status_code == 401


class TestAccounts:
    async def test_slips_initial_password_forced_change(self, client: Client, database: Database, world: World) -> None:
        township = await people.person(database, world, "A")
        body = {
            "unit_id": str(world.units["A1"]),
            "people": [{"sign_name": "liu", "display_name": "刘一", "phone": "13800138000"}],
        }
        slips = (await client.post("/api/accounts", json=body, headers=township.headers)).json()["items"]
        listed = await client.get(f"/api/accounts?unit_id={world.units['A1']}", headers=township.headers)
        assert [a["phone"] for a in listed.json()["items"] if a["sign_name"] == "liu"] == ["138****8000"]
        initial = slips[0]["initial_password"]
        signed = await sign_in(client, world, name="liu", password=initial)
        assert signed.json()["me"]["user"]["must_change_password"]
        assert (await client.get("/api/inbox")).json()["code"] == "password_change_required"
        headers = {"x-csrf-token": client.cookies["jiceng_csrf"]}
        await client.post("/api/auth/password", json={"current": initial, "new": NEW}, headers=headers)
        assert (await client.get("/api/inbox")).status_code == 200

    async def test_a_reset_code_works_once(self, client: Client, database: Database, world: World) -> None:
        township = await people.person(database, world, "A")
        account_id = world.accounts[world.units["A1"]]
        code = (await client.post(f"/api/accounts/{account_id}/reset-code", headers=township.headers)).json()["code"]
        redeem = {"county_code": world.county.code, "code": code.lower(), "new_password": NEW}
        assert (await client.post("/api/auth/redeem", json=redeem)).json() == {"sign_name": "u-A1"}
        assert (await client.post("/api/auth/redeem", json=redeem)).json()["code"] == "code_invalid"
        assert (await sign_in(client, world, password=NEW)).status_code == 200

    async def test_a_unit_does_not_administer_itself(self, client: Client, database: Database, world: World) -> None:
        village = await people.person(database, world, "A1")
        body = {"unit_id": str(world.units["A1"]), "people": [{"sign_name": "x", "display_name": "x"}]}
        assert (await client.post("/api/accounts", json=body, headers=village.headers)).status_code == 403


class TestThreeAdministrators:
    async def test_one_person_is_one_of_them_and_nothing_else(
        self, client: Client, database: Database, world: World
    ) -> None:
        security = await people.admin(database, world, AdminKind.SECURITY)
        membership = world.memberships[world.units["A1"]]
        answer = await client.put(
            f"/api/memberships/{membership}/roles",
            json={"roles": [Role.REPORTER], "admin_kind": AdminKind.AUDIT},
            headers=security.headers,
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "roles_exclude")

    async def test_the_system_administrator_grants_no_roles(
        self, client: Client, database: Database, world: World
    ) -> None:
        system = await people.admin(database, world, AdminKind.SYSTEM)
        membership = world.memberships[world.units["A1"]]
        answer = await client.put(f"/api/memberships/{membership}/roles", json={"roles": []}, headers=system.headers)
        assert answer.status_code == 403

    async def test_the_audit_is_read_by_its_administrator_alone(
        self, client: Client, database: Database, world: World
    ) -> None:
        audit = await people.admin(database, world, AdminKind.AUDIT)
        lines = (await client.get("/api/audit", headers=audit.headers)).json()["items"]
        assert {"county.create", "unit.import"} <= {line["action"] for line in lines}
        for kind in (AdminKind.SYSTEM, AdminKind.SECURITY):
            other = await people.admin(database, world, kind)
            assert (await client.get("/api/audit", headers=other.headers)).status_code == 403
