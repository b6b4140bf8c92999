"""Rooms on the installation's own Jitsi server, entered with a token that the platform signs.

Jitsi's token authentication (prosody `mod_auth_token`): HS256 under the secret that the server shares with us;
`iss` and `aud` the application's id, `sub` the server's host, `room` the only room that it opens.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from urllib.parse import quote, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey

from kit import clock
from kit.settings import Settings

#: A token opens the door; who is in stays in.
LIFETIME = timedelta(minutes=5)
#: How far the two servers' clocks may differ.
_SKEW = timedelta(seconds=30)


def offered(settings: Settings) -> bool:
    """Whether this installation has a meeting server."""
    return bool(settings.jitsi_url and settings.jitsi_app_id and settings.jitsi_secret)


def new_room() -> str:
    """A name that nobody guesses."""
    return f"jiceng-{secrets.token_hex(10)}"


def address(settings: Settings, *, room: str, name: str, moderator: bool) -> str:
    """Where a person enters a room, for five minutes from now."""
    now = clock.now()
    claims = {
        "iss": settings.jitsi_app_id,
        "aud": settings.jitsi_app_id,
        "sub": urlsplit(settings.jitsi_url).hostname,
        "room": room,
        "nbf": int((now - _SKEW).timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "moderator": moderator,
        "context": {"user": {"name": name, "affiliation": "owner" if moderator else "member", "moderator": moderator}},
    }
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(settings.jitsi_secret))
    return f"{settings.jitsi_url}/{quote(room)}?jwt={token}"
