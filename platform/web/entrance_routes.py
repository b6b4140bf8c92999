"""Ways in besides name and password: a remembered device, a scanned code, an OpenID Connect issuer."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote
from uuid import UUID

import redis.asyncio
from litestar import Controller, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db.session import REFERENCE_ONLY
from kit.errors import JicengError, NotFound
from tenancy import auth
from tenancy import queries as tenancy_queries
from tenancy.auth import Bearer, SignedIn
from tenancy.entrances import devices, outside, queries
from tenancy.errors import DeviceForgotten, OutsideRefused, ScanUnavailable
from tenancy.principal import ADMINISTERING, Principal
from tenancy.schemas import SignedInOut
from web import scans
from web.auth_routes import me_of, session_cookies
from web.dependencies import SESSION_COOKIE, AnyRequest, address_of, database_of
from web.oidc import Issuer, Journey, local_path

DEVICE_COOKIE = "jiceng_device"
JOURNEY_COOKIE = "jiceng_oidc"


class PinIn(BaseModel):
    pin: str = Field(max_length=12)


class RememberedOut(BaseModel):
    """Whom this device remembers; empty for nobody. The name as its owner knows it: only their device asks."""

    county_code: str = ""
    county_name: str = ""
    display_name: str = ""
    account_id: str = ""


class DeviceHalfOut(BaseModel):
    """The server's half of the key under which this device keeps personal values."""

    device_id: UUID
    half: str


class DeviceOut(BaseModel):
    id: UUID
    device: str
    used_at: str
    expires_at: str


class DevicePage(BaseModel):
    items: list[DeviceOut]


class ScanOut(BaseModel):
    """For the computer: `id` goes into the QR code, `secret` stays in the page, `number` is shown on both screens."""

    id: str
    secret: str
    number: str
    seconds: int


class ScanAsked(BaseModel):
    number: str
    device: str
    address: str


class CollectIn(BaseModel):
    secret: str = Field(max_length=100)


class CollectOut(BaseModel):
    state: Literal["waiting", "entered"]
    entered: SignedInOut | None = None


class OutsideOut(BaseModel):
    """The issuer one may sign in by, and whether one's own account is linked there."""

    name: str
    linked: bool


def _cookie(request: AnyRequest, key: str, value: str, *, seconds: int) -> Cookie:
    settings = request.app.state.settings
    return Cookie(
        key=key,
        value=value,
        path=settings.root_path or "/",
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
        max_age=seconds,
    )


async def _entered(request: AnyRequest, signed: SignedIn) -> Response[SignedInOut]:
    bearer = await auth.identify(database_of(request), signed.token)
    out = SignedInOut(me=await me_of(request, bearer), token=signed.token)
    return Response(out, cookies=session_cookies(request, signed.token, signed.csrf))


