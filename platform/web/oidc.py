"""Signing in by an OpenID Connect issuer: authorization code with PKCE.

What the browser must bring back (state, nonce, verifier) travels in an encrypted cookie, so that nothing is stored
before anybody is known.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import orjson
from cryptography.exceptions import InvalidTag
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kit import crypto
from kit.settings import Settings
from tenancy.errors import OutsideRefused

#: Seconds that a person has at the issuer.
PATIENCE = 600
#: Seconds that an issuer's description and keys are believed.
_FRESH = 3600
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_CONTEXT = "oidc.journey"


@dataclass(frozen=True, slots=True)
class Journey:
    """A browser on its way to the issuer and back. `account_id` when somebody signed in goes to link an identity."""

    state: str
    nonce: str
    verifier: str
    county_code: str
    next: str
    account_id: str
    until: float

    def sealed(self) -> str:
        return crypto.encrypt(orjson.dumps(asdict(self)).decode(), context=_CONTEXT)

    @classmethod
    def opened(cls, cookie: str) -> Journey:
        """Raises OutsideRefused for a cookie that is not ours or too old."""
        try:
            journey = cls(**orjson.loads(crypto.decrypt(cookie, context=_CONTEXT)))
        except (InvalidTag, ValueError, TypeError):
            raise OutsideRefused from None
        if journey.until < time.time():
            raise OutsideRefused
        return journey


class Issuer:
    """The configured issuer, its description read when first needed."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.issuer = settings.oidc_issuer
        self._id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._transport = transport
        self._described: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = 0.0

    async def begin(self, *, redirect_uri: str, county_code: str, next: str, account_id: str) -> tuple[str, Journey]:
        """Where to send the browser, and what it must bring back. Raises OutsideRefused."""
        await self._describe()
        journey = Journey(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            county_code=county_code,
            next=next,
            account_id=account_id,
            until=time.time() + PATIENCE,
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(journey.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint: str = self._described["authorization_endpoint"]
        url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"
        return url, journey

    async def finish(self, journey: Journey, *, redirect_uri: str, code: str, state: str) -> str:
        """Exchange the code; the person's subject at the issuer. Raises OutsideRefused."""
        if not secrets.compare_digest(journey.state, state):
            raise OutsideRefused
        await self._describe()
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": journey.verifier,
        }
        try:
            async with self._client() as client:
                answer = await client.post(
                    self._described["token_endpoint"], data=given, auth=httpx.BasicAuth(self._id, self._secret)
                )
            return self._subject(str(answer.raise_for_status().json()["id_token"]), journey.nonce)
        except (httpx.HTTPError, JoseError, KeyError, TypeError, ValueError) as problem:
            raise OutsideRefused from problem

    def _subject(self, id_token: str, nonce: str) -> str:
        assert self._keys is not None
        claims = jwt.decode(id_token, self._keys, algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=60,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self._id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(claims)
        return str(claims["sub"])

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=10, transport=self._transport)

    async def _describe(self) -> None:
        if self._keys is not None and time.monotonic() - self._read_at < _FRESH:
            return
        try:
            async with self._client() as client:
                described = (await client.get(f"{self.issuer}/.well-known/openid-configuration")).raise_for_status()
                found: dict[str, Any] = described.json()
                if found["issuer"].rstrip("/") != self.issuer:
                    raise OutsideRefused
                keys = (await client.get(found["jwks_uri"])).raise_for_status()
                self._keys = KeySet.import_key_set(keys.json())
        except (httpx.HTTPError, JoseError, KeyError, ValueError, TypeError) as problem:
            raise OutsideRefused from problem
        self._described = found
        self._read_at = time.monotonic()


def local_path(wanted: str | None) -> str:
    """Where to go afterwards: a path of this application, else its beginning."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else "/"
