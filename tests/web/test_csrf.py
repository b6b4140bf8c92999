"""A browser's cookie alone changes nothing: another site could send it along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import AsyncTestClient

from kit.db.session import Database
from kit.settings import Settings
from tests.web.fuzz import operations
from tests.web.test_sign_in import sign_in
from tests.world import PASSWORD, World, make_county_with_people
from web.app import create_app

pytestmark = pytest.mark.anyio
Client = AsyncTestClient[Any]

#: They need no session: what they take is the proof.
OPEN = {
    ("POST", "/api/auth/sign-in"),
    ("POST", "/api/auth/redeem"),
    ("POST", "/api/auth/pin"),
    ("POST", "/api/auth/scan"),
    ("POST", "/api/auth/scan/{scan_id}/collect"),
}


@pytest.fixture
async def world(database: Database) -> World:
    return await make_county_with_people(database, townships=1, villages=1)


async def test_every_unsafe_route_wants_the_header(client: Client, world: World) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    unsafe = [o for o in operations(document, without=OPEN) if o.method != "GET"]
    assert len(unsafe) > 30
    await sign_in(client, world)
    other = client.cookies["jiceng_csrf"]
    await sign_in(client, world)
    for operation in unsafe:
        names = {p["name"]: str(uuid4()) for p in operation.spec.get("parameters", []) if p["in"] == "path"}
        url = operation.path.format(**names)
        asked = [p for p in operation.spec.get("parameters", []) if p["in"] == "query" and p.get("required")]
        query = {p["name"]: str(uuid4()) for p in asked}
        takes_a_file = "multipart/form-data" in operation.spec.get("requestBody", {}).get("content", {})
        upload: dict[str, Any] = {"files": {"data": ("a.csv", b"x")}} if takes_a_file else {"json": {}}
        for headers in ({}, {"x-csrf-token": ""}, {"x-csrf-token": "x"}, {"x-csrf-token": other}):
            answer = await client.request(operation.method, url, params=query, headers=headers, **upload)
            assert answer.status_code == 401, f"{operation.name} {headers}: {answer.status_code} {answer.text[:200]}"
    assert (await client.get("/api/auth/me")).status_code == 200, "nothing signed the session out"


async def test_a_form_of_another_site_can_not_upload(client: Client, world: World) -> None:
    await sign_in(client, world)
    answer = await client.post("/api/units/import", files={"data": ("units.csv", b"x")})
    assert answer.status_code == 401


async def test_a_session_begins_with_a_new_secret(client: Client, world: World) -> None:
    """A cookie put into somebody's browser before signing in is not the session afterwards."""
    client.cookies.set("jiceng_session", "planted")
    answer = await client.post(
        "/api/auth/sign-in",
        json={"county_code": world.county.code, "sign_name": "u-A1", "password": PASSWORD},
    )
    assert answer.json()["token"] != "planted"
    first = answer.json()["token"]
    assert (await sign_in(client, world)).json()["token"] != first


async def test_the_session_is_out_of_reach_of_scripts_and_other_sites(client: Client, world: World) -> None:
    set_cookies = (await sign_in(client, world)).headers.get_list("set-cookie")
    session = next(line for line in set_cookies if line.startswith("jiceng_session="))
    csrf = next(line for line in set_cookies if line.startswith("jiceng_csrf="))
    assert "HttpOnly" in session and "SameSite=lax" in session
    assert "SameSite=lax" in csrf and "HttpOnly" not in csrf


async def test_over_https_cookies_stay_there(database: Database, settings: Settings, world: World) -> None:
    async with AsyncTestClient(create_app(replace(settings, secure_cookies=True))) as client:
        for line in (await sign_in(client, world)).headers.get_list("set-cookie"):
            assert "Secure" in line
