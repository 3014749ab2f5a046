"""The web application: services → FastAPI with the API, the pages, the feeds and the health checks.

In: a function that gives the services of the moment (so that a process can go over from the
demonstration's store to the real one). Out: the application, ready for any ASGI server.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api import (
    editing,
    export_routes,
    health,
    listen,
    pages,
    problems,
    related_page,
    reports,
    routes,
)
from api.alerts import pages as alert_pages
from api.auth import Auth
from api.bodies import Bounded
from api.fetches import Fetches
from api.http import Wrapper
from api.mcp import route as mcp_route
from api.misp import routes as misp_routes
from api.newsletter import archive, subscribe
from api.services import Services
from api.watch import pages as watch_pages
from api.watch import routes as watch_routes
from api.watch.keeping import Keeper
from api.webhooks import routes as webhook_routes
from api.webhooks import shapes as webhook_shapes
from breachwire.errors import BreachwireError

DESCRIPTION: Final = (
    "Security news as incident threads: who claims what, on which exact words. Every statement"
    " carries the article and the words it rests on; every fact has a status (claimed, reported,"
    " confirmed, denied, disputed) and says whose word it is. Errors are RFC 9457 problem"
    " documents. No route gives an article's full text: quotes, and the link to its outlet."
)


def create_app(
    services: Callable[[], Services],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    clock: Callable[[], float] = time.monotonic,
) -> FastAPI:
    """Build the application; `services` is called for each request.

    `now` says whether tokens and sessions still hold, `clock` (seconds, never back) when wrong
    tokens, reports and fetches are forgotten.
    """
    static = pages.Static()
    keeper = Keeper(services, now=now, clock=clock)
    auth = Auth(services, now=now, clock=clock)
    fetches = Fetches(clock)
    app = FastAPI(
        title="Breachwire",
        version=_version(),
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        # The framework's documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=[
            *listen.routes(services, clock),
            *pages.routes(services, static),
            *misp_routes.routes(services, clock),
            *mcp_route.routes(services, fetches, clock, _version()),
            *reports.routes(services, static, clock),
            *archive.routes(services, static),
            *subscribe.routes(services, static, now, clock),
            *related_page.routes(services, static, fetches),
            *editing.routes(services, static, auth),
            *watch_pages.routes(services, static, keeper, clock),
            *alert_pages.routes(services, static, now),
        ],
    )
    app.include_router(routes.router(services, fetches))
    app.include_router(export_routes.router(services, clock))
    app.include_router(watch_routes.router(services, keeper))
    app.include_router(webhook_routes.router(services, keeper, clock))
    webhook_shapes.described(app.webhooks)
    app.include_router(health.router(services))
    handler = _handler(services, static)
    for kind in (HTTPException, RequestValidationError, BreachwireError):
        app.add_exception_handler(kind, handler)
    app.add_middleware(Bounded)
    app.add_middleware(Wrapper, services=services, version=_digest())
    _without_422(app)
    return app


def _handler(
    services: Callable[[], Services], static: pages.Static
) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        status, detail = problems.status_and_detail(error)
        if pages.wants_page(request):
            answer = pages.error_page(services(), static, request, status, detail)
        else:
            answer = problems.response(status, detail, request.url.path)
        answer.headers.update(getattr(error, "headers", None) or {})
        if status == 405:
            answer.headers["Allow"] = ", ".join(_allowed(request))
        return answer

    return handle


def _allowed(request: Request) -> list[str]:
    """Methods of all routes of an address: the framework names those of the first."""
    found: set[str] = set()
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found)


def _without_422(app: FastAPI) -> None:
    """Wrong parameters answer 400 here; the framework describes its own 422 for every route."""
    make = app.openapi

    def described() -> dict[str, Any]:
        document = make()
        for path in (*document["paths"].values(), *document["webhooks"].values()):
            for operation in path.values():
                operation["responses"].pop("422", None)
        for name in ("HTTPValidationError", "ValidationError"):
            document["components"]["schemas"].pop(name, None)
        return document

    app.openapi = described  # type: ignore[method-assign]


def _version() -> str:
    try:
        return version("breachwire")
    except PackageNotFoundError:
        return "0"


def _digest() -> str:
    """Of templates and styles: another release's page must not be taken for this one's."""
    digest = hashlib.sha256(_version().encode())
    for folder in ("templates", "static"):
        for file in sorted(resources.files("api").joinpath(folder).iterdir(), key=lambda f: f.name):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
