"""Speaking HTTP as many people: a bounded pool of connections, one token each person, every refusal an exception."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

#: Connections at a time, as behind a small gateway.
CONNECTIONS = 8
_BUSY = 503
_TRIES = 4


class SimulationError(Exception):
    """The simulation can't go on; the message says why."""


class Refused(SimulationError):
    """The platform answered with a problem."""

    def __init__(self, method: str, path: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{method} {path} was refused with {status} {problem.get('code')}: {problem.get('detail')}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in."""

    sign_name: str
    token: str
    membership_id: str
    unit_id: str


class Api:
    """One platform at an address."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        nothing = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # tokens are sent as bearers
        self._client = httpx.AsyncClient(
            base_url=self.url,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            timeout=httpx.Timeout(60, pool=600),
            cookies=nothing,
        )
        self.requests = 0

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        *,
        by: Person | None = None,
        body: object = None,
        query: Mapping[str, str] | None = None,
        version: int | None = None,
        key: str | None = None,
        upload: tuple[str, bytes] | None = None,
    ) -> Any:
        """The answer's JSON. Raises Refused, and SimulationError when the server is gone.

        A request that may be repeated (a reading one, or one with an Idempotency-Key) is, when the server says "busy"
        or a connection breaks: as a browser on a weak network does.
        """
        response = await self.send(method, path, by=by, body=body, query=query, version=version, key=key, upload=upload)
        return response.json() if response.content else None

    async def send(
        self,
        method: str,
        path: str,
        *,
        by: Person | None = None,
        body: object = None,
        query: Mapping[str, str] | None = None,
        version: int | None = None,
        key: str | None = None,
        upload: tuple[str, bytes] | None = None,
    ) -> httpx.Response:
        headers: dict[str, str] = {}
        if by is not None:
            headers |= {"authorization": f"Bearer {by.token}", "x-jiceng-membership": by.membership_id}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        if key is not None:
            headers["idempotency-key"] = key
        repeatable = method == "GET" or key is not None
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                self.requests += 1
                response = await self._client.request(
                    method,
                    path,
                    headers=headers,
                    params=query,
                    json=body,
                    files=None if upload is None else {"data": upload},
                )
            except httpx.TransportError as problem:
                if repeatable and attempt == 0:
                    continue
                raise SimulationError(
                    f"the server at {self.url} does not answer any more ({type(problem).__name__} at {method} {path})"
                ) from problem
            if response.status_code == _BUSY and not last:  # nothing was done, and a person tries again
                await asyncio.sleep(float(response.headers.get("retry-after", "1")))
                continue
            if response.is_success:
                return response
            raise Refused(method, path, response.status_code, _problem(response))
        raise AssertionError("unreachable")

    async def sign_in(self, county_code: str, sign_name: str, password: str) -> Person:
        """A session of one's own, acting through one's only membership."""
        answer = await self.call(
            "POST",
            "/api/auth/sign-in",
            body={"county_code": county_code, "sign_name": sign_name, "password": password},
        )
        membership = answer["me"]["memberships"][0]
        return Person(sign_name, answer["token"], membership["id"], membership["unit"]["id"])


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": response.text[:200]}


def new_key() -> str:
    """An Idempotency-Key."""
    return secrets.token_hex(12)