class DeviceController(Controller):
    """Remembered devices."""

    path = "/api/auth"
    tags = ("auth",)
    opt = ADMINISTERING

    @get("/device", summary="Whom this device remembers")
    async def remembered(self, request: AnyRequest) -> RememberedOut:
        found = await devices.find_remembered(database_of(request), request.cookies.get(DEVICE_COOKIE, ""))
        if found is None:
            return RememberedOut()
        return RememberedOut(
            county_code=found.county_code,
            county_name=found.county_name,
            display_name=found.display_name,
            account_id=str(found.account_id),
        )

    @post("/device", summary="Let this device remember one; a PIN of six digits opens it", status_code=204)
    async def remember(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        data: JSONBody[PinIn],
    ) -> Response[None]:
        name = request.headers.get("user-agent", "")
        token = await devices.remember(session, actor=principal, pin=data.pin, device=name)
        seconds = int(devices.DEVICE_AGE.total_seconds())
        return Response(None, status_code=204, cookies=[_cookie(request, DEVICE_COOKIE, token, seconds=seconds)])

    @post("/pin", summary="Sign in on a device that remembers one", status_code=200)
    async def by_pin(self, request: AnyRequest, data: JSONBody[PinIn]) -> Response[SignedInOut]:
        token = request.cookies.get(DEVICE_COOKIE)
        if not token:
            raise DeviceForgotten
        signed = await devices.sign_in(
            database_of(request),
            token=token,
            pin=data.pin,
            device=request.headers.get("user-agent", ""),
            address=address_of(request),
        )
        return await _entered(request, signed)

    @post("/device/half", summary="The server's half of the key for personal values on this device", status_code=200)
    async def half(self, request: AnyRequest, bearer: NamedDependency[Bearer], data: JSONBody[PinIn]) -> DeviceHalfOut:
        released = await devices.release_half(
            database_of(request),
            account_id=bearer.account_id,
            token=request.cookies.get(DEVICE_COOKIE, ""),
            pin=data.pin,
            address=address_of(request),
        )
        return DeviceHalfOut(device_id=released.device_id, half=released.half)

    @get("/devices", summary="The devices that remember one")
    async def list_devices(
        self, session: NamedDependency[AsyncSession], principal: NamedDependency[Principal]
    ) -> DevicePage:
        found = await queries.list_devices(session, county_id=principal.county_id, account_id=principal.account_id)
        return DevicePage(
            items=[
                DeviceOut(id=d.id, device=d.device, used_at=d.used_at.isoformat(), expires_at=d.expires_at.isoformat())
                for d in found
            ]
        )

    @delete("/devices/{device_id:uuid}", summary="Let a device forget one")
    async def forget(
        self,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
        device_id: FromPath[UUID],
    ) -> None:
        await devices.forget(session, actor=principal, device_id=device_id)


def _broker(request: AnyRequest) -> redis.asyncio.Redis:
    feed = request.app.state.feed
    if feed is None:
        raise ScanUnavailable
    client: redis.asyncio.Redis = feed.client
    return client


class ScanController(Controller):
    """Signing in on a computer with a signed-in telephone."""

    path = "/api/auth/scan"
    tags = ("auth",)
    opt = ADMINISTERING

    @post("/", summary="A code for this computer", status_code=200)
    async def begin(self, request: AnyRequest) -> ScanOut:
        device = request.headers.get("user-agent", "")
        begun = await scans.begin(_broker(request), device=device, address=address_of(request))
        return ScanOut(id=begun.id, secret=begun.secret, number=begun.number, seconds=scans.WAITS)

    @get("/{scan_id:uuid}", summary="What a scanned code asks for")
    async def look(
        self, request: AnyRequest, principal: NamedDependency[Principal], scan_id: FromPath[UUID]
    ) -> ScanAsked:
        asked = await scans.look(_broker(request), str(scan_id))
        return ScanAsked(number=asked.number, device=asked.device, address=asked.address)

    @post("/{scan_id:uuid}/confirm", summary="Sign in on that computer", status_code=204)
    async def confirm(
        self,
        request: AnyRequest,
        bearer: NamedDependency[Bearer],
        principal: NamedDependency[Principal],
        scan_id: FromPath[UUID],
    ) -> None:
        asked = await scans.look(_broker(request), str(scan_id))
        # Committed before the computer can collect it.
        signed = await auth.sign_in_elsewhere(database_of(request), bearer, device=asked.device, address=asked.address)
        await scans.confirm(_broker(request), str(scan_id), token=signed.token, csrf=signed.csrf)

    @post("/{scan_id:uuid}/collect", summary="The session, once somebody has confirmed", status_code=200)
    async def collect(
        self, request: AnyRequest, scan_id: FromPath[UUID], data: JSONBody[CollectIn]
    ) -> Response[CollectOut]:
        found = await scans.collect(_broker(request), str(scan_id), data.secret)
        if found is None:
            return Response(CollectOut(state="waiting"))
        token, csrf = found
        bearer = await auth.identify(database_of(request), token)
        out = SignedInOut(me=await me_of(request, bearer), token=token)
        return Response(CollectOut(state="entered", entered=out), cookies=session_cookies(request, token, csrf))


def _issuer(request: AnyRequest) -> Issuer:
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        raise NotFound
    return issuer


