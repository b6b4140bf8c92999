"""What every handler is given: who asks, and a transaction that acts for them.

Authentication runs in a short transaction of its own; the request's transaction commits when the handler has
returned and before the response begins, so a failing commit is an error and not a false success.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from uuid import UUID

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import Database
from kit.errors import Forbidden, Invalid, NotAuthenticated
from kit.idempotency import Asked, Attempt
from kit.settings import Settings
from tenancy import auth
from tenancy.auth import Bearer
from tenancy.principal import Principal, keeps_out

SESSION_COOKIE = "jiceng_session"
CSRF_COOKIE = "jiceng_csrf"
CSRF_HEADER = "x-csrf-token"
MEMBERSHIP_HEADER = "x-jiceng-membership"
_ORIGIN = re.compile(r"https?://[\w.:\[\]-]{1,200}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

AnyRequest = Request[object, object, State]


def database_of(request: AnyRequest) -> Database:
    database: Database = request.app.state.database
    return database


def address_of(request: AnyRequest) -> str:
    """Where a request came from. Behind the gateway, the address that the gateway saw."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if request.app.state.settings.trust_proxy and forwarded:
        return forwarded.split(",")[-1].strip()[:64]
    return request.client.host if request.client is not None else ""


def locale_of(request: AnyRequest) -> str:
    """`en` when English comes first in Accept-Language, else Chinese."""
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh-CN"


async def provide_locale(request: AnyRequest) -> str:
    return locale_of(request)


async def provide_address(request: AnyRequest) -> str:
    """How people reach the platform, for links on paper: as its operator says, else as this page's browser reached it.
    Empty for a machine's request on an installation that says nothing."""
    settings: Settings = request.app.state.settings
    if settings.public_url:
        return settings.public_url
    origin = request.headers.get("origin", "")
    return f"{origin}{settings.root_path}" if _ORIGIN.fullmatch(origin) else ""


async def provide_bearer(request: AnyRequest) -> Bearer:
    """Who sent the request: by cookie (then unsafe methods need the CSRF header) or by bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await auth.identify(database_of(request), token)
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        raise NotAuthenticated
    bearer = await auth.identify(database_of(request), cookie)
    if request.method not in _SAFE and not auth.csrf_matches(bearer, request.headers.get(CSRF_HEADER, "")):
        raise NotAuthenticated
    return bearer


async def provide_principal(request: AnyRequest, bearer: NamedDependency[Bearer]) -> Principal:
    """The acting membership, named by each request: two tabs may act for two units.

    Raises Forbidden for 三员 on a route that is not theirs.
    """
    auth.require_own_password(bearer)
    principal = bearer.principal(membership_id_of(request), address=address_of(request))
    if keeps_out(principal, request.route_handler.opt):
        raise Forbidden
    return principal


def membership_id_of(request: AnyRequest) -> UUID | None:
    named = request.headers.get(MEMBERSHIP_HEADER)
    if not named:
        return None
    try:
        return UUID(named)
    except ValueError:
        raise Invalid(problem=MEMBERSHIP_HEADER) from None


async def provide_session(request: AnyRequest, principal: NamedDependency[Principal]) -> AsyncIterator[AsyncSession]:
    """The request's transaction, acting for the principal."""
    async with database_of(request).session(principal.identity) as session, session.begin():
        yield session


async def provide_asked(
    request: AnyRequest, principal: NamedDependency[Principal], session: NamedDependency[AsyncSession]
) -> Asked:
    """Idempotency-Key with the hash of what is asked, If-Match, language.

    One dependency, behind the session: those that wait for nothing are each run as a task, which costs a command more
    than its checks do.
    """
    attempt = Attempt.of(
        county_id=principal.county_id,
        account_id=principal.account_id,
        membership_id=principal.membership_id,
        key=request.headers.get("idempotency-key"),
        parts=[request.method.encode(), request.url.path.encode(), await request.body()],
    )
    return Asked(attempt, _if_match_of(request), locale_of(request))


def _if_match_of(request: AnyRequest) -> int | None:
    """The version that the sender read."""
    value = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if not value:
        return None
    if not value.isdecimal() or len(value) > 9:
        raise Invalid(problem="If-Match")
    return int(value)
