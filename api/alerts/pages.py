"""The pages of an alert's mails: confirm it, stop it; all work without scripts.

In: requests. Out: routes under /alerts, for whoever has a mail's secret. GET and HEAD change
nothing; one button each confirms and stops. The address of the one-click header takes RFC 8058's
POST, from any site and for any secret, with the same answer. Whoever stops an alert is erased.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import forms
from api.alerts.letters import consent
from api.newsletter.subscribe import OFF
from api.pages import Page, Static
from api.services import Services
from breachwire.model.alerts import Alert, AlertLink
from breachwire.model.newsletter import masked
from breachwire.model.tokens import digest

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BODY: Final = 4_096


def routes(
    services: Callable[[], Services], static: Static, now: Callable[[], datetime]
) -> list[BaseRoute]:
    """All of them."""
    desk = _Desk(services, static, now)

    def posted(act: Callable[[Request, forms.Form], Response]) -> Callable[[Request], object]:
        async def send(request: Request) -> Response:
            return await run_in_threadpool(act, request, await forms.read(request))

        return send

    async def one_click(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body = (body + piece)[:_BODY]
        return await run_in_threadpool(desk.one_click, request, body)

    return [
        Route("/alerts/confirm/{secret}", desk.confirm_page, methods=["GET"]),
        Route("/alerts/confirm/{secret}", posted(desk.confirm), methods=["POST"]),
        Route("/alerts/leave/{secret}", desk.leave_page, methods=["GET"]),
        Route("/alerts/leave/{secret}", posted(desk.leave), methods=["POST"]),
        Route("/alerts/unsubscribe/{secret}", desk.one_click_page, methods=["GET"]),
        Route("/alerts/unsubscribe/{secret}", one_click, methods=["POST"]),
    ]


class _Desk:
    """Answers."""

    def __init__(
        self, services: Callable[[], Services], static: Static, now: Callable[[], datetime]
    ) -> None:
        self._services, self._static, self._now = services, static, now

    def confirm_page(self, request: Request) -> Response:
        """One button, and what pressing it means."""
        page = self._page(request)
        owner = self._owner(page, "confirm")
        if owner is None:
            return _told(page, "over", 404)
        return page.html(
            "subscribe_step.html",
            title="Confirm your alert",
            said=["With the button below you say:", f"“{consent(owner.pace, page.base)}”"],
            hint=masked(owner.address),
            buttons=[
                ("act", "confirm", "Confirm"),
                ("act", "erase", "No: erase this address"),
                ("act", "never", "No, and never write to it again"),
            ],
        )

    def confirm(self, request: Request, form: forms.Form) -> Response:
        """Once. Or the opposite."""
        page = self._acting(request)
        owner = self._owner(page, "confirm")
        if owner is None:
            return _told(page, "over", 404)
        if form.get("act") in ("erase", "never"):
            return self._erase(page, owner, never=form.get("act") == "never")
        words = consent(owner.pace, page.base)
        if page.store.confirm_alert(_digest(page), words, self._now()) is None:
            return _told(page, "over", 404)
        return _told(page, "confirmed")

    def leave_page(self, request: Request) -> Response:
        """Where a mail's own link leads: it names the address."""
        page = self._page(request)
        owner = self._owner(page, "leave")
        if owner is None:
            return _told(page, "over", 404)
        return page.html(
            "subscribe_step.html",
            title="Stop these mails",
            said=["The mail that you came from was sent to the address below."],
            hint=masked(owner.address),
            buttons=[
                ("act", "leave", f"Stop, and erase {masked(owner.address)}"),
                ("act", "never", "The same, and never write to it again"),
            ],
        )

    def leave(self, request: Request, form: forms.Form) -> Response:
        """Stop and erase."""
        page = self._acting(request)
        owner = self._owner(page, "leave")
        if owner is None:
            return _told(page, "over", 404)
        return self._erase(page, owner, never=form.get("act") == "never")

    def one_click_page(self, request: Request) -> Response:
        """For a person whose mail program opens the header's address: a button, no effect."""
        page = self._page(request)
        owner = self._owner(page, "oneclick")
        if owner is None:
            return _told(page, "over", 404)
        return page.html(
            "subscribe_step.html",
            title="Stop these mails",
            said=[],
            hint=masked(owner.address),
            buttons=[("List-Unsubscribe", "One-Click", f"Stop, and erase {masked(owner.address)}")],
        )

    def one_click(self, request: Request, body: bytes) -> Response:
        """RFC 8058: 200 for any secret, urlencoded or multipart, no cookie, no redirect."""
        page = self._page(request)
        owner = self._owner(page, "oneclick")
        if owner is not None and b"List-Unsubscribe" in body and b"One-Click" in body:
            page.store.erase_alert(owner.id, suppress=False, now=self._now())
        if "text/html" in request.headers.get("accept", ""):
            return _told(page, "stopped")
        return Response("Stopped.\n", media_type="text/plain; charset=utf-8")

    def _erase(self, page: Page, owner: Alert, *, never: bool) -> Response:
        page.store.erase_alert(owner.id, suppress=never, now=self._now())
        return _told(page, "stopped")

    def _page(self, request: Request) -> Page:
        return Page(self._services(), self._static, request)

    def _acting(self, request: Request) -> Page:
        page = self._page(request)
        if not page.services.mails:
            raise HTTPException(404, OFF)
        return page

    def _owner(self, page: Page, purpose: AlertLink) -> Alert | None:
        known = _digest(page)
        return page.store.alert_owner(known, purpose, self._now()) if known else None


def _digest(page: Page) -> str:
    secret = page.request.path_params["secret"]
    return digest(secret) if _SECRET.fullmatch(secret) else ""


def _told(page: Page, done: str, status: int = 200) -> Response:
    return page.html("alert_done.html", status, done=done)