def _callback(request: AnyRequest) -> str:
    settings = request.app.state.settings
    scheme = (
        request.headers.get("x-forwarded-proto", request.url.scheme) if settings.trust_proxy else request.url.scheme
    )
    return f"{scheme}://{request.headers.get('host', '')}{settings.root_path}/api/auth/oidc/callback"


class OidcController(Controller):
    """Signing in by an OpenID Connect issuer."""

    path = "/api/auth/oidc"
    tags = ("auth",)
    opt = ADMINISTERING

    @get("/", summary="The issuer, and whether one's account is linked there")
    async def state(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> OutsideOut:
        issuer = _issuer(request)
        linked = await queries.find_identity_of(
            session, county_id=principal.county_id, account_id=principal.account_id, issuer=issuer.issuer
        )
        return OutsideOut(name=request.app.state.settings.oidc_name, linked=linked is not None)

    @delete("/", summary="Unlink one's account")
    async def unlink(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        principal: NamedDependency[Principal],
    ) -> None:
        await outside.unlink(session, actor=principal, issuer=_issuer(request).issuer)

    @get("/start", summary="Send the browser to the issuer", status_code=302)
    async def start(
        self,
        request: AnyRequest,
        county: FromQuery[str] = "",
        next: FromQuery[str] = "/",
        link: FromQuery[bool] = False,
    ) -> Redirect:
        account_id = ""
        if link:
            account_id = str((await _bearer(request)).account_id)
        url, journey = await _issuer(request).begin(
            redirect_uri=_callback(request), county_code=county[:40], next=local_path(next), account_id=account_id
        )
        cookie = _cookie(request, JOURNEY_COOKIE, journey.sealed(), seconds=600)
        return Redirect(url, status_code=302, cookies=[cookie])

    @get("/callback", summary="The browser comes back from the issuer", status_code=302)
    async def callback(self, request: AnyRequest) -> Redirect:
        """Takes `code` and `state`. Always leads to a page: a refusal is told there."""
        code, state = request.query_params.get("code", ""), request.query_params.get("state", "")
        root = request.app.state.settings.root_path
        over = _cookie(request, JOURNEY_COOKIE, "", seconds=0)
        try:
            journey = Journey.opened(request.cookies.get(JOURNEY_COOKIE, ""))
            if not code:
                raise OutsideRefused
            issuer = _issuer(request)
            subject = await issuer.finish(journey, redirect_uri=_callback(request), code=code, state=state)
            if journey.account_id:
                await _link(request, journey, issuer.issuer, subject)
                return Redirect(f"{root}{journey.next}", status_code=302, cookies=[over])
            signed = await _enter(request, journey, issuer.issuer, subject)
        except JicengError as refusal:
            return Redirect(f"{root}/sign-in?refused={quote(refusal.code)}", status_code=302, cookies=[over])
        cookies = [over, *session_cookies(request, signed.token, signed.csrf)]
        return Redirect(f"{root}{journey.next}", status_code=302, cookies=cookies)


async def _bearer(request: AnyRequest) -> Bearer:
    return await auth.identify(database_of(request), request.cookies.get(SESSION_COOKIE, ""))


async def _link(request: AnyRequest, journey: Journey, issuer: str, subject: str) -> None:
    """For whoever began the journey, and is still signed in."""
    bearer = await _bearer(request)
    if str(bearer.account_id) != journey.account_id:
        raise OutsideRefused
    principal = bearer.principal(None, address=address_of(request))
    async with database_of(request).transaction(principal.identity) as session:
        await outside.link(session, actor=principal, issuer=issuer, subject=subject)


async def _enter(request: AnyRequest, journey: Journey, issuer: str, subject: str) -> SignedIn:
    async with database_of(request).transaction(REFERENCE_ONLY) as session:
        county = await tenancy_queries.find_county(session, journey.county_code)
    if county is None:
        raise OutsideRefused
    return await outside.sign_in(
        database_of(request),
        county=county,
        issuer=issuer,
        subject=subject,
        device=request.headers.get("user-agent", ""),
        address=address_of(request),
    )
