"""The application."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from litestar import Litestar, Request, Response, get
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from forms.routes import FormController, FormVersionController
from kit import outbox
from kit.db.session import Database, make_engine
from kit.jobs import doorbell
from kit.settings import Settings
from kit.settings import settings as process_settings
from plans.addressing.routes import AddressingController
from plans.coordination.routes import CoordinationController
from plans.guidance import photos as visit_photos
from plans.guidance.routes import VisitController, VisitFindingController
from plans.meetings.routes import MeetingController, MeetingDecisionController
from plans.notices.routes import NoticeController
from plans.petitions.routes import PetitionController
from plans.planning.routes import PlanController, PlanItemController, PlanSummaryController
from plans.pledges.routes import PledgeController
from plans.routes import DispatchRulesController
from plans.staff.routes import StaffController
from plans.station.routes import StationController
from plans.tasks import evidence
from plans.tasks.assignment_routes import AssignmentController
from plans.tasks.ledger_routes import TaskLedgerController
from plans.tasks.routes import TaskController
from plans.training.hours_routes import StaffHoursController
from plans.training.routes import TrainingController, TrainingPlaceController, TrainingSessionController
from plans.urgent import photos
from plans.urgent.routes import UrgentController
from reporting import posts, scans
from reporting.behalf_books.routes import BehalfBookController
from reporting.behalf_routes import BehalfController
from reporting.city.routes import CitySheetController
from reporting.closing_routes import ArchiveController, ClosingController, GrantController
from reporting.comparing.routes import ComparisonController
from reporting.downloads.routes import DownloadController
from reporting.months.routes import ContactController, MonthController
from reporting.past.routes import PastYearsController
from reporting.reminding.routes import ReminderPlanController
from reporting.routes import CycleController, TrendController
from reporting.signing_routes import SigningController, SignOffController
from reporting.submission_routes import RevisionController, SubmissionController
from reporting.workbook_routes import SubmissionWorkbookController
from tenancy.account_routes import AccountController, MembershipController, OwnAccountController
from tenancy.routes import AuditController, UnitController
from tenancy.section_routes import SectionController
from web.auth_routes import AuthController, PublicController
from web.dependencies import (
    provide_address,
    provide_asked,
    provide_bearer,
    provide_locale,
    provide_principal,
    provide_session,
)
from web.entrance_routes import DeviceController, OidcController, ScanController
from web.feed import Feed
from web.import_routes import UnitImportController
from web.oidc import Issuer
from web.problems import HANDLERS
from web.system_routes import EventController, FileController, JobController, healthz, readyz
from web.verify_routes import PrintedController
from workflow.attachments.routes import AttachmentController
from workflow.channels.routes import ChannelController
from workflow.enclosures.routes import EnclosureController
from workflow.handover.routes import HandOverController, PostController
from workflow.routes import InboxController

#: What carries files (`workflow.attachments.subjects`) and what belongs to a post (`workflow.handover.duties`):
#: importing them declares it.
DECLARING = (scans, posts, evidence, photos, visit_photos)
STATIC = Path(__file__).parent / "static"

ROUTES = (
    healthz,
    readyz,
    PublicController,
    AuthController,
    DeviceController,
    ScanController,
    OidcController,
    OwnAccountController,
    SectionController,
    UnitController,
    UnitImportController,
    AccountController,
    MembershipController,
    PostController,
    HandOverController,
    AuditController,
    FormController,
    FormVersionController,
    TrendController,
    PastYearsController,
    CycleController,
    ComparisonController,
    MonthController,
    ContactController,
    ReminderPlanController,
    ChannelController,
    SubmissionController,
    SubmissionWorkbookController,
    GrantController,
    BehalfController,
    BehalfBookController,
    CitySheetController,
    DownloadController,
    PrintedController,
    SigningController,
    SignOffController,
    ClosingController,
    ArchiveController,
    RevisionController,
    AddressingController,
    TaskController,
    TaskLedgerController,
    NoticeController,
    DispatchRulesController,
    UrgentController,
    CoordinationController,
    StaffController,
    StationController,
    TrainingController,
    TrainingSessionController,
    TrainingPlaceController,
    StaffHoursController,
    PetitionController,
    PledgeController,
    PlanController,
    PlanItemController,
    PlanSummaryController,
    MeetingController,
    MeetingDecisionController,
    VisitController,
    VisitFindingController,
    EnclosureController,
    AssignmentController,
    InboxController,
    AttachmentController,
    JobController,
    FileController,
    EventController,
)


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.database = Database(make_engine(settings))
    app.state.feed = None if settings.broker_url is None else Feed(outbox.client_of(settings.broker_url))
    if app.state.feed is not None:
        app.state.feed.start()
    app.state.issuer = Issuer(settings) if settings.oidc_issuer else None
    doorbell.connect(settings.broker_url)
    try:
        yield
    finally:
        doorbell.connect(None)
        if app.state.feed is not None:
            await app.state.feed.stop()
        await app.state.database.close()


@get("/{path:path}", include_in_schema=False)
async def page(request: Request[object, object, State], path: FromPath[str]) -> Response[bytes]:
    """The one page of the web application; the browser's router does the rest."""
    return _index(request)


@get("/", include_in_schema=False)
async def home(request: Request[object, object, State]) -> Response[bytes]:
    return _index(request)


@get("/sw.js", include_in_schema=False)
async def service_worker(request: Request[object, object, State]) -> Response[bytes]:
    """At the root, because a worker serves only what lies below its own address. Always asked for anew."""
    return Response(
        (STATIC / "sw.js").read_bytes(),
        media_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def _index(request: Request[object, object, State]) -> Response[bytes]:
    """The page, knowing under which path it is mounted."""
    root = html.escape(request.app.state.settings.root_path)
    written = (STATIC / "index.html").read_text("utf-8").replace('<base href="/"', f'<base href="{root}/"')
    return Response(
        written.encode(),
        media_type="text/html; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


async def _security_headers(response: Response[object]) -> Response[object]:
    """Asynchronous, because a plain function would be sent to a thread and back at every request."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'",
    )
    return response


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI application for these settings, or for the environment's."""
    used = settings or process_settings()
    handlers: list[object] = [*ROUTES]
    if (STATIC / "index.html").exists():
        assets = create_static_files_router(
            path="/assets", directories=[STATIC / "assets"], include_in_schema=False, cache_control=None
        )
        handlers += [assets, home, service_worker, page]
    return Litestar(
        route_handlers=handlers,  # type: ignore[arg-type] # list is invariant
        dependencies={
            "locale": Provide(provide_locale),
            # Named like no field of a body: a fault in such a field would count as the server's own.
            "site_address": Provide(provide_address),
            "bearer": Provide(provide_bearer),
            "principal": Provide(provide_principal),
            "session": Provide(provide_session),
            "asked": Provide(provide_asked),
        },
        exception_handlers=HANDLERS,
        # The process writes its own log lines (`kit.logs`).
        logging_config=None,
        lifespan=[_lifespan],
        state=State({"settings": used, "log": structlog.get_logger("web")}),
        after_request=_security_headers,
        compression_config=CompressionConfig(backend="gzip", minimum_size=1024, gzip_compress_level=4),
        request_max_body_size=20 * 1024 * 1024,
        path=used.root_path or "/",
        openapi_config=OpenAPIConfig(
            title="Jiceng 基层通",
            version="1",
            path="/schema",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
    )
