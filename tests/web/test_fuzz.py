"""Whatever is sent, by whomever: an answer or a refusal in words, never a failure."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient

from kit.db.session import Database
from tenancy.models import AdminKind
from tests.web import people
from tests.web.fuzz import Generator, Shot, operations
from tests.web.people import Person
from tests.world import World, make_world

pytestmark = pytest.mark.anyio

#: They would end the sessions that the test sends with, or never answer.
WITHOUT = {("POST", "/api/auth/sign-out"), ("GET", "/api/events")}
#: How many of them send each shot, in turn: after as many volleys every one has tried nearly every route.
SENDERS = 3


async def everybody(database: Database, world: World) -> list[Person | None]:
    """One of each tier, each of 三员, and nobody."""
    working = [await people.person(database, world, code) for code in ("A1", "A", "C")]
    return [*working, *[await people.admin(database, world, kind) for kind in AdminKind], None]


def identifiers(world: World) -> list[str]:
    cycle = world.opened
    found = [cycle.id, cycle.form_id, cycle.form_version_id]
    for some in (world.units, world.accounts, world.memberships, world.submissions):
        found += list(some.values())[:4]
    return [str(one) for one in found]


async def test_no_route_fails(database: Database, client: AsyncTestClient[Any]) -> None:
    world = await make_world(database)
    senders = await everybody(database, world)
    document = (await client.get("/schema/openapi.json")).json()
    generator = Generator(document, identifiers(world))
    routes = operations(document, without=WITHOUT)
    assert len(routes) > 50

    @hypothesis_settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def draw(data: st.DataObject) -> None:
        shots.append([data.draw(generator.shots(route)) for route in routes])

    shots: list[Any] = []
    draw()
    failures: list[str] = []
    turn = itertools.cycle(senders)
    for volley in shots:
        for shot in volley:
            for sender in itertools.islice(turn, SENDERS):
                answer = await client.request(**shot.arguments(), headers=headers_of(shot, sender))
                if fault := fault_of(answer):
                    who = sender.name if sender else "nobody"
                    failures.append(f"{fault}: {who} {shot}: {answer.status_code} {answer.text[:200]}")
    assert failures == []


def headers_of(shot: Shot, sender: Person | None) -> dict[bytes, bytes]:
    headers = {**shot.headers, **({} if sender is None else sender.headers)}
    return {name.encode(): value.encode() for name, value in headers.items()}


def fault_of(answer: Any) -> str | None:
    """What is wrong with an answer, whatever was asked."""
    if answer.status_code < 400:
        return None
    if answer.status_code >= 500:
        return "failed"
    if answer.headers["content-type"] != "application/problem+json" or not answer.json()["detail"]:
        return "no problem+json"
    return None
