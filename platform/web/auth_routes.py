"""Signing in and out, one's own password, and what the sign-in page may know."""

from __future__ import annotations

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from pydantic import BaseModel

from demo import users
from kit.db.session import REFERENCE_ONLY, Identity
from tenancy import access_codes, accounts, auth, queries
from tenancy.auth import Bearer
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import (
    CountyOut,
    Me,
    MembershipOut,
    MembershipUnit,
    PasswordIn,
    PasswordOnlyIn,
    RedeemedOut,
    RedeemIn,
    SignedInOut,
    SignInIn,
    UserOut,
)
from web.dependencies import CSRF_COOKIE, SESSION_COOKIE, address_of, database_of

AnyRequest = Request[object, object, State]


class SiteCounty(BaseModel):
    code: str
    name: str


class DemoUser(BaseModel):
    tier: str
    role: str
    county_code: str
    sign_name: str
    password: str
    display_name: str


class Site(BaseModel):
    """What anybody may know. Demo users are listed in demo mode alone."""

    demo: bool
    counties: list[SiteCounty]
    demo_users: list[DemoUser]
    #: Whether a signed-in telephone can open a session here.
    scan: bool
    #: What the button of the outside issuer says; empty without one.
    outside: str


class PublicController(Controller):
    path = "/api/public"
    tags = ("public",)

    @get("/site", summary="What the sign-in page shows", dependencies={})
    async def site(self, request: AnyRequest) -> Site:
        async with database_of(request).transaction(REFERENCE_ONLY) as session:
            counties = await queries.list_counties(session)
        settings = request.app.state.settings
        return Site(
            demo=settings.demo,
            counties=[SiteCounty(code=c.code, name=c.name) for c in counties] if settings.demo else [],
            demo_users=[_listed(person) for person in users.PEOPLE] if settings.demo else [],
            scan=request.app.state.feed is not None,
            outside=settings.oidc_name if settings.oidc_issuer else "",
        )


def _listed(person: users.DemoPerson) -> DemoUser:
    return DemoUser(
        tier=person.tier.value,
        role=person.admin_kind.value if person.admin_kind else "+".join(role.value for role in person.roles),
        county_code=users.COUNTY_CODE,
        sign_name=person.sign_name,
        password=users.PASSWORD,
        display_name=person.display_name,
    )


class AuthController(Controller):
    path = "/api/auth"
    tags = ("auth",)
    opt = ADMINISTERING

    @post("/sign-in", summary="Open a session", status_code=200)
    async def sign_in(self, request: AnyRequest, data: JSONBody[SignInIn]) -> Response[SignedInOut]:
        signed = await auth.sign_in(
            database_of(request),
            county_code=data.county_code,
            sign_name=data.sign_name,
            password=data.password,
            totp_code=data.totp_code,
            device=request.headers.get("user-agent", ""),
            address=address_of(request),
            shared=data.shared,
        )
        bearer = await auth.identify(database_of(request), signed.token)
        out = SignedInOut(me=await me_of(request, bearer), token=signed.token)
        return Response(out, cookies=session_cookies(request, signed.token, signed.csrf, lasting=not data.shared))

    @post("/sign-out", summary="End this session", status_code=204)
    async def sign_out(self, request: AnyRequest, bearer: NamedDependency[Bearer]) -> Response[None]:
        identity = Identity(bearer.county_id, bearer.county_id, ())
        async with database_of(request).transaction(identity) as session:
            await accounts.revoke_session(
                session,
                county_id=bearer.county_id,
                account_id=bearer.account_id,
                session_id=bearer.facts.session_id,
            )
        response: Response[None] = Response(None, status_code=204)
        for name in (SESSION_COOKIE, CSRF_COOKIE):
            response.delete_cookie(name, path=request.app.state.settings.root_path or "/")
        return response

    @get("/me", summary="Who is signed in, and through which memberships they may act")
    async def me(self, request: AnyRequest, bearer: NamedDependency[Bearer]) -> Me:
        return await me_of(request, bearer)

    @post("/password", summary="Change one's own password; every other session ends", status_code=204)
    async def change_password(
        self, request: AnyRequest, bearer: NamedDependency[Bearer], data: JSONBody[PasswordIn]
    ) -> None:
        await _confirm(request, bearer, data.current)
        identity = Identity(bearer.county_id, bearer.county_id, ())
        async with database_of(request).transaction(identity) as session:
            await accounts.change_password(
                session,
                county_id=bearer.county_id,
                account_id=bearer.account_id,
                session_id=bearer.facts.session_id,
                new=data.new,
            )

    @post("/totp/disable", summary="Give up TOTP", status_code=204)
    async def disable_totp(
        self,
        request: AnyRequest,
        bearer: NamedDependency[Bearer],
        principal: NamedDependency[Principal],
        data: JSONBody[PasswordOnlyIn],
    ) -> None:
        await _confirm(request, bearer, data.password)
        async with database_of(request).transaction(principal.identity) as session:
            await accounts.disable_totp(session, actor=principal)

    @post("/redeem", summary="Set a password with a reset code or a one-time link", status_code=200)
    async def redeem(self, request: AnyRequest, data: JSONBody[RedeemIn]) -> RedeemedOut:
        account = await access_codes.redeem_code(
            database_of(request),
            county_code=data.county_code,
            code=data.code,
            new_password=data.new_password,
            address=address_of(request),
        )
        return RedeemedOut(sign_name=account.sign_name)


async def _confirm(request: AnyRequest, bearer: Bearer, password: str) -> None:
    """In a transaction of its own, before the command's: a failure is counted although the request fails."""
    await auth.confirm_password(
        database_of(request),
        county_id=bearer.county_id,
        county_unit_id=bearer.facts.county_unit_id,
        account_id=bearer.account_id,
        password=password,
        address=address_of(request),
    )


def session_cookies(request: AnyRequest, token: str, csrf: str, *, lasting: bool = True) -> list[Cookie]:
    """The session's two cookies; unless `lasting`, they go with the browser."""
    settings = request.app.state.settings
    path = settings.root_path or "/"
    age = int(auth.SESSION_AGE.total_seconds()) if lasting else None
    return [
        Cookie(
            key=SESSION_COOKIE,
            value=token,
            path=path,
            httponly=True,
            secure=settings.secure_cookies,
            samesite="lax",
            max_age=age,
        ),
        Cookie(key=CSRF_COOKIE, value=csrf, path=path, secure=settings.secure_cookies, samesite="lax", max_age=age),
    ]


async def me_of(request: AnyRequest, bearer: Bearer) -> Me:
    facts = bearer.facts
    async with database_of(request).transaction(Identity(facts.county_id, facts.county_id, ())) as session:
        memberships = await queries.list_memberships(session, county_id=facts.county_id, account_id=facts.account_id)
    return Me(
        user=UserOut(
            id=facts.account_id,
            display_name=facts.display_name,
            sign_name=facts.sign_name,
            must_change_password=facts.must_change_password,
            totp_enabled=facts.totp_confirmed,
        ),
        county=CountyOut(id=facts.county_id, code=facts.county_code, name=facts.county_name),
        memberships=[
            MembershipOut(
                id=m.id,
                unit=MembershipUnit(id=m.unit_id, name=m.unit_name, short_name=m.unit_short_name, tier=m.tier),
                section_name=m.section_name,
                roles=list(m.roles),
                admin_kind=m.admin_kind,
            )
            for m in memberships
        ],
        idle_minutes=facts.idle_minutes,
    )
