"""Ways in besides name and password: a remembered device, a scanned code, an OpenID Connect issuer."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from litestar import Litestar, Request, get, post
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from kit import clock
from kit.db.session import Database
from kit.models import AuditEntry
from kit.settings import Settings
from tenancy.entrances.rules import TRIES, pin_fault
from tests.web import people
from tests.web.test_sign_in import NEW, sign_in
from tests.world import PASSWORD, World, make_county_with_people
from web.app import create_app
from web.oidc import Issuer, local_path

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]
PIN = "702846"


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


def csrf(client: Client) -> dict[str, str]:
    return {"x-csrf-token": client.cookies["jiceng_csrf"]}


def leave(client: Client, *but: str) -> None:
    """The browser is closed: its session is gone, what stays are these cookies."""
    kept = {name: client.cookies[name] for name in but}
    client.cookies.clear()
    client.cookies.update(kept)


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "12345a", "１２３４５６", "111111", "121212", "123456", "654321"]
)
def test_a_pin_that_is_easily_guessed_is_refused(pin: str) -> None:
    assert pin_fault(pin)


def test_other_pins_are_good() -> None:
    assert not pin_fault(PIN)


class TestRememberedDevice:
    async def remembered(self, client: Client, world: World) -> None:
        await sign_in(client, world)
        answer = await client.post("/api/auth/device", json={"pin": PIN}, headers=csrf(client))
        assert answer.status_code == 204, answer.text
        assert "HttpOnly" in answer.headers["set-cookie"]
        leave(client, "jiceng_device")

    async def test_six_digits_open_a_session(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        known = (await client.get("/api/auth/device")).json()
        assert known["county_code"] == world.county.code and known["display_name"]
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).status_code == 200
        assert (await client.get("/api/auth/me")).json()["user"]["sign_name"] == "u-A1"

    async def test_the_pin_is_worth_nothing_on_another_device(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        leave(client)
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"
        assert (await client.get("/api/auth/device")).json() == {
            "county_code": "",
            "county_name": "",
            "display_name": "",
            "account_id": "",
        }
        client.cookies.set("jiceng_device", f"{world.county.id}.{secrets.token_urlsafe(32)}")
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"

    async def test_after_five_wrong_pins_the_right_one_is_too_late(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        for left in range(TRIES - 1, 0, -1):
            answer = await client.post("/api/auth/pin", json={"pin": "905173"})
            assert (answer.status_code, answer.json()["code"]) == (401, "pin_wrong")
            assert str(left) in answer.json()["detail"]
        assert (await client.post("/api/auth/pin", json={"pin": "905173"})).json()["code"] == "device_forgotten"
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"

    async def test_a_changed_password_forgets_every_device(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        device = client.cookies["jiceng_device"]
        await sign_in(client, world)
        changed = await client.post("/api/auth/password", json={"current": PASSWORD, "new": NEW}, headers=csrf(client))
        assert changed.status_code == 204
        client.cookies.clear()
        client.cookies.set("jiceng_device", device)
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"

    async def test_its_owner_lists_and_forgets_it(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        device = client.cookies["jiceng_device"]
        await sign_in(client, world)
        [listed] = (await client.get("/api/auth/devices")).json()["items"]
        gone = await client.delete(f"/api/auth/devices/{listed['id']}", headers=csrf(client))
        assert gone.status_code == 204
        client.cookies.clear()
        client.cookies.set("jiceng_device", device)
        assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"

    async def test_it_is_over_after_its_time(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        with clock.frozen_at(clock.now() + timedelta(days=121)):
            assert (await client.post("/api/auth/pin", json={"pin": PIN})).json()["code"] == "device_forgotten"

    async def half(self, client: Client, pin: str = PIN) -> httpx.Response:
        return await client.post("/api/auth/device/half", json={"pin": pin}, headers=csrf(client))

    async def test_the_servers_half_of_its_key_is_the_same_each_time(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        await client.post("/api/auth/pin", json={"pin": PIN})
        first, again = await self.half(client), await self.half(client)
        assert first.status_code == 200 and first.json() == again.json()
        assert len(first.json()["half"]) >= 32
        assert (await client.post("/api/auth/device", json={"pin": PIN}, headers=csrf(client))).status_code == 204
        assert (await self.half(client)).json()["half"] != first.json()["half"], "another device, another half"

    async def test_wrong_pins_count_against_the_half_too(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        await client.post("/api/auth/pin", json={"pin": PIN})
        codes = [(await self.half(client, "905173")).json()["code"] for _ in range(TRIES)]
        assert codes == ["pin_wrong"] * (TRIES - 1) + ["device_forgotten"]
        assert (await self.half(client)).json()["code"] == "device_forgotten"

    async def test_the_half_is_given_to_its_owner_alone(self, client: Client, world: World) -> None:
        await self.remembered(client, world)
        device = client.cookies["jiceng_device"]
        without = await client.post("/api/auth/device/half", json={"pin": PIN})
        assert without.status_code in (401, 403)
        await sign_in(client, world, "u-A")
        client.cookies.set("jiceng_device", device)
        assert (await self.half(client)).json()["code"] == "device_forgotten"
        client.cookies.delete("jiceng_device")
        assert (await self.half(client)).json()["code"] == "device_forgotten"

    async def test_every_try_is_on_the_record(self, client: Client, database: Database, world: World) -> None:
        await self.remembered(client, world)
        await client.post("/api/auth/pin", json={"pin": "905173"})
        await client.post("/api/auth/pin", json={"pin": PIN})
        async with database.transaction(world.identity) as session:
            found = select(AuditEntry.result).where(AuditEntry.action == "session.sign_in_by_pin")
            assert sorted((await session.scalars(found)).all()) == ["ok", "pin_wrong"]


class TestScan:
    async def test_a_telephone_lets_a_computer_in_once(self, client: Client, database: Database, world: World) -> None:
        phone = await people.person(database, world, "A1")
        scan = (await client.post("/api/auth/scan", headers={"user-agent": "the computer"})).json()
        where = f"/api/auth/scan/{scan['id']}"
        waiting = await client.post(f"{where}/collect", json={"secret": scan["secret"]})
        assert waiting.json()["state"] == "waiting"
        asked = (await client.get(where, headers=phone.headers)).json()
        assert (asked["number"], asked["device"]) == (scan["number"], "the computer")
        assert (await client.post(f"{where}/confirm", headers=phone.headers)).status_code == 204
        assert (await client.post(f"{where}/confirm", headers=phone.headers)).json()["code"] == "scan_over"
        stranger = await client.post(f"{where}/collect", json={"secret": "x" * 43})
        assert stranger.json()["code"] == "scan_over"
        entered = await client.post(f"{where}/collect", json={"secret": scan["secret"]})
        assert entered.json()["state"] == "entered"
        owner = (await client.get("/api/auth/me")).json()["user"]["id"]
        assert owner == entered.json()["entered"]["me"]["user"]["id"] == str(phone.account_id)
        again = await client.post(f"{where}/collect", json={"secret": scan["secret"]})
        assert again.json()["code"] == "scan_over"

    async def test_nobody_confirms_without_being_signed_in(self, client: Client, world: World) -> None:
        scan = (await client.post("/api/auth/scan")).json()
        assert (await client.post(f"/api/auth/scan/{scan['id']}/confirm")).status_code == 401
        assert (await client.get(f"/api/auth/scan/{scan['id']}")).status_code == 401

    async def test_without_a_broker_it_says_so(self, settings: Settings) -> None:
        plain = create_app(Settings(database_url=settings.database_url, data_key=settings.data_key))
        async with AsyncTestClient(plain) as client:
            assert (await client.get("/api/public/site")).json()["scan"] is False
            answer = await client.post("/api/auth/scan")
            assert (answer.status_code, answer.json()["code"]) == (503, "scan_unavailable")


class Provider:
    """An issuer on this machine: whoever comes is the person it was told, and must bring back what it gave."""

    address = "https://id.example"

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.subject = "person-1"
        self.audience = "jiceng"
        self.asked: dict[str, dict[str, list[str]]] = {}

    def transport(self) -> httpx.ASGITransport:
        @get("/.well-known/openid-configuration")
        async def describe() -> dict[str, str]:
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
            }

        @get("/keys")
        async def keys() -> dict[str, Any]:
            return dict(KeySet([self.key]).as_dict(private=False))

        @post("/token", status_code=200)
        async def token(request: Request[Any, Any, Any]) -> dict[str, Any]:
            form = parse_qs((await request.body()).decode())
            asked = self.asked[form["code"][0]]
            digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
            assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"][0]
            now = int(time.time())
            claims = {
                "iss": self.address,
                "aud": self.audience,
                "sub": self.subject,
                "nonce": asked["nonce"][0],
                "iat": now,
                "exp": now + 60,
            }
            signed = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
            return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

        issuer: Any = Litestar([describe, keys, token], openapi_config=None)
        return httpx.ASGITransport(issuer)

    def allow(self, location: str) -> dict[str, str]:
        """The person agrees; what the browser is sent back with."""
        asked = parse_qs(urlsplit(location).query)
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return {"code": code, "state": asked["state"][0]}


class TestIssuer:
    @pytest.fixture
    def provider(self) -> Provider:
        return Provider()

    @pytest.fixture
    async def browser(self, settings: Settings, provider: Provider) -> Any:
        used = Settings(
            database_url=settings.database_url,
            broker_url=settings.broker_url,
            data_key=settings.data_key,
            oidc_issuer=provider.address,
            oidc_client_id="jiceng",
            oidc_client_secret="s",
            oidc_name="某省政务",
        )
        app = create_app(used)
        async with AsyncTestClient(app) as client:
            app.state.issuer = Issuer(used, provider.transport())
            yield client

    async def travel(self, browser: Client, provider: Provider, **asked: str) -> httpx.Response:
        """To the issuer and back."""
        went = await browser.get("/api/auth/oidc/start", params=asked, follow_redirects=False)
        assert went.status_code == 302, went.text
        back = provider.allow(went.headers["location"])
        return await browser.get("/api/auth/oidc/callback", params=back, follow_redirects=False)

    async def linked(self, browser: Client, provider: Provider, world: World) -> None:
        await sign_in(browser, world)
        came = await self.travel(browser, provider, link="true", next="/u/x/me")
        assert came.headers["location"] == "/u/x/me"
        assert (await browser.get("/api/auth/oidc")).json() == {"name": "某省政务", "linked": True}
        browser.cookies.clear()

    async def test_who_linked_it_enters_by_it(self, browser: Client, provider: Provider, world: World) -> None:
        await self.linked(browser, provider, world)
        came = await self.travel(browser, provider, county=world.county.code, next="/u/x/inbox")
        assert came.headers["location"] == "/u/x/inbox"
        assert (await browser.get("/api/auth/me")).json()["user"]["sign_name"] == "u-A1"

    async def test_an_unlinked_identity_is_told_to_link_first(
        self, browser: Client, provider: Provider, world: World
    ) -> None:
        came = await self.travel(browser, provider, county=world.county.code)
        assert came.headers["location"] == "/sign-in?refused=outside_unknown"
        assert (await browser.get("/api/auth/me")).status_code == 401

    async def test_an_identity_is_one_accounts(self, browser: Client, provider: Provider, world: World) -> None:
        await self.linked(browser, provider, world)
        await sign_in(browser, world, name="u-A")
        came = await self.travel(browser, provider, link="true", next="/")
        assert came.headers["location"] == "/sign-in?refused=outside_taken"

    @pytest.mark.parametrize("spoil", ["state", "cookie", "code", "audience", "key"])
    async def test_what_does_not_fit_together_is_refused(
        self, browser: Client, provider: Provider, world: World, spoil: str
    ) -> None:
        await self.linked(browser, provider, world)
        went = await browser.get("/api/auth/oidc/start", params={"county": world.county.code}, follow_redirects=False)
        back = provider.allow(went.headers["location"])
        if spoil == "state":
            back["state"] = "another"
        elif spoil == "cookie":
            browser.cookies.clear()
        elif spoil == "code":
            del back["code"]
        elif spoil == "audience":
            provider.audience = "somebody-else"
        else:
            browser.app.state.issuer._keys = KeySet([RSAKey.generate_key(2048, {"kid": "k1"})])
        came = await browser.get("/api/auth/oidc/callback", params=back, follow_redirects=False)
        assert came.headers["location"] == "/sign-in?refused=outside_refused"
        assert (await browser.get("/api/auth/me")).status_code == 401

    async def test_without_an_issuer_there_is_no_such_page(self, client: Client) -> None:
        answer = await client.get("/api/auth/oidc/start", follow_redirects=False)
        assert answer.status_code == 404


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", None])
def test_afterwards_nobody_is_led_away(wanted: str | None) -> None:
    assert local_path(wanted) == "/"


def test_afterwards_the_very_page_is_shown() -> None:
    assert local_path("/u/1/submissions/2?tab=3") == "/u/1/submissions/2?tab=3"
