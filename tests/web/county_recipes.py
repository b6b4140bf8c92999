"""Recipes of the county itself: units, people, channels, sessions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from kit import clock
from kit.ids import new_id
from tenancy.models import AdminKind, RememberedDevice
from tests.web.recipe import (
    SECRET,
    Recipe,
    Scene,
    contact,
    nothing,
)
from workflow.channels import service as channels
from workflow.channels.schemas import ChannelIn
from workflow.handover import service as handing_over
from workflow.handover.schemas import HandOverIn, NewSuccessorIn

_CHANNEL = {
    "kind": "dingtalk",
    "name": f"{SECRET}群",
    "address": f"https://oapi.dingtalk.com/robot/send?access_token={SECRET}",
    "secret": SECRET,
}


async def account(scene: Scene) -> dict[str, Any]:
    return {"account_id": scene.world.accounts[scene.world.units["A1"]]}


async def channel(scene: Scene) -> dict[str, Any]:
    """A's robot."""
    actor = scene.world.actor("A")
    async with scene.database.transaction(actor.identity) as session:
        made = await channels.add(session, actor=actor, given=ChannelIn.model_validate(_CHANNEL))
    return {"channel_id": made.id}


async def membership(scene: Scene) -> dict[str, Any]:
    return {"membership_id": scene.world.memberships[scene.world.units["A1"]]}


async def handed_over(scene: Scene) -> dict[str, Any]:
    """A1's person has handed over to somebody new."""
    actor, found = scene.world.actor("A"), await membership(scene)
    given = HandOverIn(
        successor=NewSuccessorIn(sign_name="next", display_name=f"{SECRET}号接任"), handed_on=clock.today()
    )
    async with scene.database.transaction(actor.identity) as session:
        made, _ = await handing_over.hand_over(session, actor=actor, membership_id=found["membership_id"], given=given)
    return {"hand_over_id": made}


async def unit(scene: Scene) -> dict[str, Any]:
    return {"unit_id": scene.world.units["A1"]}


async def own_session(scene: Scene) -> dict[str, Any]:
    return {"session_id": scene.owner.session_id}


async def own_device(scene: Scene) -> dict[str, Any]:
    """A device that remembers the owner."""
    async with scene.database.transaction(scene.world.identity) as session:
        device_id = new_id()
        await session.execute(
            insert(RememberedDevice).values(
                county_id=scene.world.county.id,
                id=device_id,
                account_id=scene.owner.account_id,
                secret_hash=str(device_id),
                pin_hash="-",
                device=f"{SECRET}手机",
                expires_at=clock.now() + timedelta(days=1),
            )
        )
    return {"device_id": device_id}


def _new_unit(scene: Scene, code: str) -> dict[str, Any]:
    return {
        "tier": "village",
        "code": code,
        "name": f"{SECRET}村",
        "short_name": "新村",
        "parent_id": str(scene.world.units["A"]),
    }


_DATED = {"effective_on": date(2026, 1, 1).isoformat(), "reason": "调整"}


COUNTY: dict[tuple[str, str], Recipe] = {
    ("GET", "/api/units/{unit_id}/contact"): Recipe("A", contact),
    ("PUT", "/api/units/{unit_id}/contact"): Recipe("A", contact, lambda _s: {"name": "李四", "officer": "王五"}),
    ("POST", "/api/units/{unit_id}/contact/reveal"): Recipe("A", contact),
    ("GET", "/api/channels"): Recipe("A", channel, hidden=frozenset()),
    ("POST", "/api/channels"): Recipe("A", nothing, lambda _s: {**_CHANNEL, "name": "群"}, hidden=frozenset()),
    ("PUT", "/api/channels/{channel_id}"): Recipe("A", channel, lambda _s: {"kind": "dingtalk", "name": "群"}),
    ("DELETE", "/api/channels/{channel_id}"): Recipe("A", channel),
    ("POST", "/api/channels/{channel_id}/test"): Recipe("A", channel),
    ("GET", "/api/units"): Recipe("C", nothing, hidden=frozenset()),
    ("POST", "/api/units"): Recipe(
        AdminKind.SYSTEM, nothing, lambda s: {**_DATED, "unit": _new_unit(s, "N1")}, hidden=frozenset()
    ),
    ("POST", "/api/units/import"): Recipe(
        AdminKind.SYSTEM,
        nothing,
        upload=lambda _s: ("units.csv", f"层级,代码,名称,上级代码\n镇街,Z,{SECRET}镇,\n".encode()),
        hidden=frozenset(),
    ),
    ("POST", "/api/units/merge"): Recipe(
        AdminKind.SYSTEM,
        nothing,
        lambda s: {
            **_DATED,
            "unit_ids": [str(s.world.units["A1"]), str(s.world.units["A2"])],
            "into_unit_id": str(s.world.units["A1"]),
        },
        hidden=frozenset(),
    ),
    ("GET", "/api/units/{unit_id}/history"): Recipe("A", unit),
    ("POST", "/api/units/{unit_id}/rename"): Recipe(
        AdminKind.SYSTEM, unit, lambda _s: {**_DATED, "name": "新名村", "short_name": "新名"}
    ),
    ("POST", "/api/units/{unit_id}/move"): Recipe(
        AdminKind.SYSTEM, unit, lambda s: {**_DATED, "parent_id": str(s.world.units["B"])}
    ),
    ("POST", "/api/units/{unit_id}/deactivate"): Recipe(AdminKind.SYSTEM, unit, lambda _s: _DATED),
    ("POST", "/api/units/{unit_id}/split"): Recipe(
        AdminKind.SYSTEM, unit, lambda s: {**_DATED, "parts": [{"unit": _new_unit(s, "N2"), "children": []}]}
    ),
    ("GET", "/api/accounts"): Recipe("A", nothing, query=lambda s: {"unit_id": str(s.world.units["A1"])}),
    ("POST", "/api/accounts"): Recipe(
        "A",
        nothing,
        lambda s: {
            "unit_id": str(s.world.units["A1"]),
            "people": [{"sign_name": "new", "display_name": "新人", "roles": ["reporter"]}],
        },
    ),
    ("POST", "/api/accounts/{account_id}/reset-code"): Recipe("A", account),
    ("POST", "/api/accounts/{account_id}/unlock"): Recipe("A", account),
    ("POST", "/api/accounts/{account_id}/active"): Recipe("A", account, lambda _s: {"active": True}),
    ("PUT", "/api/memberships/{membership_id}/roles"): Recipe("A", membership, lambda _s: {"roles": ["reporter"]}),
    ("GET", "/api/memberships/{membership_id}/hand-over"): Recipe("A", membership),
    ("POST", "/api/memberships/{membership_id}/hand-over"): Recipe(
        "A",
        membership,
        lambda _s: {
            "successor": {"sign_name": "next", "display_name": "接任"},
            "handed_on": clock.today().isoformat(),
        },
    ),
    ("GET", "/api/hand-overs/{hand_over_id}"): Recipe("A1", handed_over),
    ("GET", "/api/auth/sessions"): Recipe("A1", nothing, hidden=frozenset()),
    ("DELETE", "/api/auth/sessions/{session_id}"): Recipe("A1", own_session),
    ("DELETE", "/api/auth/devices/{device_id}"): Recipe("A1", own_device),
    ("GET", "/api/audit"): Recipe(AdminKind.AUDIT, nothing, hidden=frozenset()),
}
